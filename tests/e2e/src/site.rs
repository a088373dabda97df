//! The host site, as a person would start it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::Process;

#[derive(Debug)]
pub struct Site {
    process: Process,
    origin: String,
}

impl Site {
    /// Starts `backend/examples/site.rs` on a free port with these settings.
    pub(crate) fn start(environment: &[(String, String)], arguments: &[String]) -> Self {
        Self::start_with(Command::new(program()), environment, arguments)
    }

    /// The same, but its files cannot become larger than a kilobyte: the system then refuses to write, as on a full
    /// disk.
    pub(crate) fn start_on_a_full_disk(
        name: &str,
        mut environment: Vec<(String, String)>,
        arguments: &[String],
    ) -> Self {
        let state = target_folder().join(format!("e2e/{name}"));
        if state.exists() {
            std::fs::remove_dir_all(&state).expect("an earlier run's journal can go");
        }
        let state = state.to_str().expect("the path is text").to_owned();
        environment.push(("SORI_STATE_DIR".to_owned(), state));
        let mut command = Command::new("sh");
        // `ulimit -f` counts blocks of 512 bytes. The signal XFSZ would end the process; if it is ignored, writes fail.
        command.args(["-c", r#"trap "" XFSZ; ulimit -f 2; exec "$0" "$@""#]);
        command.arg(program());
        Self::start_with(command, &environment, arguments)
    }

    fn start_with(
        mut command: Command,
        environment: &[(String, String)],
        arguments: &[String],
    ) -> Self {
        // A developer's own settings must not affect a test.
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("SORI_")) {
            command.env_remove(name);
        }
        command
            .current_dir(root())
            .args(["--port", "0", "--www"])
            .arg(root().join("www"))
            .arg("--pkg")
            .arg(root().join("pkg/dist"))
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        let (process, origin) = Process::start("the host site", &mut command, |line| {
            line.strip_prefix("ready: ")
                .map(|address| address.trim_end_matches('/').to_owned())
        });
        Self { process, origin }
    }

    /// `http://127.0.0.1:PORT`
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// All that the site has printed: its logs.
    pub fn log(&self) -> String {
        self.process.output()
    }
}

/// The root of the workspace, as cargo gives it at run time. The path that was compiled in may be that of another
/// checkout, because a build directory may have been copied.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        let root = Path::new(&package).ancestors().nth(2);
        root.expect("tests/e2e lies in the workspace").to_owned()
    })
}

/// Builds the site once per run, so that a test never uses an old one.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        assert!(
            root().join("pkg/dist/define.js").exists(),
            "pkg/ is not built: run cargo xtask build"
        );
        let mut cargo = Command::new(env!("CARGO"));
        // Variables that cargo sets for this test's package. If they were passed on, build scripts such as that of
        // ring would run again, and everything that depends on them would be compiled again each time.
        for (name, _) in env::vars() {
            if name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_") {
                cargo.env_remove(name);
            }
        }
        let built = cargo
            .current_dir(root())
            .args([
                "build",
                "--quiet",
                "-p",
                "sori-backend",
                "--example",
                "site",
            ])
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "the host site does not compile"
        );
        debug_folder().join("examples/site")
    })
}

/// The documentation as `cargo xtask docs` writes it.
pub fn write_docs(folder: &Path) {
    let written = Command::new(program())
        .args(["--www"])
        .arg(root().join("www"))
        .arg("--pkg")
        .arg(root().join("pkg/dist"))
        .arg("--write-docs")
        .arg(folder)
        .status();
    assert!(
        written.is_ok_and(|status| status.success()),
        "the documentation cannot be written"
    );
}

/// `target/debug`. Tests run from `deps/` in it, examples from `examples/`, programs from the folder itself.
fn debug_folder() -> PathBuf {
    let program = env::current_exe().expect("a running program knows its path");
    let folder = program.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") || folder.ends_with("examples") {
        folder
            .parent()
            .expect("the folder lies in target/debug")
            .to_owned()
    } else {
        folder.to_owned()
    }
}

/// Cargo's target directory, where `cargo xtask` puts its results.
pub fn target_folder() -> PathBuf {
    debug_folder()
        .parent()
        .expect("target/debug lies in target")
        .to_owned()
}

/// A file of the built package.
pub fn built(name: &str) -> Vec<u8> {
    let path = root().join("pkg/dist").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|_| panic!("pkg/dist/{name} is missing: run cargo xtask build"))
}

/// The hashes that the build printed, by file name.
pub fn integrity() -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_slice(&built("integrity.json")).expect("the build writes JSON")
}
