//! A visitor of a site: reads its page, hears the audio, sends its form.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;

use crate::{Backend, Process};

/// How the widget's requests reach the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The site itself forwards `/captcha`.
    ThroughTheSite,
    /// A web server in front of the site would forward them. The test has none, so it sends the requests to the
    /// backend with the page's origin.
    PastTheSite,
}

/// One visitor with their cookies.
#[derive(Debug)]
pub struct Visitor {
    client: Client,
    site: String,
    captcha: String,
    cookies: BTreeMap<String, String>,
}

/// The page that came back for a form.
#[derive(Debug)]
pub struct Shown {
    pub status: StatusCode,
    pub text: String,
}

impl Visitor {
    /// # Panics
    /// If there is no HTTP client.
    #[must_use]
    pub fn of(site: &Process, backend: &Backend, way: Way) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none());
        let base = match way {
            Way::ThroughTheSite => site.origin(),
            Way::PastTheSite => backend.origin(),
        };
        Self {
            client: client.build().expect("an HTTP client"),
            site: site.origin(),
            captcha: format!("{base}/captcha"),
            cookies: BTreeMap::new(),
        }
    }

    /// The page, after redirects. Its form must contain the widget.
    pub async fn opens(&mut self, path: &str) -> String {
        let shown = self.get(path.to_owned()).await;
        assert!(
            shown.status.is_success(),
            "{path}: {} {}",
            shown.status,
            shown.text
        );
        assert!(
            shown.text.contains("<sori-captcha"),
            "{path} has no widget: {}",
            shown.text
        );
        assert!(
            shown.text.contains("endpoint=\"/captcha\""),
            "{path}: {}",
            shown.text
        );
        shown.text
    }

    /// Presses Play, fetches the audio, and types these numbers.
    pub async fn answers(&self, numbers: &str) -> String {
        let issued = self
            .client
            .post(format!("{}/keys", self.captcha))
            .header(ORIGIN, &self.site)
            .send()
            .await
            .expect("the backend is reached");
        let status = issued.status();
        let issued: Value = issued.json().await.expect("JSON");
        let key = issued["key"]
            .as_str()
            .unwrap_or_else(|| panic!("no key: {status} {issued}"));
        let audio = self
            .client
            .get(format!("{}/audio/{key}", self.captcha))
            .send()
            .await;
        let audio = audio.expect("the backend is reached");
        assert_eq!(audio.status(), StatusCode::OK, "the audio");
        assert!(audio.bytes().await.expect("a body").starts_with(b"RIFF"));
        format!("{key}:{numbers}")
    }

    /// Opens the page at `path` and sends its form to `action` with these fields added. Follows one redirect.
    pub async fn sends(&mut self, path: &str, action: &str, fields: &[(&str, &str)]) -> Shown {
        let page = self.opens(path).await;
        let mut form = hidden(&page);
        form.push(("name".into(), "Bora".into()));
        form.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let request = self.client.post(format!("{}{action}", self.site));
        let request = request
            .header(ORIGIN, &self.site)
            .header(COOKIE, self.cookie());
        let sent = request
            .header("referer", format!("{}{path}", self.site))
            .form(&form);
        let reply = sent.send().await.expect("the site answers");
        self.shown(reply).await
    }

    async fn get(&mut self, path: String) -> Shown {
        let request = self.client.get(format!("{}{path}", self.site));
        let reply = request.header(COOKIE, self.cookie()).send().await;
        self.shown(reply.expect("the site answers")).await
    }

    async fn shown(&mut self, reply: Response) -> Shown {
        for cookie in reply.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.trim().into(), value.into());
            }
        }
        if reply.status().is_redirection() {
            let to = reply.headers()[LOCATION]
                .to_str()
                .expect("an address")
                .to_owned();
            let path = to.strip_prefix(&self.site).unwrap_or(&to).to_owned();
            return Box::pin(self.get(path)).await;
        }
        Shown {
            status: reply.status(),
            text: reply.text().await.expect("a text"),
        }
    }

    fn cookie(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// The hidden fields of a page, such as a CSRF token.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page
        .split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
    hidden
        .filter_map(|input| {
            Some((
                attribute(input, "name")?,
                attribute(input, "value").unwrap_or_default(),
            ))
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    for quote in ['"', '\''] {
        let begin = format!(" {name}={quote}");
        if let Some((_, rest)) = tag.split_once(&begin) {
            return Some(rest.split(quote).next()?.to_owned());
        }
    }
    None
}

/// A site with one form that replies "Welcome" if it accepts the form.
///
/// # Panics
/// If the site accepts a form that it must reject, or rejects the right one.
pub async fn walk(site: Process, backend: Backend, path: &str, action: &str, way: Way) {
    let mut visitor = Visitor::of(&site, &backend, way);
    let right = visitor.answers("12345").await;
    let wrong = visitor.answers("54321").await;
    for (what, fields) in [
        ("a form without the field", vec![]),
        ("a form with an empty field", vec![("captcha-response", "")]),
        (
            "a form after a fault",
            vec![("captcha-error", "quota_exceeded")],
        ),
        ("a wrong answer", vec![("captcha-response", wrong.as_str())]),
        (
            "a key that nobody issued",
            vec![("captcha-response", "0123456789abcdef:12345")],
        ),
    ] {
        let shown = visitor.sends(path, action, &fields).await;
        assert!(
            !shown.text.contains("Welcome"),
            "{what} passes: {}",
            shown.text
        );
        assert!(
            shown.text.contains("error=\"The numbers did not match."),
            "{what}: {}",
            shown.text
        );
    }
    let shown = visitor
        .sends(path, action, &[("captcha-response", &right)])
        .await;
    assert!(
        shown.text.contains("Welcome"),
        "the right answer: {} {}",
        shown.status,
        shown.text
    );
    let shown = visitor
        .sends(path, action, &[("captcha-response", &right)])
        .await;
    assert!(
        !shown.text.contains("Welcome"),
        "the same response passes twice: {}",
        shown.text
    );
    let late = visitor.answers("12345").await;
    backend.stop().await;
    let shown = visitor
        .sends(path, action, &[("captcha-response", &late)])
        .await;
    assert!(
        !shown.text.contains("Welcome"),
        "a form passes while the backend is away: {}",
        shown.text
    );
}
