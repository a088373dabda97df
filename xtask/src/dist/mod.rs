//! `cargo xtask dist`: makes the backend's release archives. Each contains a static Linux binary, licences, a bill of
//! materials, shell completions, manual pages, the unit file and the configurations of proxies.

mod bill;
mod build;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Args;
use xshell::cmd;

use crate::workspace::Workspace;

pub(crate) use build::{AARCH64, X86_64};

use build::{EPOCH, Target};

#[derive(Args)]
pub(crate) struct Options {
    /// Build only for this processor: x86_64 or aarch64
    #[arg(long, value_name = "PROCESSOR")]
    only: Option<String>,
    /// Build x86_64 a second time, in another folder, and check that both builds have the same bytes
    #[arg(long)]
    twice: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let chosen = [X86_64, AARCH64].into_iter().filter(|target| {
        let only = options.only.as_deref();
        only.is_none_or(|only| target.triple.starts_with(only))
    });
    let chosen: Vec<Target> = chosen.collect();
    ensure!(!chosen.is_empty(), "--only takes x86_64 or aarch64");
    let dist = workspace.target().join("dist");
    let mut sums = String::new();
    for target in chosen {
        let archive = pack(workspace, &dist, target)?;
        let sh = workspace.shell();
        let _guard = sh.push_dir(&dist);
        sums.push_str(&cmd!(sh, "sha256sum {archive}").read()?);
        sums.push('\n');
    }
    fs::write(dist.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    if options.twice {
        build::again(workspace, X86_64)?;
    }
    Ok(())
}

/// Builds the binary that is published for x86-64, for tests.
pub(crate) fn binary(workspace: &Workspace) -> Result<std::path::PathBuf> {
    build::binary(workspace, X86_64)
}

/// Copies `deploy/` into the archive's folder, but only what Git tracks: an operator's own files, such as credentials,
/// may be there too. `container/` is left out, because its Dockerfile needs the source.
fn copy_configurations(workspace: &Workspace, folder: &Path) -> Result<()> {
    let sh = workspace.shell();
    let without = ":(exclude)deploy/container";
    let files = cmd!(sh, "git ls-files -z -- deploy {without}")
        .quiet()
        .read()?;
    for file in files.split_terminator('\0') {
        let to = folder.join(file);
        fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        fs::copy(workspace.path(file), to).with_context(|| format!("cannot copy {file}"))?;
    }
    Ok(())
}

/// Writes the archive and returns its name.
fn pack(workspace: &Workspace, dist: &Path, target: Target) -> Result<String> {
    let sh = workspace.shell();
    let version = workspace.version()?;
    let binary = build::binary(workspace, target)?;
    let name = format!("sori-backend-{version}-{}", target.triple);
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;

    fs::copy(&binary, folder.join("sori-backend"))?;
    for (from, to) in [
        ("LICENSE-MIT", "LICENSE-MIT"),
        ("LICENSE-APACHE", "LICENSE-APACHE"),
        ("CHANGELOG.md", "CHANGELOG.md"),
        ("backend/SETTINGS.md", "SETTINGS.md"),
        ("backend/openapi.yaml", "openapi.yaml"),
    ] {
        fs::copy(workspace.path(from), folder.join(to)).with_context(|| format!("no {from}"))?;
    }
    copy_configurations(workspace, &folder)?;
    cmd!(
        sh,
        "cargo run --quiet --locked -p sori-backend --example manual -- {folder}"
    )
    .run()?;
    bill::write(workspace, target.triple, &folder)?;

    let _guard = sh.push_dir(dist);
    let mtime = format!("--mtime=@{EPOCH}");
    let tar = cmd!(
        sh,
        "tar --sort=name {mtime} --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w -cf - {name}"
    )
    .output()?;
    fs::write(dist.join(format!("{name}.tar")), tar.stdout)?;
    // `--no-name`: otherwise gzip writes the file's name and time into the archive.
    cmd!(sh, "gzip -9 --no-name --force {name}.tar").run()?;
    let archive = format!("{name}.tar.gz");
    for file in [&binary, &dist.join(&archive)] {
        let bytes = fs::metadata(file)?.len();
        println!("dist: {} {bytes} bytes", file.display());
    }
    Ok(archive)
}
