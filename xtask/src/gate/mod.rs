//! `cargo xtask test`: runs every check, the cheapest first, and continues after a failure. A check that cannot run on
//! this machine fails, unless `--skip` names it.

mod check;
mod rust_tests;
mod summary;

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};

use crate::setup::{self, Need};
use crate::workspace::Workspace;

pub(crate) use rust_tests::run as run_tests;

use check::Check;
use summary::{Outcome, Summary};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave a check out (repeatable)
    #[arg(long, value_name = "CHECK")]
    skip: Vec<Check>,
    /// Run these checks only (repeatable)
    #[arg(long, value_name = "CHECK", conflicts_with = "skip")]
    only: Vec<Check>,
    /// Also run the checks that are normally left out because they take long
    #[arg(long)]
    all: bool,
    /// Stop at the first check that fails
    #[arg(long)]
    fail_fast: bool,
    /// Run only tests whose names contain one of these texts, as in: cargo xtask test --only e2e -- form::
    #[arg(last = true, value_name = "TEST")]
    tests: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let start = Instant::now();
    let chosen = chosen(options)?;
    let unmet = set_up(workspace, &chosen)?;
    let mut summary = Summary::default();
    for check in chosen {
        println!("test: {check}");
        let start = Instant::now();
        let outcome = match obstacle(check, &unmet, &summary) {
            Some(outcome) => outcome,
            None => match check.run(workspace, options.all, &options.tests) {
                Ok(()) => Outcome::Passed,
                Err(error) => Outcome::Failed(error),
            },
        };
        if let Outcome::Failed(error) = &outcome {
            println!("test: {check} failed: {error:#}");
        }
        let stop = options.fail_fast && !matches!(outcome, Outcome::Passed);
        summary.add(check, outcome, start.elapsed());
        if stop {
            break;
        }
    }
    for check in &options.skip {
        summary.add(
            *check,
            Outcome::Skipped("as asked".to_owned()),
            Duration::ZERO,
        );
    }
    print!("{}", summary.text(start.elapsed(), options.all));
    match summary.failed() {
        0 => Ok(()),
        1 => bail!("a check failed"),
        failed => bail!("{failed} checks failed"),
    }
}

fn chosen(options: &Options) -> Result<Vec<Check>> {
    let chosen: Vec<Check> = Check::value_variants()
        .iter()
        .copied()
        .filter(|check| {
            if options.only.is_empty() {
                !options.skip.contains(check) && (options.all || !check.is_long())
            } else {
                options.only.contains(check)
            }
        })
        .collect();
    if !options.tests.is_empty() {
        ensure!(
            !options.only.is_empty(),
            "say whose tests: cargo xtask test --only CHECK -- {}",
            options.tests.join(" ")
        );
        if let Some(check) = chosen.iter().find(|check| !check.has_tests()) {
            bail!("{check} has no tests to choose from");
        }
    }
    Ok(chosen)
}

/// Sets up everything before the first check, so that the gate needs nobody after that. Returns what could not be set
/// up, and why.
fn set_up(workspace: &Workspace, checks: &[Check]) -> Result<Vec<(Need, String)>> {
    let mut needs = Vec::new();
    for need in checks.iter().flat_map(|check| check.needs()) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    let failed = setup::each(workspace, &needs)?.into_iter();
    let unmet: Vec<(Need, String)> = failed
        .map(|(need, error)| (need, format!("{error:#}")))
        .collect();
    // Now, and not only when the check's turn comes: whoever waits can install it meanwhile, and start again.
    for (_, words) in &unmet {
        println!("setup: {words}");
    }
    Ok(unmet)
}

/// Returns why the check cannot run, or `None` if it can.
fn obstacle(check: Check, unmet: &[(Need, String)], summary: &Summary) -> Option<Outcome> {
    let lacks: Vec<&str> = unmet
        .iter()
        .filter(|(need, _)| check.needs().contains(need))
        .map(|(_, words)| words.as_str())
        .collect();
    if !lacks.is_empty() {
        return Some(Outcome::Failed(anyhow::Error::msg(lacks.join("\n"))));
    }
    let without_package = check.needs_the_package() && summary.has_failed(Check::Build);
    without_package.then(|| Outcome::Skipped(format!("{} failed", Check::Build)))
}
