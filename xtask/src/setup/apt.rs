//! Debian's package manager.

use std::sync::OnceLock;

use anyhow::{Result, bail};
use xshell::{Cmd, cmd};

use super::report;
use crate::workspace::Workspace;

/// Installs those packages that the package lists contain, but never removes one: on a desktop, pulseaudio would replace
/// what plays its sound.
pub(super) fn install(
    workspace: &Workspace,
    packages: impl Iterator<Item = &'static str>,
) -> Result<()> {
    let packages: Vec<&str> = packages.collect();
    if packages.is_empty() {
        return Ok(());
    }
    refresh(workspace);
    let sh = workspace.shell();
    let mut known = Vec::new();
    for package in &packages {
        match candidate(workspace, package) {
            Some(version) => {
                report(package, &format!("installing {version}"));
                known.push(*package);
            }
            None => report(package, "the package lists have no such package"),
        }
    }
    let wanted = &known;
    let output = quiet(cmd!(
        sh,
        "apt-get install -y -qq --no-remove --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 {wanted...}"
    ))
    .ignore_status()
    .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    bail!(
        "apt-get install {} fails:\n{}",
        known.join(" "),
        said.trim()
    )
}

/// Refreshes the package lists, once in each run. In a fresh image they are empty or old, and the servers may no longer
/// have the versions that they name.
fn refresh(workspace: &Workspace) {
    static REFRESHED: OnceLock<()> = OnceLock::new();
    REFRESHED.get_or_init(|| {
        report("apt-get", "refreshing the package lists");
        let sh = workspace.shell();
        let output = quiet(cmd!(sh, "apt-get update -qq -o DPkg::Lock::Timeout=600"))
            .ignore_status()
            .output();
        match output {
            Ok(output) if output.status.success() => {}
            // The old lists may be enough. If not, the installation fails and says why.
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                report(
                    "apt-get",
                    &format!(
                        "cannot refresh them, going on with the old ones: {}",
                        said.trim()
                    ),
                );
            }
            Err(error) => report("apt-get", &format!("cannot refresh them: {error}")),
        }
    });
}

/// The version that an installation would take.
fn candidate(workspace: &Workspace, package: &str) -> Option<String> {
    let policy = cmd!(workspace.shell(), "apt-cache policy {package}")
        .env("LC_ALL", "C")
        .quiet()
        .ignore_stderr()
        .read()
        .ok()?;
    let line = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}

/// Runs apt without questions, progress bars and remarks about apt-utils.
fn quiet(command: Cmd<'_>) -> Cmd<'_> {
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("DEBCONF_NOWARNINGS", "yes")
        .env("NEEDRESTART_SUSPEND", "1")
        .env("LC_ALL", "C.UTF-8")
        .quiet()
}
