//! Reads every name from the source, in order, and checks that `reference.toml` describes exactly these names.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use sori_captcha::captcha::event::Signal;
use sori_captcha::captcha::state::StateName;
use sori_captcha::config::{self, Config};
use sori_captcha::error::ErrorCode;

use super::words::{Attribute, Kind, Words};

/// Names that only the shell has, and no list in Rust. A test in the browser compares them with the element.
const FURTHER_METHODS: [&str; 6] = [
    "reject",
    "focus",
    "checkValidity",
    "reportValidity",
    "setCustomValidity",
    "diagnose",
];
pub(super) const PROPERTIES: [&str; 8] = [
    "messages",
    "value",
    "form",
    "labels",
    "type",
    "validity",
    "validationMessage",
    "willValidate",
];
const NATIVE_EVENTS: [&str; 2] = ["input", "change"];

pub(super) fn attributes() -> impl Iterator<Item = &'static str> {
    config::Attribute::ALL
        .iter()
        .map(|attribute| attribute.as_str())
}

fn is_flag(name: &str) -> bool {
    let mut all = config::Attribute::ALL.iter();
    all.any(|attribute| attribute.as_str() == name && attribute.is_boolean())
}

/// The property that reflects an attribute.
pub(super) fn property(attribute: &str) -> String {
    let mut words = attribute.split('-');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        name.push_str(&word[..1].to_uppercase());
        name.push_str(&word[1..]);
    }
    name
}

/// The class of the element.
const ELEMENT: &str = include_str!("../../../src/web/captcha/element.js");
/// The shadow tree.
const TREE: &str = include_str!("../../../src/web/captcha/template.js");

/// The texts in quotes between two pieces of a source.
fn quoted<'a>(source: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let list = source.split_once(begin).map(|(_, rest)| rest);
    let list = list
        .and_then(|rest| rest.split_once(end))
        .map(|(list, _)| list);
    list.unwrap_or_default()
        .split('"')
        .skip(1)
        .step_by(2)
        .collect()
}

pub(super) fn methods() -> impl Iterator<Item = &'static str> {
    let own = quoted(ELEMENT, "const METHODS", ";");
    own.into_iter().chain(FURTHER_METHODS)
}

pub(super) fn events() -> Vec<&'static str> {
    let own = Signal::ALL.iter().map(|signal| signal.as_str());
    own.chain(NATIVE_EVENTS).collect()
}

pub(super) fn states() -> impl Iterator<Item = &'static str> {
    StateName::ALL.iter().map(|state| state.as_str())
}

pub(super) fn errors() -> impl Iterator<Item = &'static str> {
    ErrorCode::ALL.iter().map(|code| code.as_str())
}

/// The tree's parts with their elements, each once, in the reading order. Every part is written as `part: "…"` behind its
/// element, or as a call of `button`.
pub(super) fn parts() -> Vec<(&'static str, &'static str)> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let tree = TREE
        .split_once("function tree()")
        .map_or("", |(_, tree)| tree);
    let mut element = "";
    for (at, _) in tree.match_indices('"') {
        let (before, rest) = tree.split_at(at);
        let word = rest[1..].split('"').next().unwrap_or_default();
        // The formatter may have put the name on a line of its own.
        let before = before.trim_end();
        if before.ends_with("node(") {
            element = word;
        }
        let part = if before.ends_with("iconButton(") {
            Some((word, "button"))
        } else if before.ends_with("part:") {
            Some((word, element))
        } else {
            None
        };
        // This part is not visible, so a page has no reason to style it.
        if let Some((part, element)) = part.filter(|(part, _)| *part != "announcement")
            && !parts.iter().any(|(known, _)| *known == part)
        {
            parts.push((part, element));
        }
    }
    parts
}

/// The slots, first `default`: the one without a name.
pub(super) fn slots() -> Vec<&'static str> {
    let slots = TREE.match_indices("\"slot\"").map(|(at, head)| {
        let rest = TREE[at + head.len()..].trim_start_matches([',', ' ', '\n']);
        let named = rest.strip_prefix("{ name: \"");
        named
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("default")
    });
    let mut slots: Vec<_> = slots.collect();
    slots.sort_by_key(|name| *name != "default");
    slots
}

/// The custom properties of a style sheet with their defaults, in the order of the last `:host` that sets them.
pub(super) fn custom_properties(sheet: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (at, _) in sheet.match_indices("var(--sori-") {
        let call = inside(&sheet[at + "var".len()..]);
        let (name, default) = call.split_once(',').unwrap_or((call, ""));
        let default = default.trim().to_owned();
        match found.iter_mut().find(|(known, _)| known == name) {
            // The later rule is for browsers with light-dark(), and has both colours.
            Some(known) => known.1 = default,
            None => found.push((name.to_owned(), default)),
        }
    }
    found
}

/// The text inside the parentheses at the beginning.
fn inside(text: &str) -> &str {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(1..at).unwrap_or_default();
        }
    }
    text
}

/// The configuration with this one attribute, and the console's warning about its value.
fn read(name: &str, value: &str) -> (Config, Option<&'static str>) {
    let value_of = |attribute: config::Attribute| match attribute.as_str() {
        own if own == name => Some(value)
            .filter(|value| !value.is_empty())
            .map(str::to_owned),
        "endpoint" => Some("/".to_owned()),
        _ => None,
    };
    let mut expected = None;
    let config = Config::read(value_of, |warning| {
        if warning.attribute.as_str() == name {
            expected = Some(warning.expected);
        }
    });
    (config, expected)
}

/// Which values the console's warning allows; `None` if every value is understood.
pub(super) fn expected(name: &str, attribute: &Attribute) -> Option<&'static str> {
    let unknown = attribute.unknown.as_ref()?.values().first()?;
    read(name, unknown).1
}

pub(super) fn check(words: &Words, sheet: &str) -> Result<()> {
    same("attributes", &words.attributes, attributes())?;
    same("properties", &words.properties, PROPERTIES.into_iter())?;
    same("methods", &words.methods, methods())?;
    let events = events();
    same("events", &words.events, events.into_iter())?;
    same("slots", &words.slots, slots().into_iter())?;
    let parts = parts();
    same("parts", &words.parts, parts.iter().map(|(part, _)| *part))?;
    same("states", &words.states, states())?;
    same("errors", &words.errors, errors())?;
    let custom = custom_properties(sheet);
    let custom = custom.iter().map(|(name, _)| name.as_str());
    same("custom", &words.custom, custom)?;
    for (name, attribute) in &words.attributes {
        try_out(name, attribute).with_context(|| format!("attributes.{name}"))?;
    }
    Ok(())
}

fn same<'a, T>(
    what: &str,
    words: &BTreeMap<String, T>,
    names: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let names: BTreeSet<&str> = names.collect();
    let said: BTreeSet<&str> = words.keys().map(String::as_str).collect();
    let missing: Vec<_> = names.difference(&said).collect();
    ensure!(missing.is_empty(), "{what} lacks {missing:?}");
    let gone: Vec<_> = said.difference(&names).collect();
    ensure!(
        gone.is_empty(),
        "{what} speaks of {gone:?}, which the source does not have"
    );
    Ok(())
}

/// Checks that the parser accepts and refuses what `reference.toml` says.
fn try_out(name: &str, attribute: &Attribute) -> Result<()> {
    let (plain, _) = read(name, "");
    ensure!(
        is_flag(name) == (attribute.kind == Kind::Flag),
        "flag or no flag?"
    );
    let limits = [&attribute.min, &attribute.max, &attribute.default];
    let understood = attribute.values.iter().chain(&attribute.sample);
    for value in understood.chain(limits.into_iter().flatten()) {
        let (config, warning) = read(name, value);
        ensure!(
            warning.is_none(),
            "{value:?} is not understood: {warning:?}"
        );
        let default = attribute.default.as_ref() == Some(value);
        // The browser, the shell and the style sheet take these themselves.
        ensure!(
            (config == plain) == default || matches!(name, "lang" | "disabled" | "error" | "theme"),
            "{value:?} is {}the default",
            if default { "not " } else { "" }
        );
    }
    let unknown = attribute
        .unknown
        .as_ref()
        .map_or(&[][..], |unknown| unknown.values());
    for value in unknown {
        let (config, warning) = read(name, value);
        ensure!(warning.is_some(), "{value:?} is understood");
        ensure!(config == plain, "{value:?} does not lead to the default");
    }
    let limited = matches!(attribute.kind, Kind::Choice | Kind::Number);
    ensure!(
        !limited || !unknown.is_empty(),
        "which value would not be understood?"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{custom_properties, events, parts, property, slots};

    #[test]
    fn attributes_are_properties_in_camel_case() {
        assert_eq!(property("pause-on-typing"), "pauseOnTyping");
        assert_eq!(property("name"), "name");
    }

    #[test]
    fn every_event_is_found() {
        let events = events();
        assert!(events.len() > 6, "{events:?}");
        assert_eq!(events[0], "sori-statechange");
    }

    #[test]
    fn every_part_has_its_element() {
        let parts = parts();
        for part in [
            ("consent", "label"),
            ("play", "button"),
            ("volume", "input"),
        ] {
            assert!(parts.contains(&part), "{parts:?}");
        }
        assert!(parts.iter().all(|(_, element)| !element.is_empty()));
    }

    #[test]
    fn every_slot_is_found() {
        assert_eq!(slots(), ["default", "alternative", "notice"]);
    }

    #[test]
    fn defaults_are_read_with_their_parentheses() {
        let sheet =
            "a: var(--sori-x, #fff); b: var(--sori-x, light-dark(#fff, #000)); c: var(--sori-y)";
        let found = custom_properties(sheet);
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(
            found,
            [("--sori-x", "light-dark(#fff, #000)"), ("--sori-y", "")]
        );
    }
}
