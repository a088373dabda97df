//! Installs what a fresh machine lacks: a line per step, and where something cannot be installed, what to install by hand.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use crate::tools;
use crate::workspace::Workspace;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The compiler's wasm target, wasm-pack, wasm-bindgen, Node's packages.
    Package,
    Chromium,
    Firefox,
    Webkit,
    /// A desktop without a screen, and Orca on it.
    ScreenReader,
}

pub(crate) const EVERYTHING: &[Need] = &[
    Need::Package,
    Need::Chromium,
    Need::Firefox,
    Need::Webkit,
    Need::ScreenReader,
];

pub(crate) fn run(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    for need in needs {
        match need {
            Need::Package => package_tools(workspace)?,
            Need::Chromium => chromium(workspace)?,
            Need::Firefox => firefox(workspace)?,
            Need::Webkit => webkit(workspace)?,
            Need::ScreenReader => screen_reader(workspace)?,
        }
    }
    Ok(())
}

fn report(what: &str, state: &str) {
    println!("setup: {what}: {state}");
}

fn package_tools(workspace: &Workspace) -> Result<()> {
    wasm_target(workspace)?;
    cargo_tool(
        workspace,
        "wasm-pack",
        "wasm-pack",
        tools::WASM_PACK,
        &["--locked"],
    )?;
    // Not --locked: its lock file wants a crate version that mirrors may lack.
    cargo_tool(
        workspace,
        "wasm-bindgen",
        "wasm-bindgen-cli",
        &tools::wasm_bindgen(workspace)?,
        &[],
    )?;
    node_packages(workspace)
}

/// rustup's automatic installation of what rust-toolchain.toml lists may be off.
fn wasm_target(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    let target = "wasm32-unknown-unknown";
    let libraries = cmd!(sh, "rustc --print target-libdir --target {target}")
        .quiet()
        .read()?;
    if Path::new(&libraries).is_dir() {
        report(target, "present");
        return Ok(());
    }
    ensure!(
        found(workspace, "rustup"),
        "{target} is missing and there is no rustup to add it: install the Rust standard library for {target}"
    );
    report(target, "adding");
    cmd!(sh, "rustup target add {target}").run()?;
    Ok(())
}

fn cargo_tool(
    workspace: &Workspace,
    binary: &str,
    package: &str,
    version: &str,
    flags: &[&str],
) -> Result<()> {
    let sh = workspace.shell();
    if installed_version(workspace, binary).is_some_and(|found| found == version) {
        report(binary, version);
        return Ok(());
    }
    report(binary, &format!("installing {version}, a minute or two"));
    cmd!(
        sh,
        "cargo install {package} --version {version} --force --quiet {flags...}"
    )
    .run()
    .with_context(|| format!("cannot install {package} {version}: it comes from crates.io"))?;
    let now = installed_version(workspace, binary);
    ensure!(
        now.as_deref() == Some(version),
        "{binary} {version} was installed, but PATH finds {}: put cargo's bin directory first",
        now.as_deref().unwrap_or("none")
    );
    Ok(())
}

/// The second word of `--version`'s first line, as in `wasm-pack 0.15.1`.
fn installed_version(workspace: &Workspace, binary: &str) -> Option<String> {
    let sh = workspace.shell();
    if !found(workspace, binary) {
        return None;
    }
    let text = cmd!(sh, "{binary} --version")
        .quiet()
        .ignore_stderr()
        .read()
        .ok()?;
    text.lines()
        .next()?
        .split_whitespace()
        .nth(1)
        .map(str::to_owned)
}

fn found(workspace: &Workspace, binary: &str) -> bool {
    let path = workspace.shell().var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(binary).is_file())
}

fn node_packages(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    ensure!(
        found(workspace, "node") && found(workspace, "npm"),
        "Node.js and npm are missing: install Node.js {} or later",
        tools::NODE_AT_LEAST
    );
    let node = cmd!(sh, "node --version").quiet().read()?;
    ensure!(
        first_number(&node).is_some_and(|major| major >= tools::NODE_AT_LEAST),
        "Node.js {node} is too old: install {} or later",
        tools::NODE_AT_LEAST
    );
    install_npm(workspace)?;
    let wasm_opt = cmd!(sh, "wasm-opt --version").quiet().read()?;
    ensure!(
        first_number(&wasm_opt).is_some_and(|version| version >= tools::WASM_OPT_AT_LEAST),
        "{wasm_opt} is too old, it breaks the module without an error: version {} comes with npm ci",
        tools::WASM_OPT_AT_LEAST
    );
    Ok(())
}

fn install_npm(workspace: &Workspace) -> Result<()> {
    install_npm_at(workspace, workspace.root(), "Sori")
}

/// `npm ci`, unless what is installed came from this very lock file.
pub(crate) fn install_npm_at(workspace: &Workspace, dir: &Path, whose: &str) -> Result<()> {
    let sh = workspace.shell();
    let what = format!("npm packages of {whose}");
    let lock = fs::read_to_string(dir.join("package-lock.json"))
        .with_context(|| format!("{whose} has no package-lock.json"))?;
    let stamp = dir.join("node_modules/.sori-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        report(&what, "present");
        return Ok(());
    }
    report(&what, "installing");
    let _guard = sh.push_dir(dir);
    cmd!(sh, "npm ci --no-audit --no-fund --loglevel=error")
        .quiet()
        .ignore_stdout()
        .run()?;
    fs::write(stamp, lock)?;
    Ok(())
}

fn chromium(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    debian(workspace, "chromium", "chromium")?;
    debian(workspace, "chromedriver", "chromium-driver")?;
    let browser = cmd!(sh, "chromium --version")
        .quiet()
        .ignore_stderr()
        .read()?;
    let driver = cmd!(sh, "chromedriver --version").quiet().read()?;
    ensure!(
        first_number(&browser) == first_number(&driver),
        "chromedriver does not fit Chromium: {driver} against {browser}; install the same major version of both"
    );
    report(
        "chromium",
        browser.split_whitespace().nth(1).unwrap_or("present"),
    );
    Ok(())
}

fn firefox(workspace: &Workspace) -> Result<()> {
    if !found(workspace, "firefox") {
        debian(workspace, "firefox-esr", "firefox-esr")?;
    }
    cargo_tool(
        workspace,
        "geckodriver",
        "geckodriver",
        tools::GECKODRIVER,
        &["--locked"],
    )?;
    // Without a sound card Firefox plays nothing, and no machine of a test has one.
    debian(workspace, "pulseaudio", "pulseaudio")?;
    report("firefox", "present");
    Ok(())
}

fn screen_reader(workspace: &Workspace) -> Result<()> {
    for (binary, package) in [
        ("Xvfb", "xvfb"),
        ("dbus-daemon", "dbus"),
        ("/usr/libexec/at-spi-bus-launcher", "at-spi2-core"),
        ("gdbus", "libglib2.0-bin"),
        ("openbox", "openbox"),
        ("xdotool", "xdotool"),
        ("orca", "orca"),
    ] {
        debian(workspace, binary, package)?;
    }
    let version = cmd!(workspace.shell(), "orca --version")
        .quiet()
        .ignore_stderr()
        .read()?;
    report("orca", &version);
    Ok(())
}

fn webkit(workspace: &Workspace) -> Result<()> {
    for (binary, package) in [
        ("WebKitWebDriver", "webkit2gtk-driver"),
        // It has no headless mode, and is silent without a sound card.
        ("Xvfb", "xvfb"),
        ("pulseaudio", "pulseaudio"),
    ] {
        debian(workspace, binary, package)?;
    }
    report("webkit", "present");
    Ok(())
}

/// Has a Debian package installed if its binary is missing and this user may install it.
fn debian(workspace: &Workspace, binary: &str, package: &str) -> Result<()> {
    let sh = workspace.shell();
    if found(workspace, binary) {
        return Ok(());
    }
    let root = cmd!(sh, "id -u").quiet().read()? == "0";
    if !(root && found(workspace, "apt-get")) {
        bail!(
            "{binary} is missing: install it (Debian and Ubuntu: sudo apt-get install {package})"
        );
    }
    report(binary, &format!("installing Debian's {package}"));
    let install = || {
        cmd!(
            sh,
            "apt-get install -y -qq --no-install-recommends {package}"
        )
        .env("DEBIAN_FRONTEND", "noninteractive")
        .quiet()
        .ignore_stdout()
        .run()
    };
    if install().is_err() {
        // The package lists of a fresh image are empty or old.
        cmd!(sh, "apt-get update -qq").quiet().run()?;
        install().with_context(|| {
            format!("cannot install Debian's {package}: install {binary} by hand")
        })?;
    }
    Ok(())
}

/// The first number in a version's text: `ChromeDriver 156.0.8078.79 (…)` is 156.
fn first_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::first_number;

    #[test]
    fn versions_are_read_from_what_tools_print() {
        assert_eq!(
            first_number("ChromeDriver 156.0.8078.79 (a21ce)"),
            Some(156)
        );
        assert_eq!(
            first_number("wasm-opt version 132 (version_132)"),
            Some(132)
        );
        assert_eq!(first_number("v20.20.2"), Some(20));
        assert_eq!(first_number("none"), None);
    }
}
