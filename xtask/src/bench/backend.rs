//! The backend beside what a site would otherwise put in its place.

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
