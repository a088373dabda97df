//! The compiler's targets, and the tools that come from crates.io.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::{find, number, report, version};
use crate::tools;
use crate::workspace::Workspace;

pub(super) fn tools(workspace: &Workspace) -> Result<()> {
    target(workspace, "wasm32-unknown-unknown")?;
    cargo_tool(
        workspace,
        "wasm-pack",
        "wasm-pack",
        tools::WASM_PACK,
        &["--locked"],
    )?;
    // Without --locked, because its lock file needs a crate version that mirrors may lack.
    cargo_tool(
        workspace,
        "wasm-bindgen",
        "wasm-bindgen-cli",
        &tools::wasm_bindgen(workspace)?,
        &[],
    )
}

pub(super) fn auditor(workspace: &Workspace) -> Result<()> {
    let flags = &["--locked"];
    cargo_tool(
        workspace,
        "cargo-deny",
        "cargo-deny",
        tools::CARGO_DENY,
        flags,
    )
}

/// Installs cargo-fuzz, which runs the fuzz targets. It needs a nightly compiler.
pub(crate) fn fuzzer(workspace: &Workspace) -> Result<()> {
    let flags = &["--locked"];
    cargo_tool(
        workspace,
        "cargo-fuzz",
        "cargo-fuzz",
        tools::CARGO_FUZZ,
        flags,
    )
}

/// Installs a target of the compiler. rustup installs the targets in rust-toolchain.toml by itself, but this may be
/// off.
pub(super) fn target(workspace: &Workspace, target: &str) -> Result<()> {
    let sh = workspace.shell();
    let libraries = cmd!(sh, "rustc --print target-libdir --target {target}")
        .quiet()
        .read()?;
    if Path::new(&libraries).is_dir() {
        report(target, "present");
        return Ok(());
    }
    ensure!(
        find(workspace, "rustup").is_some(),
        "{target} is missing and there is no rustup to add it: install the Rust standard library for {target}"
    );
    report(target, "adding");
    let added = cmd!(sh, "rustup target add {target}")
        .quiet()
        .ignore_status()
        .output()?;
    ensure!(
        added.status.success(),
        "rustup target add {target} fails:\n{}",
        String::from_utf8_lossy(&added.stderr).trim()
    );
    Ok(())
}

/// Finds the tool in this version on PATH, or installs it from crates.io. If there is another version, another project
/// may need it. So it stays where it is, and ours is installed in a folder of its own that comes first on PATH.
pub(super) fn cargo_tool(
    workspace: &Workspace,
    binary: &str,
    package: &str,
    wanted: &str,
    flags: &[&str],
) -> Result<()> {
    let installed = |workspace: &Workspace| {
        let path = find(workspace, binary)?;
        let text = version(workspace, &path).ok()?;
        Some(number(&text).to_owned())
    };
    let present = installed(workspace);
    if present.as_deref() == Some(wanted) {
        report(binary, wanted);
        return Ok(());
    }
    let mut root = Vec::new();
    if let Some(other) = &present {
        let folder = cargo_home()?.join(format!("sori/{binary}-{wanted}"));
        workspace.prefer(folder.join("bin"))?;
        if installed(workspace).as_deref() == Some(wanted) {
            report(binary, &format!("{wanted}, beside {other} on PATH"));
            return Ok(());
        }
        root.extend(["--root".into(), folder.into_os_string()]);
    }
    let beside = present.map(|other| format!(" beside {other}"));
    report(
        binary,
        &format!(
            "installing {wanted}{} from crates.io, a minute or two",
            beside.unwrap_or_default()
        ),
    );
    cmd!(
        workspace.shell(),
        "cargo install {package} --version {wanted} --force --quiet {flags...} {root...}"
    )
    // The build directory of this workspace must not be used for tools.
    .env_remove("CARGO_TARGET_DIR")
    .quiet()
    .run()
    .with_context(|| format!("cannot install {package} {wanted}: it comes from crates.io"))?;
    let now = installed(workspace);
    ensure!(
        now.as_deref() == Some(wanted),
        "{binary} {wanted} was installed, but PATH finds {}: put cargo's bin directory first",
        now.as_deref().unwrap_or("none")
    );
    Ok(())
}

fn cargo_home() -> Result<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is set")
}
