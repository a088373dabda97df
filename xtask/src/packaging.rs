//! Tests the package as its users get it: the tarball, in Node, in bundlers and frameworks, in a strict TypeScript
//! project.
//!
//! Each folder of tests/packaging is a project with a lock file of its own. Its `npm run build` makes `out/`, which the
//! end-to-end tests then open in a browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{gate, plain_build, setup};

/// The projects that the gate builds and runs. `--all` adds the others.
const FAST: [&str; 6] = [
    "vite",
    "esbuild",
    "navigation",
    "scripts",
    "vite8-dev",
    plain_build::PROJECT,
];
const SLOW: [&str; 17] = [
    "vitest",
    "webpack",
    "rollup",
    "parcel",
    "react",
    "vue",
    "svelte",
    "next",
    "playwright",
    "vite5-dev",
    "vite6-dev",
    "vite7-dev",
    "linked-dev",
    "sveltekit-dev",
    "nuxt-dev",
    "astro-dev",
    "next-dev",
];
/// The project whose build runs its unit tests. It has no page for a browser.
const UNIT_TESTS: &str = "vitest";
/// The project that only the TypeScript compiler checks.
const TYPES: &str = "typescript";

/// `names` limits the run to these projects and tests: `vite8-dev`, or the name of a test as the summary prints it.
pub(crate) fn run(workspace: &Workspace, all: bool, names: &[String]) -> Result<()> {
    let chosen = choose(all, names)?;
    let tarball = pack(workspace)?;
    if names.is_empty() {
        lint(workspace, &tarball)?;
        in_node(workspace, &tarball)?;
        build(workspace, TYPES, &tarball)?;
    }
    for project in &chosen.projects {
        if *project == plain_build::PROJECT {
            plain_build::run(workspace)?;
        }
        build(workspace, project, &tarball)?;
    }
    if chosen.tests.is_empty() {
        return Ok(());
    }
    let sh = workspace.shell();
    let wanted = &chosen.tests;
    gate::run_tests(
        cmd!(
            sh,
            "cargo test --quiet --no-fail-fast -p sori-e2e --test consumers -- {wanted...}"
        ),
        wanted,
    )
}

#[derive(Debug, PartialEq, Eq)]
struct Chosen {
    projects: Vec<&'static str>,
    /// Parts of the names of tests in `tests/e2e/tests/consumers`.
    tests: Vec<String>,
}

fn choose(all: bool, names: &[String]) -> Result<Chosen> {
    let tests_of = |project: &str| format!("{}::", project.replace('-', "_"));
    if names.is_empty() {
        let slow = SLOW.iter().filter(|_| all);
        let projects: Vec<&str> = FAST.iter().chain(slow).copied().collect();
        let tests = projects.iter().filter(|project| **project != UNIT_TESTS);
        let tests = tests.map(|project| tests_of(project)).collect();
        return Ok(Chosen { projects, tests });
    }
    let mut chosen = Chosen {
        projects: Vec::new(),
        tests: Vec::new(),
    };
    for name in names {
        let project = FAST
            .iter()
            .chain(&SLOW)
            .copied()
            .find(|project| name == project || has_module(name, &project.replace('-', "_")));
        let project = project.with_context(|| {
            let known = [FAST.as_slice(), SLOW.as_slice()].concat().join(", ");
            format!("no project of tests/packaging is called {name}; there are {known}")
        })?;
        if !chosen.projects.contains(&project) {
            chosen.projects.push(project);
        }
        if name != project {
            chosen.tests.push(name.clone());
        } else if project != UNIT_TESTS {
            chosen.tests.push(tests_of(project));
        }
    }
    Ok(chosen)
}

/// Whether the test is in a module of the project, such as `react` or `actions_of_react` for the project `react`.
fn has_module(test: &str, project: &str) -> bool {
    test.split("::").any(|module| {
        let rest = module.strip_suffix(project);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })
}

/// Runs `npm pack ./pkg`, and checks which files the tarball contains.
pub(crate) fn pack(workspace: &Workspace) -> Result<PathBuf> {
    let sh = workspace.shell();
    ensure!(
        workspace.path("pkg/package.json").is_file(),
        "pkg/ is not built: run cargo xtask build"
    );
    let dir = workspace.target().join("packaging");
    fs::create_dir_all(&dir)?;
    let answer = cmd!(
        sh,
        "npm pack ./pkg --json --loglevel=error --pack-destination {dir}"
    )
    .quiet()
    .read()?;
    let answer: Value = serde_json::from_str(&answer).context("npm pack --json prints JSON")?;
    // npm prints a list of packages; since npm 12 it prints an object.
    let package = answer
        .get(0)
        .or_else(|| answer.as_object()?.values().next())
        .context("npm pack names no package")?;
    let files: Vec<String> = package["files"]
        .as_array()
        .context("npm pack lists the files")?
        .iter()
        .filter_map(|file| file["path"].as_str().map(str::to_owned))
        .collect();
    check_list(&files)?;
    println!("packaging: {} files in the tarball", files.len());
    for file in &files {
        println!("packaging:   {file}");
    }
    let name = package["filename"]
        .as_str()
        .context("npm pack names the tarball")?;
    Ok(dir.join(name))
}

/// Exactly the files that are published.
const FILES: &[&str] = &[
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.ko.md",
    "README.md",
    "custom-elements.json",
    "define.d.ts",
    "diagnose.d.ts",
    "dist/button.js",
    "dist/button_bg.wasm",
    "dist/define.js",
    "dist/diagnose.js",
    "dist/index.js",
    "dist/integrity.json",
    "dist/locale/ja.js",
    "dist/locale/zh-Hans.js",
    "dist/share.js",
    "dist/sori.js",
    "dist/sori_bg.wasm",
    "index.d.ts",
    "locale.d.ts",
    "package.json",
    "react.d.ts",
    "share.d.ts",
    "sori.d.ts",
    "vue.d.ts",
];

fn check_list(files: &[String]) -> Result<()> {
    let missing: Vec<_> = FILES
        .iter()
        .filter(|name| !files.iter().any(|file| file == *name))
        .collect();
    ensure!(missing.is_empty(), "the tarball lacks {missing:?}");
    let strangers: Vec<_> = files
        .iter()
        .filter(|file| !FILES.contains(&file.as_str()))
        .collect();
    ensure!(
        strangers.is_empty(),
        "the tarball contains what does not belong there: {strangers:?}"
    );
    Ok(())
}

/// publint checks what bundlers and Node read in the manifest, and attw checks what TypeScript resolves. The package
/// has only ES modules.
fn lint(workspace: &Workspace, tarball: &Path) -> Result<()> {
    let sh = workspace.shell();
    println!("packaging: publint");
    let manifest = told(cmd!(sh, "publint run {tarball} --strict"))?;
    ensure!(manifest.0, "publint finds a fault:\n{}", manifest.1);
    println!("packaging: attw");
    // attw assumes that everything that is exported can be imported. But a page fetches the wasm modules.
    let modules: Vec<&str> = FILES
        .iter()
        .filter_map(|file| file.strip_prefix("dist/"))
        .collect();
    let modules = modules.iter().filter(|name| name.ends_with(".wasm"));
    let types = told(cmd!(
        sh,
        "attw {tarball} --profile esm-only --no-definitely-typed --no-color --no-emoji --format ascii --exclude-entrypoints {modules...}"
    ))?;
    ensure!(types.0, "attw finds a fault:\n{}", types.1);
    Ok(())
}

/// Whether the command succeeds, and its output.
fn told(command: xshell::Cmd<'_>) -> Result<(bool, String)> {
    let output = command.quiet().ignore_status().output()?;
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Ok((output.status.success(), text.concat()))
}

/// Checks that importing any entry in Node, also in a worker, has no effect and no error, because servers render pages.
fn in_node(workspace: &Workspace, tarball: &Path) -> Result<()> {
    let sh = workspace.shell();
    let dir = workspace.target().join("packaging/node");
    fs::create_dir_all(&dir)?;
    fs::copy(
        workspace.path("tests/packaging/node/import.mjs"),
        dir.join("import.mjs"),
    )?;
    fs::copy(
        workspace.path("tests/packaging/node/package.json"),
        dir.join("package.json"),
    )?;
    // The command from the documentation, with the tarball instead of the package from the registry.
    let install = workspace.read("www/snippets/install.sh")?;
    let named = install.trim().strip_suffix(" sori-captcha");
    let install = named.context("www/snippets/install.sh does not install sori-captcha")?;
    let _guard = sh.push_dir(&dir);
    sh.remove_path("node_modules")?;
    let command = format!("{install} --no-save --loglevel=error \"$0\"");
    cmd!(sh, "sh -c {command} {tarball}")
        .quiet()
        .ignore_stdout()
        .run()
        .context("the tarball cannot be installed")?;
    cmd!(sh, "node import.mjs")
        .quiet()
        .run()
        .context("an entry cannot be imported in Node")
}

/// Copies a project out of the tree, installs its packages and the package under test, and builds it.
fn build(workspace: &Workspace, name: &str, tarball: &Path) -> Result<()> {
    let sh = workspace.shell();
    println!("packaging: {name}");
    let dir = workspace.target().join("packaging").join(name);
    copy(&workspace.path("tests/packaging").join(name), &dir)?;
    setup::install_npm_at(workspace, &dir, name)?;
    let package = dir.join("node_modules/sori-captcha");
    sh.remove_path(&package)?;
    if name == plain_build::PROJECT {
        copy(&plain_build::for_bundlers(workspace), &package)?;
    } else {
        unpack(workspace, tarball, &package)?;
    }
    let _guard = sh.push_dir(&dir);
    for old in ["out", ".next"] {
        sh.remove_path(old)?;
    }
    // A project with a development server has nothing to build.
    let build =
        cmd!(sh, "npm run build --if-present --loglevel=error").env("NEXT_TELEMETRY_DISABLED", "1");
    let (built, words) = told(build)?;
    ensure!(built, "{name} does not build with the package:\n{words}");
    Ok(())
}

/// Unpacks the tarball. `npm install` would do the same, because the package has no dependencies.
fn unpack(workspace: &Workspace, tarball: &Path, into: &Path) -> Result<()> {
    let sh = workspace.shell();
    fs::create_dir_all(into)?;
    cmd!(sh, "tar -xzf {tarball} -C {into} --strip-components=1")
        .quiet()
        .run()?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Chosen, FILES, check_list, choose};

    fn list(more: &[&str]) -> Vec<String> {
        FILES
            .iter()
            .chain(more)
            .map(|file| (*file).to_owned())
            .collect()
    }

    #[test]
    fn a_tarball_without_the_wasm_is_refused() {
        let mut files = list(&[]);
        assert!(check_list(&files).is_ok());
        files.retain(|file| !file.ends_with(".wasm"));
        assert!(
            check_list(&files)
                .unwrap_err()
                .to_string()
                .contains("sori_bg.wasm")
        );
    }

    #[test]
    fn a_project_or_a_failed_test_is_chosen_by_its_name() {
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            choose(false, &names)
        };
        let expected = |projects: &[&'static str], tests: &[&str]| Chosen {
            projects: projects.to_vec(),
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        };
        assert_eq!(
            chosen(&["vite8-dev"]).unwrap(),
            expected(&["vite8-dev"], &["vite8_dev::"])
        );
        assert_eq!(chosen(&["vitest"]).unwrap(), expected(&["vitest"], &[]));
        let failed = [
            "scripts::htmx_1::the_fields_arrive",
            "actions_of_react::a_form",
            "scripts::jquery_4::a",
        ];
        assert_eq!(
            chosen(&failed).unwrap(),
            expected(&["scripts", "react"], &failed)
        );
        let refused = chosen(&["remix"]).unwrap_err().to_string();
        assert!(
            refused.contains("remix") && refused.contains("nuxt-dev"),
            "{refused}"
        );
    }

    #[test]
    fn what_does_not_belong_into_the_tarball_is_named() {
        for stranger in [
            ".env",
            "dist/.gitignore",
            "lib/compile.js",
            "package.template.json",
            "dist/sori.js.map",
        ] {
            assert!(
                check_list(&list(&[stranger]))
                    .unwrap_err()
                    .to_string()
                    .contains(stranger)
            );
        }
    }
}
