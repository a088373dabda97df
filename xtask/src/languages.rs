//! `pkg/dist/locale/*.js`: the languages that pages load as modules, written from `src/locale`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sori_captcha::captcha::message::Message;
use sori_captcha::locale::texts::{LANGUAGES, Language, Texts};

pub(crate) fn write(dist: &Path) -> Result<()> {
    let folder = dist.join("locale");
    fs::create_dir_all(&folder)?;
    for language in LANGUAGES.iter().filter(|language| !language.inside) {
        let path = folder.join(format!("{}.js", language.tag));
        fs::write(&path, module(language)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A module that gives the texts of one language to the elements. They share no scope, so the module puts the texts
/// under a global symbol. Where there is no document, it does nothing.
fn module(Language { tag, reviewed, .. }: &Language) -> Result<String> {
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
    let texts = Texts::of(tag);
    for message in Message::ALL {
        writeln!(
            out,
            "      {}: {},",
            message.as_str(),
            serde_json::to_string(texts.get(message))?
        )?;
    }
    out.push_str("    },\n  });\n  document.dispatchEvent(new Event(\"sori-language\"));\n}\n");
    Ok(out)
}
