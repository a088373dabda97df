//! The server side of Sori: keeps NAVER's credentials and quota, and verifies answers.
//!
//! The program `sori-backend` is this library behind flags. A site in Rust can embed it instead:
//!
//! ```
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
//! | module | |
//! |---|---|
//! | [`settings`] | from flags, environment and files to values that cannot contradict |
//! | [`book`] | pure: the quota, the keys, the tokens |
//! | [`limit`] | pure: rates per client and for all |
//! | [`store`], [`journal`] | the book in memory, and on disk |
//! | [`upstream`] | the three calls to NAVER, or to practice |
//! | [`practice`] | the emulator |
//! | [`check`] | the contract, run against any backend |
//! | `wire` | the handlers |
//! | [`health`] | asks a running backend whether it is well |
//! | [`server`] | connections within bounds |

mod backend;
pub mod book;
pub mod check;
pub mod cli;
pub mod clock;
pub mod health;
pub mod journal;
pub mod limit;
pub mod metrics;
pub mod practice;
pub mod secret;
pub mod server;
pub mod settings;
pub mod store;
pub mod ticket;
pub mod upstream;
mod wire;

pub use backend::{Backend, StartError, start, start_at};
pub use secret::Secret;
pub use settings::{Settings, SettingsError};
