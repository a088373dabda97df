//! Tests `wasm-pack build` at the root of a fresh clone, which people who know Rust try first. The build does not use
//! xtask.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

/// The project of tests/packaging that uses the result of this build.
pub(crate) const PROJECT: &str = "wasm-pack";

/// Builds in a copy of the tree: for a page such as README shows (`web/`), and for bundlers (`bundler/`).
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let home = home(workspace);
    println!("packaging: wasm-pack build, in a copy of the tree");
    let tree = copy_of_the_tree(workspace, &home)?;
    let readme = workspace.read("README.md")?;
    let shown = readme
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("wasm-pack build"))
        .context("README.md shows no wasm-pack build")?;
    build(workspace, &tree, shown, &home.join("web/pkg"))?;
    build(
        workspace,
        &tree,
        "wasm-pack build --target bundler",
        &for_bundlers(workspace),
    )?;
    fs::write(home.join("web/index.html"), page(&readme)?)?;
    Ok(())
}

/// The folder of the package that was built for bundlers.
pub(crate) fn for_bundlers(workspace: &Workspace) -> PathBuf {
    home(workspace).join("bundler/pkg")
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target().join("packaging/wasm-pack-tree")
}

/// Runs the command in the tree, and copies `pkg/` out of it. The build must change no file that is in git, because
/// some files of pkg/ are written by hand.
fn build(workspace: &Workspace, tree: &Path, command: &str, out: &Path) -> Result<()> {
    let sh = workspace.shell();
    let _guard = sh.push_dir(tree);
    let built = cmd!(sh, "sh -c {command}")
        .env("CARGO_TARGET_DIR", home(workspace).join("target"))
        .quiet()
        .ignore_status()
        .output()?;
    ensure!(
        built.status.success(),
        "{command} fails in a fresh clone:\n{}",
        String::from_utf8_lossy(&built.stderr).trim()
    );
    let changed = cmd!(sh, "git status --porcelain").quiet().read()?;
    ensure!(
        changed.is_empty(),
        "{command} changes or adds what git keeps:\n{changed}"
    );
    sh.remove_path(out)?;
    fs::create_dir_all(out)?;
    cmd!(sh, "cp -R pkg/. {out}").quiet().run()?;
    Ok(())
}

/// Copies the files that git tracks or would add, and commits them, so that the copy is like a clone with one commit.
fn copy_of_the_tree(workspace: &Workspace, home: &Path) -> Result<PathBuf> {
    let sh = workspace.shell();
    let tree = home.join("tree");
    sh.remove_path(&tree)?;
    workspace.copy_files_to(&tree)?;
    let _guard = sh.push_dir(&tree);
    cmd!(sh, "git init --quiet").quiet().run()?;
    cmd!(sh, "git add --all").quiet().run()?;
    cmd!(
        sh,
        "git -c user.name=Sori -c user.email=sori@localhost commit --quiet --message=clone"
    )
    .quiet()
    .run()?;
    Ok(tree)
}

/// A page with README's lines for such a build, unchanged, and README's form.
fn page(readme: &str) -> Result<String> {
    let mut blocks = readme.split("```html\n").skip(1);
    let mut block = || {
        let (block, _) = blocks.next()?.split_once("```")?;
        Some(block)
    };
    let lines = block().context("README.md shows no script for a plain build")?;
    let example = block().context("README.md shows no form")?;
    ensure!(
        lines.contains("sori_captcha.js"),
        "the first page in README.md is not that of a plain build"
    );
    let form = example.find("<form").context("README.md shows no form")?;
    // The host site accepts the form at its root.
    let form = example[form..].replace("action=\"/join\"", "action=\"/\"");
    Ok(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Plain build</title>\n\
         <link rel=\"canonical\" href=\"https://example.com/\">\n{lines}<main>{form}</main></html>\n"
    ))
}
