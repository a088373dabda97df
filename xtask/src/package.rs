//! Writes the derived files of pkg/: package.json (only Cargo.toml has the version), the README and the licences.
//!
//! They are not in git because a plain `wasm-pack build` at the root, which anyone would try, overwrites them.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use crate::workspace::Workspace;

const COPIES: [&str; 4] = ["README.md", "README.ko.md", "LICENSE-APACHE", "LICENSE-MIT"];

pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for name in COPIES {
        let source = workspace.path(name);
        if source.exists() {
            fs::copy(source, workspace.path("pkg").join(name))?;
        }
    }
    let manifest = manifest(
        &workspace.read("pkg/package.template.json")?,
        &workspace.version()?,
    )?;
    let missing: Vec<_> = targets(&manifest)
        .into_iter()
        .filter(|target| {
            target != "./package.json"
                && !target.contains('*')
                && !workspace.path("pkg").join(target).is_file()
        })
        .collect();
    ensure!(
        missing.is_empty(),
        "package.json's exports name files that do not exist: {}",
        missing.join(", ")
    );
    fs::write(
        workspace.path("pkg/package.json"),
        serde_json::to_string_pretty(&manifest)? + "\n",
    )?;
    Ok(())
}

/// The template of package.json with the version inserted after the name.
fn manifest(template: &str, version: &str) -> Result<Value> {
    let template: Map<String, Value> =
        serde_json::from_str(template).context("pkg/package.template.json is no JSON object")?;
    ensure!(
        !template.contains_key("version"),
        "the version belongs in Cargo.toml, not in pkg/package.template.json"
    );
    let mut manifest = Map::new();
    for (key, value) in template {
        let name = key == "name";
        manifest.insert(key, value);
        if name {
            manifest.insert("version".to_owned(), Value::String(version.to_owned()));
        }
    }
    Ok(Value::Object(manifest))
}

/// Every file that `exports` points to.
fn targets(manifest: &Value) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(target) => found.push(target.clone()),
            Value::Object(conditions) => conditions.values().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&manifest["exports"], &mut found);
    found
}

/// Whether a build makes this entry of pkg/, either `cargo xtask build` or a plain `wasm-pack build` at the root.
pub(crate) fn is_made(name: &str) -> bool {
    ["dist", "snippets", "package.json", ".gitignore"].contains(&name)
        || name.starts_with("sori_captcha")
        || COPIES.contains(&name)
}

/// Deletes everything from pkg/ that is not in git.
///
/// A plain `wasm-pack build` at the root writes into pkg/, and with its `.gitignore` the tarball would be empty.
/// esbuild must not find package.json: `sideEffects` in it is about the built files, so esbuild would drop imports of
/// the sources.
pub(crate) fn clean(workspace: &Workspace) -> Result<()> {
    for entry in fs::read_dir(workspace.path("pkg"))? {
        let entry = entry?;
        if !is_made(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{manifest, targets};

    #[test]
    fn the_version_comes_from_the_workspace() {
        let made = manifest(
            r#"{"name":"sori-captcha","exports":{".":{"types":"./a.d.ts","default":"./b.js"}}}"#,
            "1.2.3",
        )
        .unwrap();
        assert_eq!(made["version"], "1.2.3");
        assert_eq!(targets(&made), ["./a.d.ts", "./b.js"]);
        assert!(manifest(r#"{"name":"x","version":"1.0.0"}"#, "1.2.3").is_err());
    }
}
