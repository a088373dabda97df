//! `pkg/dist/locale/*.js`: the languages that pages load as modules, written from their Rust sources.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sori_captcha::captcha::messages::Message;
use sori_captcha::captcha::translations::{TRANSLATIONS, Translation};

pub(crate) fn write(dist: &Path) -> Result<()> {
    let folder = dist.join("locale");
    fs::create_dir_all(&folder)?;
    for translation in TRANSLATIONS {
        let path = folder.join(format!("{}.js", translation.tag));
        fs::write(&path, module(translation)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The elements and the module share no scope, so they meet under a symbol; where there is no page,
/// nothing happens.
fn module(
    Translation {
        tag,
        text,
        reviewed,
    }: Translation,
) -> Result<String> {
    let mut out = String::new();
    if !reviewed {
        out.push_str("// Not yet reviewed by a native screen-reader user.\n");
    }
    out.push_str("if (globalThis.document) {\n  (globalThis[Symbol.for(\"sori-captcha.languages\")] ??= []).push({\n");
    writeln!(
        out,
        "    tag: {},\n    texts: {{",
        serde_json::to_string(tag)?
    )?;
    for message in Message::ALL {
        writeln!(
            out,
            "      {}: {},",
            message.name(),
            serde_json::to_string(text(*message))?
        )?;
    }
    out.push_str("    },\n  });\n  document.dispatchEvent(new Event(\"sori-language\"));\n}\n");
    Ok(out)
}
