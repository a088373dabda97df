//! The program; everything it does is in the library.

use sori_backend::cli;
use std::{
    error::Error,
    io::{self, Write},
    iter,
    process::ExitCode,
};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to say that standard error is closed.
            let _ = writeln!(io::stderr(), "sori-backend: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error and what it comes from, the innermost last.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |error| (*error).source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
