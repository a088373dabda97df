//! Short names between the wasm and its glue.
//!
//! wasm-bindgen names every import and export at length, with a hash, in both files: 3 kB of the compressed package.
//! wasm-opt renames them in the module and prints what became of each; the glue follows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::workspace::Workspace;

/// What wasm-opt prints.
#[derive(Deserialize)]
struct Names {
    /// Module, name, new name; all move into the module `a`.
    imports: Vec<(String, String, String)>,
    /// Name, new name.
    exports: Vec<(String, String)>,
}

/// Renames in `wasm`, in place, and returns the glue with the same names.
pub(crate) fn names(workspace: &Workspace, wasm: &Path, glue: &str) -> Result<String> {
    let sh = workspace.shell();
    // What the glue does not call is exported for nobody.
    let called: Vec<_> = (called(glue).into_iter())
        .map(|name| json!({"name": name, "export": name, "root": true}))
        .collect();
    let graph = wasm.with_extension("exports.json");
    fs::write(&graph, serde_json::to_string(&called)?)?;
    cmd!(sh, "wasm-metadce {wasm} -f {graph} -o {wasm}")
        .quiet()
        .ignore_stdout()
        .run()
        .context("wasm-metadce cannot drop exports")?;
    fs::remove_file(&graph)?;
    // The target_features section is stripped here and no sooner: it tells wasm-opt what the module uses.
    let names = cmd!(
        sh,
        "wasm-opt {wasm} --minify-imports-and-exports-and-modules --strip-target-features -o {wasm}"
    )
    .quiet()
    .read()
    .context("wasm-opt cannot shorten the names")?;
    rename(
        glue,
        &serde_json::from_str(&names).context("wasm-opt prints the names in another form")?,
    )
}

/// The exports that the glue names.
fn called(glue: &str) -> BTreeSet<&str> {
    let name = |rest: &'_ str| {
        rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len())
    };
    (glue.split("wasm.").skip(1))
        .map(|rest| &rest[..name(rest)])
        .collect()
}

fn rename(glue: &str, names: &Names) -> Result<String> {
    let mut lines: Vec<String> = glue.lines().map(str::to_owned).collect();
    let (own, module) = lines
        .iter()
        .find_map(|line| {
            line.trim()
                .strip_suffix(": import0,")
                .map(|key| (line.clone(), key.trim_matches('"').to_owned()))
        })
        .context("the glue names no module of its own")?;
    let mut snippets = Vec::new();
    for (from, name, short) in &names.imports {
        if *from == module {
            let key = format!("        {name}: ");
            let mut found = lines.iter_mut().filter(|line| line.starts_with(&key));
            let line = found
                .next()
                .with_context(|| format!("the glue lacks the import {name}"))?;
            line.replace_range(8..8 + name.len(), short);
            ensure!(
                found.next().is_none(),
                "the glue has the import {name} twice"
            );
        } else {
            let namespace = namespace(&lines, from)?;
            snippets.push(format!("        {short}: {namespace}.{name},"));
        }
    }
    // The imports object: one module, into which the snippets' functions move.
    let first = lines
        .iter()
        .position(|line| line.trim() == "const import0 = {")
        .context("the glue has no import0")?;
    lines.splice(first + 1..=first, snippets);
    lines.retain(|line| {
        let entry = line.trim();
        !(entry.starts_with("\"./") && entry.contains("\": import") && *line != own)
    });
    let mut text = String::new();
    for line in lines {
        text.push_str(if line == own {
            "        a: import0,"
        } else {
            &line
        });
        text.push('\n');
    }
    for (name, short) in &names.exports {
        text = replace_word(&text, &format!("wasm.{name}"), &format!("wasm.{short}"));
    }
    Ok(text)
}

/// The variable in `import * as import1 from "…"`.
fn namespace(lines: &[String], module: &str) -> Result<String> {
    lines
        .iter()
        .filter_map(|line| line.strip_prefix("import * as "))
        .filter_map(|rest| rest.split_once(" from "))
        .find(|(_, from)| from.trim_matches(['"', '\'', ';']) == module)
        .map(|(variable, _)| variable.to_owned())
        .with_context(|| format!("the glue does not import {module}"))
}

pub(crate) fn replace_word(text: &str, word: &str, with: &str) -> String {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        out.push_str(before);
        let whole = !inside(before.chars().next_back()) && !inside(after.chars().next());
        out.push_str(if whole { with } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{Names, rename};

    const GLUE: &str = r#"import { paint } from './snippets/x/element.js';
import * as import1 from "./snippets/x/element.js"
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_paint_12: function(arg0) { paint(arg0); },
    };
    return {
        __proto__: null,
        "./sori_bg.js": import0,
        "./snippets/x/element.js": import1,
    };
}
function use() { wasm.start(wasm.start_later); }
"#;

    #[test]
    fn both_sides_get_the_same_names() {
        let names = Names {
            imports: vec![
                ("./sori_bg.js".into(), "__wbg_paint_12".into(), "a".into()),
                ("./snippets/x/element.js".into(), "focus".into(), "b".into()),
            ],
            exports: vec![
                ("start".into(), "c".into()),
                ("start_later".into(), "d".into()),
            ],
        };
        let glue = rename(GLUE, &names).unwrap();
        assert!(glue.contains("        a: function(arg0) { paint(arg0); },"));
        assert!(glue.contains("b: import1.focus,"));
        assert!(glue.contains("a: import0,") && !glue.contains("\": import1"));
        assert!(glue.contains("wasm.c(wasm.d)"));
    }

    #[test]
    fn a_name_that_the_glue_lacks_stops_the_build() {
        let names = Names {
            imports: vec![("./sori_bg.js".into(), "__wbg_other".into(), "a".into())],
            exports: vec![],
        };
        assert!(
            rename(GLUE, &names)
                .unwrap_err()
                .to_string()
                .contains("__wbg_other")
        );
    }
}
