//! Bundles the hand-written modules of pkg/ with esbuild, and compresses the result with terser. Each entry contains
//! its glue, so its only further request is for the wasm.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::build::{FULL, MODULES, Module, SHARE};
use crate::integrity;
use crate::workspace::Workspace;

/// Modules that are imported dynamically when they are needed, so they stay separate files.
const ON_DEMAND: [&str; 4] = ["./button.js", "./define.js", "./diagnose.js", "./locale/*"];
/// The classic script. It contains the wasm of both elements, so that a page makes only one request.
const CLASSIC: &str = "sori.js";

pub(crate) fn run(workspace: &Workspace, dist: &Path) -> Result<()> {
    for folder in ["", "locale/"] {
        let sources = workspace.path("pkg").join(folder);
        if !sources.is_dir() {
            continue;
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(&sources)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".js") {
                entries.push(format!("{folder}{name}"));
            }
        }
        entries.sort();
        for entry in entries {
            if entry == CLASSIC {
                classic(workspace, dist)?;
            } else {
                module(workspace, &entry, dist)?;
            }
        }
    }
    Ok(())
}

fn module(workspace: &Workspace, entry: &str, dist: &Path) -> Result<()> {
    let externals = ON_DEMAND.map(|path| format!("--external:{path}"));
    let mut options: Vec<OsString> = externals.into_iter().map(OsString::from).collect();
    options.push("--format=esm".into());
    for module in MODULES {
        let hash = integrity::of(&fs::read(dist.join(module.wasm()))?);
        options.push(
            format!(
                "--define:{}_INTEGRITY=\"{hash}\"",
                module.name.to_uppercase()
            )
            .into(),
        );
    }
    options.push(alias("sori:wasm", &workspace.path("pkg/lib/sori-wasm.js")));
    options.push(alias(
        "sori:share-wasm",
        &workspace.path("pkg/lib/share-wasm.js"),
    ));
    options.push(alias(
        "sori:bring-share",
        &workspace.path("pkg/lib/share-on-demand.js"),
    ));
    esbuild(workspace, entry, dist, options)?;
    terser(workspace, &dist.join(entry), Some("--module"))
}

fn classic(workspace: &Workspace, dist: &Path) -> Result<()> {
    let mut options = vec![
        "--format=iife".into(),
        // The script loads this file from beside itself when a developer asks for a diagnosis.
        "--external:./diagnose.js".into(),
        alias("sori:wasm", &workspace.path("pkg/lib/inlined-wasm.js")),
        alias(
            "sori:share-wasm",
            &workspace.path("pkg/lib/inlined-share-wasm.js"),
        ),
        alias(
            "sori:bring-share",
            &workspace.path("pkg/lib/inlined-share.js"),
        ),
    ];
    for (module, name) in [
        (&FULL, "sori:wasm-bytes"),
        (&SHARE, "sori:share-wasm-bytes"),
    ] {
        let text = module.raw_dir(workspace).join("bytes.js");
        fs::write(
            &text,
            as_latin1_string(&fs::read(dist.join(module.wasm()))?),
        )?;
        options.push(alias(name, &text));
    }
    esbuild(workspace, CLASSIC, dist, options)?;
    let script = dist.join(CLASSIC);
    terser(workspace, &script, None)?;
    // A byte order mark: without it, a browser decodes a classic script that declares no charset in the encoding of the
    // page, and many Korean pages are EUC-KR.
    let text = fs::read_to_string(&script)?;
    fs::write(&script, format!("\u{feff}{text}"))?;
    Ok(())
}

fn esbuild(
    workspace: &Workspace,
    entry: &str,
    dist: &Path,
    mut options: Vec<OsString>,
) -> Result<()> {
    for (module, prefix) in [(&FULL, "sori:"), (&SHARE, "sori:share-")] {
        options.push(alias(&format!("{prefix}glue"), &glue(workspace, module)?));
    }
    let source = workspace.path("pkg").join(entry);
    let out = dist.join(entry);
    let sh = workspace.shell();
    // The style sheet is minified as CSS first and then bundled as a text.
    for name in ["captcha", "share"] {
        let sheet = workspace.path(&format!("src/web/{name}.css"));
        let css = FULL.raw_dir(workspace).join(format!("{name}.css"));
        cmd!(
            sh,
            "esbuild {sheet} --minify --log-level=warning --outfile={css}"
        )
        .quiet()
        .run()
        .with_context(|| format!("cannot minify src/web/{name}.css"))?;
        options.push(alias(&format!("sori:{name}-css"), &css));
    }
    options.push("--loader:.css=text".into());
    cmd!(
        sh,
        "esbuild {source} --bundle --minify --target=es2022 --charset=utf8 --legal-comments=none
            --log-level=warning --outfile={out} {options...}"
    )
    .quiet()
    .run()
    .with_context(|| format!("cannot bundle pkg/{entry}"))
}

/// Compresses the bundle again after esbuild, which saves 500 of 7,700 bytes after brotli. `unsafe_arrows` would break
/// a function that is called with `new`. There is none, because classes are used for that.
fn terser(workspace: &Workspace, bundle: &Path, module: Option<&str>) -> Result<()> {
    let sh = workspace.shell();
    cmd!(
        sh,
        "terser {bundle} {module...} --ecma 2022 --compress passes=4,unsafe_arrows --mangle --output {bundle}"
    )
    .quiet()
    .run()
    .with_context(|| format!("cannot minify {}", bundle.display()))
}

fn alias(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(format!("--alias:{name}="));
    option.push(path);
    option
}

/// The glue with the short names of its module. Each glue is renamed separately, because both modules use the same
/// short names for different things.
fn glue(workspace: &Workspace, module: &Module) -> Result<PathBuf> {
    let sh = workspace.shell();
    let dir = module.raw_dir(workspace);
    let (from, to) = (dir.join(format!("{}.js", module.name)), dir.join("glue.js"));
    let cache = module.renamed(workspace);
    let names: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(&cache)?)?;
    let any = names.keys().map(|name| name.replace('.', "\\."));
    let any = any.collect::<Vec<_>>().join("|");
    let mut options: Vec<OsString> = Vec::new();
    if module.name == SHARE.name {
        // The script compiles the module itself, and this glue uses these names only to fetch and compile it. The captcha's
        // glue also sends requests.
        options.extend(
            ["Response", "Request", "URL"].map(|name| format!("--define:{name}=undefined").into()),
        );
    }
    if !names.is_empty() {
        options.push(format!("--mangle-props=^({any})$").into());
        // In the glue, the name of the import module is in quotes.
        options.push("--mangle-quoted".into());
        let mut option = OsString::from("--mangle-cache=");
        option.push(&cache);
        options.push(option);
    }
    cmd!(
        sh,
        "esbuild {from} --format=esm --log-level=warning --outfile={to} {options...}"
    )
    .quiet()
    .run()
    .with_context(|| format!("cannot rename in {}", from.display()))?;
    Ok(to)
}

/// A string with one character per byte. In a compressed UTF-8 script this makes the wasm 2 to 3 % larger; base64 would
/// make it 30 % larger.
fn as_latin1_string(bytes: &[u8]) -> String {
    let mut text = String::from("export default \"");
    for &byte in bytes {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            0 => text.push_str("\\x00"),
            _ => text.push(char::from(byte)),
        }
    }
    text.push_str("\";\n");
    text
}
