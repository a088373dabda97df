//! Measures the backend, and the proxies that a site could use instead of it.

use anyhow::Result;
use xshell::cmd;

use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// See `backend/benches/proxy/`.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, &[Need::Proxies, Need::Redis])?;
    let sh = workspace.shell();
    cmd!(sh, "cargo bench --quiet -p sori-backend --bench proxy").run()?;
    Ok(())
}
