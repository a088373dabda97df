//! The findings, in the order of the checks.

use super::COST;
use core::fmt;

/// One demand of the protocol, and whether the backend meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The call, such as `POST /keys`.
    pub call: &'static str,
    /// What the protocol demands of it.
    pub demand: &'static str,
    /// The result.
    pub outcome: Outcome,
}

/// How a demand was met.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// As demanded.
    Met,
    /// Not as demanded; the text says how.
    Broken(String),
    /// Not checked; the text says why.
    Skipped(&'static str),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            call,
            demand,
            outcome,
        } = self;
        match outcome {
            Outcome::Met => write!(f, "ok    {call}: {demand}"),
            Outcome::Broken(got) => write!(f, "FAIL  {call}: {demand}; {got}"),
            Outcome::Skipped(why) => write!(f, "skip  {call}: {demand}; {why}"),
        }
    }
}

/// All findings of a check.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// In the order they were made.
    pub findings: Vec<Finding>,
    /// How many keys the backend issued to the check.
    pub keys: u32,
    /// Whether the check stopped before it used any quota, because `--yes` was missing.
    pub needs_yes: bool,
}

impl Report {
    /// Whether everything was checked and no demand was broken.
    #[must_use]
    pub fn is_met(&self) -> bool {
        !self.needs_yes && self.broken() == 0
    }

    /// How many demands were broken.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Broken(_)))
    }

    fn count(&self, of: impl Fn(&Outcome) -> bool) -> usize {
        self.findings
            .iter()
            .filter(|finding| of(&finding.outcome))
            .count()
    }

    pub(super) fn note(
        &mut self,
        call: &'static str,
        demand: &'static str,
        result: Result<(), String>,
    ) {
        let outcome = match result {
            Ok(()) => Outcome::Met,
            Err(got) => Outcome::Broken(got),
        };
        self.enter(call, demand, outcome);
    }

    pub(super) fn skip(&mut self, call: &'static str, demand: &'static str, why: &'static str) {
        self.enter(call, demand, Outcome::Skipped(why));
    }

    fn enter(&mut self, call: &'static str, demand: &'static str, outcome: Outcome) {
        let finding = Finding {
            call,
            demand,
            outcome,
        };
        self.findings.push(finding);
    }
}

/// A line for each finding, and a summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let met = self.count(|outcome| *outcome == Outcome::Met);
        let skipped = self.count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        let keys = self.keys;
        write!(
            f,
            "{met} met, {} broken, {skipped} skipped; {keys} {} issued",
            self.broken(),
            if keys == 1 { "key" } else { "keys" }
        )?;
        if self.needs_yes {
            write!(
                f,
                "\nThe backend does not declare practice (Sori-Upstream: practice), so the rest would spend \
                 its quota: {COST}. Run it again with --yes."
            )?;
        }
        Ok(())
    }
}
