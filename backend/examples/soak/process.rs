//! The backend in its own process.

use crate::SECRET;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

pub(crate) struct Backend {
    child: Child,
    pub(crate) base: String,
    pub(crate) admin: String,
}

impl Backend {
    pub(crate) fn start(upstream: &str, state: &Path) -> Self {
        let program = std::env::current_exe().unwrap();
        let program = program.parent().unwrap().with_file_name("sori-backend");
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let admin = free.local_addr().unwrap().to_string();
        drop(free);
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("SORI_CLIENT_ID", "soak-id")
            .env("SORI_CLIENT_SECRET", "soak-secret")
            .env("SORI_UPSTREAM_URL", upstream)
            .env("SORI_UPSTREAM_TIMEOUT", "1s")
            .env("SORI_SITEVERIFY_SECRET", SECRET)
            .env("SORI_DAILY_QUOTA", "1000000")
            .env("SORI_CLIENT_RATE", "off")
            .env("SORI_HOURLY_SHARE", "off")
            // Keys live only a short time, so that the number of remembered keys stops growing during the run.
            .env("SORI_KEY_RESERVE", "5s")
            .env("SORI_KEY_TTL", "10s")
            .env("SORI_STATE_DIR", state)
            .env("SORI_ADMIN_LISTEN", &admin)
            // All clients have one address, and the slow ones connect at the same time.
            .env("SORI_MAX_CONNECTIONS", "4096")
            .env("SORI_PEER_CONNECTIONS", "4096")
            .env("SORI_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("sori-backend is built beside this program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim_end().trim_end_matches('/');
        let base = base
            .strip_prefix("ready: ")
            .expect("a line that says ready");
        Self {
            child,
            base: base.to_owned(),
            admin: format!("http://{admin}"),
        }
    }

    /// The resident memory of the backend, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
