//! The pieces of HTML that the documentation includes.

use std::fmt::Write as _;
use std::num::NonZeroU32;

use anyhow::Result;
use sori_captcha::captcha::message::{Message, Text};
use sori_captcha::error::{ErrorCode, Side};
use sori_captcha::locale::texts::Texts;

use super::facts;
use super::words::{self, Attribute, Kind, Language, Words};

/// The name of each piece, and its HTML.
pub(super) fn of(
    words: &Words,
    sheet: &str,
    language: Language,
) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("attributes", attributes(words, language)?),
        ("properties", properties(words, language)?),
        ("methods", methods(words, language)?),
        ("events", events(words, language)?),
        ("slots", slots(words, language)?),
        ("parts", parts(words, language)?),
        ("states", states(words, language)?),
        (
            "custom-properties",
            custom_properties(words, sheet, language)?,
        ),
        ("errors", errors(words, language)?),
        ("heard", heard(language)?),
        ("messages", messages(language)?),
    ])
}

fn attributes(words: &Words, language: Language) -> Result<String> {
    let mut out = String::new();
    for name in facts::attributes() {
        let attribute = words::of(&words.attributes, name)?;
        writeln!(out, "<h3 id=\"attribute-{name}\"><code>{name}</code></h3>")?;
        writeln!(out, "<p>{}</p>", html(attribute.text(language)))?;
        out.push_str("<dl class=\"facts\">\n");
        let mut fact = |ko, en, text: &str| {
            let term = language.pick(ko, en);
            writeln!(out, "<div><dt>{term}</dt><dd>{text}</dd></div>")
        };
        let property = format!("<code>{}</code>", facts::property(name));
        fact("프로퍼티", "Property", &property)?;
        fact("값", "Values", &values(attribute, language))?;
        fact("없으면", "Without it", &absent(attribute, language))?;
        if let Some(expected) = facts::expected(name, attribute) {
            let warns = language.pick("콘솔 경고: ", "a warning on the console: ");
            let text = format!("{warns}<q lang=\"en\">should be {}</q>", html(expected));
            fact("지원하지 않는 값이면", "Otherwise", &text)?;
        }
        out.push_str("</dl>\n");
    }
    Ok(out)
}

fn values(attribute: &Attribute, language: Language) -> String {
    match attribute.kind {
        Kind::Flag => language
            .pick(
                "있으면 켜짐, 값은 상관없음",
                "on where present, whatever its value",
            )
            .to_owned(),
        Kind::Text => language.pick("문자열", "text").to_owned(),
        Kind::Url => language.pick("URL", "a URL").to_owned(),
        Kind::Choice => {
            let values = attribute.values.iter();
            let values: Vec<_> = values
                .map(|value| format!("<code>{value}</code>"))
                .collect();
            values.join(", ")
        }
        Kind::Number => {
            let limit = |limit: &Option<String>| limit.clone().unwrap_or_default();
            let (min, max) = (limit(&attribute.min), limit(&attribute.max));
            let unit = attribute.unit(language).unwrap_or_default();
            match language {
                Language::Korean => format!("<code>{min}</code>~<code>{max}</code>, {unit}"),
                Language::English => format!("<code>{min}</code> to <code>{max}</code>, {unit}"),
            }
        }
    }
}

fn absent(attribute: &Attribute, language: Language) -> String {
    match (&attribute.default, attribute.absent(language)) {
        (_, Some(text)) => html(text),
        (Some(default), None) => format!("<code>{default}</code>"),
        (None, None) => language.pick("꺼짐", "off").to_owned(),
    }
}

fn properties(words: &Words, language: Language) -> Result<String> {
    let head = match language {
        Language::Korean => ["프로퍼티", "타입", "뜻"],
        Language::English => ["Property", "Type", "Meaning"],
    };
    let mut rows = Vec::new();
    for name in facts::PROPERTIES {
        let property = words::of(&words.properties, name)?;
        let mut kind = format!("<code>{}</code>", html(&property.kind));
        if property.readonly {
            kind.push_str(language.pick(", 읽기 전용", ", read only"));
        }
        rows.push((name, vec![kind, html(property.text(language))]));
    }
    table(("property", "properties"), head, &rows)
}

fn methods(words: &Words, language: Language) -> Result<String> {
    let mut out = String::from("<dl>\n");
    for name in facts::methods() {
        let method = words::of(&words.methods, name)?;
        let signature = html(&method.signature);
        writeln!(
            out,
            "<dt id=\"method-{name}\"><code>{signature}</code></dt>"
        )?;
        writeln!(out, "<dd>{}</dd>", html(method.text(language)))?;
    }
    out.push_str("</dl>\n");
    Ok(out)
}

fn events(words: &Words, language: Language) -> Result<String> {
    let head = match language {
        Language::Korean => ["이벤트", "언제", "<code>detail</code>"],
        Language::English => ["Event", "When", "<code>detail</code>"],
    };
    let mut rows = Vec::new();
    let events = facts::events();
    for name in events {
        let event = words::of(&words.events, name)?;
        let detail = event.detail.as_deref();
        let detail = detail.map_or_else(String::new, |detail| {
            format!("<code>{}</code>", html(detail))
        });
        rows.push((name, vec![html(event.text(language)), detail]));
    }
    table(("event", "events"), head, &rows)
}

fn slots(words: &Words, language: Language) -> Result<String> {
    let mut out = String::from("<dl>\n");
    for name in facts::slots() {
        let shown = match name {
            "default" => language
                .pick("이름 없는 슬롯", "the slot without a name")
                .to_owned(),
            _ => format!("<code>slot=\"{name}\"</code>"),
        };
        let meaning = html(words::of(&words.slots, name)?.text(language));
        writeln!(
            out,
            "<dt id=\"slot-{name}\">{shown}</dt>\n<dd>{meaning}</dd>"
        )?;
    }
    out.push_str("</dl>\n");
    Ok(out)
}

fn parts(words: &Words, language: Language) -> Result<String> {
    let head = match language {
        Language::Korean => ["부분", "요소", "설명"],
        Language::English => ["Part", "Element", "What it is"],
    };
    let mut rows = Vec::new();
    for (name, element) in facts::parts() {
        let meaning = html(words::of(&words.parts, name)?.text(language));
        rows.push((name, vec![format!("<code>{element}</code>"), meaning]));
    }
    table(("part", "parts"), head, &rows)
}

fn states(words: &Words, language: Language) -> Result<String> {
    let mut out = String::from("<dl>\n");
    for name in facts::states() {
        let meaning = html(words::of(&words.states, name)?.text(language));
        writeln!(
            out,
            "<dt id=\"state-{name}\"><code>:state({name})</code></dt>\n<dd>{meaning}</dd>"
        )?;
    }
    out.push_str("</dl>\n");
    Ok(out)
}

fn custom_properties(words: &Words, sheet: &str, language: Language) -> Result<String> {
    let head = match language {
        Language::Korean => ["CSS 변수", "쓰이는 곳", "기본값"],
        Language::English => ["Custom property", "Used for", "Default"],
    };
    let found = facts::custom_properties(sheet);
    let mut rows = Vec::new();
    for (name, default) in &found {
        let meaning = html(words::of(&words.custom, name)?.text(language));
        rows.push((name.as_str(), vec![meaning, colours(default, language)]));
    }
    table(("custom", "custom-properties"), head, &rows)
}

/// A default of a style sheet as the documentation shows it: both colours, or the property that it is taken from.
fn colours(default: &str, language: Language) -> String {
    let both = default
        .strip_prefix("light-dark(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(", "));
    if let Some((light, dark)) = both {
        let (by_day, by_night) = (
            language.pick("밝게", "light"),
            language.pick("어둡게", "dark"),
        );
        return format!("{by_day} <code>{light}</code>, {by_night} <code>{dark}</code>");
    }
    match default
        .strip_prefix("var(--_")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(other) => match language {
            Language::Korean => format!("<code>--sori-{other}</code>와 같음"),
            Language::English => format!("as <code>--sori-{other}</code>"),
        },
        None => format!("<code>{default}</code>"),
    }
}

fn errors(words: &Words, language: Language) -> Result<String> {
    let query = language.pick("", "?lang=en");
    let mut out = String::new();
    for side in [Side::Server, Side::Widget] {
        let heading = match side {
            Side::Server => language.pick("백엔드의 코드", "Codes of the backend"),
            Side::Widget => language.pick("위젯에만 있는 코드", "Codes of the widget alone"),
        };
        let id = match side {
            Side::Server => "server",
            Side::Widget => "widget",
        };
        writeln!(out, "<h3 id=\"errors-{id}\">{heading}</h3>\n<dl>")?;
        for code in ErrorCode::ALL.iter().filter(|code| code.side() == side) {
            let happened = html(words::of(&words.errors, code.as_str())?.text(language));
            writeln!(out, "<dt id=\"error-{code}\"><code>{code}</code></dt>")?;
            writeln!(out, "<dd>{happened}</dd>")?;
            writeln!(out, "<dd>{}</dd>", said(*code, language))?;
            let again = match (code.is_retryable(), language) {
                (true, Language::Korean) => {
                    "다시 누르면 해결될 수 있습니다(<code>retryable</code>). "
                }
                (true, Language::English) => "Pressing again may help (<code>retryable</code>). ",
                (false, Language::Korean) => "다시 눌러도 해결되지 않습니다. ",
                (false, Language::English) => "Pressing again does not help. ",
            };
            let todo = language.pick("개발자가 할 일", "What the developer does");
            writeln!(
                out,
                "<dd>{again}<a href=\"/docs/troubleshooting{query}#{code}\">{todo}: <code>{code}</code></a></dd>"
            )?;
        }
        out.push_str("</dl>\n");
    }
    Ok(out)
}

/// A variable for templates with the text that the visitor sees and hears for each code: `{% set heard = … %}`.
fn heard(language: Language) -> Result<String> {
    let mut out = String::from("{%- set heard = {\n");
    for code in ErrorCode::ALL {
        writeln!(
            out,
            "{}: {},",
            serde_json::to_string(code.as_str())?,
            serde_json::to_string(&said(*code, language))?
        )?;
    }
    out.push_str("} -%}\n");
    Ok(out)
}

fn texts(language: Language) -> Texts {
    Texts::of(match language {
        Language::Korean => "ko",
        Language::English => "en",
    })
}

fn said(code: ErrorCode, language: Language) -> String {
    let retry_after = match code {
        ErrorCode::RateLimited => NonZeroU32::new(30),
        _ => None,
    };
    let text = texts(language).render(Text::of_error(code, retry_after));
    let who = language.pick("방문자가 듣는 말", "The visitor hears");
    format!("{who}: <q>{}</q>", html(&text))
}

fn messages(language: Language) -> Result<String> {
    let texts = texts(language);
    let mut out = String::from("<dl>\n");
    for message in Message::ALL {
        let name = message.as_str();
        let text = html(texts.get(message));
        writeln!(out, "<dt><code>{name}</code></dt>\n<dd>{text}</dd>")?;
    }
    out.push_str("</dl>\n");
    Ok(out)
}

/// A table in a region that scrolls by itself. `names` are the beginning of the ids of its rows, and the id of its
/// heading.
fn table<const COLUMNS: usize>(
    names: (&str, &str),
    head: [&str; COLUMNS],
    rows: &[(&str, Vec<String>)],
) -> Result<String> {
    let (prefix, heading) = names;
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{heading}\">\n<table>\n<thead><tr>"
    );
    for title in head {
        write!(out, "<th scope=\"col\">{title}</th>")?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (name, cells) in rows {
        let id = name.trim_start_matches("--");
        write!(
            out,
            "<tr id=\"{prefix}-{id}\"><th scope=\"row\"><code>{name}</code></th>"
        )?;
        for cell in cells {
            write!(out, "<td>{cell}</td>")?;
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    Ok(out)
}

/// Text with backticks around code, as HTML.
fn html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut out = String::new();
    for (index, piece) in escaped.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(out, "<code>{piece}</code>");
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn code_is_marked_and_markup_is_text() {
        assert_eq!(html("a `<b>` & c"), "a <code>&lt;b&gt;</code> &amp; c");
    }
}
