//! The versions of the programs in a transcript: another Orca or another browser may use other words.

use std::process::Command;

use sori_e2e::Engine;

/// The line above a transcript: `Orca 43.1, Chromium 156.0.8078.79`.
pub(crate) fn here(engine: Engine) -> String {
    let (name, browser) = match engine {
        Engine::Chromium => ("Chromium", version("chromium")),
        // Debian's package of Firefox has another name.
        Engine::Firefox => (
            "Firefox",
            version("firefox").or_else(|| version("firefox-esr")),
        ),
        Engine::WebKit => ("WebKit", None),
    };
    let known = |version: Option<String>| version.unwrap_or_else(|| "of unknown version".into());
    format!("Orca {}, {name} {}", known(version("orca")), known(browser))
}

/// The first word that begins with a digit.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}
