//! What can be said about a reply that contains no reason: how it looks, and what it probably is.

use super::judge::{Reply, Wanted, json};
use axum::http::header;
use reqwest::Url;
use serde_json::Value;

/// `text/html, 25 bytes`
pub(super) fn looks(reply: &Reply<'_>) -> String {
    let media_type = reply.header(header::CONTENT_TYPE).map(essence);
    let mut looks = media_type.unwrap_or("no Content-Type").to_owned();
    if let Some(coding) = coding(reply) {
        looks += ", Content-Encoding ";
        looks += coding;
    }
    looks + &format!(", {} bytes", reply.body.len())
}

/// What it probably is.
pub(super) fn cause(reply: &Reply<'_>, wanted: Wanted) -> String {
    if let Some(host) = redirect(reply) {
        return format!("a redirect to {host}, which is not followed");
    }
    if coding(reply).is_some() {
        return "it is compressed, which was not asked for".into();
    }
    let kind = match kind(reply) {
        Some(Kind::Page) => ": a web page, perhaps a proxy's",
        Some(Kind::Xml) => ": XML",
        Some(Kind::Empty) => ": an empty body",
        None => "",
    };
    match wanted {
        Wanted::Json if json(reply.body) != Value::Null => "JSON without what was asked for".into(),
        Wanted::Json => format!("no JSON{kind}"),
        Wanted::Wav => format!("no WAV file{kind}"),
    }
}

/// Whether it is a web page, which NAVER's API does not send.
pub(super) fn is_page(reply: &Reply<'_>) -> bool {
    matches!(kind(reply), Some(Kind::Page))
}

enum Kind {
    Page,
    Xml,
    Empty,
}

fn kind(reply: &Reply<'_>) -> Option<Kind> {
    let body = reply.body.trim_ascii_start();
    let media_type = reply.header(header::CONTENT_TYPE).map(essence);
    let is_xml = body.starts_with(b"<?xml") || media_type.is_some_and(|is| is.ends_with("/xml"));
    Some(match body.first() {
        None => Kind::Empty,
        Some(b'<') if is_xml => Kind::Xml,
        Some(b'<') => Kind::Page,
        Some(_) => return None,
    })
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn coding<'a>(reply: &Reply<'a>) -> Option<&'a str> {
    let coding = reply.header(header::CONTENT_ENCODING)?.trim();
    (!coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).then_some(coding)
}

/// The host that a redirect names. The rest of the URL may contain anything.
fn redirect(reply: &Reply<'_>) -> Option<String> {
    let location = reply.header(header::LOCATION)?;
    let url = Url::parse(location).ok();
    let host = url.as_ref().and_then(Url::host_str);
    (300..400)
        .contains(&reply.status)
        .then(|| host.unwrap_or("the same host").to_owned())
}
