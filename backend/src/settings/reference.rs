//! The page about all settings. It is made from the definitions, so that both always agree.

use super::args::ServeArgs;
use clap::{Arg, Args as _, Command};
use core::fmt::Write as _;

const HEAD: &str = "\
# Settings of `sori-backend serve`

Each setting is a flag or an environment variable. If both are given, the flag wins. If a setting is unknown or
missing, or if two settings contradict each other, the backend names them and does not start. Write times with their
unit: `90s`, `10m`, `2h`. Put credentials and secrets into files (`…_FILE`): other users of the machine can read
flags, and other processes of the user can read environment variables.

Signals:

- SIGHUP: the backend reads the files of the siteverify and ticket secrets again. After a change of NAVER's
  credentials, restart it. If systemd passes the files (`LoadCredential=`, as in the unit in `deploy/systemd/`),
  restart it after every change: the backend sees copies that systemd makes when the service starts.
- SIGTERM: `/readyz` returns 503, and the backend accepts requests for another `SORI_SHUTDOWN_DELAY`. Then it accepts
  no new connections, and open requests may finish within `SORI_SHUTDOWN_GRACE`.
- SIGINT: the same without the delay.
- A second SIGTERM or SIGINT ends the backend at once.

This page is made from the definitions in the program. `BLESS=1 cargo test -p sori-backend --test settings` writes it
again.
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
                "\n## {own}\n\n| variable | flag | default | meaning |\n|---|---|---|---|\n"
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
