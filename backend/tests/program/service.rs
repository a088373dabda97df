//! What a service manager and a container engine see of the program.

use crate::process::{Program, client, free_address};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::net::UnixDatagram,
    path::PathBuf,
    process::Command,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Receives what the program tells systemd.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    fn listen(name: &str) -> Self {
        let file = format!("sori-notify-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(file);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, path }
    }

    fn hears(&self) -> String {
        let mut text = [0; 256];
        let length = self.socket.recv(&mut text).unwrap();
        String::from_utf8(text[..length].to_vec()).unwrap()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let removed = fs::remove_file(&self.path);
        assert!(removed.is_ok() || std::thread::panicking());
    }
}

#[tokio::test]
async fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let manager = Manager::listen("ready");
    let socket = manager.path.to_str().unwrap();
    let mut program = Program::start("serve", &[("NOTIFY_SOCKET", socket)]).await;
    assert_eq!(manager.hears().trim(), "READY=1");
    // The message is true: requests are served from now on.
    let health = client().get(format!("{}healthz", program.base));
    assert_eq!(health.send().await.unwrap().status(), 200);
    program.signal("-INT").await;
    program.logs("stopping").await;
    assert_eq!(manager.hears().trim(), "STOPPING=1");
    let (success, log) = program.end().await;
    assert!(success, "{log}");
}

#[tokio::test]
async fn a_service_manager_that_is_gone_does_not_stop_the_start() {
    let variables = [("NOTIFY_SOCKET", "/nowhere/notify")];
    let mut program = Program::start("serve", &variables).await;
    program.logs("systemd cannot be told").await;
    program.stop().await;
}

fn activated(at: SocketAddr) -> tokio::process::Command {
    let mut program = tokio::process::Command::new("systemd-socket-activate");
    program.args(["--listen", &at.to_string()]);
    for name in ["SORI_LISTEN", "SORI_LOG"] {
        program.args(["--setenv", name]);
    }
    program.args([env!("CARGO_BIN_EXE_sori-backend"), "serve"]);
    program
}

/// Clients that connect before the program runs wait, and are then served.
#[tokio::test]
async fn a_socket_of_systemd_is_taken_over() {
    let at = free_address(2);
    let listen = at.to_string();
    // The first connection starts it.
    let request = tokio::spawn(async move {
        let url = format!("http://{at}/healthz");
        loop {
            match client().get(&url).send().await {
                Err(error) if error.is_connect() => tokio::task::yield_now().await,
                answer => return answer.unwrap().status(),
            }
        }
    });
    let program = Program::spawn(activated(at), &[("SORI_LISTEN", &listen)]).await;
    assert_eq!(program.base, format!("http://{at}/"));
    assert_eq!(request.await.unwrap(), 200);
    program.stop().await;
}

/// What is allowed depends on the address, for example practice mode on an address other than loopback.
#[tokio::test]
async fn a_socket_elsewhere_than_the_settings_say_is_refused() {
    let at = free_address(3);
    let mut program = activated(at);
    let child = program
        .env("SORI_LISTEN", "127.0.0.1:1")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut connection = tokio::net::TcpStream::connect(at).await;
    while connection.is_err() {
        tokio::task::yield_now().await;
        connection = tokio::net::TcpStream::connect(at).await;
    }
    let output = child.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("SORI_LISTEN") && said.contains(&at.to_string()),
        "{said}"
    );
}

fn health(url: &str) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sori-backend"));
    // An image may hold no certificates.
    let output = program.env_clear().args(["health", url]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    (output.status.success(), said)
}

#[tokio::test]
async fn health_says_by_its_exit_status_whether_a_backend_is_well() {
    let program = Program::start("serve", &[("SORI_SHUTDOWN_DELAY", "1h")]).await;
    let base = program.base.clone();
    for path in ["healthz", "readyz"] {
        let (well, said) = health(&format!("{base}{path}"));
        assert!(well && said.contains("200 OK"), "{said}");
    }
    let (well, said) = health(&format!("{base}no-such-path"));
    assert!(!well && said.contains("404"), "{said}");

    let mut program = program;
    program.signal("-TERM").await;
    program.logs("stopping").await;
    let (well, said) = health(&format!("{base}readyz"));
    assert!(!well && said.contains("503"), "{said}");
    assert!(health(&format!("{base}healthz")).0);
    program.signal("-TERM").await;
    program.end().await;
    let (well, said) = health(&format!("{base}healthz"));
    assert!(!well && said.contains(&base), "{said}");
}

#[test]
fn health_asks_nothing_but_plain_http_and_waits_no_longer_than_a_probe_does() {
    let (well, said) = health("https://127.0.0.1/healthz");
    assert!(!well && said.contains("only http://"), "{said}");
    // This server accepts the connection and never replies.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = silent.local_addr().unwrap();
    let (well, said) = health(&format!("http://{address}/healthz"));
    assert!(!well && said.contains(&address.to_string()), "{said}");
}
