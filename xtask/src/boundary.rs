//! Writes `src/web/captcha/boundary.d.ts`, the types that the shell is checked against (`tsc --checkJs`). wasm-bindgen
//! makes the types of the module's exports. The names that only the module passes to the shell come from the same Rust
//! enums. The file is in git beside the shell, so that editors know the types without a build.

use std::fs;

use anyhow::{Context, Result};
use sori_captcha::captcha::event::Signal;
use sori_captcha::captcha::form::Flaw;
use sori_captcha::captcha::message::{Message, Name, SiteText};
use sori_captcha::captcha::part::{Description, Flag, Part};
use sori_captcha::captcha::state::StateName;
use sori_captcha::captcha::view::Progress;
use sori_captcha::config::Attribute;

use crate::build::FULL;
use crate::workspace::Workspace;

const FILE: &str = "src/web/captcha/boundary.d.ts";
const HEAD: &str = "// Made by `cargo xtask build` from src/web/captcha/*.rs and the enums of the core: do not edit.\n";

pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let made = FULL.raw_dir(workspace).join(format!("{}.d.ts", FULL.name));
    let made = fs::read_to_string(made)?;
    let (exported, _) = made
        .split_once("\nexport type InitInput")
        .context("wasm-bindgen writes its types in another form")?;
    let text = format!("{HEAD}{}{exported}\n", names());
    let kept = workspace.path(FILE);
    if fs::read_to_string(&kept).ok().as_ref() != Some(&text) {
        println!("build: {FILE} is made anew: commit it");
        fs::write(kept, text)?;
    }
    Ok(())
}

/// The enums that cross only from Rust to the shell, as unions of strings.
fn names() -> String {
    macro_rules! unions {
        ($($Enum:ident)*) => {
            [$(union(stringify!($Enum), &$Enum::ALL.map($Enum::as_str)),)*].concat()
        };
    }
    unions!(Attribute Description Flag Flaw Message Name Part Progress Signal SiteText StateName)
}

fn union(name: &str, all: &[&str]) -> String {
    let all: Vec<_> = all.iter().map(|name| format!("\"{name}\"")).collect();
    format!("export type {name} = {};\n", all.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::{HEAD, names};

    #[test]
    fn the_shell_is_checked_against_the_names_of_the_core() {
        let kept = include_str!("../../src/web/captcha/boundary.d.ts");
        let names = format!("{HEAD}{}", names());
        assert!(
            kept.starts_with(&names),
            "cargo xtask build makes the file anew"
        );
    }
}
