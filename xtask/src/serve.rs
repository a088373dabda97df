//! The host site in practice mode.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use xshell::cmd;

use crate::build;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// Loopback port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Prints `ready: http://127.0.0.1:N/` when the site answers; ends when the site does.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    build::run(workspace)?;
    let sh = workspace.shell();
    println!("serve: compiling the host site");
    cmd!(sh, "cargo build --quiet -p sori-backend --example site")
        .quiet()
        .run()?;
    let mut site = Command::new(workspace.target().join("debug/examples/site"));
    site.current_dir(workspace.root())
        .args(["--port", &options.port.to_string()]);
    replace_with(&mut site)
}

/// The site takes this process's place, so that whoever stops the command stops the site.
#[cfg(unix)]
fn replace_with(site: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(site.exec()).context("cannot start the host site")
}

#[cfg(not(unix))]
fn replace_with(site: &mut Command) -> Result<()> {
    let status = site.status().context("cannot start the host site")?;
    if !status.success() {
        anyhow::bail!("the host site ended with {status}");
    }
    Ok(())
}
