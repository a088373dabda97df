//! What takes long and needs no watching: ten thousand challenges on one backend, and random input.

use anyhow::Result;
use xshell::cmd;

use crate::workspace::Workspace;

/// Ten thousand challenges with faults, on one backend that keeps a journal.
pub(crate) fn soak(workspace: &Workspace) -> Result<()> {
    let sh = workspace.shell();
    cmd!(sh, "cargo build --quiet -p sori-backend").run()?;
    cmd!(sh, "cargo run --quiet -p sori-backend --example soak").run()?;
    Ok(())
}

#[derive(Debug, clap::Args)]
pub(crate) struct FuzzOptions {
    /// How many inputs each property is tried with
    #[arg(long, default_value = "20000")]
    cases: u32,
}

/// Random input, by proptest: cargo-fuzz, which is guided by coverage, needs a nightly compiler.
pub(crate) fn fuzz(workspace: &Workspace, options: &FuzzOptions) -> Result<()> {
    let sh = workspace.shell();
    let cases = options.cases.to_string();
    println!("fuzz: {cases} inputs for each property, by proptest (not guided by coverage)");
    cmd!(
        sh,
        "cargo test --quiet --release -p sori-backend --lib --test ledger --test journal"
    )
    .env("PROPTEST_CASES", &cases)
    .run()?;
    cmd!(
        sh,
        "cargo test --quiet --release -p sori-captcha -p sori-wire --lib --tests"
    )
    .env("PROPTEST_CASES", &cases)
    .run()?;
    Ok(())
}
