//! Another program in this one's place.

use std::process::Command;

use anyhow::Result;

/// Whoever stops this process stops the program, and its end is this one's.
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
