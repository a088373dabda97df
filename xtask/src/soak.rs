//! The long test: ten thousand challenges on one backend.

use anyhow::Result;
use xshell::cmd;

use crate::workspace::Workspace;

/// Ten thousand challenges with faults, on one backend that keeps a journal.
pub(crate) fn soak(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    // The release profile, as published, because a slower program could hide races.
    cmd!(
        sh,
        "cargo build --quiet --release -p sori-backend --bin sori-backend --example soak"
    )
    .run()?;
    let program = workspace.target().join("release/examples/soak");
    cmd!(sh, "{program}").run()?;
    Ok(())
}
