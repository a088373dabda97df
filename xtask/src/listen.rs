//! `cargo xtask listen`: compares what a real screen reader speaks with the transcripts in git. This is not a check of
//! the gate, because it takes minutes, and another version of Orca says the same in other words.

use anyhow::{Result, ensure};
use clap::Args;
use xshell::cmd;

use crate::fresh;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// --accept keeps what is spoken now as the new transcripts; --browser NAME and --only WAY limit the run (repeatable);
    /// --beside altcha compares the key presses, words and seconds until the digits with those in the captcha ALTCHA
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::run(
        workspace,
        &[
            Need::Package,
            Need::Chromium,
            Need::Firefox,
            Need::ScreenReader,
        ],
    )?;
    fresh::package(workspace)?;
    let arguments = &options.arguments;
    if arguments.iter().any(|argument| argument == "--beside") {
        let others = workspace.root().join("tests/listen/beside");
        setup::install_npm_at(workspace, &others, "captchas to listen to beside Sori")?;
    }
    // The screen reader, its desktop and the browser have one home directory.
    let _lock = workspace.lock("listen")?;
    refuse_second_orca(workspace)?;
    println!("listen: compiling");
    cmd!(
        workspace.shell(),
        "cargo run --quiet -p sori-listen -- {arguments...}"
    )
    .quiet()
    .run()?;
    Ok(())
}

/// Orca runs once for each user: a second one ends at once, and then nothing is heard.
fn refuse_second_orca(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell();
    let user = cmd!(shell, "id -u").quiet().read()?;
    // It ends with 1 if there is none.
    let running = cmd!(shell, "pgrep -u {user} -x orca")
        .quiet()
        .ignore_status()
        .read()?;
    ensure!(
        running.is_empty(),
        "Orca is already running (process {}), and it runs only once for each user: stop it, or use another user's account",
        running.replace('\n', ", ")
    );
    Ok(())
}
