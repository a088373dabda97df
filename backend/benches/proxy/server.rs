//! The programs that are measured, each in its own process.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

const CLIENT_ID: &str = "bench-id";
const CLIENT_SECRET: &str = "bench-secret";
/// Longer than any of the programs takes to start.
const SOON: Duration = Duration::from_secs(30);

pub(crate) struct Server {
    pub(crate) name: &'static str,
    /// One URL for each instance.
    pub(crate) bases: Vec<String>,
    children: Vec<Child>,
    /// The store, which must run as long as the instances.
    _store: Option<Arc<Redis>>,
}

impl Server {
    /// Starts a program that prints its address.
    fn saying(name: &'static str, command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim_end().trim_end_matches('/');
        let base = base
            .strip_prefix("ready: ")
            .expect("a line that says ready");
        Self {
            name,
            bases: vec![base.to_owned()],
            children: vec![child],
            _store: None,
        }
    }

    pub(crate) fn backend(upstream: &str) -> Self {
        Self::saying("sori-backend", &mut serve(upstream))
    }

    /// Starts the given number of instances with one store.
    pub(crate) fn sharing(
        name: &'static str,
        upstream: &str,
        store: &Arc<Redis>,
        instances: u32,
    ) -> Self {
        let mut all = Self {
            name,
            bases: Vec::new(),
            children: Vec::new(),
            _store: Some(Arc::clone(store)),
        };
        for _ in 0..instances {
            let mut command = serve(upstream);
            command.args(["--store", &format!("redis://{}", store.address)]);
            command.args(["--store-prefix", &name.replace(' ', "-")]);
            let mut one = Self::saying(name, &mut command);
            all.bases.append(&mut one.bases);
            all.children.append(&mut one.children);
        }
        all
    }

    pub(crate) fn express(upstream: &str) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/express");
        let place = place("express");
        for file in ["package.json", "package-lock.json", "server.cjs"] {
            fs::copy(source.join(file), place.join(file)).unwrap();
        }
        let mut npm = Command::new("npm");
        let npm = npm.args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ]);
        assert!(
            npm.current_dir(&place).status().unwrap().success(),
            "npm ci failed"
        );
        let mut command = Command::new("node");
        command
            .arg(place.join("server.cjs"))
            .env("NODE_ENV", "production")
            .env("UPSTREAM", format!("http://{upstream}/v1/captcha"))
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET);
        Self::saying("Express", &mut command)
    }

    /// Starts nginx. `None` if it is not installed.
    pub(crate) fn nginx(upstream: &str) -> Option<Self> {
        let (address, place) = (free_address(), place("nginx"));
        let config = place.join("nginx.conf");
        fs::write(&config, nginx_config(upstream, &address, &place)).unwrap();
        let mut command = Command::new("nginx");
        command
            .arg("-p")
            .arg(&place)
            .arg("-c")
            .arg(&config)
            .stderr(Stdio::null());
        let child = start(&mut command, &address)?;
        Some(Self {
            name: "nginx",
            bases: vec![format!("http://{address}")],
            children: vec![child],
            _store: None,
        })
    }

    /// Starts Redis. `None` if it is not installed. The variable `REDIS_SERVER` names another version, or Valkey.
    pub(crate) fn redis() -> Option<Arc<Redis>> {
        let (address, place) = (free_address(), place("redis"));
        let port = address.rsplit(':').next().unwrap();
        let program = std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
        let mut command = Command::new(program);
        command
            .current_dir(&place)
            .args(["--port", port, "--bind", "127.0.0.1", "--save", ""])
            .args(["--maxmemory-policy", "noeviction"])
            .stdout(Stdio::null());
        let child = start(&mut command, &address)?;
        Some(Arc::new(Redis { address, child }))
    }

    /// The CPU time that all instances have used.
    pub(crate) fn cpu(&self) -> Duration {
        self.children.iter().map(cpu).sum()
    }

    /// The resident memory of all instances, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        self.children.iter().map(memory).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.children.iter_mut().for_each(end);
    }
}

fn cpu(child: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = after_name.split_whitespace().skip(11).take(2);
    // Linux counts in hundredths of a second for every program.
    Duration::from_millis(ticks.map(|t| t.parse::<u64>().unwrap() * 10).sum())
}

fn memory(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse().unwrap()
}

/// A store that several instances could share.
pub(crate) struct Redis {
    address: String,
    child: Child,
}

impl Drop for Redis {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn serve(upstream: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sori-backend"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--daily-quota", "none"])
        .args(["--client-rate", "off", "--hourly-share", "off"])
        .args(["--peer-connections", "4096", "--log", "warn"])
        .args(["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET])
        .args([
            "--siteverify-secret",
            "not used here, and thirty-two bytes long",
        ])
        .args(["--upstream-url", &format!("http://{upstream}/v1/captcha")]);
    command
}

fn nginx_config(upstream: &str, address: &str, place: &Path) -> String {
    let place = place.display();
    format!(
        r#"master_process off;
daemon off;
error_log stderr crit;
pid {place}/pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    keepalive_requests 1000000;
    upstream naver {{ server {upstream}; keepalive 64; keepalive_requests 1000000; }}
    server {{
        listen {address};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header X-Naver-Client-Id {CLIENT_ID};
        proxy_set_header X-Naver-Client-Secret {CLIENT_SECRET};
        proxy_method GET;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        location = /captcha/keys {{ proxy_pass http://naver/v1/captcha/skey?code=0; }}
        location ~ ^/captcha/audio/([A-Za-z0-9-]+)$ {{ proxy_pass http://naver/v1/captcha/scaptcha?key=$1; }}
    }}
}}
"#
    )
}

fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
    fs::create_dir_all(&place).unwrap();
    place
}

fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().to_string()
}

/// Starts a program that listens at the address. `None` if the program is not installed.
fn start(command: &mut Command, address: &str) -> Option<Child> {
    let mut child = command.spawn().ok()?;
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(started.elapsed() < SOON, "it does not listen");
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(child)
}
