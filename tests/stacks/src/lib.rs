//! Runs a site written in any language as its users run it, and uses its form as a visitor would.
//!
//! The backend is the real one, in practice mode and over HTTP. The site is a child process. It runs the files of
//! `www/snippets/STACK`, copied to the test's own folder, with the port and the backend's URL in its environment.

mod install;
mod process;
mod visitor;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::{Path, PathBuf};

use axum::Router;
use sori_backend::practice::{self, Digits};
use sori_backend::settings::{Origin, UpstreamChoice};
use sori_backend::{Backend as Program, Secret, Settings};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use install::{node_packages, python_packages};
pub use process::{Process, run};
pub use visitor::{Visitor, Way, walk};

/// What the site's server sends to siteverify.
pub const SECRET: &str = "the secret of the stacks' tests, 32 bytes or more";

/// A free port on loopback, for a program that cannot choose one itself.
#[must_use]
pub fn free_port() -> u16 {
    let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener
        .local_addr()
        .expect("a listener has an address")
        .port()
}

/// A backend in practice mode, for the pages of one site.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    server: JoinHandle<()>,
    _program: Program,
}

impl Backend {
    /// A backend whose visitors come from `page`, such as `http://127.0.0.1:8000`; every audio says 12345.
    pub async fn for_pages_of(page: &str) -> Self {
        let answer = Digits::parse("12345").ok();
        let settings = Settings {
            upstream: UpstreamChoice::Practice(practice::Options {
                answer,
                ..Default::default()
            }),
            siteverify_secret: Some(Secret::new(SECRET)),
            allowed_origins: vec![page.parse::<Origin>().expect("the page's origin")],
            ..Settings::practice()
        };
        Self::start(settings).await
    }

    /// A backend behind a proxy that keeps the `Host` header, for a site that lists no allowed origins.
    pub async fn behind_the_sites_proxy() -> Self {
        let answer = Digits::parse("12345").ok();
        let settings = Settings {
            upstream: UpstreamChoice::Practice(practice::Options {
                answer,
                ..Default::default()
            }),
            siteverify_secret: Some(Secret::new(SECRET)),
            ..Settings::practice()
        };
        Self::start(settings).await
    }

    async fn start(settings: Settings) -> Self {
        let program = sori_backend::start(settings)
            .await
            .expect("the backend starts");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let router = Router::new().nest("/captcha", program.router());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move {
            axum::serve(listener, service)
                .await
                .expect("the backend serves");
        });
        Self {
            address,
            server,
            _program: program,
        }
    }

    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn siteverify(&self) -> String {
        format!("http://{}/captcha/siteverify", self.address)
    }

    /// From now on nothing replies at its address.
    pub async fn stop(self) {
        self.server.abort();
        let _ = self.server.await;
    }
}

/// A folder of the test's own, empty, under cargo's folder for tests.
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    let folder = targets().join("stacks").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// The folder for what is installed once and kept.
fn targets() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => manifest.join("../..").join(target),
        None => manifest.join("../../target"),
    }
}

/// A file or folder of `www/snippets`.
#[must_use]
pub fn snippet(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../www/snippets")
        .join(name)
}

/// The lines of a PHP snippet that define the backend's URL and the file of the secret, here with this backend and a
/// file of the test's own.
#[must_use]
pub fn constants(name: &str, folder: &Path, backend: &Backend) -> String {
    let file = folder.join("siteverify-secret");
    // As `openssl rand -hex 32 > file` writes it.
    fs::write(&file, format!("{SECRET}\n")).expect("a secret can be written");
    let text = fs::read_to_string(snippet(name)).expect("a snippet");
    for said in [
        "http://127.0.0.1:8040/captcha/siteverify",
        "/etc/sori/siteverify-secret",
    ] {
        assert!(text.contains(said), "{name} does not say {said}");
    }
    text.replace(
        "http://127.0.0.1:8040/captcha/siteverify",
        &backend.siteverify(),
    )
    .replace("/etc/sori/siteverify-secret", &file.display().to_string())
}

/// Copies a file, or a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder can be made");
        for entry in fs::read_dir(from).expect("a folder can be read") {
            let entry = entry.expect("a folder can be read");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
        return;
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).expect("a folder can be made");
    }
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}
