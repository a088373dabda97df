//! Measures costs on this machine. The figures are printed but never judged, because they depend on the machine.

mod backend;
mod widget;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// What to measure; everything by default
    part: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The backend, compared with Express and nginx: CPU time, latency, memory
    Backend,
    /// The widget, compared with ALTCHA, Cap and Friendly Captcha: bytes, time until it is painted, heap
    Widget,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    for part in Part::value_variants() {
        if options.part.is_empty() || options.part.contains(part) {
            match part {
                Part::Backend => backend::run(workspace)?,
                Part::Widget => widget::run(workspace)?,
            }
        }
    }
    Ok(())
}
