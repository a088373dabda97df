//! Feeds random input to everything that reads data from strangers.
//!
//! With a nightly compiler it uses cargo-fuzz, which is guided by coverage: `fuzz/` has the targets,
//! `backend/tests/corpus` has their seeds, and `target/fuzz` keeps the inputs that reached new code. Without a nightly
//! compiler it uses proptest, which is not guided: it runs the same parsers with many more inputs than the gate.

use std::path::Path;

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::setup;
use crate::workspace::Workspace;

/// The targets, each with the folders of the corpus that contain its seeds.
const TARGETS: [(&str, &[&str]); 5] = [
    ("requests", &["requests"]),
    ("upstream", &["upstream", "ncloud"]),
    ("journal", &["journal"]),
    ("texts", &[]),
    ("audio", &[]),
];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long cargo-fuzz runs each target, in seconds (only with a nightly compiler)
    #[arg(long, default_value = "60")]
    seconds: u32,
    /// Run only these targets (repeatable): requests, upstream, journal, texts, audio
    #[arg(long, value_name = "TARGET")]
    target: Vec<String>,
    /// Use proptest even if there is a nightly compiler
    #[arg(long)]
    proptest: bool,
    /// How many inputs proptest tries for each property
    #[arg(long, default_value = "20000")]
    cases: u32,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.proptest || !has_nightly(workspace) {
        ensure!(
            options.target.is_empty(),
            "--target needs a nightly compiler: rustup toolchain install nightly"
        );
        return by_proptest(workspace, options.cases);
    }
    setup::fuzzer(workspace)?;
    let known = |name: &String| TARGETS.iter().any(|(target, _)| target == name);
    for name in &options.target {
        ensure!(
            known(name),
            "no target `{name}`; cargo xtask fuzz --help lists them"
        );
    }
    println!(
        "fuzz: by cargo-fuzz with the nightly compiler, guided by coverage, {} s for each target",
        options.seconds
    );
    for (target, seeds) in TARGETS {
        if options.target.is_empty() || options.target.iter().any(|name| name == target) {
            by_coverage(workspace, target, seeds, options.seconds)?;
        }
    }
    Ok(())
}

fn has_nightly(workspace: &Workspace) -> bool {
    let sh = workspace.shell();
    let asked = cmd!(sh, "rustc +nightly --version").quiet().ignore_stderr();
    asked.ignore_stdout().run().is_ok()
}

fn by_coverage(workspace: &Workspace, target: &str, seeds: &[&str], seconds: u32) -> Result<()> {
    let sh = workspace.shell();
    let kept = Path::new("target/fuzz").join(target);
    sh.create_dir(&kept)?;
    let seeds = seeds
        .iter()
        .map(|seeds| format!("backend/tests/corpus/{seeds}"));
    let artifacts = format!(
        "-artifact_prefix={}/",
        kept.with_extension("found").display()
    );
    sh.create_dir(kept.with_extension("found"))?;
    // The longest request that the backend accepts has 16 KiB of headers and 16 KiB of body.
    let bounds = [
        format!("-max_total_time={seconds}"),
        "-max_len=40000".to_owned(),
        "-timeout=30".to_owned(),
        "-rss_limit_mb=4096".to_owned(),
        "-print_final_stats=1".to_owned(),
        artifacts,
    ];
    println!("fuzz: {target}");
    cmd!(
        sh,
        "cargo +nightly fuzz run --fuzz-dir fuzz --target-dir target/fuzz/build {target} {kept} {seeds...} -- {bounds...}"
    )
    .run()?;
    Ok(())
}

fn by_proptest(workspace: &Workspace, cases: u32) -> Result<()> {
    let sh = workspace.shell();
    let cases = cases.to_string();
    println!(
        "fuzz: by proptest, {cases} inputs for each property, not guided by coverage (cargo-fuzz is used where a \
         nightly compiler is: rustup toolchain install nightly)"
    );
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
