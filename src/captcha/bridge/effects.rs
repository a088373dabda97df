//! What is to be done, as the shell reads it: behind a [`RECORD`] the effect's number in `EFFECTS` of
//! effects.js, two more numbers, and texts, each with a [`UNIT`] after it.

use super::{
    super::{
        answer,
        event::Effect,
        view::{RECORD, UNIT},
        wav::Scanner,
    },
    Session,
};
use crate::text::push_number;

/// A warning is no effect of the captcha, and stands behind them all.
const WARNING: u32 = 20;

impl Session {
    /// Appends an effect. Its number is its place in [`Effect`].
    pub(super) fn write(&mut self, effect: Effect, out: &mut String) {
        let captcha = &self.captcha;
        let (rate, volume) = (captcha.rate, captcha.volume);
        let (kind, first, second) = match effect {
            Effect::RequestKey => (0, 0, 0),
            Effect::FetchAudio => (1, 0, 0),
            Effect::Verify => (2, 0, 0),
            Effect::Abort => (3, 0, 0),
            Effect::LeadIn(ms) => (4, ms, 0),
            Effect::Adopt => (5, 0, 0),
            Effect::Start(at) => (6, at, 0),
            Effect::Pause => (7, 0, 0),
            Effect::Seek(at) => (8, at, 0),
            Effect::Tune => (9, rate, volume),
            Effect::Remember if !captcha.config.remember => return,
            Effect::Remember => (10, rate, volume),
            Effect::Unload => (11, 0, 0),
            Effect::ClearAnswer => (12, 0, 0),
            Effect::PressDefaultButton => (13, 0, 0),
            Effect::FocusAnswer => (14, 0, 0),
            Effect::Emit(signal) => (15, signal as u32, 0),
            Effect::StartTimer(timer, ms) => (16, timer as u32, ms),
            Effect::StopTimer(timer) => (17, timer as u32, 0),
            Effect::ReplaceElement => (18, 0, 0),
            Effect::FocusConsent => (19, 0, 0),
        };
        if matches!(
            effect,
            Effect::RequestKey | Effect::FetchAudio | Effect::Verify
        ) {
            self.request(effect, kind, out);
        } else {
            record(out, [kind, first, second], &[]);
        }
    }

    /// A request: its number, the ms it may take, the ticket and the URL; then, but for the audio, which takes
    /// no body, the key and the answer, empty where a key is asked for.
    fn request(&mut self, effect: Effect, kind: u32, out: &mut String) {
        let captcha = &self.captcha;
        let config = &captcha.config;
        let answer = answer::normalise(&captcha.answer);
        let key = captcha.issued().map(|issued| &issued.key);
        let (url, body): (_, &[&str]) = match (effect, key) {
            (Effect::FetchAudio, Some(key)) => (config.audio(key), &[]),
            (Effect::Verify, Some(key)) => (config.verifications(), &[key.as_str(), &answer]),
            _ => (config.keys(), &["", ""]),
        };
        let numbers = [kind, captcha.generation, config.timeout];
        record(out, numbers, &[config.ticket(), &url]);
        texts(out, body);
        self.scanner = Scanner::default();
        self.scanned = 0;
    }
}

/// A value of an attribute that was not understood: which, the value, and what was expected.
pub(super) fn warn(out: &mut String, warning: [&str; 3]) {
    record(out, [WARNING, 0, 0], &warning);
}

fn record(out: &mut String, numbers: [u32; 3], with: &[&str]) {
    out.push_str(RECORD);
    for number in numbers {
        push_number(out, number);
        out.push_str(UNIT);
    }
    texts(out, with);
}

fn texts(out: &mut String, texts: &[&str]) {
    for text in texts {
        out.push_str(text);
        out.push_str(UNIT);
    }
}
