//! Tests of the pages: none is missing, no link is dead, and their policy allows nothing that they do not need.

#[path = "page_tests/facts.rs"]
mod facts;
#[path = "page_tests/languages.rs"]
mod languages;
#[path = "page_tests/secrets.rs"]
mod secrets;

use std::collections::BTreeSet;

use super::super::pages::{Pages, settings};
use super::*;

/// The pages as the visitor sees them: every slug in both languages.
fn all_pages() -> Vec<String> {
    let flags = Flags::parse_from(["site"]);
    let pages = Pages::load(flags.www, &flags.pkg, false).unwrap();
    let paths = pages.paths().into_iter();
    paths
        .flat_map(|path| [path.clone(), format!("{path}?lang=en")])
        .collect()
}

/// The local addresses a page links to or loads.
fn links(html: &str) -> Vec<String> {
    // A link in a code sample is only shown, so it is left out.
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
            // Another command builds and tests the package.
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

/// The places that links can point to, in their order.
fn ids(html: &str) -> Vec<&str> {
    let ids = html.split(" id=\"").skip(1);
    ids.filter_map(|rest| rest.split('"').next()).collect()
}

/// The links of a page that lead to a place in a page: the address, and the id of the place.
fn places<'a>(html: &'a str, path: &'a str) -> Vec<(String, String)> {
    let links = html.split(" href=\"").skip(1);
    let links = links.filter_map(|rest| rest.split('"').next());
    let links = links.map(|link| link.replace("&#x2f;", "/").replace("&amp;", "&"));
    let parts = links.filter_map(|link| {
        let (address, place) = link.split_once('#')?;
        let address = if address.is_empty() { path } else { address };
        Some((address.to_owned(), place.to_owned()))
    });
    parts
        .filter(|(address, place)| {
            address.starts_with("/") && !address.ends_with(".svg") && place != "content"
        })
        .collect()
}

#[tokio::test]
async fn every_link_to_a_place_finds_it() {
    let demo = Demo::start().await;
    let mut seen = 0;
    for path in all_pages() {
        let html = demo.get(&path).await.text().await.unwrap();
        for (address, place) in places(&html, &path) {
            let target = demo.get(&address).await.text().await.unwrap();
            assert!(
                ids(&target).contains(&place.as_str()),
                "{path} links {address}#{place}"
            );
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// Pages show only code from files, because tests run these files (`backend/tests/commands.rs` checks that they do).
#[test]
fn no_page_has_code_of_its_own() {
    let pages = Flags::parse_from(["site"]).www.join("pages");
    let files = files(&pages);
    assert!(files.len() > 20);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("<pre"), "{}", path.display());
    }
}

/// Every file under a folder. None if the folder does not exist, such as `pkg/dist` before the first build.
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
