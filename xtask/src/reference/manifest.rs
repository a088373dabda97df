//! The declaration of `<sori-captcha>` in the custom elements manifest, in English.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::facts;
use super::words::{self, Attribute, Kind, Language, Meaning, Words};

const ENGLISH: Language = Language::English;

/// The manifest with a new declaration of the element. Everything else in it is kept.
pub(super) fn with(manifest: &str, words: &Words) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(manifest).context("the manifest is no JSON")?;
    let declared = manifest["modules"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(|module| module["declarations"].get_mut(0))
        .find(|declared| declared["tagName"] == "sori-captcha")
        .context("the manifest does not declare sori-captcha")?;
    *declared = declaration(words)?;
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn declaration(words: &Words) -> Result<Value> {
    let mut attributes = Vec::new();
    let mut members = Vec::new();
    for name in facts::attributes() {
        let attribute = words::of(&words.attributes, name)?;
        attributes.push(described(
            attribute,
            &[("name", name), ("fieldName", &facts::property(name))],
        ));
        members.push(field(name, attribute));
    }
    for name in facts::PROPERTIES {
        let property = words::of(&words.properties, name)?;
        let mut member = json!({
            "kind": "field", "name": name, "type": { "text": property.kind }, "description": property.text(ENGLISH),
        });
        if property.readonly {
            member["readonly"] = true.into();
        }
        members.push(member);
    }
    for name in facts::methods() {
        let method = words::of(&words.methods, name)?;
        members.push(json!({
            "kind": "method", "name": name, "type": { "text": method.signature }, "description": method.text(ENGLISH),
        }));
    }
    let mut events = Vec::new();
    let names = facts::events();
    for name in names {
        let event = words::of(&words.events, name)?;
        let kind = (event.detail.as_ref()).map_or("Event".to_owned(), |detail| {
            format!("CustomEvent<{detail}>")
        });
        events.push(
            json!({ "name": name, "type": { "text": kind }, "description": event.text(ENGLISH) }),
        );
    }
    let slots = facts::slots();
    let slots = slots.iter().map(|name| {
        let mut slot = described_by(name, words::of(&words.slots, name)?);
        if *name == "default" {
            slot["name"] = "".into();
        }
        Ok(slot)
    });
    let parts = facts::parts();
    let parts = parts
        .iter()
        .map(|(name, _)| Ok(described_by(name, words::of(&words.parts, name)?)));
    let states =
        facts::states().map(|name| Ok(described_by(name, words::of(&words.states, name)?)));
    let custom = words
        .custom
        .iter()
        .map(|(name, meaning)| Ok(described_by(name, meaning)));
    Ok(json!({
        "kind": "class",
        "name": "SoriCaptcha",
        "tagName": "sori-captcha",
        "customElement": true,
        "superclass": { "name": "HTMLElement" },
        "description": "An accessible audio captcha, form-associated.",
        "attributes": attributes,
        "members": members,
        "events": events,
        "slots": slots.collect::<Result<Vec<_>>>()?,
        "cssParts": parts.collect::<Result<Vec<_>>>()?,
        "cssStates": states.collect::<Result<Vec<_>>>()?,
        "cssProperties": custom.collect::<Result<Vec<_>>>()?,
    }))
}

fn described_by(name: &str, meaning: &Meaning) -> Value {
    json!({ "name": name, "description": meaning.text(ENGLISH) })
}

/// An attribute, or the property that reflects it: `names` and what both say.
fn described(attribute: &Attribute, names: &[(&str, &str)]) -> Value {
    let mut out = Map::new();
    for (key, name) in names {
        out.insert((*key).to_owned(), Value::String((*name).to_owned()));
    }
    let mut description = attribute.text(ENGLISH).to_owned();
    if let (Some(min), Some(max), Some(unit)) =
        (&attribute.min, &attribute.max, attribute.unit(ENGLISH))
    {
        description.push_str(&format!(" {min} to {max}, {unit}."));
    }
    out.insert("type".to_owned(), json!({ "text": kind(attribute) }));
    out.insert("description".to_owned(), description.into());
    if let Some(default) = &attribute.default {
        out.insert("default".to_owned(), default.as_str().into());
    }
    Value::Object(out)
}

fn field(name: &str, attribute: &Attribute) -> Value {
    let property = facts::property(name);
    let mut out = described(
        attribute,
        &[("kind", "field"), ("name", &property), ("attribute", name)],
    );
    if !matches!(attribute.kind, Kind::Flag) {
        // The property returns what stands in the attribute.
        out["type"] = json!({ "text": "string" });
    }
    out["reflects"] = true.into();
    out
}

fn kind(attribute: &Attribute) -> String {
    match attribute.kind {
        Kind::Flag => "boolean".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Url | Kind::Text => "string".to_owned(),
        Kind::Choice => {
            let values = attribute.values.iter();
            let values: Vec<_> = values.map(|value| format!("{value:?}")).collect();
            values.join(" | ")
        }
    }
}
