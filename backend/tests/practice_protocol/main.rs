//! The emulator over real HTTP, compared with NAVER's documentation call by call, in both dialects.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod challenge;
mod refusals;
mod upstream;

macro_rules! in_both_dialects {
    ($($name:ident)*) => {
        $(mod $name {
            use sori_backend::upstream::Dialect;

            #[tokio::test]
            async fn openapi() {
                super::$name(Dialect::Openapi).await;
            }

            #[tokio::test]
            async fn ncloud() {
                super::$name(Dialect::Ncloud).await;
            }
        })*
    };
}
pub(crate) use in_both_dialects;
