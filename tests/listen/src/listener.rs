//! A person at the keyboard who hears a page and does not see it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use sori_e2e::{Key, Page};
use tokio::time::{Instant, sleep};

use crate::desktop::{Desktop, Kind, Utterance};
use crate::transcript::{Entry, Heard};

/// If nothing new was spoken for this time, Orca has finished.
const QUIET: Duration = Duration::from_millis(700);
/// Only something that is never spoken takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Listener<'a> {
    desktop: &'a Desktop,
    page: &'a Page,
    /// With the time in ms since the epoch.
    entries: Vec<(u64, Entry)>,
    /// How many of Orca's texts are in the entries, or were left out.
    heard: usize,
}

impl<'a> Listener<'a> {
    /// Opens a page of the site and waits until Orca reads it.
    pub(crate) async fn open(desktop: &'a Desktop, page: &'a Page, path: &str) -> Self {
        const UPGRADED: &str = "return !!document.querySelector('sori-captcha')?.shadowRoot";
        Self::open_when(desktop, page, path, UPGRADED).await
    }

    /// The same, for a page that is complete when this script returns true.
    pub(crate) async fn open_when(
        desktop: &'a Desktop,
        page: &'a Page,
        path: &str,
        complete: &str,
    ) -> Self {
        let mut listener = Self {
            desktop,
            page,
            entries: Vec::new(),
            heard: 0,
        };
        page.open(path).await;
        page.until("the page is complete", complete).await;
        listener.watch_sound().await;
        listener
            .wait("the page is read", |said| {
                said.iter().any(|said| said.kind == Kind::Page)
            })
            .await;
        desktop.activate_window();
        listener.quiet().await;
        listener.heard = desktop.said().len();
        listener
    }

    /// Forgets what was heard so far: it was only the way here.
    pub(crate) fn begin(&mut self) {
        self.entries.clear();
    }

    /// Presses a key, after which something is spoken.
    pub(crate) async fn press(&mut self, key: &str) {
        self.act(key);
        self.send(key).await;
        let before = self.heard;
        self.wait(&format!("something is said at {key}"), |said| {
            said.len() > before
        })
        .await;
        self.settle().await;
    }

    /// Types characters. Orca would normally repeat each, but is told not to.
    pub(crate) async fn type_text(&mut self, text: &str) {
        self.act(&format!("types {text}"));
        self.page.press(text).await;
        self.settle().await;
    }

    /// Presses a key that plays the digits to their end, after which the widget says something.
    pub(crate) async fn press_and_hear_all(&mut self, key: &str) {
        self.act(key);
        self.send(key).await;
        self.hear_all().await;
    }

    /// An earlier press takes effect now: the digits play, and after their end the widget says something.
    pub(crate) async fn hear_all(&mut self) {
        const END: &str = "window.sounds.find(([begins]) => !begins)";
        self.page
            .until("the digits have ended", &format!("return !!{END}"))
            .await;
        let end = self.page.script(&format!("return {END}[1]")).await;
        let end = end.as_u64().expect("the page notes a time in ms");
        self.wait("the end is told", |said| {
            said.last().is_some_and(|said| said.at >= end)
        })
        .await;
        self.settle().await;
    }

    /// Presses a key that starts the digits; what follows happens while they play.
    pub(crate) async fn press_until_sound(&mut self, key: &str) {
        self.act(key);
        self.send(key).await;
        self.page
            .until(
                "the digits sound",
                "return window.sounds.some(([begins]) => begins)",
            )
            .await;
        self.settle().await;
    }

    /// A key that stops the digits.
    pub(crate) async fn press_until_silence(&mut self, key: &str) {
        self.act(key);
        self.send(key).await;
        self.until_silence().await;
    }

    /// Waits until the digits have stopped.
    pub(crate) async fn until_silence(&mut self) {
        self.page
            .until(
                "the digits are over",
                "return window.sounds.some(([begins]) => !begins)",
            )
            .await;
        self.settle().await;
    }

    /// Tab until the focus is on the element that the selector picks.
    pub(crate) async fn tab_to(&mut self, selector: &str) {
        self.tab_until(&format!(
            "return document.activeElement.matches({})",
            Value::from(selector)
        ))
        .await;
    }

    /// Tab until the focus is on this part of the captcha.
    pub(crate) async fn tab_to_part(&mut self, part: &str) {
        self.tab_until(&format!(
            "return document.activeElement.shadowRoot?.activeElement?.part.contains({})",
            Value::from(part)
        ))
        .await;
    }

    async fn tab_until(&mut self, script: &str) {
        const FAR: usize = 20;
        for _ in 0..FAR {
            self.press("Tab").await;
            if self.page.script(script).await == Value::Bool(true) {
                return;
            }
        }
        panic!("{FAR} times Tab do not lead to where this holds: {script}");
    }

    /// Presses a key that sends the form; Orca then reads out the new page. What Orca says about loading it is left
    /// out, because that depends on the speed.
    pub(crate) async fn press_and_arrive(&mut self, key: &str) {
        self.act(key);
        let before = self.heard;
        self.send(key).await;
        self.page.element("#result").await;
        self.wait("the next page is read", |said| {
            said[before..].iter().any(|said| said.kind == Kind::Page)
        })
        .await;
        self.quiet().await;
        let said = self.desktop.said();
        self.heard = said.len();
        let pages = said[before..].iter().filter(|said| said.kind == Kind::Page);
        self.entries
            .extend(pages.map(|said| (said.at, Entry::Page(said.text.clone()))));
        self.watch_sound().await;
    }

    /// Waits until something is spoken without a key press.
    pub(crate) async fn until_told(&mut self) {
        let before = self.heard;
        self.wait("something is said", |said| said.len() > before)
            .await;
        self.settle().await;
    }

    pub(crate) fn heard(self) -> Heard {
        Heard::in_order(self.entries)
    }

    pub(crate) fn page(&self) -> &Page {
        self.page
    }

    async fn send(&self, key: &str) {
        match key {
            "Tab" => self.page.press(&char::from(Key::Tab).to_string()).await,
            "Shift+Tab" => {
                self.page
                    .press_with(char::from(Key::Shift), char::from(Key::Tab))
                    .await
            }
            "Enter" => self.page.press(&char::from(Key::Enter).to_string()).await,
            "Space" => self.page.press(" ").await,
            character => self.page.press(character).await,
        }
    }

    /// Records a key press, or in brackets something that happens without one.
    pub(crate) fn act(&mut self, what: &str) {
        self.entries.push((now(), Entry::Act(what.to_owned())));
    }

    /// Waits until Orca has finished, and records what was spoken and heard since the last time.
    async fn settle(&mut self) {
        self.quiet().await;
        let said = self.desktop.said();
        for utterance in &said[self.heard..] {
            self.entries
                .push((utterance.at, Entry::Speech(utterance.text.clone())));
        }
        self.heard = said.len();
        // A page that was just left does not report its sounds; the widget never leaves a page while the digits play.
        let sounds = self
            .page
            .script("return window.sounds?.splice(0) ?? []")
            .await;
        for sound in sounds.as_array().into_iter().flatten() {
            let entry = if sound[0] == Value::Bool(true) {
                Entry::SoundBegins
            } else {
                Entry::SoundEnds
            };
            let at = sound[1].as_u64().expect("the page notes a time in ms");
            self.entries.push((at, entry));
        }
    }

    async fn quiet(&self) {
        let mut count = self.desktop.said().len();
        let mut since = Instant::now();
        while since.elapsed() < QUIET {
            sleep(Duration::from_millis(50)).await;
            let now = self.desktop.said().len();
            if now != count {
                (count, since) = (now, Instant::now());
            }
        }
    }

    async fn wait(&self, what: &str, holds: impl Fn(&[Utterance]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.desktop.said();
            if holds(&said) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "waited in vain until {what}; Orca said: {:#?}",
                &said[self.heard.min(said.len())..]
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes the page record when the digits play. The silence before them, at most 2.5 s, does not count.
    async fn watch_sound(&self) {
        self.page
            .script(
                "window.sounds = [];
                 const root = document.querySelector('sori-captcha')?.shadowRoot ?? document;
                 let sounding = false;
                 for (const type of ['playing', 'pause', 'ended']) root.addEventListener(type, ({ target }) => {
                     const begins = type === 'playing' && target.duration > 3;
                     if (begins !== sounding) sounds.push([(sounding = begins), Date.now()]);
                 }, true);",
            )
            .await;
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.expect("the clock is past 1970").as_millis())
        .expect("until the year 584556019")
}
