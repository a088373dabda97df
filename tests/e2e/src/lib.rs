//! A harness for end-to-end tests: real browsers over WebDriver, the real host site, real backends.
//!
//! Every test has its own site, driver and browser, so tests run in parallel and leave nothing behind:
//!
//! ```no_run
//! # async fn example() {
//! sori_e2e::Setup::new("right_answer").run(async |page| {
//!     page.open("/").await;
//!     page.captcha("").await.part("play").await.click().await;
//! }).await;
//! # }
//! ```
//!
//! Its functions panic instead of returning errors, because a test that cannot do something has failed. The message
//! says what it was. A failed test leaves a screenshot in `target/e2e/`.
#![allow(
    clippy::print_stderr,
    reason = "what a failing test has to say goes to its captured output"
)]

mod accessibility;
mod browser;
mod commands;
mod driver;
mod page;
mod pages;
mod part;
mod process;
mod setup;
mod site;
mod sound;
pub mod states;

pub use accessibility::Violation;
pub use browser::Engine;
pub use fantoccini::key::Key;
pub use page::Page;
pub use pages::Reply;
pub use part::{Host, Part};
pub use process::Process;
pub use setup::Setup;
pub use site::{Site, built, integrity, root, target_folder, write_docs};
