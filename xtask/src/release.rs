//! What must hold before a version is published. Publishing itself stays a person's act: the last lines say how.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{build, packaging, size};

/// In the order of their dependencies.
const CRATES: [&str; 2] = ["sori-captcha", "sori-backend"];

#[derive(Args)]
pub(crate) struct Options {
    /// Check everything, publish nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let sh = workspace.shell();
    let version = workspace.version()?;
    println!("release: version {version}, from Cargo.toml");
    one_version(workspace, &version)?;
    changelog(&workspace.read("CHANGELOG.md")?, &version)?;
    println!("release: CHANGELOG.md has its section");

    let changed = cmd!(sh, "git status --porcelain").quiet().read()?;
    ensure!(
        changed.is_empty(),
        "the working tree has changes that the release would not contain:\n{changed}"
    );

    build::run(workspace)?;
    size::run(workspace)?;
    let tarball = packaging::pack(workspace)?;
    let crates = CRATES.iter().flat_map(|name| ["-p", name]);
    cmd!(sh, "cargo package --quiet {crates...}")
        .run()
        .context("cargo package finds a fault")?;
    for name in CRATES {
        println!("release: {name}, its files:");
        cmd!(sh, "cargo package --list -p {name}").quiet().run()?;
    }
    let left = cmd!(sh, "git status --porcelain").quiet().read()?;
    ensure!(
        left.is_empty(),
        "building the release changed the working tree:\n{left}"
    );

    let next = format!(
        "git tag -s v{version}\n  npm publish {}\n  cargo publish {}",
        tarball.display(),
        CRATES.map(|name| format!("-p {name}")).join(" ")
    );
    if options.dry_run {
        println!("release: {version} could be published:\n  {next}");
        return Ok(());
    }
    bail!("{version} is ready, but publishing is a person's act:\n  {next}")
}

/// Cargo wants the version again where one crate depends on another.
fn one_version(workspace: &Workspace, version: &str) -> Result<()> {
    let manifest: toml::Table = workspace.read("backend/Cargo.toml")?.parse()?;
    let wanted = manifest
        .get("dependencies")
        .and_then(|dependencies| dependencies.get("sori-captcha"))
        .and_then(|dependency| dependency.get("version"))
        .and_then(toml::Value::as_str)
        .context("backend/Cargo.toml names no version of sori-captcha")?;
    ensure!(
        wanted == version,
        "backend/Cargo.toml wants sori-captcha {wanted}, the workspace is {version}"
    );
    Ok(())
}

fn changelog(text: &str, version: &str) -> Result<()> {
    let heading = format!("## [{version}]");
    let (_, after) = text.split_once(&heading).with_context(|| {
        format!("CHANGELOG.md has no section \"{heading}\": say there what has changed")
    })?;
    let section = after.split("\n## ").next().unwrap_or_default();
    ensure!(
        section.lines().skip(1).any(|line| line.starts_with("- ")),
        "CHANGELOG.md says nothing under \"{heading}\""
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::changelog;

    #[test]
    fn a_version_without_its_changes_is_not_released() {
        let text = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-21\n\n### Added\n\n- A thing.\n\n## [0.1.0]\n\n";
        assert!(changelog(text, "0.2.0").is_ok());
        assert!(
            changelog(text, "0.3.0")
                .unwrap_err()
                .to_string()
                .contains("no section")
        );
        assert!(
            changelog(text, "0.1.0")
                .unwrap_err()
                .to_string()
                .contains("nothing")
        );
    }
}
