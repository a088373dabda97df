//! The reference of `<sori-captcha>`: the names from the source with the descriptions from `www/reference.toml`.
//!
//! It makes the tables in `www/reference/`, which the documentation includes, and the declaration of the element in
//! `pkg/custom-elements.json`, which editors read. All of them are committed. A test fails if one is out of date.

mod facts;
mod manifest;
mod tables;
mod words;

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use words::{LANGUAGES, Words};

const WORDS: &str = "www/reference.toml";
const MANIFEST: &str = "pkg/custom-elements.json";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for (path, text) in files(workspace)? {
        let target = workspace.path(&path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&target, text).with_context(|| format!("cannot write {path}"))?;
        println!("reference: {path}");
    }
    Ok(())
}

/// Every file that is made, with its text.
fn files(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let words = Words::read(&workspace.read(WORDS)?).with_context(|| WORDS)?;
    let sheet = workspace.read("src/web/captcha.css")?;
    facts::check(&words, &sheet).with_context(|| WORDS)?;
    let mut files = Vec::new();
    for language in LANGUAGES {
        for (name, text) in tables::of(&words, &sheet, language)? {
            files.push((
                format!("www/reference/{}/{name}.html", language.tag()),
                text,
            ));
        }
    }
    let manifest = manifest::with(&workspace.read(MANIFEST)?, &words)?;
    files.push((MANIFEST.to_owned(), manifest));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::files;
    use crate::workspace::Workspace;

    #[test]
    fn the_committed_reference_says_what_the_source_says() {
        let workspace = Workspace::open().unwrap();
        let files = files(&workspace).unwrap();
        assert!(files.len() > 15);
        for (path, text) in files {
            assert!(
                workspace.read(&path).is_ok_and(|found| found == text),
                "{path} is old: run cargo xtask reference"
            );
        }
    }
}
