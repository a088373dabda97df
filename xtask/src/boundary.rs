//! Writes `boundary.d.ts` beside the shell of each element: the types that the shell is checked against
//! (`tsc --checkJs`). wasm-bindgen makes the types of the module's exports. The names that only the module passes to the
//! shell come from the same Rust enums. The files are in git beside the shells, so that editors know the types without a
//! build.

use std::fs;

use anyhow::{Context, Result};
use sori_captcha::captcha::event::Signal;
use sori_captcha::captcha::form::Flaw;
use sori_captcha::captcha::message::{Message, Name, SiteText};
use sori_captcha::captcha::part::{Description, Flag, Part};
use sori_captcha::captcha::state::StateName;
use sori_captcha::captcha::view::Progress;
use sori_captcha::config::Attribute;
use sori_captcha::share::facts::{Extra, Fact};

use crate::build::Module;
use crate::workspace::Workspace;

pub(crate) fn write(workspace: &Workspace, module: &Module) -> Result<()> {
    let made = (module.raw_dir(workspace)).join(format!("{}.d.ts", module.name));
    let made = fs::read_to_string(made)?;
    let (exported, _) = made
        .split_once("\nexport type InitInput")
        .context("wasm-bindgen writes its types in another form")?;
    let file = format!("src/web/{}/boundary.d.ts", module.element);
    let text = format!("{}{exported}\n", head(module.element));
    let kept = workspace.path(&file);
    if fs::read_to_string(&kept).ok().as_ref() != Some(&text) {
        println!("build: {file} is made anew: commit it");
        fs::write(kept, text)?;
    }
    Ok(())
}

/// The first line, and the enums that cross only from Rust to the shell, as unions of strings.
fn head(element: &str) -> String {
    macro_rules! unions {
        ($($Enum:ident)*) => {
            [$(union(stringify!($Enum), &$Enum::ALL.map($Enum::as_str)),)*].concat()
        };
    }
    let names = if element == "share" {
        unions!(Extra Fact)
    } else {
        unions!(Attribute Description Flag Flaw Message Name Part Progress Signal SiteText StateName)
    };
    format!(
        "// Made by `cargo xtask build` from the Rust in src/web and the enums of the core: do not edit.\n{names}"
    )
}

fn union(name: &str, all: &[&str]) -> String {
    let all: Vec<_> = all.iter().map(|name| format!("\"{name}\"")).collect();
    format!("export type {name} = {};\n", all.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn the_shells_are_checked_against_the_names_of_the_core() {
        for (element, kept) in [
            (
                "captcha",
                include_str!("../../src/web/captcha/boundary.d.ts"),
            ),
            ("share", include_str!("../../src/web/share/boundary.d.ts")),
        ] {
            assert!(
                kept.starts_with(&head(element)),
                "{element}: cargo xtask build makes the file anew"
            );
        }
    }
}
