//! `cargo xtask test`: every check, cheapest first. What cannot run here fails unless `--skip` names it.

use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use xshell::cmd;

use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{build, packaging, release, size};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave a check out (repeatable)
    #[arg(long, value_name = "NAME")]
    skip: Vec<Check>,
    /// Run these checks only (repeatable)
    #[arg(long, value_name = "NAME", conflicts_with = "skip")]
    only: Vec<Check>,
    /// Also what the gate leaves out for its length
    #[arg(long)]
    all: bool,
}

/// In the order of their cost.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    Fmt,
    Clippy,
    ClippyWasm,
    Docs,
    Host,
    WasmChromium,
    WasmFirefox,
    Build,
    Size,
    Release,
    Packaging,
    E2e,
    E2eFirefox,
    E2eWebkit,
}

/// The areas of `tests/e2e` that run in Firefox too: what a person does from Play to the verdict, and what can fail.
const IN_FIREFOX: [&str; 5] = ["whole_path", "form", "keys", "faults", "policy"];
/// The main path, by the form's way and the inline one.
const IN_WEBKIT: [&str; 2] = ["whole_path", "form"];

impl Check {
    fn needs(self) -> &'static [Need] {
        match self {
            Check::Fmt
            | Check::Clippy
            | Check::Docs
            | Check::Host
            | Check::Size
            | Check::Release => &[],
            Check::ClippyWasm | Check::Build => &[Need::Package],
            Check::WasmChromium | Check::Packaging | Check::E2e => &[Need::Package, Need::Chromium],
            Check::WasmFirefox => &[Need::Package, Need::Firefox],
            // One or the other test is for Chromium whatever was chosen.
            Check::E2eFirefox => &[Need::Package, Need::Chromium, Need::Firefox],
            Check::E2eWebkit => &[Need::Package, Need::Webkit],
        }
    }

    fn run(self, workspace: &Workspace, all: bool) -> Result<()> {
        let sh = workspace.shell();
        match self {
            Check::Fmt => cmd!(sh, "cargo fmt --all --check").run()?,
            Check::Clippy => cmd!(
                sh,
                "cargo clippy --quiet --workspace --all-targets -- -D warnings"
            )
            .run()?,
            Check::ClippyWasm => {
                let target = "wasm32-unknown-unknown";
                cmd!(sh, "cargo clippy --quiet -p sori-captcha --target {target} --all-targets -- -D warnings").run()?;
                // The share button alone is a build of its own.
                cmd!(sh, "cargo clippy --quiet -p sori-captcha --target {target} --no-default-features --features share -- -D warnings")
                    .run()?;
            }
            Check::Docs => cmd!(
                sh,
                "cargo doc --quiet --no-deps -p sori-captcha -p sori-backend --lib"
            )
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?,
            Check::Host => cmd!(sh, "cargo test --quiet --workspace --exclude sori-e2e").run()?,
            Check::WasmChromium => {
                cmd!(sh, "wasm-pack test --mode no-install --headless --chrome").run()?
            }
            Check::WasmFirefox => {
                cmd!(sh, "wasm-pack test --mode no-install --headless --firefox").run()?
            }
            Check::Build => build::run(workspace)?,
            Check::Size => size::run(workspace)?,
            Check::Release => release::check(workspace, all)?,
            Check::Packaging => packaging::run(workspace, all)?,
            Check::E2e => cmd!(
                sh,
                "cargo test --quiet -p sori-e2e --lib --test browser --test package"
            )
            .run()?,
            Check::E2eFirefox => in_engine(workspace, "firefox", &IN_FIREFOX)?,
            Check::E2eWebkit => in_engine(workspace, "webkit", &IN_WEBKIT)?,
        }
        Ok(())
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

fn in_engine(workspace: &Workspace, engine: &str, areas: &[&str]) -> Result<()> {
    let areas = areas.iter().map(|area| format!("{area}::"));
    cmd!(
        workspace.shell(),
        "cargo test --quiet -p sori-e2e --test browser -- {areas...}"
    )
    .env("E2E_ENGINE", engine)
    .run()?;
    Ok(())
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let chosen: Vec<Check> = Check::value_variants()
        .iter()
        .copied()
        .filter(|check| {
            if options.only.is_empty() {
                !options.skip.contains(check)
            } else {
                options.only.contains(check)
            }
        })
        .collect();
    let mut needs = Vec::new();
    for need in chosen.iter().flat_map(|check| check.needs()) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    setup::run(workspace, &needs)?;

    let mut done = Vec::new();
    for check in chosen {
        let name = check.name();
        println!("test: {name}");
        let start = Instant::now();
        if let Err(error) = check.run(workspace, options.all) {
            bail!("{name} failed: {error:#}");
        }
        done.push((name, start.elapsed().as_secs()));
    }
    for (name, seconds) in done {
        println!("test: {name} passed in {seconds} s");
    }
    for check in &options.skip {
        println!("test: {} skipped, as asked", check.name());
    }
    Ok(())
}
