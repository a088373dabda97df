//! A `redis-server` of the test's own, on a free port, with a folder of its own. The variable `REDIS_SERVER` names
//! another version, or Valkey.

use sori_backend::{
    book::{KEYS_MOST, Policy, VerifiedBy},
    limit::{Limits, Rates},
    store::redis::{Place, Redis},
};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::Duration,
};

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
    /// A file for a server that writes its own configuration, as sentinels do.
    config: Option<PathBuf>,
    extra: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// A server that loses its data when it ends.
    pub(crate) fn start(name: &str) -> Self {
        Self::with(name, &["--save", "", "--appendonly", "no"])
    }

    pub(crate) fn with(name: &str, extra: &[&str]) -> Self {
        Self::at(free_port(), name, None, extra)
    }

    /// A sentinel that watches a server and promotes a replica if the server is gone.
    pub(crate) fn sentinel(name: &str, config: &str) -> Self {
        Self::at(free_port(), name, Some(config), &["--sentinel"])
    }

    pub(crate) fn at(port: u16, name: &str, config: Option<&str>, extra: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("redis-{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let config = config.map(|text| {
            let file = folder.join("server.conf");
            fs::write(&file, text).unwrap();
            file
        });
        let mut server = Self {
            port,
            folder,
            config,
            extra: extra.iter().map(|&text| text.to_owned()).collect(),
            child: None,
        };
        server.begin();
        server
    }

    /// Starts it, or starts it again, and waits until it replies.
    pub(crate) fn begin(&mut self) {
        let child = Command::new(program())
            .args(&self.config)
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .arg("--dir")
            .arg(&self.folder)
            .args(&self.extra)
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect("redis-server is installed: cargo xtask setup"));
        while !self.answers() {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "redis-server ended: {ended:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn answers(&self) -> bool {
        let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return false;
        };
        let asked = (&stream).write_all(b"PING\r\n");
        let mut line = String::new();
        asked.is_ok()
            && BufReader::new(&stream).read_line(&mut line).is_ok()
            && (line.starts_with("+PONG") || line.starts_with("-NOAUTH"))
    }

    /// Sends one command, as a person would type it; returns the reply.
    pub(crate) fn ask(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .unwrap();
        assert!(output.status.success(), "{command:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Everything in it, as one text.
    pub(crate) fn contents(&self) -> String {
        let digest = self.ask(&[
            "EVAL",
            "local all = {}
             for _, name in ipairs(redis.call('KEYS', '*')) do
               table.insert(all, redis.sha1hex(name .. redis.call('DUMP', name)))
             end
             table.sort(all)
             return redis.sha1hex(table.concat(all)) .. #all",
            "0",
        ]);
        assert!(digest.len() > 40 && !digest.contains(' '), "{digest}");
        digest
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it at once, as in a power failure.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn place(&self) -> Place {
        place(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may be stopped (SIGSTOP). Only this signal ends a stopped process.
            let ended = child.kill();
            let waited = child.wait();
            assert!(ended.is_ok() && waited.is_ok() || std::thread::panicking());
        }
    }
}

pub(crate) fn program() -> String {
    std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned())
}

pub(crate) fn place(port: u16) -> Place {
    Place {
        address: format!("redis://127.0.0.1:{port}").parse().unwrap(),
        prefix: "sori".into(),
        account: sori_backend::secret::Fingerprint::of("an account"),
    }
}

/// A port that no other test of this program was given: a server that was killed comes back at its own.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

pub(crate) fn policy(quota: Option<u32>) -> Policy {
    Policy {
        quota,
        reserve: Duration::from_secs(600),
        key_ttl: Duration::from_secs(7200),
        token_ttl: Duration::from_secs(1800),
        verified_by: VerifiedBy::Backend,
        keys_most: KEYS_MOST,
    }
}

pub(crate) fn no_limits() -> Limits {
    Limits {
        client: Rates::off(),
        network: Rates::off(),
        session: Rates::off(),
        site: Rates::off(),
    }
}

/// An instance, as it runs in production: with the server's own clock.
pub(crate) async fn instance(place: &Place, quota: u32) -> Redis {
    instance_with(place, Some(quota), no_limits()).await
}

/// The same, with limits.
pub(crate) async fn instance_with(place: &Place, quota: Option<u32>, limits: Limits) -> Redis {
    let timeout = Duration::from_secs(8);
    Redis::open(place, policy(quota), limits, timeout)
        .await
        .unwrap()
}

/// Limits on how often one client may ask, and no others.
pub(crate) fn client_limit(rates: &str) -> Limits {
    Limits {
        client: rates.parse().unwrap(),
        ..no_limits()
    }
}
