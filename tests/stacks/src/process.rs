//! A program that runs until the test is over.

use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::{Backend, SECRET};

/// A site in a process group of its own; dropping it ends the group.
#[derive(Debug)]
pub struct Process {
    child: Child,
    port: u16,
}

impl Process {
    /// Starts a site and waits until it accepts connections.
    ///
    /// `command` is a line for a shell; in its environment are `PORT`, `SITEVERIFY_URL`, `SITEVERIFY_SECRET` and
    /// `CAPTCHA_BACKEND`.
    #[must_use]
    pub fn start(command: &str, folder: &std::path::Path, port: u16, backend: &Backend) -> Self {
        let log = folder.join("site.log");
        let out = fs::File::create(&log).expect("a log can be written");
        let err = out.try_clone().expect("a log can be written");
        let mut child = shell(command, folder, backend)
            .env("PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        // The first start of some stacks compiles the program.
        let patience = Instant::now() + Duration::from_secs(120);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = child.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none() && Instant::now() < patience,
                "{command} does not listen on {port}:\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(50));
        }
        Self { child, port }
    }

    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let ended = Command::new("kill").args(["--", &group]).status();
        let waited = self.child.wait();
        assert!(ended.is_ok() && waited.is_ok() || thread::panicking());
    }
}

/// A shell with the environment variables that the snippets read.
pub(crate) fn shell(command: &str, folder: &std::path::Path, backend: &Backend) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-ec", command])
        .current_dir(folder)
        .env("SITEVERIFY_URL", backend.siteverify())
        .env("SITEVERIFY_SECRET", SECRET)
        .env("CAPTCHA_BACKEND", backend.origin())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("no_proxy", "127.0.0.1,localhost");
    shell
}

/// Runs a command to its end.
///
/// # Panics
/// If it fails, with what it printed.
pub fn run(command: &str, folder: &std::path::Path, backend: &Backend) -> String {
    let ran = shell(command, folder, backend)
        .output()
        .expect("a shell can be started");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{command} fails:\n{said}{complained}");
    said
}
