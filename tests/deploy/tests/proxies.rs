//! The proxies' configurations in `deploy/proxy/`, each in the proxy it is for, in front of a real backend.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use sori_backend::practice::{self, Digits};
use sori_backend::settings::UpstreamChoice;
use sori_backend::{Backend, Settings};
use sori_deploy::{Running, free_port};

const SNIPPETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/proxy");

fn snippet(name: &str, backend: SocketAddr) -> String {
    let text = fs::read_to_string(Path::new(SNIPPETS).join(name)).unwrap();
    assert!(text.contains("127.0.0.1:8040"), "{text}");
    text.replace("127.0.0.1:8040", &backend.to_string())
}

fn folder(name: &str) -> PathBuf {
    sori_deploy::folder(env!("CARGO_TARGET_TMPDIR"), name)
}

/// A backend that trusts a proxy on this machine, and allows each client one challenge a minute.
async fn backend() -> (Backend, SocketAddr) {
    let settings = Settings {
        upstream: UpstreamChoice::Practice(practice::Options {
            answer: Digits::parse("12345").ok(),
            ..Default::default()
        }),
        client_rate: "1/minute".parse().unwrap(),
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..Settings::practice()
    };
    let backend = sori_backend::start(settings).await.unwrap();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    // As if visitors and operator used one address: whatever the proxy forwards would get a reply.
    let router = backend.app().fallback_service(backend.admin());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    (backend, address)
}

struct Proxy {
    _running: Running,
    base: String,
}

impl Proxy {
    fn start(command: Command, port: u16) -> Self {
        Self {
            _running: Running::at(command, port),
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    fn post(&self, client: &reqwest::Client, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        client.post(url).header("origin", &self.base)
    }
}

/// A visitor with this address.
fn visitor(last: u8) -> reqwest::Client {
    let address = IpAddr::from([127, 0, 0, last]);
    let client = reqwest::Client::builder().no_proxy().local_address(address);
    client.build().unwrap()
}

async fn json(response: Response) -> Value {
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What must be true behind every proxy.
async fn assert_all_holds(proxy: &Proxy) {
    // The proxy keeps the port. Without it the page's origin would be a different one.
    let (one, two) = (visitor(2), visitor(3));
    let issued = proxy.post(&one, "/captcha/keys").send().await.unwrap();
    assert_eq!(issued.status(), 201, "{}", issued.text().await.unwrap());
    let key = json(issued).await["key"].as_str().unwrap().to_owned();

    // Each client is counted separately, and an address that a client claims is ignored.
    for forged in [None, Some("192.0.2.9"), Some("127.0.0.1, 192.0.2.9")] {
        let mut again = proxy.post(&one, "/captcha/keys");
        if let Some(forged) = forged {
            again = again.header("x-forwarded-for", forged);
        }
        let refused = again.send().await.unwrap();
        assert_eq!(refused.status(), 429, "{forged:?}");
        let headers = refused.headers();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert!(headers.contains_key("retry-after"));
        assert_eq!(json(refused).await["code"], "rate_limited");
    }
    let other = proxy.post(&two, "/captcha/keys").send().await.unwrap();
    assert_eq!(other.status(), 201);

    // The audio arrives complete, and nothing caches it.
    let audio = format!("{}/captcha/audio/{key}", proxy.base);
    let audio = one.get(audio).send().await.unwrap();
    assert_eq!(audio.status(), 200);
    assert_eq!(audio.headers()["content-type"], "audio/wav");
    assert_eq!(audio.headers()["cache-control"], "no-store");
    let wav = audio.bytes().await.unwrap();
    let declared = u32::from_le_bytes(wav[4..8].try_into().unwrap());
    assert_eq!(usize::try_from(declared).unwrap() + 8, wav.len());

    let answer = json!({"key": key, "answer": "12345"});
    let verified = proxy.post(&one, "/captcha/verifications").json(&answer);
    let verified = verified.send().await.unwrap();
    assert_eq!(json(verified).await["verified"], true);

    // The routes for the site's server and for the operator cannot be reached from outside.
    for path in [
        "/captcha/siteverify",
        "/captcha/siteverify?a=1",
        "/captcha//siteverify",
    ] {
        let inside = one
            .post(format!("{}{path}", proxy.base))
            .send()
            .await
            .unwrap();
        assert_eq!(inside.status(), 404, "{path}");
        let text = inside.text().await.unwrap();
        assert!(!text.contains("error-codes"), "{path}: {text}");
    }
    for path in ["/metrics", "/captcha/metrics", "/captcha/../metrics"] {
        let inside = one
            .get(format!("{}{path}", proxy.base))
            .send()
            .await
            .unwrap();
        let text = inside.text().await.unwrap();
        assert!(!text.contains("sori_"), "{path}: {text}");
    }
    let page = one.get(format!("{}/", proxy.base)).send().await.unwrap();
    assert_eq!(page.text().await.unwrap(), "the site");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_passes_visitors_on_and_keeps_the_rest_inside() {
    let (_backend, address) = backend().await;
    let (folder, port) = (folder("nginx"), free_port());
    let snippet = snippet("nginx.conf", address);
    let here = folder.display();
    let conf = format!(
        "daemon off; pid {here}/pid; error_log stderr warn;
         events {{}}
         http {{
           access_log off;
           client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
           fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
           server {{ listen 127.0.0.1:{port}; {snippet}\n location / {{ return 200 'the site'; }} }}
         }}"
    );
    fs::write(folder.join("nginx.conf"), conf).unwrap();
    let mut command = Command::new("nginx");
    command
        .arg("-p")
        .arg(&folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"));
    command.args(["-e", "stderr"]);
    assert_all_holds(&Proxy::start(command, port)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_passes_visitors_on_and_keeps_the_rest_inside() {
    let (_backend, address) = backend().await;
    let (folder, port) = (folder("caddy"), free_port());
    let snippet = snippet("Caddyfile", address);
    let conf = format!(
        "{{\nadmin off\nauto_https off\n}}\nhttp://:{port} {{\nbind 127.0.0.1\n{snippet}\nhandle {{\nrespond \"the site\"\n}}\n}}\n"
    );
    fs::write(folder.join("Caddyfile"), conf).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]);
    command.arg(folder.join("Caddyfile"));
    for home in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(home, &folder);
    }
    assert_all_holds(&Proxy::start(command, port)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apache_passes_visitors_on_and_keeps_the_rest_inside() {
    let (_backend, address) = backend().await;
    let (folder, port) = (folder("apache"), free_port());
    let snippet = snippet("apache.conf", address);
    let here = folder.display();
    let modules: String = [
        "mpm_event",
        "authz_core",
        "alias",
        "dir",
        "proxy",
        "proxy_http",
    ]
    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
    .concat();
    fs::write(folder.join("index.html"), "the site").unwrap();
    let conf = format!(
        "ServerRoot {here}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {here}/pid\n\
         ErrorLog /dev/stderr\nDefaultRuntimeDir {here}\n{modules}\n\
         <IfFile \"/usr/lib/apache2/modules/mod_unixd.so\">\nLoadModule unixd_module /usr/lib/apache2/modules/mod_unixd.so\n</IfFile>\n\
         <IfModule unixd_module>\nUser www-data\nGroup www-data\n</IfModule>\n\
         DocumentRoot {here}\nDirectoryIndex index.html\n{snippet}\n"
    );
    fs::write(folder.join("apache.conf"), conf).unwrap();
    let mut command = Command::new("apache2");
    command
        .arg("-DFOREGROUND")
        .arg("-f")
        .arg(folder.join("apache.conf"));
    assert_all_holds(&Proxy::start(command, port)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haproxy_passes_visitors_on_and_keeps_the_rest_inside() {
    let (_backend, address) = backend().await;
    let (folder, port) = (folder("haproxy"), free_port());
    let snippet = snippet("haproxy.cfg", address);
    assert!(snippet.contains("bind :80\n"));
    let snippet = snippet.replace("bind :80\n", &format!("bind 127.0.0.1:{port}\n"));
    let conf = format!(
        "defaults\n  mode http\n  timeout connect 3s\n  timeout client 20s\n  timeout server 20s\n\n{snippet}\n\
         backend site\n  http-request return status 200 content-type text/plain string \"the site\"\n"
    );
    fs::write(folder.join("haproxy.cfg"), conf).unwrap();
    let mut command = Command::new("haproxy");
    command
        .args(["-db", "-q", "-f"])
        .arg(folder.join("haproxy.cfg"));
    assert_all_holds(&Proxy::start(command, port)).await;
}
