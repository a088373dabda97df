//! Finds Node.js but never installs it, because people install it in different ways. Installs npm packages with `npm
//! ci`.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::{find, first_number, report};
use crate::tools;
use crate::workspace::Workspace;

pub(super) fn packages(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    let least = tools::NODE_AT_LEAST;
    ensure!(
        find(workspace, "node").is_some() && find(workspace, "npm").is_some(),
        "Node.js and npm are missing: install Node.js {least} or later (https://nodejs.org/en/download; Debian 13 and Fedora: the packages nodejs and npm)"
    );
    let node = cmd!(sh, "node --version").quiet().read()?;
    ensure!(
        first_number(&node).is_some_and(|major| major >= least),
        "Node.js {node} is too old: install {least} or later (https://nodejs.org/en/download; Debian 12's own is 18)"
    );
    report("node", node.trim_start_matches('v'));
    install_at(workspace, workspace.root(), "Sori")?;
    let wasm_opt = cmd!(sh, "wasm-opt --version").quiet().read()?;
    ensure!(
        first_number(&wasm_opt).is_some_and(|version| version >= tools::WASM_OPT_AT_LEAST),
        "{wasm_opt} is too old, it breaks the module without an error: version {} comes with npm ci",
        tools::WASM_OPT_AT_LEAST
    );
    Ok(())
}

/// Runs `npm ci`, unless the packages were installed from this same lock file.
pub(crate) fn install_at(workspace: &Workspace, dir: &Path, whose: &str) -> Result<()> {
    let sh = workspace.shell();
    let what = format!("npm packages of {whose}");
    let lock = fs::read_to_string(dir.join("package-lock.json"))
        .with_context(|| format!("{whose} has no package-lock.json"))?;
    let stamp = dir.join("node_modules/.sori-lock");
    // Some packages are programs of one platform, and a container may share the folder.
    let installed = format!("{} {}\n{lock}", env::consts::OS, env::consts::ARCH);
    if fs::read_to_string(&stamp).is_ok_and(|it| it == installed) {
        report(&what, "present");
        return Ok(());
    }
    report(&what, "installing what package-lock.json names");
    let _guard = sh.push_dir(dir);
    cmd!(
        sh,
        "npm ci --include=dev --no-audit --no-fund --loglevel=error"
    )
    .quiet()
    .ignore_stdout()
    .run()
    .with_context(|| format!("npm ci fails in {}", dir.display()))?;
    fs::write(stamp, installed)?;
    Ok(())
}
