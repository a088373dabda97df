//! A sound card that nobody hears. Without a sound card Firefox jumps to the end of everything it plays. Chromium
//! does not need one.

use std::fs;
use std::path::PathBuf;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::process::Process;

#[derive(Debug)]
pub(crate) struct Sound {
    /// Kept because the process ends when this is dropped.
    _process: Process,
    folder: PathBuf,
    /// For the environment variable `PULSE_SERVER`.
    pub(crate) address: String,
}

impl Sound {
    pub(crate) fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        // Not in `target`, because the path of a socket is limited to about a hundred bytes.
        let folder = std::env::temp_dir().join(format!("sori-e2e-{}-{number}", process::id()));
        fs::create_dir_all(&folder)
            .unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
        let socket = folder.join("sound");
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$0" "$@" 2>&1"#, "pulseaudio"])
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
            .args(["--use-pid-file=no", "--log-level=info"])
            .args(["-L", "module-null-sink", "-L"])
            .arg(format!(
                "module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ))
            .env("HOME", &folder)
            .env("XDG_RUNTIME_DIR", &folder);
        let (process, ()) = Process::start("pulseaudio", &mut command, |line| {
            line.contains("Daemon startup complete").then_some(())
        });
        Self {
            _process: process,
            address: format!("unix:{}", socket.display()),
            folder,
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        // What is left is a temporary file of an ended process.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
