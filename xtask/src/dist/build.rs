//! Builds a static binary that contains no path of the machine that built it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};
use xshell::cmd;

use crate::workspace::Workspace;

/// 2026-01-01, which a build writes in place of the present time, so that the same source always gives the same bytes.
pub(super) const EPOCH: &str = "1767225600";

#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// The compiler for the C and assembly of the crate ring.
    c_compiler: &'static str,
    /// The linker, if rustc's default does not work.
    linker: Option<&'static str>,
    /// The command that runs the binary on this machine.
    runner: &'static [&'static str],
}

pub(crate) const X86_64: Target = Target {
    triple: "x86_64-unknown-linux-musl",
    c_compiler: "musl-gcc",
    linker: None,
    runner: &[],
};

/// Rust includes musl for this target, and a linker for every processor. ring needs no C library, so a C compiler for
/// glibc is enough.
pub(crate) const AARCH64: Target = Target {
    triple: "aarch64-unknown-linux-musl",
    c_compiler: "aarch64-linux-gnu-gcc",
    linker: Some("rust-lld"),
    runner: &["qemu-aarch64"],
};

/// Builds the binary, and checks that it needs no library and starts.
pub(super) fn binary(workspace: &Workspace, target: Target) -> Result<PathBuf> {
    // This build has a folder of its own. In a shared one, cargo would compile everything again after each change of
    // flags.
    let place = workspace.target().join("dist/build");
    let binary = build(workspace, target, workspace.root(), &place)?;
    is_static(workspace, &binary)?;
    starts(workspace, target, &binary)?;
    Ok(binary)
}

fn build(workspace: &Workspace, target: Target, source: &Path, place: &Path) -> Result<PathBuf> {
    let sh = workspace.shell();
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir()
            .context("neither CARGO_HOME nor a home directory")?
            .join(".cargo"),
    };
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let flags = [remap(&home, "/cargo"), remap(source, "/sori")];
    let triple = target.triple;
    let _guard = sh.push_dir(source);
    let mut command = cmd!(
        sh,
        "cargo build --quiet --release --locked -p sori-backend --bin sori-backend --target {triple} --target-dir {place}"
    )
    .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
    .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
    .env("SOURCE_DATE_EPOCH", EPOCH)
    .env(format!("CC_{}", triple.replace('-', "_")), target.c_compiler)
    // The C compiler also writes paths of this machine into its objects.
    .env("CFLAGS", format!("-ffile-prefix-map={}=/cargo", home.display()));
    if let Some(linker) = target.linker {
        let name = triple.replace('-', "_").to_uppercase();
        command = command.env(format!("CARGO_TARGET_{name}_LINKER"), linker);
    }
    command
        .run()
        .with_context(|| format!("cannot build for {triple}"))?;
    Ok(place.join(triple).join("release/sori-backend"))
}

fn is_static(workspace: &Workspace, binary: &Path) -> Result<()> {
    let headers = cmd!(
        workspace.shell(),
        "readelf --program-headers --dynamic {binary}"
    )
    .quiet()
    .read()?;
    ensure!(
        !headers.contains("INTERP") && !headers.contains("(NEEDED)"),
        "{} needs a loader or a library:\n{headers}",
        binary.display()
    );
    Ok(())
}

fn starts(workspace: &Workspace, target: Target, binary: &Path) -> Result<()> {
    let runner = target.runner;
    let said = cmd!(workspace.shell(), "env {runner...} {binary} --version")
        .quiet()
        .read()
        .with_context(|| format!("{} does not start", binary.display()))?;
    let expected = format!("sori-backend {}", workspace.version()?);
    ensure!(said == expected, "it calls itself {said}, not {expected}");
    Ok(())
}

/// Builds a copy of the source in another folder into yet another one, and checks that the bytes are the same.
pub(super) fn again(workspace: &Workspace, target: Target) -> Result<()> {
    let place = workspace.target().join("dist/again");
    let source = place.join("source");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    workspace.copy_files_to(&source)?;
    let first = workspace.target().join("dist/build").join(target.triple);
    let first = first.join("release/sori-backend");
    let second = build(workspace, target, &source, &place.join("build"))?;
    let sum = |path: &Path| -> Result<String> {
        let hash = Sha256::digest(fs::read(path)?);
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let (one, two) = (sum(&first)?, sum(&second)?);
    ensure!(
        one == two,
        "two builds of the same source differ: {} and {}",
        first.display(),
        second.display()
    );
    println!("dist: built twice, the same: {one}");
    Ok(())
}
