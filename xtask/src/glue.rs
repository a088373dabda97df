//! Turns wasm-bindgen's glue into a factory.
//!
//! A wasm instance that has trapped is dead, and the page needs a fresh one. The glue keeps its instance, its
//! caches and its closures in module scope, which exists once per page; inside a function every call has its own,
//! so what is left of the dead instance can never reach into the new one.

use anyhow::{Context, Result, ensure};

use crate::shorten::replace_word;

/// The loader at the glue's end, from here on, is replaced by ours: it takes a module compiled once.
const LOADER: &str = "\nasync function __wbg_load(";

/// Helpers in fewer words, by their first lines: a text is encoded as a whole, and a view of the memory is made whenever
/// one is wanted, for ours are few and short.
const HELPERS: [(&str, &str); 4] = [
    (
        "function passStringToWasm0(arg, malloc, realloc) {",
        "    return passArray8ToWasm0(cachedTextEncoder.encode(arg));",
    ),
    (PASS_BYTES, PASS_BYTES_BODY),
    (
        "function getUint8ArrayMemory0() {",
        "    return new Uint8Array(wasm.memory.buffer);",
    ),
    (
        "function getDataViewMemory0() {",
        "    return new DataView(wasm.memory.buffer);",
    ),
];

const PASS_BYTES: &str = "function passArray8ToWasm0(arg, malloc) {";
const PASS_BYTES_BODY: &str = "    const ptr = wasm.__wbindgen_malloc(arg.length, 1);
    getUint8ArrayMemory0().set(arg, ptr);
    WASM_VECTOR_LEN = arg.length;
    return ptr;";

/// What the glue does for browsers without ES2022, which could not run our bundles anyway, for 2 GiB of text or memory, and
/// for helpers that are replaced.
const NEEDLESS: [(&str, &str); 18] = [
    (", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"),
    (", wasm.__wbindgen_malloc)", ")"),
    ("    ptr = ptr >>> 0;\n", ""),
    (
        "add_to_stack_pointer(-16) >>> 0",
        "add_to_stack_pointer(-16)",
    ),
    (
        "subarray(ptr / 1, ptr / 1 + len)",
        "subarray(ptr, ptr + len)",
    ),
    ("        __proto__: null,\n", ""),
    (
        "if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}
",
        "",
    ),
    (
        "    numBytesDecoded += bytes.length;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
        cachedTextDecoder.decode();
        numBytesDecoded = bytes.length;
    }
",
        "",
    ),
    ("const MAX_SAFARI_DECODE_BYTES = 2146435072;\n", ""),
    ("let numBytesDecoded = 0;\n", ""),
    (
        "(typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry",
        "new FinalizationRegistry",
    ),
    (
        "            let result;
            try {
                result = ",
        "            return ",
    ),
    (
        "
            } catch (_) {
                result = false;
            }
            const ret = result;
            return ret;
",
        "\n",
    ),
    ("let cachedUint8ArrayMemory0 = null;\n", ""),
    ("let cachedDataViewMemory0 = null;\n", ""),
    ("    cachedUint8ArrayMemory0 = null;\n", ""),
    ("    cachedDataViewMemory0 = null;\n", ""),
    (
        "let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
",
        "let wasm;
function __wbg_finalize_init(instance) {
    wasm = instance.exports;
",
    ),
];

/// The glue without what ours can do without: 0.4 kB after compression. What wasm-bindgen words otherwise just stays.
pub(crate) fn lean(glue: &str) -> String {
    let mut glue = glue.to_owned();
    for (old, new) in NEEDLESS {
        glue = glue.replace(old, new);
    }
    for (head, body) in HELPERS {
        let Some((before, rest)) = glue.split_once(head) else {
            continue;
        };
        let Some((_, after)) = rest.split_once("\n}\n") else {
            continue;
        };
        glue = format!("{before}{head}\n{body}\n}}\n{after}");
    }
    if glue.contains("passArray8ToWasm0(") && !glue.contains(PASS_BYTES) {
        glue = glue.replace(
            "let WASM_VECTOR_LEN",
            &format!("{PASS_BYTES}\n{PASS_BYTES_BODY}\n}}\n\nlet WASM_VECTOR_LEN"),
        );
    }
    without_conversions(&glue)
}

/// What `const val2 = +id;` makes a number is given as it is: the call converts it.
fn without_conversions(glue: &str) -> String {
    let mut out = String::new();
    let mut given: Vec<(&str, &str)> = Vec::new();
    for line in glue.lines() {
        let conversion = line.trim().strip_prefix("const val");
        if let Some((number, argument)) = conversion.and_then(|it| it.split_once(" = +")) {
            given.push((number, argument.trim_end_matches(';')));
            continue;
        }
        let mut line = line.to_owned();
        for (number, argument) in &given {
            line = replace_word(&line, &format!("val{number}"), argument);
        }
        if line == "}" {
            given.clear();
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

pub(crate) fn factory(glue: &str) -> Result<String> {
    let (body, _) = glue.split_once(LOADER).context(
        "wasm-bindgen's glue has no __wbg_load: its form has changed, see xtask/src/glue.rs",
    )?;

    let mut imports = String::new();
    let mut inner = String::new();
    let mut names = Vec::new();
    for line in body.lines() {
        if line.starts_with("import ") {
            imports.push_str(line);
            imports.push('\n');
        } else if let Some(item) = line.strip_prefix("export ") {
            names.push(exported_name(item)?);
            inner.push_str(item);
            inner.push('\n');
        } else {
            inner.push_str(line);
            inner.push('\n');
        }
    }
    for required in [
        "function __wbg_get_imports()",
        "function __wbg_finalize_init(",
    ] {
        ensure!(
            inner.contains(required),
            "wasm-bindgen's glue has no {required}: its form has changed, see xtask/src/glue.rs"
        );
    }
    let names = names.join(", ");
    Ok(format!(
        "{imports}
export async function instantiate(module) {{
{inner}
__wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
return {{ {names} }};
}}
"
    ))
}

/// `function play(a) {` and `class Widget {` are the forms wasm-bindgen writes.
fn exported_name(item: &str) -> Result<&str> {
    let rest = ["async function ", "function ", "class "]
        .iter()
        .find_map(|kind| item.strip_prefix(kind))
        .with_context(|| format!("wasm-bindgen exports in an unknown form: {item}"))?;
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(rest.len());
    Ok(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::{factory, lean};

    const GLUE: &str = r#"/* @ts-self-types="./sori.d.ts" */
import { set_text } from './snippets/x/element.js';

export class Widget {
}
export function start() {
    wasm.start();
}
function __wbg_get_imports() {
}
let wasm;
function __wbg_finalize_init(instance, module) {
}

async function __wbg_load(module, imports) {
}
export { initSync, __wbg_init as default };
"#;

    #[test]
    fn state_is_inside_and_snippets_are_outside() {
        let text = factory(GLUE).unwrap();
        let (outside, inside) = text
            .split_once("export async function instantiate(module) {")
            .unwrap();
        assert!(outside.contains("import { set_text }"));
        assert!(inside.contains("let wasm;"));
        assert!(inside.contains("return { Widget, start };"));
        assert!(!inside.contains("export "));
        assert!(!inside.contains("__wbg_load"));
    }

    #[test]
    fn a_helper_is_replaced_to_its_end() {
        let glue = "let a;\nfunction getUint8ArrayMemory0() {\n    if (a) {\n    }\n}\nlet b;\n";
        let lean = lean(glue);
        assert!(lean.starts_with("let a;\nfunction getUint8ArrayMemory0() {\n    return new"));
        assert!(lean.ends_with("\n}\nlet b;\n") && !lean.contains("if"));
        assert_eq!(super::lean(GLUE), GLUE);
    }

    #[test]
    fn a_changed_form_is_refused() {
        assert!(factory("export function start() {}").is_err());
        let other = GLUE.replace("export class Widget {", "export const Widget = class {");
        assert!(
            factory(&other)
                .unwrap_err()
                .to_string()
                .contains("unknown form")
        );
    }
}
