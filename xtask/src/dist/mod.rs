//! `cargo xtask dist`: what is published of the backend. A static Linux binary with what belongs to it: licences, a
//! bill of materials, shell completions, manual pages, the unit file and the proxies' configurations.

mod bill;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

const TARGET: &str = "x86_64-unknown-linux-musl";
/// The same files give the same archive: what a build writes down of the time is this, 2026-01-01.
const EPOCH: &str = "1767225600";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    let version = workspace.version()?;
    let binary = build(workspace)?;
    let name = format!("sori-backend-{version}-{TARGET}");
    let dist = workspace.target().join("dist");
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
    let deploy = workspace.path("deploy");
    cmd!(sh, "cp -r {deploy} {folder}/deploy").run()?;
    cmd!(
        sh,
        "cargo run --quiet --locked -p sori-backend --example manual -- {folder}"
    )
    .run()?;
    bill::write(workspace, TARGET, &folder)?;
    is_static(workspace, &binary)?;

    let archive = format!("{name}.tar.gz");
    {
        let _guard = sh.push_dir(&dist);
        let mtime = format!("--mtime=@{EPOCH}");
        let tar = cmd!(
            sh,
            "tar --sort=name {mtime} --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w -cf - {name}"
        )
        .output()?;
        fs::write(dist.join(format!("{name}.tar")), tar.stdout)?;
        // Without the name and the time that gzip would write down.
        cmd!(sh, "gzip -9 --no-name --force {name}.tar").run()?;
        let sums = cmd!(sh, "sha256sum {archive}").read()?;
        fs::write(dist.join("SHA256SUMS"), format!("{sums}\n"))?;
    }
    for file in [&binary, &dist.join(&archive)] {
        let bytes = fs::metadata(file)?.len();
        println!("dist: {} {bytes} bytes", file.display());
    }
    Ok(())
}

/// A binary that names no path of this machine and no time, and needs no library.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let sh = workspace.shell();
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir()
            .context("neither CARGO_HOME nor a home directory")?
            .join(".cargo"),
    };
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let flags = [remap(&home, "/cargo"), remap(workspace.root(), "/sori")];
    // Beside the other builds: other flags would make cargo build everything anew each time.
    let target = workspace.target().join("dist/build");
    cmd!(
        sh,
        "cargo build --quiet --release --locked -p sori-backend --bin sori-backend --target {TARGET} --target-dir {target}"
    )
    .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
    .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
    .env("SOURCE_DATE_EPOCH", EPOCH)
    .run()
    .with_context(|| format!("cannot build for {TARGET}"))?;
    Ok(target.join(TARGET).join("release/sori-backend"))
}

fn is_static(workspace: &Workspace, binary: &Path) -> Result<()> {
    let sh = workspace.shell();
    let headers = cmd!(sh, "readelf --program-headers --dynamic {binary}")
        .quiet()
        .read()?;
    ensure!(
        !headers.contains("INTERP") && !headers.contains("(NEEDED)"),
        "{} needs a loader or a library:\n{headers}",
        binary.display()
    );
    Ok(())
}
