//! What follows the events of the media element.

use super::{
    super::{
        answer,
        event::{Effect, Timer},
        message::Message,
        pauses,
        state::{Captcha, Fault, Focus, Phase, Playback},
    },
    Effects,
    play::STALL_MS,
    push,
};
use crate::error::ErrorCode;

/// If something outside the page paused speech, the visitor is told after this long, in ms.
const PAUSED_OUTSIDE_MS: u32 = 1000;

impl Captcha {
    pub(super) fn lead_in_over(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            Phase::Loading(loading) => loading.lead_in_over = true,
            Phase::Ready(Playback::LeadIn { at, .. }) => {
                let at = *at;
                self.start(at, fx);
            }
            _ => {}
        }
    }

    pub(super) fn playing(&mut self, fx: &mut Effects) {
        match self.phase {
            Phase::Ready(Playback::Pausing) => return,
            Phase::Ready(playback) => {
                // Something outside the page resumed speech. It goes on from the start of the digit that was cut off.
                if let Playback::Paused { at } = playback {
                    self.position = at;
                    push(fx, Effect::Seek(at));
                }
            }
            // Nobody waits for this sound any more.
            _ => return push(fx, Effect::Pause),
        }
        self.phase = Phase::Ready(Playback::Playing);
        self.heard = true;
        push(fx, Effect::StopTimer(Timer::PausedOutside));
        push(fx, Effect::StartTimer(Timer::Stall, STALL_MS));
    }

    pub(super) fn paused(&mut self, at: u32, fx: &mut Effects) {
        let Phase::Ready(playback) = &mut self.phase else {
            return;
        };
        match playback {
            Playback::Pausing => *playback = Playback::Paused { at },
            // A phone call, a headset or another tab paused it. Nothing is announced at once: speech may resume in a
            // moment.
            Playback::Playing => {
                let starts = self.challenge.as_ref().map(|it| &*it.sound.starts);
                let at = pauses::digit_at(starts.unwrap_or_default(), at);
                *playback = Playback::Paused { at };
                push(
                    fx,
                    Effect::StartTimer(Timer::PausedOutside, PAUSED_OUTSIDE_MS),
                );
            }
            _ => return,
        }
        push(fx, Effect::StopTimer(Timer::Stall));
    }

    /// Something outside the page paused speech, and it has not resumed.
    pub(super) fn say_paused(&mut self, fx: &mut Effects) {
        let paused = matches!(self.phase, Phase::Ready(Playback::Paused { .. }));
        if paused && self.focus != Focus::Elsewhere {
            self.say(Message::Paused.into(), fx);
        }
    }

    pub(super) fn progress(&mut self, at: u32, length: u32, fx: &mut Effects) {
        // Speech is heard, even if the browser has not said that it plays.
        if matches!(self.phase, Phase::Ready(Playback::Starting { at: from }) if at > from) {
            self.playing(fx);
        }
        if matches!(self.phase, Phase::Ready(Playback::Playing)) && at != self.position {
            self.failures = 0;
            push(fx, Effect::StartTimer(Timer::Stall, STALL_MS));
        }
        (self.position, self.length) = (at, length);
    }

    /// Silence or speech makes no progress. Some browsers report no error then: WebViews, and Chromium if the element
    /// was moved to another document.
    pub(super) fn stall(&mut self, fx: &mut Effects) {
        let at = match &mut self.phase {
            Phase::Loading(loading) => {
                loading.lead_in_over = true;
                return;
            }
            Phase::Ready(playback) => match *playback {
                Playback::LeadIn { at, .. } => return self.start(at, fx),
                Playback::Starting { .. } if !self.heard => {
                    push(fx, Effect::ReplaceElement);
                    return self.playback_failed(ErrorCode::PlaybackBlocked, fx);
                }
                Playback::Starting { at } => at,
                Playback::Playing => {
                    let starts = self.challenge.as_ref().map(|it| &*it.sound.starts);
                    pauses::digit_at(starts.unwrap_or_default(), self.position)
                }
                Playback::Pausing => {
                    *playback = Playback::Paused { at: self.position };
                    return;
                }
                Playback::Still | Playback::Paused { .. } => return,
            },
            _ => return,
        };
        self.phase = Phase::Ready(Playback::Paused { at });
        push(fx, Effect::Pause);
        push(fx, Effect::ReplaceElement);
        self.say(Message::Stalled.into(), fx);
    }

    pub(super) fn ended(&mut self, fx: &mut Effects) {
        if !matches!(self.phase, Phase::Ready(_)) {
            return;
        }
        self.phase = Phase::Ready(Playback::Still);
        self.position = 0;
        push(fx, Effect::StopTimer(Timer::Stall));
        push(fx, Effect::StopTimer(Timer::PausedOutside));
        // The visitor heard the end, but not yet the announcement that waits for it. So the announcement is not
        // replaced.
        if self.status.waiting().is_some() {
            return;
        }
        let message = self.end_message();
        self.say(message.into(), fx);
    }

    /// What is announced at the end: the long form once, and, if the focus is not in the box, where the box is.
    fn end_message(&mut self) -> Message {
        if !answer::is_empty(&self.answer) || self.focus == Focus::Elsewhere {
            return Message::Ended;
        }
        let in_box = self.focus == Focus::Answer;
        let told = core::mem::replace(&mut self.end_told, true);
        if in_box && self.offers_keys() && !self.keys_told {
            self.keys_told = true;
            return Message::EndedKeys;
        }
        match (in_box, self.renewed) {
            _ if told => Message::Ended,
            (true, true) => Message::EndedNew,
            (false, true) => Message::EndedNewBox,
            (true, false) => Message::EndedType,
            (false, false) if self.focus == Focus::Play => Message::EndedTypeBefore,
            (false, false) => Message::EndedTypeBox,
        }
    }

    pub(super) fn playback_failed(&mut self, code: ErrorCode, fx: &mut Effects) {
        if !matches!(self.phase, Phase::Ready(_)) {
            return;
        }
        let fault = Fault::from(code);
        self.phase = if code == ErrorCode::NotAudio {
            // These bytes are useless. The key's audio may be fetched again, which uses no quota.
            push(fx, Effect::Unload);
            Phase::Failed
        } else {
            Phase::Ready(Playback::Still)
        };
        let text = self.text_of(fault);
        self.fail(fault, text, fx);
    }
}
