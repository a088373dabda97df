//! What a real screen reader speaks: Orca, in Chromium and in Firefox, at the host site's own page. Kept as transcripts;
//! a difference is printed and fails, and so does what no listener should have to bear (`judge`).
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks on its terminal"
)]

mod desktop;
mod judge;
mod listener;
mod scenarios;
mod transcript;
mod versions;

use std::fs;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::FutureExt as _;
use similar::TextDiff;
use sori_e2e::Engine;

use scenarios::{Language, Stage, Way};

#[derive(Parser)]
#[command(about = "Compare what Orca speaks with the transcripts that are kept")]
struct Options {
    /// Keep what is heard now, in place of what was kept
    #[arg(long)]
    accept: bool,
    /// Listen in these browsers only: chromium, firefox (repeatable)
    #[arg(long, value_name = "NAME", value_parser = engine)]
    browser: Vec<Engine>,
    /// Listen to these ways only, such as main or main.ko (repeatable)
    #[arg(long, value_name = "WAY", value_parser = known)]
    only: Vec<String>,
}

fn engine(name: &str) -> Result<Engine, String> {
    [Engine::Chromium, Engine::Firefox]
        .into_iter()
        .find(|engine| folder(*engine) == name)
        .ok_or_else(|| "it is chromium or firefox".into())
}

fn known(name: &str) -> Result<String, String> {
    let ways: Vec<_> = Way::ALL
        .iter()
        .map(|&(way, language)| file(way, language))
        .collect();
    if ways.iter().any(|way| chosen(way, name)) {
        Ok(name.into())
    } else {
        Err(format!("it is one of: {}", ways.join(", ")))
    }
}

/// `main` chooses all languages, `main.ko` one.
fn chosen(way: &str, name: &str) -> bool {
    way == name || way.split_once('.').is_some_and(|(way, _)| way == name)
}

fn transcripts() -> PathBuf {
    sori_e2e::root().join("tests/listen/transcripts")
}

fn folder(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => "chromium",
        Engine::Firefox => "firefox",
        Engine::WebKit => "webkit",
    }
}

fn file(way: Way, language: Language) -> String {
    format!("{}.{}", way.name(), language.tag())
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let start = Instant::now();
    let versions = transcripts().join("versions.txt");
    if !options.accept {
        versions::compare(&versions);
    }
    let (mut heard, mut failed) = (0, 0);
    for engine in [Engine::Chromium, Engine::Firefox] {
        if !(options.browser.is_empty() || options.browser.contains(&engine)) {
            continue;
        }
        for &(way, language) in Way::ALL {
            let name = file(way, language);
            if !(options.only.is_empty() || options.only.iter().any(|only| chosen(&name, only))) {
                continue;
            }
            heard += 1;
            let stage = Stage { engine, language };
            if !listen(&stage, way, &name, options.accept).await {
                failed += 1;
            }
        }
    }
    println!(
        "listen: {heard} transcripts in {} s, {failed} failed",
        start.elapsed().as_secs()
    );
    if options.accept
        && let Err(error) = versions::keep(&versions)
    {
        eprintln!("listen: cannot write {}: {error}", versions.display());
        failed += 1;
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Goes the way, once more if the first time does not do: an assistive technology, a browser and a desktop are many
/// processes that wait for each other.
async fn listen(stage: &Stage, way: Way, name: &str, accept: bool) -> bool {
    let path = transcripts()
        .join(folder(stage.engine))
        .join(format!("{name}.txt"));
    let name = format!("{} {name}", folder(stage.engine));
    let start = Instant::now();
    let mut objections = Vec::new();
    for again in [false, true] {
        match once(stage, way, &path, accept).await {
            Ok(()) => {
                let times = if again { ", the second time" } else { "" };
                println!(
                    "listen: {name}: passed in {} s{times}",
                    start.elapsed().as_secs()
                );
                return true;
            }
            Err(objection) => objections.push(objection),
        }
    }
    println!(
        "listen: {name}: failed\n{}",
        objections.pop().unwrap_or_default()
    );
    false
}

async fn once(stage: &Stage, way: Way, path: &PathBuf, accept: bool) -> Result<(), String> {
    let transcript = AssertUnwindSafe(stage.perform(way))
        .catch_unwind()
        .await
        .map_err(|_| "the way could not be gone to its end: see above".to_owned())?;
    let text = transcript.to_string();
    if accept {
        keep(path, &text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    let complaints = judge::complaints(&transcript);
    if !complaints.is_empty() {
        return Err(format!("{}\n{text}", complaints.join("\n")));
    }
    let kept = fs::read_to_string(path).map_err(|_| {
        format!(
            "there is no {} yet: --accept keeps this\n{text}",
            path.display()
        )
    })?;
    if kept == text {
        Ok(())
    } else {
        let diff = TextDiff::from_lines(&kept, &text);
        Err(diff
            .unified_diff()
            .context_radius(3)
            .header("kept", "heard")
            .to_string())
    }
}

fn keep(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}
