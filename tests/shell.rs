//! What the shell's JavaScript files must have in common with the Rust beside them.
#![cfg(not(target_arch = "wasm32"))]

use std::{collections::BTreeSet, fs, path::Path};

/// wasm-bindgen copies only the files that Rust names. A missing file stops every element on the page.
#[test]
fn every_file_of_the_shell_goes_into_a_plain_wasm_pack_build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let define = fs::read_to_string(root.join("src/web/define.rs")).unwrap();
    let named: BTreeSet<String> = define
        .split('"')
        .filter(|text| text.starts_with("/src/web/") && text.ends_with(".js"))
        .filter(|text| *text != "/src/web/define.js")
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = ["captcha", "share"]
        .iter()
        .flat_map(|element| {
            let files = fs::read_dir(root.join("src/web").join(element)).unwrap();
            files.map(move |entry| (element, entry.unwrap().file_name().into_string().unwrap()))
        })
        .filter(|(_, name)| name.ends_with(".js"))
        .map(|(element, name)| format!("/src/web/{element}/{name}"))
        .collect();
    assert_eq!(named, there);
}

/// The names of the methods that Rust calls on a JavaScript type.
fn called<'a>(rust: &'a str, of: &str) -> BTreeSet<String> {
    let receiver = format!("(this: &{of}");
    let attributes: Vec<&'a str> = rust.split("#[wasm_bindgen(method").skip(1).collect();
    let mut names = BTreeSet::new();
    for text in attributes {
        let (attribute, rest) = text.split_once(")]").unwrap();
        if attribute.contains("getter") || attribute.contains("setter") {
            continue;
        }
        let (signature, _) = rest.split_once(';').unwrap();
        let flat = signature.split_whitespace().collect::<Vec<_>>().join(" ");
        if !flat.replace("( this", "(this").contains(&receiver) {
            continue;
        }
        let declared = flat.split_once("fn ").unwrap().1.split_once('(').unwrap().0;
        let renamed = attribute.split_once("js_name = ").map(|(_, name)| name);
        names.insert(renamed.unwrap_or(declared).to_owned());
    }
    names
}

/// The methods of a class: the declarations that are indented once.
fn methods(script: &str) -> BTreeSet<String> {
    script
        .lines()
        .filter_map(|line| {
            let line = line.strip_prefix("  ")?;
            let (name, _) = line.split_once('(')?;
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_alphanumeric());
            (is_name && (line.ends_with(") {") || line.ends_with(") {}"))).then(|| name.to_owned())
        })
        .collect()
}

/// A missing method would trap, and only when it is called.
#[test]
fn the_shell_has_every_method_that_rust_calls() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/captcha");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let called = called(&read("shell.rs"), "Shell");
    assert!(
        called.contains("paintText") && called.contains("abort"),
        "{called:?}"
    );
    let mut there = methods(&read("shell.js"));
    there.extend(methods(&read("painting.js")));
    let missing: Vec<_> = called.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "shell.js and painting.js lack {missing:?}"
    );
    // The reverse: the shell has no method that Rust no longer calls.
    let (_, asked) = read("shell.js")
        .split_once("// What the core asks for")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let unused: Vec<_> = methods(&asked).difference(&called).cloned().collect();
    assert!(unused.is_empty(), "Rust does not call {unused:?}");
}

/// The number in the declaration of a constant.
fn constant(source: &str, name: &str) -> String {
    let (_, rest) = source
        .split_once(&format!("const {name}"))
        .unwrap_or_else(|| panic!("there is no {name}"));
    let (declaration, _) = rest.split_once(';').unwrap();
    let (_, number) = declaration.split_once("= ").unwrap();
    number.replace('_', "")
}

/// A press before there is a core must sound, and be told, like a later one.
#[test]
fn an_early_press_has_the_times_of_a_later_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let shell = read("web/captcha/shell.js");
    for (ours, file, theirs) in [
        (
            "FIRST_LEAD_IN_MS",
            "captcha/step/play.rs",
            "LEAD_IN_BUTTON_MS",
        ),
        ("SLOW_MS", "captcha/step/mod.rs", "SLOW_MS"),
    ] {
        assert_eq!(
            constant(&shell, ours),
            constant(&read(file), theirs),
            "{ours}"
        );
    }
}

#[test]
fn the_shell_of_the_share_button_has_every_method_that_rust_calls_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let called = called(&read("share.rs"), "ShareShell");
    let mut there = methods(&read("share/shell.js"));
    // These are for the shell itself.
    for own in ["constructor", "tell", "emit"] {
        assert!(there.remove(own), "{own}");
    }
    assert_eq!(called, there);
}

/// The browser reports changes only of the attributes in this list.
#[cfg(feature = "captcha")]
#[test]
fn the_element_observes_every_attribute() {
    use sori_captcha::config::Attribute;

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/captcha");
    let script = fs::read_to_string(root.join("element.js")).unwrap();
    let list = |name: &str| {
        let (_, rest) = script.split_once(&format!("const {name} = [")).unwrap();
        let (list, _) = rest.split_once("];").unwrap();
        list.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let ours = |flags: bool| {
        let all = Attribute::ALL
            .into_iter()
            .filter(|it| it.is_boolean() == flags);
        all.map(|it| it.as_str().to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(list("FLAGS"), ours(true));
    assert_eq!(list("TEXTS"), ours(false));
}
