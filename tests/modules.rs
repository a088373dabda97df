//! Each module of the captcha uses only modules before it in the list, so that it can be read without those after it.
#![cfg(not(target_arch = "wasm32"))]

use std::{collections::BTreeSet, fs, path::Path};

/// Each module may use those before it.
const ORDER: [&str; 11] = [
    "config",
    "part",
    "message",
    "status",
    "state",
    "event",
    "form",
    "controls",
    "description",
    "view",
    "step",
];
/// Any module may use these, and they use none of the modules in the list.
const APART: [&str; 4] = ["answer", "keys", "pauses", "wav"];

/// The source of a module and its submodules, without comments and tests.
fn source(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folder = if name == "config" {
        root
    } else {
        root.join("captcha")
    };
    let file = folder.join(format!("{name}.rs"));
    let files = if file.exists() {
        vec![file]
    } else {
        fs::read_dir(folder.join(name))
            .unwrap_or_else(|error| panic!("there is no module {name}: {error}"))
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    let mut all = String::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let (code, _tests) = text.split_once("\nmod tests {").unwrap_or((&text, ""));
        for line in code.lines() {
            all.push_str(line.split("//").next().unwrap_or_default());
            all.push('\n');
        }
    }
    all
}

/// The modules of `ORDER` and `APART` that a source names in a path: in a `use`, or after `super::`, `crate::` or `captcha::`.
fn used(source: &str) -> BTreeSet<&'static str> {
    let uses = source.split("\nuse ").skip(1);
    let uses = uses.map(|rest| rest.split(';').next().unwrap_or_default());
    let mut found = BTreeSet::new();
    for text in uses {
        // A module stands at the start of a branch: `super::{form, state::Captcha}`.
        for branch in text.split(['{', ',', '}']) {
            let mut path = branch.trim().split("::");
            let first = path.find(|step| !["super", "crate", "captcha"].contains(step));
            found.extend(known(first.unwrap_or_default()));
        }
    }
    for (at, _) in source.match_indices("::") {
        let before = &source[..at];
        let next = &source[at + 2..];
        let end = next
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(next.len());
        if before.ends_with("super") || before.ends_with("crate") || before.ends_with("captcha") {
            found.extend(known(&next[..end]));
        }
    }
    found
}

fn known(name: &str) -> Option<&'static str> {
    ORDER
        .into_iter()
        .chain(APART)
        .find(|module| *module == name)
}

#[test]
fn a_module_uses_only_those_before_it() {
    for (at, name) in ORDER.into_iter().enumerate() {
        let used = used(&source(name));
        let later: Vec<_> = ORDER[at + 1..]
            .iter()
            .filter(|later| used.contains(*later))
            .collect();
        assert!(later.is_empty(), "{name} uses {later:?}");
    }
    for name in APART {
        let used = used(&source(name));
        let others: Vec<_> = ORDER.iter().filter(|other| used.contains(*other)).collect();
        assert!(others.is_empty(), "{name} uses {others:?}");
    }
}

/// Otherwise the test above might always pass.
#[test]
fn what_a_module_uses_is_seen() {
    assert!(source("config").contains("impl Config"));
    assert!(used(&source("step")).contains("view") || used(&source("step")).contains("form"));
    assert!(used(&source("view")).contains("description"));
    assert!(used(&source("state")).contains("config"));
    assert!(used(&source("controls")).contains("answer"));
    assert_eq!(used("fn f() { super::form::fields(); }"), ["form"].into());
    assert_eq!(
        used("\nuse crate::{\n    config::Config,\n    text::set,\n};"),
        ["config"].into()
    );
}

/// A reader who is told another order looks in the wrong place.
#[test]
fn the_documentation_has_the_same_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    assert!(architecture.contains(&format!("`error ← {}`", ORDER.join(" ← "))));
    let overview = fs::read_to_string(root.join("src/captcha/mod.rs")).unwrap();
    assert!(overview.contains(&format!("`{}`", ORDER[1..].join(" ← "))));
}

#[test]
fn every_module_has_its_place() {
    let listed =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/captcha/mod.rs"))
            .unwrap();
    let declared: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let placed: BTreeSet<&str> = ORDER
        .into_iter()
        .chain(APART)
        .filter(|name| *name != "config")
        .collect();
    assert_eq!(declared, placed);
}
