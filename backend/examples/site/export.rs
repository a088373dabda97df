//! Writes the documentation as files. They work on any web server and at any address, because every link is relative.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use minijinja::context;

use crate::pages::{LANGUAGES, Pages};
use crate::search;

/// Writes every page in both languages, and the files that the pages load. Returns the number of pages.
pub(crate) fn write(
    www: &Path,
    pkg: &Path,
    folder: &Path,
    base: Option<&str>,
) -> Result<usize, Box<dyn Error>> {
    let pages = Pages::load(www.to_owned(), pkg, true)?;
    let mut written = Vec::new();
    for lang in LANGUAGES {
        for path in pages.paths() {
            let Some(page) = pages.find(&path) else {
                continue;
            };
            let html = pages.render(&page, lang, context! { practice => true })?;
            let file = file(&path, lang);
            save(&folder.join(&file), &relative(&html, &file))?;
            written.push(file);
        }
        let index = search::index(&pages, lang, |path| {
            // The link is relative to the index.
            format!("../{}", file(path, lang))
        })?;
        save(&folder.join(format!("search/{lang}.js")), &index)?;
    }
    let door = pages.door()?;
    save(&folder.join("index.html"), &relative(&door, "index.html"))?;
    copy(www, &folder.join("www"), &TEMPLATES)?;
    copy(pkg, &folder.join("pkg"), &[])?;
    fs::create_dir_all(folder.join("img"))?;
    for name in PICTURES {
        fs::copy(
            www.join("../docs").join(name),
            folder.join("img").join(name),
        )?;
    }
    if let Some(base) = base {
        save(&folder.join("sitemap.xml"), &sitemap(&written, base))?;
    }
    Ok(written.len())
}

/// Pictures of the widget before the first press and while it plays, for pages without a backend.
const PICTURES: [&str; 4] = ["rest.png", "playing.png", "rest.ko.png", "playing.ko.png"];

/// The files that pages are made of. Nobody opens them directly.
const TEMPLATES: [&str; 10] = [
    "pages",
    "reference",
    "reference.toml",
    "layout.html",
    "nav.html",
    "door.html",
    "demo.html",
    "docs.html",
    "stack.html",
    "stacks.html",
];

/// The file of a page: `/docs/servers/go` in English is `en/servers/go.html`.
fn file(path: &str, lang: &str) -> String {
    let name = path.strip_prefix("/docs/").unwrap_or("index");
    format!("{lang}/{name}.html")
}

/// The page with its local links made relative to the page's file.
fn relative(html: &str, file: &str) -> String {
    let up = "../".repeat(file.matches('/').count());
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = ["href=\"", "src=\""]
        .iter()
        .filter_map(|name| Some(rest.find(name)? + name.len()))
        .min()
    {
        out.push_str(&rest[..at]);
        let (link, after) = rest[at..].split_once('"').unwrap_or((&rest[at..], ""));
        let plain = link.replace("&#x2f;", "/").replace("&amp;", "&");
        match target(&plain) {
            Some(target) => out.push_str(&format!("{up}{target}")),
            None => out.push_str(link),
        }
        out.push('"');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The file that a link of the site leads to. `None` if the link leads to none of the files.
fn target(link: &str) -> Option<String> {
    let local = link.strip_prefix('/')?;
    let (address, place) = match link.split_once('#') {
        Some((address, place)) => (address, format!("#{place}")),
        None => (link, String::new()),
    };
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let lang = if query.contains("lang=en") {
        "en"
    } else {
        "ko"
    };
    Some(match path {
        "/" => format!("{}{place}", file("/", lang)),
        _ if path.starts_with("/docs/") => format!("{}{place}", file(path, lang)),
        _ => local.to_owned(),
    })
}

fn sitemap(files: &[String], base: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for file in files {
        let name = file.split_once('/').map_or(file.as_str(), |(_, name)| name);
        out.push_str(&format!("<url><loc>{base}/{file}</loc>"));
        for lang in LANGUAGES {
            out.push_str(&format!(
                "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"{base}/{lang}/{name}\"/>"
            ));
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    out
}

fn save(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Copies a folder without the entries at its top that `but` names.
fn copy(from: &Path, to: &Path, but: &[&str]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    let entries: Result<Vec<_>, _> = fs::read_dir(from)
        .map_err(|error| format!("{}: {error}", from.display()))?
        .collect();
    for entry in entries? {
        let name = entry.file_name();
        if but.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let target: PathBuf = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, &[])?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{relative, write};

    #[test]
    fn links_lead_to_files_whatever_folder_they_are_in() {
        for (link, file, wanted) in [
            ("/", "ko/start.html", "../ko/index.html"),
            (
                "/?lang=en&amp;verify=inline",
                "en/start.html",
                "../en/index.html",
            ),
            (
                "/docs/csp#integrity",
                "ko/servers/go.html",
                "../../ko/csp.html#integrity",
            ),
            (
                "&#x2f;docs&#x2f;csp?lang=en#a",
                "en/start.html",
                "../en/csp.html#a",
            ),
            ("/www/style.css", "ko/index.html", "../www/style.css"),
            ("#here", "ko/index.html", "#here"),
            (
                "https://example.com/",
                "ko/index.html",
                "https://example.com/",
            ),
        ] {
            let html = format!("<a href=\"{link}\">");
            assert_eq!(
                relative(&html, file),
                format!("<a href=\"{wanted}\">"),
                "{link}"
            );
        }
    }

    /// Every file under a folder, by its path from that folder.
    fn files(folder: &Path, under: &str, found: &mut BTreeMap<String, PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{under}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => files(&entry.path(), &format!("{name}/"), found),
                false => {
                    found.insert(name, entry.path());
                }
            }
        }
    }

    /// `../en/csp.html` as seen from `ko/start.html` is `en/csp.html`.
    fn resolve(link: &str, from: &str) -> String {
        let mut folders: Vec<&str> = from.split('/').collect();
        folders.pop();
        for step in link.split('/') {
            match step {
                ".." => drop(folders.pop()),
                step => folders.push(step),
            }
        }
        folders.join("/")
    }

    /// Everything that a page links to or loads is among the files, and has the place that the link names.
    #[test]
    fn every_link_of_the_written_pages_finds_its_file_and_place() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/written-docs");
        let _ = fs::remove_dir_all(&out);
        // Another command builds the package. Only the names of its files matter here.
        let pkg = out.with_extension("pkg");
        fs::create_dir_all(&pkg).unwrap();
        for name in ["sori.js", "define.js"] {
            fs::write(pkg.join(name), "").unwrap();
        }
        let written = write(&root.join("www"), &pkg, &out, Some("https://docs.example/")).unwrap();
        let mut found = BTreeMap::new();
        files(&out, "", &mut found);
        let mut links = 0;
        for (name, path) in found
            .iter()
            .filter(|(name, _)| name.ends_with(".html") && !name.starts_with("www/"))
        {
            let page = fs::read_to_string(path).unwrap();
            let page: String = page
                .split("<pre")
                .map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest))
                .collect();
            for piece in page.split("href=\"").chain(page.split("src=\"")).skip(1) {
                let link = piece.split('"').next().unwrap_or_default();
                if link.contains(':') || link.contains('<') || link.contains('\n') {
                    continue;
                }
                assert!(!link.starts_with('/'), "{name} links {link}");
                let (file, place) = link.split_once('#').unwrap_or((link, ""));
                let target = if file.is_empty() {
                    name.clone()
                } else {
                    resolve(file, name)
                };
                let target = found
                    .get(&target)
                    .unwrap_or_else(|| panic!("{name} links {link}: {target}"));
                let there = fs::read_to_string(target).unwrap_or_default();
                assert!(
                    place.is_empty() || there.contains(&format!("id=\"{place}\"")),
                    "{name} links {link}"
                );
                links += 1;
            }
        }
        assert!(
            written > 60 && links > 1_000,
            "{written} pages, {links} links"
        );
        let door = fs::read_to_string(out.join("index.html")).unwrap();
        // The list has all pages except that of the alternative, which belongs to the demo.
        assert_eq!(door.matches("<li>").count(), written - 2);
        let sitemap = fs::read_to_string(out.join("sitemap.xml")).unwrap();
        assert_eq!(
            sitemap.matches("<loc>https://docs.example/").count(),
            written
        );
    }
}
