//! What the gate prints at its end: what failed, and the commands that run only that.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Error;

use super::check::Check;
use super::rust_tests::FailedTests;

#[derive(Debug)]
pub(super) enum Outcome {
    Passed,
    Failed(Error),
    Skipped(String),
}

#[derive(Default)]
pub(super) struct Summary(Vec<(Check, Outcome, Duration)>);

impl Summary {
    pub(super) fn add(&mut self, check: Check, outcome: Outcome, took: Duration) {
        self.0.push((check, outcome, took));
    }

    pub(super) fn has_failed(&self, check: Check) -> bool {
        self.0
            .iter()
            .any(|(other, outcome, _)| *other == check && matches!(outcome, Outcome::Failed(_)))
    }

    pub(super) fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.0
            .iter()
            .filter(|(_, outcome, _)| which(outcome))
            .count()
    }

    /// The summary as text. Programs read its last line.
    pub(super) fn text(&self, total: Duration, all: bool) -> String {
        let mut text = String::new();
        for (check, outcome, took) in &self.0 {
            let took = duration(*took);
            // Writing to a `String` cannot fail.
            let _ = match outcome {
                Outcome::Passed => writeln!(text, "test: {check} passed in {took}"),
                Outcome::Failed(error) => {
                    let first = error.to_string();
                    let first = first.lines().next().unwrap_or_default();
                    let again = again(*check, error, all);
                    writeln!(
                        text,
                        "test: {check} FAILED after {took}: {first}\ntest:   again: {again}"
                    )
                }
                Outcome::Skipped(why) => writeln!(text, "test: {check} skipped: {why}"),
            };
        }
        let passed = self.count(|outcome| matches!(outcome, Outcome::Passed));
        let skipped = self.count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        let _ = writeln!(text, "test: {} in all", duration(total));
        let _ = write!(text, "{passed} passed, {} failed", self.failed());
        if skipped > 0 {
            let _ = write!(text, ", {skipped} skipped");
        }
        text.push('\n');
        text
    }
}

/// The command that runs only what failed.
fn again(check: Check, error: &Error, all: bool) -> String {
    let mut command = format!("cargo xtask test --only {check}");
    if all {
        command.push_str(" --all");
    }
    let failed = error.downcast_ref::<FailedTests>();
    if let Some(FailedTests(names)) = failed.filter(|_| check.has_tests()) {
        let many = match check {
            // The runner of these tests accepts only one name.
            Check::WasmChromium | Check::WasmFirefox => 1,
            _ => names.len(),
        };
        let _ = write!(command, " -- {}", names[..many.min(names.len())].join(" "));
    }
    command
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::Error;

    use super::{Check, FailedTests, Outcome, Summary};

    #[test]
    fn what_failed_is_told_with_the_command_that_runs_just_that() {
        let mut summary = Summary::default();
        let tests = FailedTests(vec!["form::a".into(), "keys::b".into()]);
        let seconds = Duration::from_secs;
        summary.add(Check::Fmt, Outcome::Passed, seconds(1));
        summary.add(Check::E2e, Outcome::Failed(Error::new(tests)), seconds(75));
        summary.add(
            Check::Size,
            Outcome::Failed(Error::msg("too big")),
            seconds(2),
        );
        summary.add(
            Check::E2eWebkit,
            Outcome::Skipped("as asked".into()),
            seconds(0),
        );
        assert!(summary.has_failed(Check::E2e) && !summary.has_failed(Check::Fmt));
        assert_eq!(
            summary.text(seconds(3 * 60 + 5), true),
            "test: fmt passed in 1 s\n\
             test: e2e FAILED after 1 min 15 s: form::a, keys::b\n\
             test:   again: cargo xtask test --only e2e --all -- form::a keys::b\n\
             test: size FAILED after 2 s: too big\n\
             test:   again: cargo xtask test --only size --all\n\
             test: e2e-webkit skipped: as asked\n\
             test: 3 min 5 s in all\n\
             1 passed, 2 failed, 1 skipped\n"
        );
    }
}
