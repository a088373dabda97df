//! The npm and PyPI packages of a stack, installed once for each lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::targets;

fn locks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Installs what `lock` names, unless this same lock file has been installed before.
fn once(lock: &Path, place: &Path, install: impl FnOnce()) {
    let wanted = fs::read(lock).unwrap_or_else(|error| panic!("{}: {error}", lock.display()));
    let stamp = place.join("installed.lock");
    if fs::read(&stamp).ok().as_ref() == Some(&wanted) {
        return;
    }
    if place.exists() {
        fs::remove_dir_all(place).expect("an old folder can be removed");
    }
    fs::create_dir_all(place).expect("a folder can be made");
    install();
    fs::write(stamp, wanted).expect("a stamp can be written");
}

fn run(command: &mut Command) {
    let status = command.status();
    let status = status.unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(status.success(), "{command:?} failed");
}

/// The folder `node_modules` of `tests/stacks/PROJECT`.
#[must_use]
pub fn node_packages(project: &str) -> PathBuf {
    let place = targets().join("stacks-installed").join(project);
    let lock = locks().join(project).join("package-lock.json");
    once(&lock, &place, || {
        fs::copy(&lock, place.join("package-lock.json")).expect("a lock file can be copied");
        let manifest = locks().join(project).join("package.json");
        fs::copy(manifest, place.join("package.json")).expect("a manifest can be copied");
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&place));
    });
    place.join("node_modules")
}

/// The folder `bin` of a Python environment with what `tests/stacks/python/requirements.txt` names.
#[must_use]
pub fn python_packages() -> PathBuf {
    let place = targets().join("stacks-installed/python");
    let lock = locks().join("python/requirements.txt");
    once(&lock, &place, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place));
        run(Command::new(place.join("bin/pip"))
            .args(["install", "--quiet", "--no-deps", "-r"])
            .arg(&lock));
    });
    place.join("bin")
}
