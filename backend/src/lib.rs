//! The server side of Sori: it keeps NAVER's credentials, counts calls against the quota, and has answers checked.
//!
//! The program `sori-backend` is this library with a command line. A site in Rust can embed the library instead:
//!
//! ```
//! # #[cfg(feature = "practice")]
//! # async fn site() -> Result<(), Box<dyn std::error::Error>> {
//! use sori_backend::{Settings, start};
//!
//! let backend = start(Settings::practice()).await?;
//! let site: axum::Router = axum::Router::new()
//!     .nest("/captcha", backend.router())
//!     .merge(backend.health());
//! // Serve `site`, and keep `backend` for as long.
//! # drop(site);
//! # Ok(()) }
//! ```
//!
//! | feature | |
//! |---|---|
//! | `cli` | the program, with its commands and [`check`]; on by default, and no use to a site that embeds |
//! | `practice` | the practice upstream and [`Settings::practice`]; `cli` brings it |
//! | `otlp` | the program sends traces to an OpenTelemetry collector; off by default |
//!
//! | module | |
//! |---|---|
//! | [`settings`] | from flags, environment and files to values that cannot contradict |
//! | [`ticket`] | what a site renders, where issuing needs a ticket |
//! | [`practice`] | the emulator of NAVER's protocol, for tests of any client |
//! | [`check`] | the contract, run against any backend |
//! | [`clock`] | for tests that cannot wait for midnight; the practice upstream follows it |
//!
//! The other modules are the program's own: public for its tests, and free to change.
#![cfg_attr(
    not(feature = "cli"),
    expect(
        rustdoc::broken_intra_doc_links,
        reason = "they lead to what a feature brings"
    )
)]

mod backend;
#[doc(hidden)]
pub mod book;
#[doc(hidden)]
pub mod causes;
#[cfg(feature = "cli")]
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod clock;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod health;
#[doc(hidden)]
pub mod journal;
#[doc(hidden)]
pub mod limit;
#[doc(hidden)]
pub mod metrics;
#[cfg(feature = "practice")]
pub mod practice;
mod quota;
#[doc(hidden)]
pub mod secret;
#[doc(hidden)]
pub mod server;
pub mod settings;
#[doc(hidden)]
pub mod store;
pub mod ticket;
#[doc(hidden)]
pub mod upstream;
mod wire;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub use backend::import;
pub use backend::{Backend, StartError, start, start_at};
pub use secret::Secret;
pub use settings::{Settings, SettingsError};
