//! TLS and HTTP/2 to the upstream, with the test's own certificate authority.

use crate::process::{Program, client};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::Version,
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An upstream behind TLS.
struct Upstream {
    url: String,
    authority: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    versions: Vec<Version>,
}

impl Upstream {
    /// Its certificate is for `name`, and it offers `protocols`.
    async fn start(name: &str, protocols: &[&str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = certificate.signed_by(&own, &issuer).unwrap();
        let own = PrivatePkcs8KeyDer::from(own.serialize_der());

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], own.into())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        tokio::spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            Arc::clone(&seen),
        ));
        let file = format!("sori-authority-{port}-{}.pem", std::process::id());
        let file = std::env::temp_dir().join(file);
        fs::write(&file, authority.pem()).unwrap();
        Self {
            url: format!("https://localhost:{port}/v1/captcha"),
            authority: file,
            seen,
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.authority);
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, seen: Arc<Mutex<Seen>>) {
    let router = Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(scaptcha))
        .with_state(Arc::clone(&seen));
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, router, seen) = (tls.clone(), router.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            // In some tests the client must not trust the certificate.
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            seen.lock().unwrap().connections += 1;
            let service = TowerToHyperService::new(router);
            let builder = auto::Builder::new(TokioExecutor::new());
            let _ = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

type Asked = Query<HashMap<String, String>>;

async fn skey(State(seen): State<Arc<Mutex<Seen>>>, version: Version, query: Asked) -> Json<Value> {
    seen.lock().unwrap().versions.push(version);
    Json(match query["code"].as_str() {
        "0" => json!({"key": "a-key-over-tls"}),
        _ => json!({"result": query["value"] == "12345"}),
    })
}

async fn scaptcha(State(seen): State<Arc<Mutex<Seen>>>, version: Version) -> Response {
    seen.lock().unwrap().versions.push(version);
    let wav = *b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x02\0\0\0\0\0";
    ([("content-type", "audio/wav")], wav).into_response()
}

async fn backend(upstream: &Upstream, trusted: bool) -> Program {
    let mut variables = vec![
        ("SORI_CLIENT_ID", "an-id"),
        ("SORI_CLIENT_SECRET", "s3cr3t-ten"),
        ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
        ("SORI_UPSTREAM_URL", upstream.url.as_str()),
        ("SORI_ADMIN_LISTEN", "127.0.0.1:0"),
    ];
    if trusted {
        variables.push(("SSL_CERT_FILE", upstream.authority.to_str().unwrap()));
    }
    Program::start("serve", &variables).await
}

async fn issue(program: &Program) -> (u16, Value) {
    let request = client().post(format!("{}captcha/keys", program.base));
    let request = request.header("origin", program.base.trim_end_matches('/'));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_whole_path_runs_over_tls_and_the_protocol_that_the_upstream_offers() {
    for (protocols, version) in [
        (&["h2", "http/1.1"][..], Version::HTTP_2),
        (&["http/1.1"][..], Version::HTTP_11),
        (&[][..], Version::HTTP_11),
    ] {
        let upstream = Upstream::start("localhost", protocols).await;
        let program = backend(&upstream, true).await;
        let (status, issued) = issue(&program).await;
        assert_eq!(status, 201, "{issued}");
        let key = issued["key"].as_str().unwrap();
        let audio = client().get(format!("{}captcha/audio/{key}", program.base));
        assert_eq!(audio.send().await.unwrap().status(), 200);
        let question = json!({"secret": SITE_SECRET, "response": format!("{key}:12345")});
        let verdict = client().post(format!("{}captcha/siteverify", program.base));
        let verdict = verdict.json(&question).send().await.unwrap();
        let verdict: Value = verdict.json().await.unwrap();
        assert_eq!(verdict["success"], true, "{verdict}");
        {
            let seen = upstream.seen.lock().unwrap();
            assert_eq!(seen.versions, [version; 3]);
            assert_eq!(seen.connections, 1);
        }
        program.stop().await;
    }
}

#[tokio::test]
async fn an_upstream_whose_certificate_does_not_hold_is_told_nothing_and_spends_nothing() {
    for (name, trusted) in [("localhost", false), ("other.example", true)] {
        let upstream = Upstream::start(name, &["h2", "http/1.1"]).await;
        let mut program = backend(&upstream, trusted).await;
        let (status, problem) = issue(&program).await;
        assert_eq!(
            (status, &problem["code"]),
            (503, &json!("upstream_unavailable"))
        );
        let metrics = client()
            .get(format!("{}metrics", program.admin().await))
            .send()
            .await
            .unwrap();
        let metrics = metrics.text().await.unwrap();
        assert!(metrics.contains("sori_quota_spent 0\n"), "{metrics}");
        assert!(upstream.seen.lock().unwrap().versions.is_empty());
        let log = program.stop().await;
        assert!(log.contains("certificate"), "{log}");
    }
}
