//! All commands for developers: `cargo xtask <command>`. README and `.ci/run` call them; no step exists only in a script.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool speaks on its terminal"
)]

mod audit;
mod bench;
mod boundary;
mod build;
mod bundle;
mod clips;
mod dist;
mod docs;
mod exec;
mod fresh;
mod fuzz;
mod gate;
mod integrity;
mod languages;
mod listen;
mod object;
mod package;
mod packaging;
mod panics;
mod plain_build;
mod reference;
mod release;
mod serve;
mod setup;
mod shorten;
mod size;
mod soak;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Sori's developer commands"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need; each of them also does this itself
    Setup,
    /// Build the npm package in pkg/ (then: npm pack ./pkg)
    Build,
    /// Print the sizes of the package's files; fail if one is over its budget
    Size,
    /// Build everything, then run the demo site in practice mode
    Serve(serve::Options),
    /// Record the spoken digits of practice mode again (needs espeak-ng; commit the result)
    Clips,
    /// Write the reference pages and custom-elements.json again (commit the result)
    Reference,
    /// Write the documentation as static files for any web server
    Docs(docs::Options),
    /// Check the licences, sources and known vulnerabilities of all dependencies
    Audit(audit::Options),
    /// Check that this version could be published
    Release(release::Options),
    /// Build the backend's release archives: static binaries and their files, in target/dist
    Dist(dist::Options),
    /// Compare what a screen reader speaks in Chromium and Firefox with the transcripts in tests/listen
    Listen(listen::Options),
    /// Run ten thousand challenges with faults on one backend: it must count exactly, and its memory must not grow
    Soak,
    /// Feed random input to everything that reads data from outside
    ///
    /// With a nightly compiler it uses cargo-fuzz, guided by coverage; otherwise proptest. It prints which one it uses
    Fuzz(fuzz::Options),
    /// Measure costs on this machine and compare them with other programs; it prints figures and never fails
    Bench(bench::Options),
    /// Run every check, cheapest first
    Test(gate::Options),
}

fn main() -> ExitCode {
    let done = panics::link_if_asked().and_then(|linked| match linked {
        true => Ok(()),
        false => run(Cli::parse().command),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    workspace::forget_cargo_run()?;
    if let Some(target) = workspace::own_build_directory()? {
        return workspace::run_in(&target);
    }
    let workspace = Workspace::open()?;
    match command {
        Command::Setup => setup::run(&workspace, setup::EVERYTHING),
        Command::Build => fresh::package(&workspace),
        Command::Size => size::run(&workspace),
        Command::Serve(options) => serve::run(&workspace, &options),
        Command::Clips => clips::run(&workspace),
        Command::Reference => reference::run(&workspace),
        Command::Docs(options) => docs::run(&workspace, &options),
        Command::Audit(options) => audit::run(&workspace, &options),
        Command::Release(options) => release::run(&workspace, &options),
        Command::Dist(options) => {
            setup::run(&workspace, &[setup::Need::Dist, setup::Need::DistArm])?;
            dist::run(&workspace, &options)
        }
        Command::Listen(options) => listen::run(&workspace, &options),
        Command::Soak => soak::soak(&workspace),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Test(options) => gate::run(&workspace, &options),
    }
}
