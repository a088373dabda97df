//! `sori-backend health URL`: a health check for container images that contain only this program.

use core::time::Duration;
use reqwest::{Url, redirect};

/// Kubernetes and Docker give up after one to three seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Requests `url` over plain HTTP, and returns the reply as text.
///
/// # Errors
/// If no reply comes in time, or the reply is not a success.
pub async fn ask(url: Url) -> Result<String, String> {
    if url.scheme() != "http" {
        return Err(format!(
            "{url}: only http:// is asked, on the machine itself"
        ));
    }
    // Another part of the process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        // Plain HTTP needs no certificates, and a container image may have none.
        .tls_certs_only([])
        .build();
    let client = client.map_err(|error| format!("{error}"))?;
    let response = client.get(url.clone()).send().await;
    let response = response.map_err(|error| format!("{url}: {}", error.without_url()))?;
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let said = format!("{url}: {status} {}", text.trim());
    if status.is_success() {
        Ok(said)
    } else {
        Err(said)
    }
}
