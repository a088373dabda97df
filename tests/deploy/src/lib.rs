//! What the tests of `deploy/` have in common.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test's helpers fail by panicking"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The folder `deploy/`.
#[must_use]
pub fn deploy(name: &str) -> PathBuf {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    deploy.join(name).canonicalize().unwrap()
}

/// The binary that `cargo xtask dist` publishes.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::var_os("BACKEND_BINARY");
    path.expect("run me by: cargo xtask test --only deploy, which builds the binary")
        .into()
}

/// An empty folder of the test's own.
#[must_use]
pub fn folder(within: &str, name: &str) -> PathBuf {
    let folder = Path::new(within).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A port that was free a moment ago, for programs that do not say which port they chose.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A program that ends with the test.
#[derive(Debug)]
pub struct Running(Option<Child>);

impl Running {
    /// Starts it, and waits until it accepts connections at `port`.
    #[must_use]
    pub fn at(mut command: Command, port: u16) -> Self {
        let child = command.stdout(Stdio::null()).spawn();
        let mut running = Self(Some(
            child.unwrap_or_else(|error| panic!("{command:?}: {error}")),
        ));
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = running.child().try_wait().unwrap();
            assert!(ended.is_none(), "{command:?} ended: {ended:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        running
    }

    /// Starts it, and reads its first line, which contains its address.
    #[must_use]
    pub fn ready(mut command: Command) -> (Self, String) {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let running = Self(Some(child));
        let base = line.trim().strip_prefix("ready: ");
        let base = base.unwrap_or_else(|| panic!("{command:?} prints {line:?}"));
        let base = base.trim_end_matches('/').to_owned();
        (running, base)
    }

    /// A placeholder for a program that was ended.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    /// Ends it by SIGTERM, as a service manager does; returns whether it ended without an error.
    pub fn terminate(mut self) -> bool {
        let mut child = self.0.take().unwrap();
        signal(&child, "-TERM");
        child.wait().unwrap().success()
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success());
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            signal(child, "-TERM");
            let waited = child.wait();
            assert!(waited.is_ok() || std::thread::panicking());
        }
    }
}

/// Waits for something that must happen.
pub async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !happened().await {
        assert!(started.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
