//! Measures the widget, and others that are on npm.

use anyhow::Result;
use xshell::cmd;

use crate::fresh;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// See `tests/e2e/benches/widget/`.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, &[Need::Chromium])?;
    fresh::package(workspace)?;
    let sh = workspace.shell();
    // The measurements are of the browser, so the build profile of the program that drives it does not matter.
    cmd!(
        sh,
        "cargo bench --quiet --profile dev -p sori-e2e --bench widget"
    )
    .run()?;
    Ok(())
}
