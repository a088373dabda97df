//! The pages: nothing missing in either language, no dead link, nothing that the source says otherwise, no credential.

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

/// What the documentation prints is what this site, and its tests in a browser, run under.
#[test]
fn the_printed_policy_is_the_one_that_is_sent() {
    let printed = include_str!("../../../www/snippets/policy.txt");
    let words: Vec<_> = printed.split_whitespace().skip(1).collect();
    assert_eq!(words.join(" "), CONTENT_SECURITY_POLICY);
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

/// A line of the console or the log that says `help: troubleshooting#place` has an entry there.
#[tokio::test]
async fn every_line_that_refers_to_the_page_about_trouble_has_its_place_there() {
    let demo = Demo::start().await;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut lines = 0;
    for path in ["/docs/troubleshooting", "/docs/troubleshooting?lang=en"] {
        let page = demo.get(path).await.text().await.unwrap();
        let ids = ids(&page);
        for folder in ["backend/src", "src", "pkg"] {
            for file in files(&root.join(folder)) {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                for rest in text.split("troubleshooting#").skip(1) {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
                    let place = &rest[..end.unwrap_or(rest.len())];
                    // A place that is filled in, such as an error's code, is tested with the codes.
                    if !place.is_empty() {
                        assert!(
                            ids.contains(&place),
                            "{} refers to #{place}",
                            file.display()
                        );
                        lines += 1;
                    }
                }
            }
        }
    }
    assert!(lines > 10, "{lines}");
}

/// What the page about trouble quotes from the console and the log is what the source says; `…` stands for the rest.
#[test]
fn quoted_lines_are_those_of_the_source() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut source = String::new();
    for folder in [
        "backend/src",
        "src",
        "pkg/lib",
        "pkg/define.js",
        "pkg/share.js",
    ] {
        let place = root.join(folder);
        let files = if place.is_dir() {
            files(&place)
        } else {
            vec![place]
        };
        for file in files {
            source.push_str(&std::fs::read_to_string(file).unwrap_or_default());
        }
    }
    // A text that goes on in the next line of Rust, and what a line fills in.
    let source = source
        .split("\\\n")
        .map(str::trim_start)
        .collect::<String>();
    let page = std::fs::read_to_string(root.join("www/pages/en/troubleshooting.html")).unwrap();
    let mut quoted = 0;
    for (begin, end) in [
        ("id=\"console\"", "id=\"status\""),
        ("id=\"log\"", "id=\"server\""),
    ] {
        let part = page
            .rsplit_once(begin)
            .unwrap()
            .1
            .split_once(end)
            .unwrap()
            .0;
        for heading in part
            .split("<h3")
            .skip(1)
            .filter_map(|rest| rest.split("</h3>").next())
        {
            for quote in heading
                .split("<code>")
                .skip(1)
                .filter_map(|rest| rest.split("</code>").next())
            {
                for piece in quote.split('…').map(str::trim) {
                    let of_others = [
                        "blocked by CORS policy",
                        "024",
                        "012",
                        "NID AUTH Result Invalid",
                        "Scope Status Invalid",
                    ];
                    assert!(
                        of_others.contains(&piece) || source.contains(piece),
                        "nothing says: {piece}"
                    );
                    quoted += 1;
                }
            }
        }
    }
    assert!(quoted > 15, "{quoted}");
}

/// `docs/glossary.md` chooses one word for each thing; these are the others, and words that no editor would leave.
#[tokio::test]
async fn korean_pages_use_the_words_of_the_glossary() {
    let demo = Demo::start().await;
    for path in all_pages().iter().filter(|path| !path.contains('?')) {
        let page = demo.get(path).await.text().await.unwrap();
        // What NAVER calls its API, and a link's name in another language.
        let page = page.replace("캡차 (음성)", "").replace("캡차(음성)", "");
        for word in [
            "캡차",
            "까닭",
            "비밀 값",
            "글줄",
            "위협 모형",
            "그 자리 확인",
            "일시 정지",
            "화면낭독기",
        ] {
            assert!(!page.contains(word), "{path} says {word}");
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

/// The links of a page that lead to a place: the address, and the id there.
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

/// What is shown as code is a file that a test runs (`backend/tests/commands.rs` sees to that): no page has its own.
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

/// An example in two languages is one example: the same markup around other words.
#[test]
fn examples_differ_in_their_words_alone() {
    let www = Flags::parse_from(["site"]).www;
    let mut seen = 0;
    for path in files(&www.join("examples"))
        .into_iter()
        .chain(files(&www.join("snippets")))
    {
        let name = path.to_string_lossy().into_owned();
        let Some((stem, kind)) = name.split_once(".ko.") else {
            continue;
        };
        let other = format!("{stem}.en.{kind}");
        let korean = std::fs::read_to_string(&path).unwrap();
        let english =
            std::fs::read_to_string(&other).unwrap_or_else(|_| panic!("{other} is missing"));
        assert_eq!(bones(&korean), bones(&english), "{name}");
        assert!(english.is_ascii() || english.contains('…'), "{other}");
        seen += 1;
    }
    assert!(seen > 5);
}

/// What is no word of a language: the punctuation of a text.
fn bones(text: &str) -> String {
    let text = text.replace("?lang=en", "");
    let is_bone = |c: &char| matches!(c, '<' | '>' | '=' | '"' | '{' | '}' | '(' | '/' | '\n');
    text.chars().filter(is_bone).collect()
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
        service: sori_backend::upstream::Service::Openapi,
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

/// The custom properties in a text, such as `--sori-accent`.
fn properties(text: &str) -> BTreeSet<&str> {
    let names = text
        .match_indices("--sori-")
        .map(|(start, _)| &text[start..]);
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    names
        .map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn the_documented_custom_properties_are_those_of_the_source() {
    let demo = Demo::start().await;
    for (path, source) in [
        (
            "/docs/styling",
            include_str!("../../../src/web/captcha.css"),
        ),
        ("/docs/share", include_str!("../../../src/web/share.css")),
    ] {
        for path in [path.to_owned(), format!("{path}?lang=en")] {
            let page = demo.get(&path).await.text().await.unwrap();
            assert_eq!(properties(&page), properties(source), "{path}");
        }
    }
}
