//! Runs the host site in practice mode.

use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{exec, fresh};

#[derive(Args)]
pub(crate) struct Options {
    /// The port on 127.0.0.1 to listen on; with 0 the system chooses a free port
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Prints `ready: http://127.0.0.1:N/` when the site responds. Ends when the site ends.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    fresh::package(workspace)?;
    let sh = workspace.shell();
    println!("serve: compiling the host site");
    cmd!(sh, "cargo build --quiet -p sori-backend --example site")
        .quiet()
        .run()?;
    let mut site = Command::new(workspace.target().join("debug/examples/site"));
    site.current_dir(workspace.root())
        .args(["--port", &options.port.to_string(), "--www"])
        .arg(workspace.path("www"))
        .arg("--pkg")
        .arg(workspace.path("pkg/dist"));
    // Stopping this command stops the site.
    exec::replace_with(&mut site).context("cannot start the host site")
}
