//! What the shell's files must have in common with the Rust beside them.
#![cfg(not(target_arch = "wasm32"))]

use std::{collections::BTreeSet, fs, path::Path};

/// wasm-bindgen copies only the files that Rust names, and a file that is missing stops every element of the page.
#[test]
fn every_file_of_the_shell_goes_into_a_plain_wasm_pack_build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let define = fs::read_to_string(root.join("src/web/define.rs")).unwrap();
    let named: BTreeSet<String> = define
        .split('"')
        .filter(|text| text.starts_with("/src/web/captcha/"))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = fs::read_dir(root.join("src/web/captcha"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".js"))
        .map(|name| format!("/src/web/captcha/{name}"))
        .collect();
    assert_eq!(named, there);
}
