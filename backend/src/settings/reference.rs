//! The reference of all settings, as a page: made from the definitions, so that it cannot say otherwise.

use super::args::ServeArgs;
use clap::{Arg, Args as _, Command};
use core::fmt::Write as _;

const HEAD: &str = "\
# Settings of `sori-backend serve`

Each setting is a flag or an environment variable; a flag wins. An unknown, missing or contradictory setting
stops the start with a message that names it. Times are written with their unit: `90s`, `10m`, `2h`.
Credentials are best given as files (`…_FILE`): flags can be read by other users of the machine, and the
environment by other processes of the user.

SIGHUP makes it read the files of the siteverify and ticket secrets again; for NAVER's credentials, restart it. At
SIGTERM `/readyz` says no, requests are served on for `SORI_SHUTDOWN_DELAY`, then no new connections are taken and
open requests may end within `SORI_SHUTDOWN_GRACE`. SIGINT does not wait for the delay; a second signal ends all at
once.

This page is made from the program's own definitions; `BLESS=1 cargo test -p sori-backend --test settings`
writes it anew.
";

/// The page `SETTINGS.md`.
#[must_use]
pub fn markdown() -> String {
    let command = ServeArgs::augment_args(Command::new("sori-backend"));
    let mut page = HEAD.to_owned();
    let mut heading = None;
    for argument in command.get_arguments() {
        let own = argument.get_help_heading().unwrap_or("Addresses");
        if heading.replace(own) != Some(own) {
            page.push_str(&format!(
                "\n## {own}\n\n| variable | flag | default | |\n|---|---|---|---|\n"
            ));
        }
        page.push_str(&row(argument));
    }
    page
}

fn row(argument: &Arg) -> String {
    let variable = argument.get_env().map(|name| name.to_string_lossy());
    let flag = argument.get_long().unwrap_or_default();
    let value = argument.get_value_names().and_then(<[_]>::first);
    let value = value.filter(|_| argument.get_action().takes_values());
    let value = value.map_or_else(String::new, |name| format!(" {name}"));
    let defaults = argument.get_default_values();
    let defaults: Vec<_> = defaults
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    let mut help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let choices = argument.get_possible_values();
    if argument.get_action().takes_values() && !choices.is_empty() {
        help.push_str(". One of");
        for (at, choice) in choices.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(help, "{comma} `{}`", choice.get_name());
        }
    }
    format!(
        "| `{}` | `--{flag}{value}` | {} | {help} |\n",
        variable.unwrap_or_default(),
        defaults.join(", "),
    )
}
