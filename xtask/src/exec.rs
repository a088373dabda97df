//! Runs another program in place of this one.

use std::process::Command;

use anyhow::Result;

/// Replaces this process: whoever stops this process stops the program, and this process ends when the program ends.
#[cfg(unix)]
pub(crate) fn replace_with(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec().into())
}

#[cfg(not(unix))]
pub(crate) fn replace_with(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1));
}
