//! What a real screen reader speaks: Orca, in Chromium and Firefox, on the host site's own page. The transcripts are
//! kept. A difference is printed. The run fails if the widget says something different, or if the programs are of the
//! same versions. It also fails if there is something that no listener should have to bear (`judge`).
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks on its terminal"
)]

mod beside;
mod desktop;
mod figures;
mod judge;
mod kept;
mod listener;
mod ours;
mod scenarios;
mod transcript;
mod versions;
mod way;

use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::FutureExt as _;
use sori_e2e::Engine;

use figures::Figures;
use kept::Difference;
use ours::Ours;
use scenarios::Stage;
use way::{Language, Way};

#[derive(Parser)]
#[command(about = "Compare what Orca speaks with the transcripts that are kept")]
struct Options {
    /// Keep what is spoken now as the new transcripts
    #[arg(long)]
    accept: bool,
    /// Run only these browsers: chromium, firefox (repeatable)
    #[arg(long, value_name = "NAME", value_parser = engine)]
    browser: Vec<Engine>,
    /// Run only these ways through the captcha, such as main or main.ko (repeatable)
    #[arg(long, value_name = "WAY", value_parser = known)]
    only: Vec<String>,
    /// Only compare the key presses, words and seconds until the digits with those in another captcha
    #[arg(long, value_name = "NAME", value_parser = ["altcha"])]
    beside: Option<String>,
}

fn engine(name: &str) -> Result<Engine, String> {
    [Engine::Chromium, Engine::Firefox]
        .into_iter()
        .find(|engine| folder(*engine) == name)
        .ok_or_else(|| "it is chromium or firefox".into())
}

fn known(name: &str) -> Result<String, String> {
    let ways: Vec<_> = Way::all()
        .map(|(way, language)| file(way, language))
        .collect();
    if ways.iter().any(|way| chosen(way, name)) {
        Ok(name.into())
    } else {
        Err(format!("it is one of: {}", ways.join(", ")))
    }
}

/// `main` selects a way in all languages, `main.ko` in one.
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
    let engines = [Engine::Chromium, Engine::Firefox]
        .into_iter()
        .filter(|engine| options.browser.is_empty() || options.browser.contains(engine));
    if options.beside.is_some() {
        for engine in engines {
            beside::compare(engine).await;
        }
        return ExitCode::SUCCESS;
    }
    let start = Instant::now();
    let (mut heard, mut failed) = (0, Vec::new());
    for engine in engines {
        for (way, language) in Way::all() {
            let name = file(way, language);
            if !(options.only.is_empty() || options.only.iter().any(|only| chosen(&name, only))) {
                continue;
            }
            heard += 1;
            let stage = Stage { engine, language };
            if !listen(&stage, way, &name, options.accept).await {
                failed.push(format!("--browser {} --only {name}", folder(engine)));
            }
        }
    }
    println!(
        "listen: {heard} transcripts in {} s, {} failed",
        start.elapsed().as_secs(),
        failed.len()
    );
    for again in &failed {
        println!("listen: once more: cargo xtask listen {again}");
    }
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs the way, and once more if the first run fails: assistive technology, browser and desktop are many processes
/// that wait for each other.
async fn listen(stage: &Stage, way: Way, name: &str, accept: bool) -> bool {
    let path = transcripts()
        .join(folder(stage.engine))
        .join(format!("{name}.txt"));
    let name = format!("{} {name}", folder(stage.engine));
    let start = Instant::now();
    let mut objections = Vec::new();
    for again in [false, true] {
        match once(stage, way, &path, accept).await {
            Ok(remark) => {
                let times = if again { ", the second time" } else { "" };
                println!(
                    "listen: {name}: passed in {} s{times}{remark}",
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

/// A remark about a way that is as it should be, or what is wrong with it.
async fn once(stage: &Stage, way: Way, path: &Path, accept: bool) -> Result<String, String> {
    let heard = AssertUnwindSafe(stage.perform(way))
        .catch_unwind()
        .await
        .map_err(|_| "the way could not be gone to its end: see above".to_owned())?;
    let transcript = heard.transcript();
    let text = transcript.to_string();
    let versions = versions::here(stage.engine);
    let complaints = judge::complaints(&heard, stage.engine);
    if accept {
        keep(path, &kept::file(&versions, &text))?;
    }
    if !complaints.is_empty() {
        return Err(format!("{}\n{text}", complaints.join("\n")));
    }
    let kept = fs::read_to_string(path).map_err(|_| {
        format!(
            "there is no {} yet: --accept keeps this\n{text}",
            path.display()
        )
    })?;
    let mut remark = String::new();
    if way == Way::Main {
        remark.push_str(&format!("\nlisten:   {}", Figures::of(&heard)));
    }
    match kept::compare(&kept, &versions, &text, &Ours::in_language(stage.language)) {
        Difference::None => Ok(remark),
        Difference::OfVersions(diff) => Ok(format!(
            "{remark}\nlisten:   the widget says the same; other versions say the rest otherwise, --accept keeps it\n{diff}"
        )),
        Difference::Fault(diff) => Err(diff),
    }
}

fn keep(path: &Path, text: &str) -> Result<(), String> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}
