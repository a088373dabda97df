//! Where things are, and a shell that finds the pinned tools first.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::Shell;

pub(crate) struct Workspace {
    root: PathBuf,
    shell: Shell,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask/ lies inside the workspace")?
            .to_owned();
        let shell = Shell::new()?;
        shell.change_dir(&root);
        // npm's binaryen must win over a distribution's: Debian's 108 breaks the module without an error.
        let mut path = vec![root.join("node_modules/.bin")];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        shell.set_var("PATH", env::join_paths(path)?);
        Ok(Self { root, shell })
    }

    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory, wherever the environment put it.
    pub(crate) fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => self.root.join(dir),
            None => self.root.join("target"),
        }
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).with_context(|| format!("cannot read {relative}"))
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
