//! Builds the package only if its sources or its built files have changed since the last build. Only one build runs at
//! a time; a second one waits for it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use xshell::cmd;

use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{build, package};

/// Files and folders at the root that the package does not depend on. A new one counts as a source until it is named
/// here.
const NOT_IN_THE_PACKAGE: [&str; 14] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "backend",
    "biome.json",
    "clippy.toml",
    "deny.toml",
    "deploy",
    "docs",
    "node_modules",
    "target",
    "tests",
    "www",
];
/// Variables that change what the compiler makes.
const VARIABLES: [&str; 4] = [
    "CARGO_PROFILE_",
    "CARGO_TARGET_WASM32",
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
];

/// Hashes of files by their paths, and of tools and variables by their names.
type Hashes = BTreeMap<String, String>;

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    made_from: Hashes,
    made: Hashes,
}

/// Makes sure that `pkg/` is complete and was built from the present sources.
pub(crate) fn package(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, &[Need::Package])?;
    let _lock = workspace.lock("build")?;
    let made_from = made_from(workspace)?;
    let made = made(workspace)?;
    match kept(workspace) {
        Some(kept) if kept.made_from == made_from && kept.made == made => {
            println!("build: pkg/ is up to date");
            return Ok(());
        }
        Some(kept) if kept.made_from != made_from => {
            let changed = changed(&kept.made_from, &made_from);
            println!("build: changed since pkg/ was built: {changed}");
        }
        Some(kept) => {
            let changed = changed(&kept.made, &made);
            println!("build: changed in pkg/ since it was built: {changed}");
        }
        None => {}
    }
    rebuild(workspace, made_from)
}

/// Builds `pkg/` from the sources even if it is up to date.
pub(crate) fn package_anew(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, &[Need::Package])?;
    let _lock = workspace.lock("build")?;
    let made_from = made_from(workspace)?;
    rebuild(workspace, made_from)
}

fn rebuild(workspace: &Workspace, made_from: Hashes) -> Result<()> {
    let path = record_path(workspace)?;
    // If the build fails halfway, no record may say that `pkg/` is up to date.
    if path.exists() {
        fs::remove_file(&path)?;
    }
    build::run(workspace)?;
    let record = Record {
        made_from,
        made: made(workspace)?,
    };
    ensure!(
        !record.made.is_empty(),
        "the build has left nothing in pkg/"
    );
    fs::write(&path, serde_json::to_string_pretty(&record)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn record_path(workspace: &Workspace) -> Result<std::path::PathBuf> {
    Ok(workspace.state()?.join("package.json"))
}

/// The record of the last build. A record that cannot be read counts as none.
fn kept(workspace: &Workspace) -> Option<Record> {
    let text = fs::read_to_string(record_path(workspace).ok()?).ok()?;
    serde_json::from_str(&text).ok()
}

fn made_from(workspace: &Workspace) -> Result<Hashes> {
    let mut hashes = sources(workspace.root(), workspace.target())?;
    let sh = workspace.shell();
    for tool in ["rustc", "wasm-pack", "wasm-bindgen", "node"] {
        let version = cmd!(sh, "{tool} --version").quiet().read()?;
        hashes.insert(tool.to_owned(), version);
    }
    for (name, value) in env::vars_os() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        if VARIABLES.iter().any(|start| name.starts_with(start)) {
            hashes.insert(name.into_owned(), value.into_owned());
        }
    }
    Ok(hashes)
}

fn sources(root: &Path, target: &Path) -> Result<Hashes> {
    let mut hashes = Hashes::new();
    walk(root, root, &mut hashes, &|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        // Editors and file managers keep files of their own beside the sources.
        let hidden = name.starts_with('.') && path != ".cargo";
        let made = path.strip_prefix("pkg/").is_some_and(package::is_made);
        hidden
            || made
            || root.join(path) == target
            || path.ends_with(".tgz")
            || NOT_IN_THE_PACKAGE.contains(&path)
    })?;
    Ok(hashes)
}

/// Hashes of the built files that are in pkg/ now.
fn made(workspace: &Workspace) -> Result<Hashes> {
    let mut hashes = Hashes::new();
    let pkg = workspace.path("pkg");
    walk(&pkg, &pkg, &mut hashes, &|path| {
        let entry = path.split('/').next();
        !entry.is_some_and(package::is_made)
    })?;
    Ok(hashes)
}

fn walk(root: &Path, folder: &Path, into: &mut Hashes, skip: &dyn Fn(&str) -> bool) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let relative = path
            .strip_prefix(root)?
            .to_string_lossy()
            .replace('\\', "/");
        if skip(&relative) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(root, &path, into, skip)?;
        } else if path.is_file() {
            into.insert(relative, hash(&path)?);
        }
    }
    Ok(())
}

fn hash(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let hash = Sha256::digest(bytes);
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first few names that were added, removed or changed.
fn changed(before: &Hashes, now: &Hashes) -> String {
    let mut names: Vec<&str> = before
        .iter()
        .filter(|(name, hash)| now.get(*name) != Some(hash))
        .map(|(name, _)| name.as_str())
        .chain(
            now.keys()
                .filter(|name| !before.contains_key(*name))
                .map(String::as_str),
        )
        .collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Hashes, changed, sources};

    #[test]
    fn a_changed_source_counts_and_a_changed_test_does_not() {
        let root = std::env::temp_dir().join(format!("sori-fresh-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let counted = [
            ".cargo/config.toml",
            "Cargo.lock",
            "new/src/lib.rs",
            "pkg/lib/define.js",
            "src/lib.rs",
        ];
        let others = [
            ".git/index",
            "CONTRIBUTING.md",
            "backend/src/lib.rs",
            "pkg/dist/define.js",
            "pkg/package.json",
            "src/.lib.rs.swp",
            "build/debug/a",
            "target/a",
            "tests/a.rs",
        ];
        for path in counted.iter().chain(&others) {
            write(path, "before");
        }
        // An editor's lock: a link that leads nowhere.
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", root.join("src/#lib.rs")).unwrap();
        let sources = || sources(&root, &root.join("build")).unwrap();
        let before = sources();
        assert_eq!(before.keys().collect::<Vec<_>>(), counted);
        for path in others {
            write(path, "after");
        }
        assert_eq!(sources(), before);
        write("src/lib.rs", "after");
        assert_eq!(changed(&before, &sources()), "src/lib.rs");
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_changed_is_named() {
        let hashes = |list: &[(&str, &str)]| -> Hashes {
            let list = list.iter();
            list.map(|(name, hash)| ((*name).into(), (*hash).into()))
                .collect()
        };
        let before = hashes(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")]);
        let now = hashes(&[("a", "1"), ("b", "2"), ("c", "1"), ("e", "1")]);
        assert_eq!(changed(&before, &now), "b, d, e");
        let now = hashes(&[("e", "1")]);
        assert_eq!(changed(&before, &now), "a, b, c and 2 more");
    }
}
