//! The checks, in the order of their cost.

use std::fmt;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use xshell::cmd;

use super::rust_tests as tests;
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{dist, fresh, packaging, release, size};

/// In the gate, property tests use the same inputs on every machine, so that a failure comes from a change of the code
/// and not from new random inputs. `cargo xtask fuzz` and a plain `cargo test` use other inputs.
const SAME_INPUTS: (&str, &str) = ("PROPTEST_RNG_SEED", "20261128");

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Check {
    /// Formatting
    Fmt,
    /// Lints of everything that runs on the host
    Clippy,
    /// Lints of what runs in the browser
    ClippyWasm,
    /// Formatting, lints and types of the hand-written JavaScript
    Js,
    /// The documentation of the crates, without a warning
    Docs,
    /// Tests on the host: the widget's core, the backend, xtask
    Host,
    /// The element's own tests, in Chromium
    WasmChromium,
    /// The same in Firefox
    WasmFirefox,
    /// The npm package
    Build,
    /// Its size against the budget
    Size,
    /// What a release must fulfil
    Release,
    /// The package as bundlers, Node and TypeScript get it
    Packaging,
    /// The shared store with every Redis and Valkey that can be installed as a package: only with --all or --only
    Stores,
    /// The files of deploy/ in the programs that they are for: only with --all or --only
    Deploy,
    /// The server snippets of the documentation, each stack as its users run it
    Stacks,
    /// End to end, in Chromium
    E2e,
    /// End to end in Firefox: the main path and what can fail
    E2eFirefox,
    /// End to end in WebKit: the main path
    E2eWebkit,
}

/// The tests of `tests/e2e` that also run in Firefox: what a person does from Play to the verdict, what can fail, and
/// the time before the module is loaded.
const IN_FIREFOX: [&str; 6] = [
    "whole_path::",
    "form::",
    "keys::",
    "faults::",
    "policy::",
    "early::",
];
/// The tests that run in WebKit: the main path in form mode and in inline mode, and a press before the module is
/// loaded. Tests with a module that fails do not run there: if audio is dropped at the moment at which it starts,
/// WebKitGTK 2.50 sometimes hangs (its main thread waits for GStreamer, and GStreamer waits for that thread).
const IN_WEBKIT: [&str; 3] = ["whole_path::", "form::", "before_the_module_is_there"];

impl Check {
    pub(super) fn needs(self) -> &'static [Need] {
        match self {
            Check::Fmt | Check::Clippy | Check::Docs => &[],
            Check::Js => &[Need::Node],
            Check::Host => &[Need::Redis, Need::Python],
            Check::Stores => &[Need::Redis, Need::Stores],
            Check::Deploy => &[Need::Redis, Need::Proxies, Need::Kubernetes, Need::Dist],
            Check::Stacks => &[Need::Stacks],
            Check::ClippyWasm | Check::Build | Check::Size | Check::Release => &[Need::Package],
            Check::WasmChromium | Check::Packaging | Check::E2e => &[Need::Package, Need::Chromium],
            Check::WasmFirefox => &[Need::Package, Need::Firefox],
            // A few tests always use Chromium, whichever browser was chosen.
            Check::E2eFirefox => &[Need::Package, Need::Chromium, Need::Firefox],
            Check::E2eWebkit => &[Need::Package, Need::Webkit],
        }
    }

    /// Whether the check uses the built files in `pkg/`.
    pub(super) fn needs_the_package(self) -> bool {
        match self {
            Check::Size
            | Check::Release
            | Check::Packaging
            | Check::E2e
            | Check::E2eFirefox
            | Check::E2eWebkit => true,
            Check::Fmt
            | Check::Clippy
            | Check::ClippyWasm
            | Check::Js
            | Check::Docs
            | Check::Host
            | Check::WasmChromium
            | Check::WasmFirefox
            | Check::Stores
            | Check::Deploy
            | Check::Stacks
            | Check::Build => false,
        }
    }

    /// Whether the check has tests that can be chosen by name.
    pub(super) fn has_tests(self) -> bool {
        match self {
            Check::Host
            | Check::WasmChromium
            | Check::WasmFirefox
            | Check::Stores
            | Check::Deploy
            | Check::Stacks
            | Check::Packaging
            | Check::E2e
            | Check::E2eFirefox
            | Check::E2eWebkit => true,
            Check::Fmt
            | Check::Clippy
            | Check::ClippyWasm
            | Check::Js
            | Check::Docs
            | Check::Build
            | Check::Size
            | Check::Release => false,
        }
    }

    /// Whether the gate leaves the check out unless `--all` is given.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Check::Stores | Check::Deploy)
    }

    pub(super) fn run(self, workspace: &Workspace, all: bool, names: &[String]) -> Result<()> {
        let sh = workspace.shell();
        if self.needs_the_package() {
            // If `build` does not run before this check, the package may be out of date.
            fresh::package(workspace)?;
        }
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
                // The share button without the captcha is a separate build with other features.
                cmd!(sh, "cargo clippy --quiet -p sori-captcha --target {target} --no-default-features --features share -- -D warnings")
                    .run()?;
            }
            Check::Js => {
                cmd!(sh, "biome ci --error-on-warnings --colors=off").run()?;
                cmd!(sh, "tsc --project tsconfig.json").run()?;
            }
            Check::Docs => cmd!(
                sh,
                "cargo doc --quiet --no-deps -p sori-captcha -p sori-backend --lib"
            )
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?,
            Check::Host => {
                tests::run(
                    cmd!(
                        sh,
                        "cargo test --quiet --no-fail-fast --workspace --exclude sori-e2e --exclude sori-deploy --exclude sori-stacks -- {names...}"
                    )
                    .env(SAME_INPUTS.0, SAME_INPUTS.1),
                    names,
                )?;
                if all && names.is_empty() {
                    parts_of_the_backend(workspace)?;
                }
            }
            Check::WasmChromium => wasm_tests(workspace, &CHROMIUM, names)?,
            Check::WasmFirefox => wasm_tests(workspace, &FIREFOX, names)?,
            Check::Build => fresh::package(workspace)?,
            Check::Size => size::run(workspace)?,
            Check::Release => release::check(workspace, all)?,
            Check::Packaging => packaging::run(workspace, all, names)?,
            Check::Stores => {
                for server in setup::servers(workspace)? {
                    // These servers were built without TLS. The check `host` tests TLS with the system's server.
                    tests::run(
                        cmd!(
                            sh,
                            "cargo test --quiet -p sori-backend --test shared -- --skip over_tls {names...}"
                        )
                        .env("REDIS_SERVER", server)
                        .env(SAME_INPUTS.0, SAME_INPUTS.1),
                        names,
                    )?;
                }
            }
            Check::Deploy => tests::run(
                cmd!(
                    sh,
                    "cargo test --quiet --no-fail-fast -p sori-deploy -- {names...}"
                )
                .env("BACKEND_BINARY", dist::binary(workspace)?)
                .env(
                    "KUBERNETES_VALIDATE",
                    setup::kubernetes_validate(workspace)?,
                ),
                names,
            )?,
            Check::Stacks => {
                let mut targets = vec!["--test", "fast"];
                if all {
                    setup::run(workspace, &[Need::MoreStacks])?;
                    targets.extend(["--test", "slow"]);
                }
                tests::run(
                    cmd!(
                        sh,
                        "cargo test --quiet --no-fail-fast -p sori-stacks {targets...} -- {names...}"
                    ),
                    names,
                )?;
                if all && names.is_empty() {
                    // Tests of published siteverify clients in the same languages.
                    cmd!(sh, "cargo test --quiet -p sori-backend --test languages").run()?;
                }
            }
            Check::E2e => tests::run(
                cmd!(
                    sh,
                    "cargo test --quiet --no-fail-fast -p sori-e2e --lib --test browser --test package -- {names...}"
                ),
                names,
            )?,
            Check::E2eFirefox => in_engine(workspace, "firefox", &IN_FIREFOX, names)?,
            Check::E2eWebkit => in_engine(workspace, "webkit", &IN_WEBKIT, names)?,
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// The backend's library without the program, and the backend with a feature that is off by default. Each is a separate
/// build.
fn parts_of_the_backend(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    for features in ["", "practice"] {
        cmd!(sh, "cargo clippy --quiet -p sori-backend --lib --no-default-features --features={features} -- -D warnings")
            .run()?;
    }
    cmd!(
        sh,
        "cargo test --quiet -p sori-backend --features otlp --test otlp"
    )
    .run()?;
    Ok(())
}

fn in_engine(workspace: &Workspace, engine: &str, areas: &[&str], names: &[String]) -> Result<()> {
    let areas: Vec<String> = if names.is_empty() {
        areas.iter().map(|&area| area.to_owned()).collect()
    } else {
        names.to_vec()
    };
    tests::run(
        cmd!(
            workspace.shell(),
            "cargo test --quiet --no-fail-fast -p sori-e2e --test browser -- {areas...}"
        )
        .env("E2E_ENGINE", engine),
        names,
    )
}

/// How wasm-pack and its test runner are told which browser to use.
struct Browser {
    flag: &'static str,
    variable: &'static str,
    driver: &'static str,
    driver_variable: &'static str,
    other_driver_variable: &'static str,
    options: &'static str,
}

const CHROMIUM: Browser = Browser {
    flag: "--chrome",
    variable: "CHROMIUM",
    driver: "chromedriver",
    driver_variable: "CHROMEDRIVER",
    other_driver_variable: "GECKODRIVER",
    options: "goog:chromeOptions",
};
const FIREFOX: Browser = Browser {
    flag: "--firefox",
    variable: "FIREFOX",
    driver: "geckodriver",
    driver_variable: "GECKODRIVER",
    other_driver_variable: "CHROMEDRIVER",
    options: "moz:firefoxOptions",
};

fn wasm_tests(workspace: &Workspace, browser: &Browser, names: &[String]) -> Result<()> {
    ensure!(
        names.len() <= 1,
        "the runner of wasm tests takes one name, not {}",
        names.len()
    );
    let sh = workspace.shell();
    let Browser {
        flag,
        driver,
        options,
        ..
    } = browser;
    // wasm-pack looks for a driver only on PATH, and a driver looks for its browser only in the usual places.
    let path = sh.var(browser.driver_variable).ok();
    let driver = path.map(|path| format!("--{driver}={path}"));
    let mut capabilities = serde_json::json!({});
    if let Ok(path) = sh.var(browser.variable) {
        capabilities[options] = serde_json::json!({ "binary": path });
    }
    let file = workspace
        .state()?
        .join(format!("{}.json", browser.variable.to_lowercase()));
    sh.write_file(&file, capabilities.to_string())?;
    tests::run(
        cmd!(
            sh,
            "wasm-pack --log-level error test --mode no-install --headless {flag} {driver...} -- -- {names...}"
        )
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file)
        // The runner takes the first browser whose driver has a variable, whichever browser wasm-pack was told to use.
        .env_remove(browser.other_driver_variable),
        names,
    )
}
