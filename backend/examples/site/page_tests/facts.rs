//! Compares what the pages say about settings, codes, lines of the log and styles with the source.

use super::*;

/// The documentation prints the same policy that this site sends, also in the tests in a browser.
#[test]
fn the_printed_policy_is_the_one_that_is_sent() {
    let printed = include_str!("../../../../www/snippets/policy.txt");
    let words: Vec<_> = printed.split_whitespace().skip(1).collect();
    assert_eq!(words.join(" "), CONTENT_SECURITY_POLICY);
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

/// For each line of the console or the log that says `help: troubleshooting#place`, the page has an entry at that
/// place.
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
                    // A place that is only known at run time, such as an error code, is tested with the codes.
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

/// Warnings that need no entry on the page: something is over, or an operator caused it, or the cause has its own
/// entry.
const WITHOUT_HELP: [&str; 14] = [
    "the last traces were not sent",
    "{risk}",
    "the upstream: {fault}",
    "\"answered\"",
    "calls to the upstream were still under way at the end",
    "requests were still open at the end of SORI_SHUTDOWN_GRACE",
    "systemd cannot be told",
    "SIGHUP: the secrets stay as they were",
    "the journal is about another upstream or client id",
    "the journal is written again",
    "an operator opened the day again",
    "the limit of open files cannot be raised",
    "connections cannot be accepted",
    "the clock was set back",
];

/// The arguments of a call, up to its closing parenthesis. Parentheses in texts are counted too, but they come in
/// pairs.
fn call(rest: &str) -> &str {
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}

/// Somebody who reads a warning finds its cause and what to do.
#[test]
fn every_warning_refers_to_the_page_about_trouble() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut refers = 0;
    for file in files(&root.join("backend/src")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for begin in ["tracing::warn!(", "tracing::error!("] {
            for rest in text.split(begin).skip(1) {
                let line = call(rest);
                if line.contains("troubleshooting#") {
                    refers += 1;
                    continue;
                }
                assert!(
                    WITHOUT_HELP.iter().any(|known| line.contains(known)),
                    "{}: {line}",
                    file.display()
                );
            }
        }
    }
    assert!(refers > 20, "{refers}");
    for file in ["pkg/define.js", "pkg/lib/define-share.js"]
        .map(|name| root.join(name))
        .into_iter()
        .chain(files(&root.join("src/web/captcha")))
        .chain(files(&root.join("src/web/share")))
    {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for begin in ["console.warn(", "console.error("] {
            for rest in text.split(begin).skip(1) {
                let line = call(rest);
                // `advise` writes the whole line, with a reference to the page.
                assert!(
                    line.contains("troubleshooting#") || line.contains("advise("),
                    "{}: {line}",
                    file.display()
                );
            }
        }
    }
}

/// The source contains the lines of the console and the log that the page about trouble quotes. A `…` in a quoted line
/// stands for anything.
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
    // Joins texts that continue in the next line of Rust.
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
            include_str!("../../../../src/web/captcha.css"),
        ),
        ("/docs/share", include_str!("../../../../src/web/share.css")),
    ] {
        for path in [path.to_owned(), format!("{path}?lang=en")] {
            let page = demo.get(&path).await.text().await.unwrap();
            assert_eq!(properties(&page), properties(source), "{path}");
        }
    }
}
