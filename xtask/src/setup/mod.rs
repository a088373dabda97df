//! Installs what a fresh machine lacks, and prints a line for each step. If something cannot be installed, it prints
//! what a person must install.

mod apt;
mod browsers;
mod node;
mod programs;
mod pypi;
mod rust;
mod server;
mod system;

use std::collections::HashSet;
use std::sync::Mutex;

use anyhow::{Error, Result, bail, ensure};

use crate::dist;
use crate::workspace::Workspace;

pub(crate) use node::install_at as install_npm_at;
pub(crate) use pypi::{kubernetes_validate, servers};
pub(crate) use rust::fuzzer;

use system::Program;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// npm packages, such as linters and bundlers.
    Node,
    /// The npm packages, the compiler's wasm target, wasm-pack and wasm-bindgen.
    Package,
    Chromium,
    Firefox,
    Webkit,
    /// A desktop without a screen, with the screen reader Orca.
    ScreenReader,
    /// cargo-deny.
    Audit,
    /// The Redis server that the shared store is tested with.
    Redis,
    /// Python, for the snippets and clients in it.
    Python,
    /// The proxies that can be in front of a backend.
    Proxies,
    /// Other versions of Redis, and Valkey.
    Stores,
    /// The schemas of Kubernetes, to check the manifests.
    Kubernetes,
    /// A compiler for static Linux binaries.
    Dist,
    /// A compiler for 64-bit ARM, and an emulator that runs its binaries.
    DistArm,
    /// The languages of those server snippets that the gate always runs.
    Stacks,
    /// The languages of all server snippets.
    MoreStacks,
}

pub(crate) const EVERYTHING: &[Need] = &[
    Need::Package,
    Need::Chromium,
    Need::Firefox,
    Need::Webkit,
    Need::ScreenReader,
    Need::Audit,
    Need::Redis,
    Need::Python,
    Need::Proxies,
    Need::Stores,
    Need::Kubernetes,
    Need::Dist,
    Need::DistArm,
    Need::Stacks,
    Need::MoreStacks,
];

impl Need {
    /// The programs that come from packages of the operating system.
    fn programs(self) -> &'static [Program] {
        match self {
            Need::Node | Need::Package | Need::Audit => &[],
            Need::Chromium => browsers::CHROMIUM,
            Need::Firefox => browsers::FIREFOX,
            Need::Webkit => browsers::WEBKIT,
            Need::ScreenReader => programs::SCREEN_READER,
            Need::Redis => server::REDIS,
            Need::Python => programs::PYTHON,
            Need::Proxies => server::PROXIES,
            Need::Stores | Need::Kubernetes => pypi::PIP,
            Need::Dist => server::MUSL,
            Need::DistArm => server::ARM,
            Need::Stacks => programs::STACKS,
            Need::MoreStacks => programs::MORE_STACKS,
        }
    }

    /// Installs what comes from elsewhere, and checks that everything fits together.
    fn complete(self, workspace: &Workspace) -> Result<()> {
        match self {
            Need::Node => node::packages(workspace),
            Need::Package => {
                // First, because it is only found or missed, and the tools take minutes to compile.
                node::packages(workspace)?;
                rust::tools(workspace)
            }
            Need::Chromium => browsers::chromium(workspace),
            Need::Firefox => browsers::firefox(workspace),
            Need::Webkit => browsers::webkit(workspace),
            Need::ScreenReader => system::orca(workspace),
            Need::Audit => rust::auditor(workspace),
            Need::Stores => pypi::servers(workspace).map(drop),
            Need::Kubernetes => pypi::kubernetes_validate(workspace).map(drop),
            Need::Dist => rust::target(workspace, dist::X86_64.triple),
            Need::DistArm => rust::target(workspace, dist::AARCH64.triple),
            Need::Redis | Need::Python | Need::Proxies => Ok(()),
            Need::Stacks | Need::MoreStacks => Ok(()),
        }
    }
}

/// Installs everything. Returns an error that names every need that is not met.
pub(crate) fn run(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    let mut unmet: Vec<String> = Vec::new();
    for (_, error) in each(workspace, needs)? {
        let words = format!("{error:#}");
        if !unmet.contains(&words) {
            unmet.push(words);
        }
    }
    ensure!(unmet.is_empty(), "{}", unmet.join("\n"));
    Ok(())
}

/// Installs everything that it can, and returns an error for each need that is not met.
pub(crate) fn each(workspace: &Workspace, needs: &[Need]) -> Result<Vec<(Need, Error)>> {
    let _lock = workspace.lock("setup")?;
    let mut failed: Vec<(Need, Error)> = Vec::new();
    // All together, so that the package lists are refreshed once and a package that several needs share is installed
    // once.
    let programs = needs.iter().flat_map(|need| need.programs());
    let refused = system::install(workspace, programs);
    for &need in needs {
        let outcome = match refused.for_programs(need.programs()) {
            Some(words) => Err(Error::msg(words)),
            None => need.complete(workspace),
        };
        if let Err(error) = outcome {
            failed.push((need, error));
        }
    }
    Ok(failed)
}

/// Prints a line about the set-up, but the same line only once.
fn report(what: &str, state: &str) {
    static SAID: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let line = format!("setup: {what}: {state}");
    let fresh = match SAID.lock() {
        Ok(mut said) => said.get_or_insert_default().insert(line.clone()),
        Err(_) => true,
    };
    if fresh {
        println!("{line}");
    }
}

/// The path of a program, which is given as a name on PATH or as a path.
fn find(workspace: &Workspace, program: &str) -> Option<std::path::PathBuf> {
    let path = workspace.shell().var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// The first line that a program prints about its version.
fn version(workspace: &Workspace, program: &std::path::Path) -> Result<String> {
    let text = xshell::cmd!(workspace.shell(), "{program} --version")
        .quiet()
        .ignore_stderr()
        .read()?;
    match text.lines().next() {
        Some(line) => Ok(line.trim().to_owned()),
        None => bail!("{} --version prints nothing", program.display()),
    }
}

/// The first number in a version's text: `ChromeDriver 156.0.8078.79 (…)` is 156.
fn first_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// `Mozilla Firefox 153.8.0esr` is 153.8.0esr: the first word that begins with a digit.
fn number(text: &str) -> &str {
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{first_number, number};

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
        assert_eq!(
            number("Chromium 156.0.8078.108 built on Debian"),
            "156.0.8078.108"
        );
        assert_eq!(number("Mozilla Firefox 153.8.0esr"), "153.8.0esr");
        assert_eq!(number("orca"), "orca");
    }
}
