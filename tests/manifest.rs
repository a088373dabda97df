//! The manifest that editors read is held against what `<sori-captcha>` is made of; `tests/share.rs` holds
//! that of `<sori-share>` against the element in a browser.
#![cfg(all(not(target_arch = "wasm32"), feature = "captcha"))]

use std::collections::BTreeSet;

use serde_json::Value;
use sori_captcha::{captcha, config, error::ErrorCode};

fn captcha() -> Value {
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

fn set<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.map(str::to_owned).collect()
}

#[test]
fn every_attribute_is_described() {
    let attributes = config::ATTRIBUTES.split(' ');
    assert_eq!(
        names(&captcha()["attributes"]),
        set(attributes.map(|name| name.trim_end_matches('?')))
    );
}

#[test]
fn every_part_is_described() {
    let parts = captcha::template::TEMPLATE
        .split_ascii_whitespace()
        .filter_map(|word| word.strip_prefix("part="));
    assert_eq!(names(&captcha()["cssParts"]), set(parts));
}

#[test]
fn every_method_is_described() {
    let members = captcha();
    let members = members["members"].as_array().unwrap().iter();
    let methods = members.filter(|member| member["kind"] == "method");
    assert_eq!(
        set(methods.filter_map(|method| method["name"].as_str())),
        set(captcha::bridge::METHODS.split(' '))
    );
}

#[test]
fn the_typings_know_every_error_code() {
    let typings = include_str!("../pkg/index.d.ts");
    let (_, rest) = typings.split_once("export type SoriErrorCode =").unwrap();
    let (union, _) = rest.split_once(';').unwrap();
    let typed = set(union.split('"').skip(1).step_by(2));
    assert_eq!(typed, set(ErrorCode::ALL.iter().map(|code| code.as_str())));
}
