//! Shortens the names that the wasm and its glue share.
//!
//! wasm-bindgen gives every import and export a long name with a hash. In both files together, these names are 3 kB of
//! the compressed package. wasm-opt renames them in the module and prints the old and new names. esbuild, which parses
//! the glue, then renames the properties there (`--mangle-props` with `--mangle-cache`). If the glue lacks one of the
//! names, nothing is renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::build::Module;
use crate::workspace::Workspace;

/// The output of wasm-opt.
#[derive(Deserialize)]
struct Names {
    /// For each import: module, name, new name.
    imports: Vec<(String, String, String)>,
    /// For each export: name, new name.
    exports: Vec<(String, String)>,
}

impl Module {
    /// The file with the old and new names, in the form that esbuild reads.
    pub(crate) fn renamed(&self, workspace: &Workspace) -> PathBuf {
        self.raw_dir(workspace).join("renamed.json")
    }
}

/// Renames the imports and exports in the module, and writes the new names into a file for the bundler.
pub(crate) fn names(workspace: &Workspace, module: &Module, dist: &Path) -> Result<()> {
    let sh = workspace.shell();
    let wasm = dist.join(module.wasm());
    let short = wasm.with_extension("short.wasm");
    let glue = fs::read_to_string(
        module
            .raw_dir(workspace)
            .join(format!("{}.js", module.name)),
    )?;
    // Drops the exports that the glue does not call, because nothing else calls them.
    let graph = module.raw_dir(workspace).join("exports.json");
    let called = called(&glue).into_iter();
    let called: Vec<_> = called
        .map(|name| json!({"name": name, "export": name, "root": true}))
        .collect();
    fs::write(&graph, serde_json::to_string(&called)?)?;
    cmd!(sh, "wasm-metadce {wasm} -f {graph} -o {wasm}")
        .quiet()
        .ignore_stdout()
        .run()
        .context("wasm-metadce cannot drop exports")?;
    // The target_features section is removed only in this last step, because it tells wasm-opt which features are in
    // use.
    let names = cmd!(
        sh,
        "wasm-opt {wasm} --minify-imports-and-exports-and-modules --strip-target-features -o {short}"
    )
    .quiet()
    .read()
    .context("wasm-opt cannot shorten the names")?;
    let renamed = match renamed(&names, &glue) {
        Ok(renamed) => {
            fs::rename(&short, &wasm)?;
            renamed
        }
        Err(error) => {
            println!(
                "build: warning: {}: the names stay long: {error:#}",
                module.wasm()
            );
            fs::remove_file(&short)?;
            BTreeMap::new()
        }
    };
    fs::write(module.renamed(workspace), serde_json::to_string(&renamed)?)?;
    Ok(())
}

/// The exports that the glue uses.
fn called(glue: &str) -> BTreeSet<&str> {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_';
    let name = |rest: &str| rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
    let calls = glue.split("wasm.").skip(1);
    calls.map(|rest| &rest[..name(rest)]).collect()
}

fn renamed(names: &str, glue: &str) -> Result<BTreeMap<String, String>> {
    let names: Names =
        serde_json::from_str(names).context("wasm-opt prints them in another form")?;
    let mut all: BTreeMap<_, _> = names.exports.into_iter().collect();
    for (module, name, short) in names.imports {
        // wasm-opt moves all imports into one module with this name.
        all.insert(module, "a".to_owned());
        all.insert(name, short);
    }
    for name in all.keys() {
        ensure!(glue.contains(name.as_str()), "the glue has no {name}");
        // esbuild would rename calls of a method with this name, but not the method of the class.
        ensure!(
            !glue.contains(&format!(").{name}(")),
            "{name} is also the name of a method"
        );
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::renamed;

    const GLUE: &str = r#"{ "./sori_bg.js": { __wbg_paint_12: function(arg0) { arg0.paint(); } } } wasm.core_start()"#;

    #[test]
    fn every_name_is_renamed() {
        let names =
            r#"{"imports":[["./sori_bg.js","__wbg_paint_12","a"]],"exports":[["core_start","b"]]}"#;
        let renamed = renamed(names, GLUE).unwrap();
        assert_eq!(renamed["__wbg_paint_12"], "a");
        assert_eq!(renamed["core_start"], "b");
        assert_eq!(renamed["./sori_bg.js"], "a");
    }

    #[test]
    fn an_export_with_the_name_of_a_method_is_said() {
        let names = r#"{"imports":[],"exports":[["start","b"]]}"#;
        let glue = "wasm.start(); takeObject(arg0).start();";
        let error = renamed(names, glue).unwrap_err();
        assert!(error.to_string().contains("start is also"), "{error}");
    }

    #[test]
    fn a_name_that_the_glue_lacks_is_said() {
        let names = r#"{"imports":[["./sori_bg.js","__wbg_other","a"]],"exports":[]}"#;
        assert!(
            renamed(names, GLUE)
                .unwrap_err()
                .to_string()
                .contains("__wbg_other")
        );
    }
}
