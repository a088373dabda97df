//! What the source says: every name, in its order. And that the words speak of these names and no others.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use sori_captcha::captcha::bridge::METHODS;
use sori_captcha::captcha::state::StateName;
use sori_captcha::captcha::template::TEMPLATE;
use sori_captcha::captcha::view::UNIT;
use sori_captcha::config::{ATTRIBUTES, Config};
use sori_captcha::error::ErrorCode;

use super::words::{Attribute, Kind, Words};

/// Of the shell in the browser, which no list in Rust names. A test in the browser compares them with the element.
const NATIVE_METHODS: [&str; 5] = [
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
    ATTRIBUTES.split(' ').map(|name| name.trim_end_matches('?'))
}

fn is_flag(name: &str) -> bool {
    ATTRIBUTES
        .split(' ')
        .any(|listed| listed.strip_suffix('?') == Some(name))
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

pub(super) fn methods() -> impl Iterator<Item = &'static str> {
    METHODS.split(' ').chain(NATIVE_METHODS)
}

/// Where the shell names its events, without the prefix.
const PROTOCOL: &str = include_str!("../../../src/web/captcha/protocol.js");

pub(super) fn events() -> Vec<String> {
    let list = PROTOCOL.split_once("SIGNALS = [").map(|(_, rest)| rest);
    let list = list
        .and_then(|rest| rest.split_once(']'))
        .map(|(list, _)| list);
    let names = list.unwrap_or_default().split('"').skip(1).step_by(2);
    let own = names.map(|name| format!("sori-{name}"));
    own.chain(NATIVE_EVENTS.map(str::to_owned)).collect()
}

pub(super) fn states() -> impl Iterator<Item = &'static str> {
    StateName::ALL.into_iter().map(StateName::as_str)
}

pub(super) fn errors() -> impl Iterator<Item = &'static str> {
    ErrorCode::ALL.iter().map(|code| code.as_str())
}

/// The template's parts with their elements, each once, in the reading order.
pub(super) fn parts() -> Vec<(&'static str, &'static str)> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    for line in TEMPLATE.lines() {
        let mut words = line.split(' ').skip(1);
        let element = words.next().unwrap_or_default();
        if let Some(part) = words.find_map(|word| word.strip_prefix("part="))
            && !parts.iter().any(|(known, _)| *known == part)
        {
            parts.push((part, element));
        }
    }
    parts
}

/// The slots; `default` is the one without a name.
pub(super) fn slots() -> Vec<&'static str> {
    let nodes = TEMPLATE.lines().map(|line| line.split_once(' '));
    let slots = nodes.flatten().map(|(_, node)| node).rev();
    slots
        .filter_map(|node| match node {
            "slot" => Some("default"),
            _ => node.strip_prefix("slot name="),
        })
        .collect()
}

/// The custom properties of a style sheet with their defaults, in the order of the last `:host` that sets them.
pub(super) fn custom_properties(sheet: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (at, _) in sheet.match_indices("var(--sori-") {
        let call = inside(&sheet[at + "var".len()..]);
        let (name, default) = call.split_once(',').unwrap_or((call, ""));
        let default = default.trim().to_owned();
        match found.iter_mut().find(|(known, _)| known == name) {
            // The later one is for browsers with light-dark(), and has both colours.
            Some(known) => known.1 = default,
            None => found.push((name.to_owned(), default)),
        }
    }
    found
}

/// What stands between the parentheses that a text begins with.
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

/// The settings that one attribute makes, and what the console would say of its value.
fn read(name: &str, value: &str) -> (Config, Option<&'static str>) {
    let values = attributes().map(|attribute| match attribute {
        _ if attribute == name => value,
        "endpoint" => "/",
        _ => "",
    });
    let values = values.collect::<Vec<_>>().join(UNIT);
    let mut expected = None;
    let config = Config::read(&values, |warning| {
        if warning.attribute == name {
            expected = Some(warning.expected);
        }
    });
    (config, expected)
}

/// What the console says that a value should be; none if every value is understood.
pub(super) fn expected(name: &str, attribute: &Attribute) -> Option<&'static str> {
    let unknown = attribute.unknown.as_ref()?.values().first()?;
    read(name, unknown).1
}

pub(super) fn check(words: &Words, sheet: &str) -> Result<()> {
    same("attributes", &words.attributes, attributes())?;
    same("properties", &words.properties, PROPERTIES.into_iter())?;
    same("methods", &words.methods, methods())?;
    let events = events();
    same("events", &words.events, events.iter().map(String::as_str))?;
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

/// Does the parser agree with what is said of the values?
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
        // The browser and the shell take these two themselves.
        ensure!(
            (config == plain) == default || matches!(name, "lang" | "disabled"),
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
    use super::{custom_properties, events, property, slots};

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
