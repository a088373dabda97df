//! Asks siteverify over HTTP whether an answer is right, as a site in any other language would.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sori_backend::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Verified,
    Wrong,
    Expired,
    /// The form has no answer: the script did not run, or the box was empty.
    Missing,
    /// The answer could not be checked, because the widget or siteverify reported a fault.
    Unavailable,
}

/// Asks the backend whether a response is right. The secret never reaches the browser.
pub(crate) struct Verifier {
    client: reqwest::Client,
    url: String,
    secret: Secret,
}

impl Verifier {
    pub(crate) fn new(backend: SocketAddr, secret: Secret) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()?;
        Ok(Self {
            client,
            url: format!("http://{backend}/captcha/siteverify"),
            secret,
        })
    }

    pub(crate) async fn judge(&self, response: &str) -> Result<Verdict, reqwest::Error> {
        #[derive(Deserialize)]
        struct Answer {
            success: bool,
            #[serde(rename = "error-codes", default)]
            codes: Vec<String>,
        }
        let question = json!({ "secret": self.secret.expose(), "response": response });
        let answer = self
            .client
            .post(&self.url)
            .json(&question)
            .send()
            .await?
            .error_for_status()?;
        let Answer { success, codes } = answer.json().await?;
        if success {
            return Ok(Verdict::Verified);
        }
        Ok(match codes.first().map(String::as_str) {
            Some("invalid-input-response") => Verdict::Wrong,
            Some("timeout-or-duplicate") => Verdict::Expired,
            Some("missing-input-response") => Verdict::Missing,
            _ => Verdict::Unavailable,
        })
    }
}
