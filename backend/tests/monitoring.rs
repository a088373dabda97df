//! The dashboard and the alert rules in `deploy/monitoring/` against the metrics that the program serves.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use axum::Router;
use serde_json::{Value, json};
use sori_backend::{
    Backend, Secret, Settings,
    practice::{self, Digits},
    settings::{Naver, UpstreamChoice},
    upstream::Service,
};
use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tokio::{io::AsyncReadExt, net::TcpListener};

const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address}")
}

fn settings(daily_quota: Option<u32>) -> Settings {
    let options = practice::Options {
        answer: Digits::parse("12345").ok(),
        ..practice::Options::default()
    };
    Settings {
        upstream: UpstreamChoice::Practice(options),
        daily_quota,
        siteverify_secret: Some(Secret::new(SITE_SECRET)),
        client_rate: "3/minute".parse().unwrap(),
        ..Settings::practice()
    }
}

async fn metrics(backend: &Backend) -> String {
    let admin = serve(backend.admin()).await;
    let answer = reqwest::get(format!("{admin}/metrics")).await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// A backend in which every counted event happens once.
async fn busy(state: &Path) -> (Backend, String) {
    let settings = Settings {
        state_dir: Some(state.to_owned()),
        ..settings(Some(1000))
    };
    let backend = sori_backend::start(settings).await.unwrap();
    let base = serve(backend.app()).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let issue = async || {
        let request = http.post(format!("{base}/captcha/keys"));
        request.header("origin", &base).send().await.unwrap()
    };
    let issued: Value = issue().await.json().await.unwrap();
    let key = issued["key"].as_str().unwrap();
    let audio = http.get(format!("{base}/captcha/audio/{key}"));
    assert_eq!(audio.send().await.unwrap().status(), 200);
    let question = json!({"secret": SITE_SECRET, "response": format!("{key}:12345")});
    let verdict = http
        .post(format!("{base}/captcha/siteverify"))
        .json(&question);
    let verdict: Value = verdict.send().await.unwrap().json().await.unwrap();
    assert_eq!(verdict["success"], true);
    for status in [201, 201, 429] {
        assert_eq!(issue().await.status(), status);
    }
    let text = metrics(&backend).await;
    (backend, text)
}

/// A directory that is removed at the end.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let directory = format!("sori-monitoring-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(directory))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A visitor leaves while the upstream does not reply. Returns what the metrics then say.
async fn left() -> String {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/captcha", silent.local_addr().unwrap());
    let settings = Settings {
        upstream: UpstreamChoice::Naver(Naver {
            service: Service::Openapi,
            url: url.parse().unwrap(),
            client_id: Secret::new("id"),
            client_secret: Secret::new("secret"),
        }),
        ..settings(None)
    };
    let backend = sori_backend::start(settings).await.unwrap();
    let base = serve(backend.app()).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(format!("{base}/captcha/keys"));
    let visitor = tokio::spawn(request.header("origin", &base).send());
    let (mut call, _) = silent.accept().await.unwrap();
    assert!(call.read(&mut [0; 16]).await.unwrap() > 0);
    visitor.abort();
    loop {
        let text = metrics(&backend).await;
        if text.contains("sori_requests_cancelled_total{") {
            return text;
        }
        tokio::task::yield_now().await;
    }
}

/// The names in an expression.
fn names(text: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let names = text.split(word);
    let ours = names.filter(|name| name.starts_with("sori_") || name.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

fn expressions() -> Vec<(&'static str, String)> {
    let alerts: Value =
        serde_saphyr::from_str(include_str!("../../deploy/monitoring/alerts.yml")).unwrap();
    let dashboard: Value =
        serde_json::from_str(include_str!("../../deploy/monitoring/dashboard.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for rule in alerts["groups"][0]["rules"].as_array().unwrap() {
        assert!(rule["annotations"]["summary"].is_string(), "{rule}");
        assert!(rule["labels"]["severity"].is_string(), "{rule}");
        all.push(("alerts.yml", text(&rule["expr"])));
    }
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            all.push(("dashboard.json", text(&target["expr"])));
        }
    }
    assert!(all.len() > 25, "{}", all.len());
    all
}

#[tokio::test]
async fn every_name_in_the_dashboard_and_the_alerts_is_served() {
    let state = State::new("names");
    let (_backend, mut text) = busy(&state.0).await;
    text.push_str(&left().await);
    let served = names(&text);
    for (file, expression) in expressions() {
        for name in names(&expression) {
            // A counter that is still zero appears only with its description.
            let described = text.contains(&format!("# TYPE {} ", name.trim_end_matches("_total")));
            assert!(
                served.contains(&name) || described,
                "{file}: {name}: {text}"
            );
        }
        let (open, close) = (
            expression.matches('(').count(),
            expression.matches(')').count(),
        );
        assert_eq!(open, close, "{expression}");
    }
    // The names and values that the expressions filter by.
    for line in [
        r#"sori_requests_total{method="GET",route="/captcha/audio/{key}",status="200"} 1"#,
        r#"sori_requests_total{method="POST",route="/captcha/keys",status="201"} 3"#,
        r#"sori_limited_total{limit="client",rate="3/minute"} 1"#,
        r#"sori_requests_cancelled_total{route="/captcha/keys"} 1"#,
        r#"sori_problems_total{code="rate_limited"} 1"#,
    ] {
        assert!(text.lines().any(|served| served == line), "{line}: {text}");
    }
}

#[tokio::test]
async fn what_runs_is_one_metric_and_no_label_of_the_others() {
    let state = State::new("labels");
    let (_backend, text) = busy(&state.0).await;
    let version = env!("CARGO_PKG_VERSION");
    let info: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("sori_build_info"))
        .collect();
    assert_eq!(info.len(), 1, "{text}");
    for part in [
        format!("version=\"{version}\""),
        "upstream=\"practice\"".into(),
    ] {
        assert!(info[0].contains(&part), "{part}: {text}");
        assert_eq!(text.matches(&part).count(), 1, "{part}: {text}");
    }
}

#[tokio::test]
async fn what_there_is_none_of_is_absent() {
    let limited = sori_backend::start(settings(Some(1000))).await.unwrap();
    let text = metrics(&limited).await;
    assert!(
        text.contains("sori_quota 1000\n") && text.contains("sori_quota_left 1000\n"),
        "{text}"
    );
    let unlimited = sori_backend::start(settings(None)).await.unwrap();
    let text = metrics(&unlimited).await;
    assert!(
        !text.contains("sori_quota ") && !text.contains("sori_quota_left"),
        "{text}"
    );
    assert!(text.contains("sori_quota_spent 0\n"), "{text}");
}
