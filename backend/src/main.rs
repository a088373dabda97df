//! The program; everything it does is in the library.

use sori_backend::{causes::with_causes, cli};
use std::{
    io::{self, Write},
    process::ExitCode,
};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the error cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "sori-backend: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}
