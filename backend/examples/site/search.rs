//! Makes the text that the search field looks through: that of every page, split at its headings.

use minijinja::context;
use serde::Serialize;

use crate::pages::Pages;

/// A part of a page, from one heading to the next.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Section {
    /// The page's heading.
    page: String,
    /// The part's own heading. Empty for the part before the first heading.
    heading: String,
    url: String,
    text: String,
}

/// A script that sets `searchSections` to the sections of all pages in one language. `address` makes a page's address
/// from its path.
pub(crate) fn index(
    pages: &Pages,
    lang: &str,
    address: impl Fn(&str) -> String,
) -> Result<String, minijinja::Error> {
    let mut sections = Vec::new();
    for path in pages.paths() {
        let Some(page) = pages.find(&path) else {
            continue;
        };
        let html = pages.render(&page, lang, context! { practice => true })?;
        sections.extend(cut(&html, &address(&path)));
    }
    let sections = serde_json::to_string(&sections).map_err(|error| {
        minijinja::Error::new(minijinja::ErrorKind::BadSerialization, error.to_string())
    })?;
    Ok(format!("globalThis.searchSections = {sections};\n"))
}

fn cut(html: &str, url: &str) -> Vec<Section> {
    let main = html.split_once("<main").map_or("", |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let page = between(main, "<h1>", "</h1>")
        .map(words)
        .unwrap_or_default();
    let mut sections = Vec::new();
    for piece in main.split("<h2").flat_map(|part| part.split("<h3")) {
        // Before the first `>` are the attributes of the heading or of `main`.
        let (attributes, content) = piece.split_once('>').unwrap_or(("", piece));
        let (heading, text) = match content.split_once("</h2>").or(content.split_once("</h3>")) {
            Some((heading, text)) => (words(heading), text),
            None => (String::new(), content),
        };
        let place = between(attributes, "id=\"", "\"");
        let url = match place {
            Some(id) if id != "content" => format!("{url}#{id}"),
            _ => url.to_owned(),
        };
        sections.push(Section {
            page: page.clone(),
            heading,
            url,
            text: words(text),
        });
    }
    sections
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0)
}

/// The text of a piece of HTML, with each run of white space as one space.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap_or(("", ""));
        // Inline elements can be inside a word, so they add no space.
        if ![
            "code", "/code", "strong", "/strong", "a", "/a", "kbd", "/kbd",
        ]
        .contains(&tag.split(' ').next().unwrap_or_default())
        {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let html = "<nav>no</nav><main id=\"content\"><h1>Page</h1><p>One</p><h2 id=\"a\">A <code>b</code></h2>\
                    <p>x &lt;y&gt;</p><h3 id=\"c\">C</h3><p>z<br>w</p></main><footer>no</footer>";
        let found: Vec<_> = cut(html, "/docs/page")
            .into_iter()
            .map(|section| (section.url, section.heading, section.text))
            .collect();
        let wanted = [
            ("/docs/page", "", "Page One"),
            ("/docs/page#a", "A b", "x <y>"),
            ("/docs/page#c", "C", "z w"),
        ];
        let wanted = wanted.map(|(url, heading, text)| (url.into(), heading.into(), text.into()));
        assert_eq!(found, wanted);
    }
}
