//! The package on pages as they are out there: its entries, its copies, and what the documentation tells to paste.

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

/// Play, and the digits are on their way.
async fn plays(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
}

/// The package's files that the page asked for, by name.
async fn files(page: &Page) -> Vec<String> {
    let requests = page.requests().await.into_iter();
    requests
        .filter_map(|url| Some(url.rsplit_once('/')?.1.to_owned()))
        .filter(|name| name.ends_with(".js") || name.ends_with(".wasm"))
        .collect()
}
