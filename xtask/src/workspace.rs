//! Where things are, and a shell that finds the pinned tools first.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};
use xshell::{Shell, cmd};

use crate::exec;

pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    shell: Shell,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let root = root()?;
        let shell = Shell::new()?;
        shell.change_dir(&root);
        // binaryen from npm must come before that of a distribution: Debian's version 108 breaks the module without an
        // error.
        let mut path = vec![root.join("node_modules/.bin")];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        shell.set_var("PATH", env::join_paths(path)?);
        let target = build_directory()?;
        if env::var_os("CARGO_TARGET_DIR").is_some() {
            // A relative one would mean another folder in each folder in which cargo runs.
            shell.set_var("CARGO_TARGET_DIR", &target);
        }
        Ok(Self {
            root,
            target,
            shell,
        })
    }

    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }

    /// From now on, programs in this folder come first on PATH.
    pub(crate) fn prefer(&self, folder: PathBuf) -> Result<()> {
        let path = self.shell.var_os("PATH").unwrap_or_default();
        let path = [folder].into_iter().chain(env::split_paths(&path));
        self.shell.set_var("PATH", env::join_paths(path)?);
        Ok(())
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory, wherever the environment or a configuration file put it.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The folder for what `cargo xtask` keeps between runs. It is not in the target directory, because one checkout
    /// may have several target directories.
    pub(crate) fn state(&self) -> Result<PathBuf> {
        let state = self.root.join(".sori");
        fs::create_dir_all(&state).with_context(|| format!("cannot create {}", state.display()))?;
        Ok(state)
    }

    /// A lock with this name. It is held until it is dropped or this process ends.
    pub(crate) fn lock(&self, what: &str) -> Result<File> {
        let path = self.state()?.join(format!("{what}.lock"));
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => println!("{what}: waiting for another one to end"),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.lock()?;
        Ok(file)
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).with_context(|| format!("cannot read {relative}"))
    }

    /// Copies the files that git tracks or would add.
    pub(crate) fn copy_files_to(&self, folder: &Path) -> Result<()> {
        // In a container, the checkout may belong to another user than root.
        let safe = format!("safe.directory={}", self.root.display());
        let listed = cmd!(
            self.shell,
            "git -c {safe} ls-files -z --cached --others --exclude-standard"
        )
        .quiet()
        .read()
        .context("the list of files comes from git, so this needs a clone")?;
        for name in listed.split_terminator('\0') {
            let (from, to) = (self.path(name), folder.join(name));
            // Git still lists a file that was deleted without a commit.
            if !from.is_file() {
                continue;
            }
            fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy {name}"))?;
        }
        Ok(())
    }

    /// The one version of the workspace, from Cargo.toml.
    pub(crate) fn version(&self) -> Result<String> {
        let manifest: toml::Table = self.read("Cargo.toml")?.parse()?;
        let version = manifest
            .get("workspace")
            .and_then(|workspace| workspace.get("package"))
            .and_then(|package| package.get("version"))
            .and_then(toml::Value::as_str)
            .context("Cargo.toml has no workspace.package.version")?;
        Ok(version.to_owned())
    }
}

/// The checkout in which this command was started. The path is not compiled in, because a build directory may be copied
/// or shared.
fn root() -> Result<PathBuf> {
    // `cargo run` sets the first variable, and `forget_cargo_run` sets the second.
    let told = env::var_os("CARGO_MANIFEST_DIR").or_else(|| env::var_os(ROOT));
    let start = match told {
        Some(folder) => PathBuf::from(folder),
        None => env::current_dir()?,
    };
    let root = start.ancestors().find(|folder| {
        folder.join("xtask/Cargo.toml").is_file() && folder.join("Cargo.lock").is_file()
    });
    root.map(Path::to_owned)
        .with_context(|| format!("{} lies in no checkout of Sori", start.display()))
}

/// Starts this program again, in place of this process, without the environment variables in which `cargo run`
/// describes xtask (<https://doc.rust-lang.org/cargo/reference/environment-variables.html>). If these variables change,
/// build scripts such as that of ring run again, and everything that depends on them is compiled again. Without this
/// function, that would happen each time `cargo test` follows `cargo xtask` or the other way round.
pub(crate) fn forget_cargo_run() -> Result<()> {
    let named = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let of_xtask: Vec<String> = named.filter(|name| describes_a_package(name)).collect();
    if of_xtask.is_empty() {
        return Ok(());
    }
    let mut command = Command::new(env::current_exe()?);
    command.args(env::args_os().skip(1)).env(ROOT, root()?);
    for name in of_xtask {
        command.env_remove(name);
    }
    exec::replace_with(&mut command).context("cannot start this program again")
}

/// The variable with the path of this checkout, for the command that is started again. Its name does not begin with
/// `SORI_`, because the backend refuses such names that it does not know.
const ROOT: &str = "XTASK_ROOT";

fn describes_a_package(variable: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
        .iter()
        .any(|start| variable.starts_with(start))
}

/// The target directory of this program, which is `TARGET/debug/xtask`; in tests `TARGET/debug/deps/xtask-…`.
fn build_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    // Cargo puts tests one folder deeper.
    let target = program
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"))
        .and_then(Path::parent)
        .with_context(|| format!("{} lies in no target directory", program.display()))?;
    // Cargo keeps this file at the root of a target directory.
    let is_root = |folder: &Path| folder.join(".rustc_info.json").is_file();
    ensure!(
        is_root(target) || !target.parent().is_some_and(is_root),
        "cargo compiles for {} here: unset CARGO_BUILD_TARGET, or build.target in cargo's configuration",
        target.file_name().unwrap_or_default().display()
    );
    Ok(target.to_owned())
}

/// The build directory that this checkout should use, if this program was built in another one.
///
/// Cargo distinguishes the crates of two checkouts of one workspace only by the times of their files
/// (<https://github.com/rust-lang/cargo/issues/17312>). If both use one build directory, one checkout may get what was
/// built from the other. So each checkout has its own folder in that directory.
pub(crate) fn own_build_directory() -> Result<Option<PathBuf>> {
    let root = root()?.canonicalize()?;
    let target = build_directory()?;
    let name = format!("sori-{}", short_hash(&root));
    if target.starts_with(&root) || target.ends_with(&name) {
        return Ok(None);
    }
    ensure!(
        env::var_os(NESTED).is_none(),
        "cargo built into {} and not into the folder {name} that it was told",
        target.display()
    );
    Ok(Some(target.join(name)))
}

/// Builds this command in that build directory, and runs it in place of this process.
pub(crate) fn run_in(target: &Path) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root()?)
        .args(["run", "--quiet", "--package", "xtask", "--"])
        .args(env::args_os().skip(1))
        .env("CARGO_TARGET_DIR", target)
        .env(NESTED, "1");
    exec::replace_with(&mut command).context("cannot start cargo")
}

/// Set for the command that is started again, so that it does not start a third one.
const NESTED: &str = "XTASK_NESTED";

fn short_hash(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::describes_a_package;

    #[test]
    fn what_cargo_run_says_of_xtask_is_known_and_nothing_else() {
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "CARGO_PKG_NAME",
        ] {
            assert!(describes_a_package(name), "{name}");
        }
        for name in [
            "CARGO",
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_TERM_COLOR",
        ] {
            assert!(!describes_a_package(name), "{name}");
        }
    }
}
