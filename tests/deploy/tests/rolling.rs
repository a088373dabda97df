//! Two instances behind the proxy of `deploy/container/` are updated one after the other under load. No challenge may
//! be lost, and no visitor refused.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};
use sori_deploy::{Running, binary, deploy, free_port, until};
use tokio::task::JoinSet;

const VISITORS: usize = 8;
const ORIGIN: &str = "https://www.example.com";

struct Site {
    store: String,
    upstream: String,
}

impl Site {
    fn instance(&self, port: u16) -> Running {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        for (name, value) in [
            ("SORI_STORE", self.store.as_str()),
            ("SORI_UPSTREAM_URL", &self.upstream),
            ("SORI_CLIENT_ID", "practice-id"),
            ("SORI_CLIENT_SECRET", "practice-secret"),
            ("SORI_SITEVERIFY_SECRET", "0123456789abcdef0123456789abcdef"),
            ("SORI_ALLOWED_ORIGINS", ORIGIN),
            ("SORI_TRUSTED_PROXIES", "127.0.0.1"),
            ("SORI_DAILY_QUOTA", "1000000"),
            ("SORI_CLIENT_RATE", "off"),
            ("SORI_HOURLY_SHARE", "off"),
            // Shorter than by default, but long enough for the proxy to notice that the instance is stopping.
            ("SORI_SHUTDOWN_DELAY", "1s"),
            ("SORI_LOG", "warn"),
        ] {
            command.env(name, value);
        }
        Running::ready(command).0
    }
}

/// nginx with the configuration of `deploy/container/`, at these ports.
fn proxy(backends: [u16; 2]) -> (Running, u16) {
    let folder = sori_deploy::folder(env!("CARGO_TARGET_TMPDIR"), "rolling");
    let (here, port) = (folder.display(), free_port());
    let site = fs::read_to_string(deploy("container/nginx.conf")).unwrap();
    assert!(
        site.contains("backend-1:8040") && site.contains("listen 8080;"),
        "{site}"
    );
    let site = site
        .replace("backend-1:8040", &format!("127.0.0.1:{}", backends[0]))
        .replace("backend-2:8040", &format!("127.0.0.1:{}", backends[1]))
        .replace("listen 8080;", &format!("listen 127.0.0.1:{port};"));
    let conf = format!(
        "daemon off; pid {here}/pid; error_log stderr crit;
         events {{}}
         http {{
           access_log off;
           client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
           fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
           {site}
         }}"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, conf).unwrap();
    let mut command = Command::new("nginx");
    command
        .arg("-p")
        .arg(&folder)
        .arg("-c")
        .arg(file)
        .args(["-e", "stderr"]);
    (Running::at(command, port), port)
}

async fn post(client: &reqwest::Client, url: &str, body: Value) -> (u16, Value) {
    let request = client.post(url).header("origin", ORIGIN).json(&body);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

/// From Play to the verdict.
async fn challenge(client: &reqwest::Client, base: &str) -> Result<(), String> {
    let (status, issued) = post(client, &format!("{base}/keys"), json!({})).await;
    let key = issued["key"].as_str().filter(|_| status == 201);
    let key = key.ok_or_else(|| format!("keys: {status} {issued}"))?;
    let audio = client
        .get(format!("{base}/audio/{key}"))
        .send()
        .await
        .unwrap();
    if audio.status() != 200 || audio.bytes().await.is_err() {
        return Err("audio".to_owned());
    }
    let answer = json!({"key": key, "answer": "12345"});
    let (status, verified) = post(client, &format!("{base}/verifications"), answer).await;
    match verified["verified"].as_bool() {
        Some(true) => Ok(()),
        _ => Err(format!("verifications: {status} {verified}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_of_two_instances_under_load_loses_no_challenge() {
    let redis = free_port();
    let mut server = Command::new("redis-server");
    server.args([
        "--port",
        &redis.to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
    ]);
    let _server = Running::at(server, redis);
    let mut emulator = Command::new(binary());
    emulator.args([
        "emulate",
        "--listen",
        "127.0.0.1:0",
        "--daily-quota",
        "none",
    ]);
    emulator.args(["--practice-answer", "12345"]);
    let (_emulator, upstream) = Running::ready(emulator);
    let site = Site {
        store: format!("redis://127.0.0.1:{redis}"),
        upstream: format!("{upstream}/v1/captcha"),
    };
    let ports = [free_port(), free_port()];
    let mut instances = ports.map(|port| site.instance(port));
    let (_proxy, port) = proxy(ports);
    let base = format!("http://127.0.0.1:{port}/captcha");

    let (done, stop) = (
        Arc::new(AtomicU32::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut visitors = JoinSet::new();
    for _ in 0..VISITORS {
        let (base, done, stop) = (base.clone(), Arc::clone(&done), Arc::clone(&stop));
        let client = client.clone();
        visitors.spawn(async move {
            let mut lost = Vec::new();
            while !stop.load(Ordering::SeqCst) {
                lost.extend(challenge(&client, &base).await.err());
                done.fetch_add(1, Ordering::SeqCst);
            }
            lost
        });
    }
    let some_more = async || {
        let before = done.load(Ordering::SeqCst);
        until("challenges go on", async || {
            done.load(Ordering::SeqCst) > before + 50
        })
        .await;
    };
    some_more().await;
    // Two rounds: the update, and the way back to the old version.
    for _ in 0..2 {
        for (instance, port) in instances.iter_mut().zip(ports) {
            let old = std::mem::replace(instance, Running::none());
            let ended = tokio::task::spawn_blocking(|| old.terminate())
                .await
                .unwrap();
            assert!(ended, "it ends well");
            some_more().await;
            *instance = site.instance(port);
            some_more().await;
        }
    }
    stop.store(true, Ordering::SeqCst);
    let lost: Vec<String> = visitors.join_all().await.concat();
    let all = done.load(Ordering::SeqCst);
    println!("{all} challenges, {} lost", lost.len());
    assert!(lost.is_empty(), "of {all}: {lost:#?}");
}
