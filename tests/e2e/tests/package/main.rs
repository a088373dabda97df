//! The package on ordinary pages: its entries, several copies, and the snippets of the documentation.

mod ajax;
mod copies;
mod reference;
mod share_button;
mod snippets;

use sori_e2e::{Page, Reply};

/// A page with this in its head and its body.
fn document(head: &str, body: &str) -> Reply {
    Reply::html(&format!(
        "<!doctype html><html lang=\"ko\"><title>Package</title>{head}<h1>가입</h1>{body}"
    ))
}

const FORM: &str = r#"<form action="/" method="post">
<sori-captcha endpoint="/captcha" name="captcha" required><a slot="alternative" href="/help">Help</a></sori-captcha>
<button>OK</button></form>"#;

/// Presses Play, and waits until the audio starts.
async fn plays(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
}

/// The names of the package's files that the page requested.
async fn files(page: &Page) -> Vec<String> {
    let requests = page.requests().await.into_iter();
    requests
        .filter_map(|url| Some(url.rsplit_once('/')?.1.to_owned()))
        .filter(|name| name.ends_with(".js") || name.ends_with(".wasm"))
        .collect()
}
