//! Checks licences, sources and known weaknesses of all dependencies. A release requires it. The gate does not run it, because
//! the lists of weaknesses are on the network and change every day.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;
use xshell::cmd;

use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// The workspace, and the crate of the fuzz targets, which is outside it because it needs a nightly compiler.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "fuzz/Cargo.toml"];

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Leave out the check that needs the network: the list of known vulnerabilities
    #[arg(long)]
    pub(crate) offline: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::run(workspace, &[Need::Audit])?;
    let sh = workspace.shell();
    for manifest in MANIFESTS {
        cmd!(sh, "cargo deny --log-level error --manifest-path {manifest} --config deny.toml --workspace check --hide-inclusion-graph licenses sources bans")
            .quiet()
            .run()
            .with_context(|| format!("{manifest}: deny.toml says what is allowed"))?;
    }
    if options.offline {
        println!("audit: the known weaknesses are left out, as asked");
        return Ok(());
    }
    let unknown: Vec<String> = [crates(workspace)?, npm(workspace)?]
        .into_iter()
        .flatten()
        .collect();
    if !unknown.is_empty() {
        bail!(
            "{}; run it where they can be reached, or with --offline for the rest",
            unknown.join("; ")
        );
    }
    println!("audit: no weakness is known today");
    Ok(())
}

/// Says which registry could not be asked.
type Unasked = Option<String>;

fn crates(workspace: &Workspace) -> Result<Unasked> {
    let sh = workspace.shell();
    if cmd!(sh, "cargo deny --log-level error fetch db")
        .quiet()
        .run()
        .is_err()
    {
        return Ok(Some(
            "the weaknesses of crates are a git repository that cannot be fetched from here (https://github.com/rustsec/advisory-db)"
                .to_owned(),
        ));
    }
    for manifest in MANIFESTS {
        cmd!(sh, "cargo deny --log-level error --manifest-path {manifest} --config deny.toml --workspace check --disable-fetch --hide-inclusion-graph advisories")
            .quiet()
            .run()
            .with_context(|| format!("{manifest}: a crate has a known weakness, or was withdrawn"))?;
    }
    Ok(None)
}

/// The package has no dependencies (`packaging` checks that). Only the tools that make it could add something to it.
fn npm(workspace: &Workspace) -> Result<Unasked> {
    let sh = workspace.shell();
    let output = cmd!(sh, "npm audit --json")
        .quiet()
        .ignore_status()
        .ignore_stderr()
        .output()?;
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Some(counts) = answer["metadata"]["vulnerabilities"].as_object() else {
        let words = answer["message"]
            .as_str()
            .or_else(|| answer["error"]["summary"].as_str());
        return Ok(Some(format!(
            "the npm registry does not answer about weaknesses: {}",
            words.unwrap_or("it cannot be reached")
        )));
    };
    if counts["total"].as_u64() != Some(0) {
        bail!("the tools that make the package have known weaknesses: npm audit names them");
    }
    Ok(None)
}
