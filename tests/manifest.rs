//! Compares the hand-written types with the lists that `<sori-captcha>` is made of. The manifest for editors is made
//! from the same lists (`cargo xtask reference`), and a test in the browser compares it with the element's class.
//! `tests/share/element.rs` does the same for `<sori-share>`.
#![cfg(all(not(target_arch = "wasm32"), feature = "captcha"))]

use std::collections::BTreeSet;

use serde_json::Value;
use sori_captcha::{
    captcha::{message::Message, state::StateName},
    config::Attribute,
    error::ErrorCode,
};

const TYPINGS: &str = include_str!("../pkg/index.d.ts");

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// The text between two texts in the types.
fn between<'a>(begin: &str, end: &str) -> &'a str {
    let (_, rest) = TYPINGS
        .split_once(begin)
        .unwrap_or_else(|| panic!("{begin}"));
    rest.split_once(end).unwrap_or_else(|| panic!("{end}")).0
}

/// The texts in quotes, as in a union of names.
fn quoted(text: &str) -> BTreeSet<String> {
    set(text.split('"').skip(1).step_by(2))
}

/// The members that an interface declares, with their types.
fn members(interface: &str) -> Vec<(&'static str, &'static str)> {
    let body: &'static str = between(&format!("export interface {interface} "), "\n}\n");
    let lines = body.lines().filter_map(|line| line.strip_prefix("  "));
    lines
        .filter(|line| !line.starts_with([' ', '/', '*', ')']))
        .filter_map(|line| {
            let line = line
                .trim_start_matches("readonly ")
                .trim_start_matches("get ");
            let end = line.find(['?', ':', '(', '<'])?;
            let name = line[..end].trim_matches('"');
            let kind = line.split_once(": ").map_or("", |(_, kind)| kind);
            (!name.starts_with("set ")).then_some((name, kind.trim_end_matches(';')))
        })
        .collect()
}

fn manifest() -> Value {
    let manifest: Value =
        serde_json::from_str(include_str!("../pkg/custom-elements.json")).unwrap();
    let modules = manifest["modules"].as_array().unwrap();
    let mut declarations = modules.iter().map(|module| &module["declarations"][0]);
    let found = declarations.find(|declared| declared["tagName"] == "sori-captcha");
    found.unwrap().clone()
}

fn names(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_typings_know_every_attribute_and_which_are_boolean() {
    let typed = members("SoriCaptchaAttributes");
    let attributes = Attribute::ALL.iter();
    assert_eq!(
        set(typed.iter().map(|(name, _)| *name)),
        set(attributes.map(|attribute| attribute.as_str()))
    );
    let flags = Attribute::ALL
        .iter()
        .filter(|attribute| attribute.is_boolean());
    let boolean = typed.iter().filter(|(_, kind)| kind.starts_with("boolean"));
    assert_eq!(
        set(boolean.map(|(name, _)| *name)),
        set(flags.map(|attribute| attribute.as_str()))
    );
}

#[test]
fn the_typings_know_every_member() {
    let typed = members("SoriCaptchaElement").into_iter();
    let mut typed = set(typed.map(|(name, _)| name));
    // Declared only to give the events their types; otherwise they come from `HTMLElement`.
    for inherited in ["addEventListener", "removeEventListener"] {
        assert!(typed.remove(inherited), "{inherited}");
    }
    typed.extend(set(["lang", "focus"]));
    assert_eq!(typed, names(&manifest()["members"]));
}

#[test]
fn the_typings_know_every_event_with_its_detail() {
    let typed = members("SoriCaptchaEventMap");
    let events = set(typed.iter().map(|(name, _)| *name));
    let mut own = names(&manifest()["events"]);
    own.retain(|name| name.starts_with("sori-"));
    assert_eq!(events, own);
    for event in manifest()["events"].as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        if let Some((_, kind)) = typed.iter().find(|(typed, _)| *typed == name) {
            assert_eq!(event["type"]["text"], *kind, "{name}");
        }
    }
}

#[test]
fn the_typings_know_every_state() {
    let typed = quoted(between("export type SoriCaptchaState =", ";"));
    assert_eq!(typed, set(StateName::ALL.map(StateName::as_str)));
}

#[test]
fn the_typings_know_every_text() {
    let typed = quoted(between("export type SoriCaptchaMessages =", ";"));
    assert_eq!(typed, set(Message::ALL.iter().map(|text| text.as_str())));
}

#[test]
fn the_typings_know_every_error_code() {
    let typed = quoted(between("export type SoriErrorCode =", ";"));
    assert_eq!(typed, set(ErrorCode::ALL.iter().map(|code| code.as_str())));
}
