//! The program as a process, with everything that it prints.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};

/// Longer than anything takes on a busy machine.
const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) base: String,
    out: watch::Receiver<Said>,
    err: watch::Receiver<Said>,
}

/// What was printed on one stream, and whether the stream has ended.
#[derive(Clone, Default)]
struct Said {
    text: String,
    ended: bool,
}

impl Program {
    pub(crate) async fn start(command: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_at("127.0.0.1:0", command, variables).await
    }

    pub(crate) async fn start_at(listen: &str, command: &str, variables: &[(&str, &str)]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sori-backend"));
        program.args([command, "--listen", listen]);
        Self::spawn(program, variables).await
    }

    /// `serve` in a shell that has run the commands in `limits`.
    pub(crate) async fn start_limited(limits: &str, variables: &[(&str, &str)]) -> Self {
        let mut shell = Command::new("/bin/bash");
        let script = format!(r#"{limits}; exec "$0" serve --listen 127.0.0.1:0"#);
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_sori-backend")]);
        Self::spawn(shell, variables).await
    }

    pub(crate) async fn spawn(mut program: Command, variables: &[(&str, &str)]) -> Self {
        let mut child = program
            .env_clear()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let out = listen_to(child.stdout.take().unwrap());
        let err = listen_to(child.stderr.take().unwrap());
        let mut program = Self {
            child,
            base: String::new(),
            out,
            err,
        };
        let line = wait_for(&mut program.out, |text| text.contains('\n')).await;
        let line = line.lines().next().unwrap_or_default().to_owned();
        let said = program.err.borrow().text.clone();
        let base = line
            .strip_prefix("ready: ")
            .unwrap_or_else(|| panic!("{line} {said}"));
        assert!(base.starts_with("http://") && base.ends_with('/'), "{line}");
        program.base = base.to_owned();
        program
    }

    /// Waits until the log contains `text`.
    pub(crate) async fn logs(&mut self, text: &str) -> String {
        wait_for(&mut self.err, |said| said.contains(text)).await
    }

    /// The URL of the admin address, which the log names.
    pub(crate) async fn admin(&mut self) -> String {
        let log = self.logs("metrics and health are served").await;
        let (_, line) = log.split_once("metrics and health are served").unwrap();
        let (_, rest) = line.split_once("127.0.0.1:").unwrap();
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        format!("http://127.0.0.1:{port}/")
    }

    /// Whether the log contains `text` now.
    pub(crate) fn said(&self, text: &str) -> bool {
        self.err.borrow().text.contains(text)
    }

    /// Waits until standard output contains `text`.
    pub(crate) async fn prints(&mut self, text: &str) -> String {
        wait_for(&mut self.out, |said| said.contains(text)).await
    }

    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let kill = Command::new("kill").args([name, &id]).status().await;
        assert!(kill.unwrap().success());
    }

    /// Waits for the end; whether it was a success, and the whole log.
    pub(crate) async fn end(mut self) -> (bool, String) {
        let status = timeout(SOON, self.child.wait()).await.expect("an end");
        let log = ended(&mut self.err).await;
        (status.unwrap().success(), log)
    }

    /// Ends the program by SIGINT; returns the whole log.
    pub(crate) async fn stop(self) -> String {
        self.signal("-INT").await;
        let (success, log) = self.end().await;
        assert!(success, "{log}");
        log
    }
}

fn listen_to(stream: impl AsyncRead + Unpin + Send + 'static) -> watch::Receiver<Said> {
    let (tell, told) = watch::channel(Said::default());
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tell.send_modify(|said| {
                said.text.push_str(&line);
                said.text.push('\n');
            });
        }
        tell.send_modify(|said| said.ended = true);
    });
    told
}

async fn wait_for(said: &mut watch::Receiver<Said>, what: impl Fn(&str) -> bool) -> String {
    let wait = said.wait_for(|said| what(&said.text) || said.ended);
    let said = timeout(SOON, wait).await.expect("it is said").unwrap();
    assert!(what(&said.text), "it ended: {}", said.text);
    said.text.clone()
}

async fn ended(said: &mut watch::Receiver<Said>) -> String {
    let wait = said.wait_for(|said| said.ended);
    timeout(SOON, wait)
        .await
        .expect("an end")
        .unwrap()
        .text
        .clone()
}

pub(crate) fn client() -> reqwest::Client {
    // Another test of the same process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// An address with a port that is free. `host` is the last number of a loopback address that no other test uses;
/// otherwise another test could take the port before it is used.
pub(crate) fn free_address(host: u8) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, host), 0)).unwrap();
    listener.local_addr().unwrap()
}
