//! The site over real HTTP, with the real backend in practice mode.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use super::*;
use reqwest::Response;
use sori_backend::practice::{self, Digits};
use sori_backend::settings::UpstreamChoice;

struct Demo {
    origin: String,
    client: reqwest::Client,
    _backend: Backend,
}

impl Demo {
    async fn start() -> Self {
        let answer = Digits::parse("12345").ok();
        let upstream = UpstreamChoice::Practice(practice::Options {
            answer,
            ..Default::default()
        });
        let settings = Settings {
            upstream,
            ..Settings::practice()
        };
        Self::with(settings).await
    }

    async fn with(settings: Settings) -> Self {
        let practice = settings.upstream.is_practice();
        let backend = sori_backend::start(settings).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let flags = Flags::parse_from(["site"]);
        let site = build(&backend, practice, address, flags).unwrap();
        tokio::spawn(async move { serve(listener, site).await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            origin: format!("http://{address}"),
            client,
            _backend: backend,
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.origin))
            .send()
            .await
            .unwrap()
    }

    /// What the widget does before the form is sent: a key, and its audio.
    async fn heard_key(&self) -> String {
        let url = format!("{}/captcha/keys", self.origin);
        let issued = self
            .client
            .post(url)
            .header("Origin", &self.origin)
            .send()
            .await
            .unwrap();
        let issued: serde_json::Value = issued.json().await.unwrap();
        let key = issued["key"].as_str().unwrap().to_owned();
        let audio = self.get(&format!("/captcha/audio/{key}")).await;
        assert_eq!(audio.status(), StatusCode::OK);
        key
    }

    async fn send(&self, fields: &[(&str, &str)], cookie: Option<&str>) -> Response {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let mut request = self
            .client
            .post(format!("{}/?lang=en", self.origin))
            .body(body.finish());
        request = request.header("Content-Type", "application/x-www-form-urlencoded");
        if let Some(cookie) = cookie {
            request = request.header("Cookie", cookie);
        }
        request.send().await.unwrap()
    }
}

/// The pages as the visitor sees them: every slug in both languages.
fn all_pages() -> Vec<String> {
    let pages = Pages::load(Flags::parse_from(["site"]).www).unwrap();
    let path = |name: &String| {
        if name == "index" {
            "/".into()
        } else {
            format!("/docs/{name}")
        }
    };
    let paths: Vec<String> = pages.names.iter().map(path).collect();
    paths
        .iter()
        .flat_map(|path| [path.clone(), format!("{path}?lang=en")])
        .collect()
}

/// The local addresses a page links to or loads.
fn links(html: &str) -> Vec<String> {
    // What stands in a code sample is no link.
    let parts = html
        .split("<pre")
        .map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest));
    let html: String = parts.collect();
    let after = |attribute| {
        html.split(attribute)
            .skip(1)
            .filter_map(|rest: &str| rest.split('"').next())
    };
    after(" href=\"")
        .chain(after(" src=\""))
        .map(|link| link.replace("&#x2f;", "/").replace("&amp;", "&"))
        .filter(|link| link.starts_with('/'))
        .map(|link| link.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn the_right_answer_is_shown_as_verified() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let answer = demo
        .send(&[("name", "보라"), ("captcha-response", &response)], None)
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(r#"id="result" data-verified="true""#),
        "{page}"
    );
    assert!(page.contains("보라"));
}

#[tokio::test]
async fn nothing_but_a_right_answer_is_verified_and_no_mistake_loses_the_name() {
    let demo = Demo::start().await;
    let wrong = format!("{}:54321", demo.heard_key().await);
    let unheard = "t521bp3qM7Qyk2X2:12345";
    let empty = format!("{}:", demo.heard_key().await);
    for fields in [
        vec![("captcha-response", wrong.as_str())],
        vec![("captcha-response", unheard)],
        vec![("captcha-response", &empty)],
        vec![("captcha-response", "")],
        vec![],
        vec![("captcha-error", "quota_exceeded")],
        vec![
            ("captcha-error", "quota_exceeded"),
            ("captcha-response", unheard),
        ],
        vec![("captcha-error", "<script>")],
    ] {
        let mut sent = vec![("name", "Bora & <Co>")];
        sent.extend(&fields);
        let answer = demo.send(&sent, None).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(r#"id="result" data-verified="false""#),
            "{fields:?}"
        );
        assert!(
            page.contains(r#"value="Bora &amp; &lt;Co&gt;""#),
            "{fields:?}"
        );
        assert!(page.contains("/docs/alternative?lang=en"), "{fields:?}");
        assert!(!page.contains("<script>"));
    }
}

#[tokio::test]
async fn a_fault_is_named_and_offers_the_other_way() {
    let demo = Demo::start().await;
    let answer = demo
        .send(
            &[("name", "Bora"), ("captcha-error", "quota_exceeded")],
            None,
        )
        .await;
    let page = answer.text().await.unwrap();
    assert!(page.contains("<code>quota_exceeded</code>"));
}

#[tokio::test]
async fn an_answer_passes_once() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let fields = [("name", "Bora"), ("captcha-response", response.as_str())];
    assert_eq!(demo.send(&fields, None).await.status(), StatusCode::OK);
    assert_eq!(
        demo.send(&fields, None).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_mistake_in_another_field_costs_no_second_captcha() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let answer = demo
        .send(&[("name", " "), ("captcha-response", &response)], None)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("name-problem") && !page.contains("<sori-captcha"),
        "{page}"
    );

    let cookie = cookie.split(';').next().unwrap();
    let mended = demo.send(&[("name", "Bora")], Some(cookie)).await;
    assert_eq!(mended.status(), StatusCode::OK);
    let again = demo.send(&[("name", "Bora")], Some(cookie)).await;
    assert_eq!(
        again.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a pass is good for one form"
    );
}

#[tokio::test]
async fn every_page_exists_in_both_languages_and_links_nowhere_dead() {
    let demo = Demo::start().await;
    let mut seen = BTreeSet::new();
    for path in all_pages() {
        let page = demo.get(&path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        let html = page.text().await.unwrap();
        let lang = if path.contains("lang=en") { "en" } else { "ko" };
        assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{path}");
        assert!(
            html.contains("네이버™는 NAVER㈜의 등록상표입니다."),
            "{path}"
        );
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        for link in links(&html) {
            // The package is built by another command, and tested where it is.
            if !link.starts_with("/pkg/") && seen.insert(link.clone()) {
                assert_eq!(
                    demo.get(&link).await.status(),
                    StatusCode::OK,
                    "{path} links {link}"
                );
            }
        }
    }
    assert!(seen.len() > 20);
}

#[tokio::test]
async fn pages_allow_themselves_no_more_than_they_need() {
    let demo = Demo::start().await;
    for path in [
        "/",
        "/docs/alternative",
        "/www/style.css",
        "/docs/no-such-page",
    ] {
        let page = demo.get(path).await;
        assert_eq!(
            page.headers()["content-security-policy"],
            CONTENT_SECURITY_POLICY,
            "{path}"
        );
        assert_eq!(
            page.headers()["x-content-type-options"],
            "nosniff",
            "{path}"
        );
    }
}

#[tokio::test]
async fn no_path_leaves_the_pages() {
    let demo = Demo::start().await;
    for path in [
        "/docs/..%2Flayout",
        "/docs/index",
        "/docs/%2e%2e%2f%2e%2e%2fCargo",
        "/www/../Cargo.toml",
    ] {
        assert_eq!(
            demo.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn inline_mode_and_language_survive_the_form() {
    let demo = Demo::start().await;
    let page = demo
        .get("/?verify=inline&lang=en")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        page.contains(r#"verify="inline""#) && page.contains("lang=en&amp;verify=inline"),
        "{page}"
    );
}

#[tokio::test]
async fn every_setting_is_explained_with_its_default() {
    let demo = Demo::start().await;
    for path in ["/docs/backend", "/docs/backend?lang=en"] {
        let page = demo.get(path).await.text().await.unwrap();
        for setting in settings() {
            let row = format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>",
                setting.name
            );
            let row = page
                .split(&row)
                .nth(1)
                .unwrap_or_else(|| panic!("{path}: {}", setting.name));
            let row = row.split("</tr>").next().unwrap_or_default();
            let (said, default) = row.split_once("</td><td>").unwrap();
            assert!(
                !said.is_empty(),
                "www/pages{path}.html: {} is not explained",
                setting.name
            );
            assert_eq!(
                default.contains("<code>"),
                !setting.default.is_empty(),
                "{}",
                setting.name
            );
        }
    }
}

#[tokio::test]
async fn every_error_code_is_explained() {
    let demo = Demo::start().await;
    for path in ["/docs/troubleshooting", "/docs/troubleshooting?lang=en"] {
        let page = demo.get(path).await.text().await.unwrap();
        for code in ErrorCode::ALL {
            assert!(
                page.contains(&format!("<h3 id=\"{code}\"><code>{code}</code></h3>")),
                "{path}: {code}"
            );
        }
    }
}

/// The places that links can point to, in their order.
fn ids(html: &str) -> Vec<&str> {
    let ids = html.split(" id=\"").skip(1);
    ids.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn both_languages_say_the_same_things_in_the_same_order() {
    let demo = Demo::start().await;
    for path in all_pages().iter().filter(|path| !path.contains('?')) {
        let korean = demo.get(path).await.text().await.unwrap();
        let english = demo
            .get(&format!("{path}?lang=en"))
            .await
            .text()
            .await
            .unwrap();
        assert_eq!(ids(&korean), ids(&english), "{path}");
        for tag in ["<h2", "<h3", "<pre", "<tr", "<li", "<dt"] {
            assert_eq!(
                korean.matches(tag).count(),
                english.matches(tag).count(),
                "{path} {tag}"
            );
        }
    }
}

/// Every file under a folder; none if the folder is not there, as `pkg/dist` before the first build.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// NAVER's terms (7.2 (2)) protect the client id as well as the secret.
#[tokio::test]
async fn no_page_and_no_built_file_shows_a_credential() {
    let marks = [
        "id-that-nobody-may-see",
        "secret-that-nobody-may-see",
        "site-secret-that-nobody-may-see-0123456789",
        "802187349",
    ];
    let options = practice::Options {
        client_id: marks[0].into(),
        client_secret: marks[1].into(),
        answer: Digits::parse(marks[3]).ok(),
        ..Default::default()
    };
    let upstream = practice::spawn(options, (Ipv4Addr::LOCALHOST, 0).into())
        .await
        .unwrap();
    let naver = sori_backend::settings::Naver {
        url: format!("http://{}/v1/captcha", upstream.addr)
            .parse()
            .unwrap(),
        client_id: Secret::new(marks[0]),
        client_secret: Secret::new(marks[1]),
    };
    let demo = Demo::with(Settings {
        upstream: UpstreamChoice::Naver(naver),
        siteverify_secret: Some(Secret::new(marks[2])),
        ..Settings::practice()
    })
    .await;

    let mut shown = Vec::new();
    for path in all_pages() {
        shown.push((
            path.clone(),
            demo.get(&path).await.text().await.unwrap().into_bytes(),
        ));
    }
    for answer in [marks[3], "000000"] {
        let response = format!("{}:{answer}", demo.heard_key().await);
        let page = demo
            .send(&[("name", "보라"), ("captcha-response", &response)], None)
            .await;
        shown.push((
            "the verdict".into(),
            page.text().await.unwrap().into_bytes(),
        ));
    }
    let flags = Flags::parse_from(["site"]);
    for path in files(&flags.www).into_iter().chain(files(&flags.pkg)) {
        shown.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    assert!(shown.len() > 20, "{}", shown.len());
    for (what, bytes) in shown {
        for mark in marks {
            let found = bytes
                .windows(mark.len())
                .any(|part| part == mark.as_bytes());
            assert!(!found, "{what} shows {mark}");
        }
    }
}
