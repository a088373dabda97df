//! The program; everything it does is in the library.

use clap::Parser;
use sori_backend::cli::{self, Cli};
use std::{
    io::{self, Write},
    process::ExitCode,
};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to say that standard error is closed.
            let _ = writeln!(io::stderr(), "sori-backend: {error}");
            ExitCode::FAILURE
        }
    }
}
