//! The transition function. It is pure: it takes a state and an event, and gives a state and effects.

mod error;
mod lifecycle;
mod media;
mod network;
mod play;
mod verify;

use super::{
    event::{By, Effect, Event, Signal, Timer},
    message::{Message, SiteText, Text, Words},
    state::{Captcha, Focus, Phase},
    status::PAUSE_MS,
};
use crate::config::{MAX_RATE, MIN_RATE, Verify};

/// If there is no response after this long, in ms, the visitor is told that something is under way.
const SLOW_MS: u32 = 2000;

/// Takes one event: changes the captcha, and returns the effects. It reads no clock and changes nothing else.
#[must_use]
pub fn step(captcha: &mut Captcha, event: Event<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    let (before, was_silent) = (captcha.state(), captcha.must_be_silent());
    captcha.take(event, &mut effects);
    let (after, is_silent) = (captcha.state(), captcha.must_be_silent());
    if is_silent != was_silent && captcha.status.settle(is_silent) {
        push(&mut effects, Effect::StartTimer(Timer::Announce, PAUSE_MS));
    }
    captcha.describe();
    if after != before {
        push(&mut effects, Effect::Emit(Signal::StateChange));
    }
    effects
}

type Effects = Vec<Effect>;

/// Not inlined: there are many calls, and each copy of the code that grows the vector costs bytes.
#[inline(never)]
fn push(fx: &mut Effects, effect: Effect) {
    fx.push(effect);
}

impl Captcha {
    // Not inlined into the code that reads the shell's report: together they would have so many locals that the index
    // of a local takes two bytes.
    #[inline(never)]
    fn take(&mut self, event: Event<'_>, fx: &mut Effects) {
        match event {
            Event::Configured(config) => self.configure(config, fx),
            Event::SiteError(there) => self.site_error(there, fx),
            Event::CustomValidity(there) => self.custom_validity = there,
            Event::Coarse(coarse) => self.coarse = coarse,
            Event::Ways(has_way) => self.has_way = has_way,
            Event::Disabled(disabled) => {
                self.disabled = disabled;
                if disabled {
                    self.stop_sound(fx);
                }
            }
            Event::Reset => self.reset(fx),
            Event::FormReset => self.form_reset(fx),
            Event::Disconnected => self.drop_challenge(fx),
            Event::PageHidden => self.stop_sound(fx),
            Event::PageRestored => self.page_restored(),
            Event::Submitted => self.submitted(fx),

            Event::Toggle(by) => {
                self.pressed(by, Focus::Play);
                self.toggle(by, fx);
            }
            Event::Play if self.will_sound() => {}
            Event::Play => self.toggle(By::Button, fx),
            Event::Pause => self.stop_sound(fx),
            Event::Back { at } => self.back(at, fx),
            Event::Forward { at, length } => self.forward(at, length, fx),
            Event::Slower => self.set_rate(self.rate.saturating_sub(10), fx),
            Event::Faster => self.set_rate(self.rate + 10, fx),
            Event::Volume(volume) => {
                self.volume = volume.min(100);
                push(fx, Effect::Tune);
                push(fx, Effect::Remember);
            }
            Event::Recalled { rate, volume } => {
                self.rate = rate.clamp(MIN_RATE, MAX_RATE);
                self.volume = volume.min(100);
                push(fx, Effect::Tune);
            }
            Event::Renew => {
                self.pressed(By::Button, Focus::Other);
                self.renew(fx);
            }
            Event::Edited(answer) => self.edit(answer, fx),
            Event::Focus(focus) => self.move_focus(focus, fx),
            Event::Consent(given) => {
                self.consented = given;
                if self.error_at() == Some(Focus::Consent) {
                    self.clear_error();
                }
            }
            Event::Check => self.check(fx),
            Event::Enter
                if self.config.verify == Verify::Inline
                    && !matches!(self.phase, Phase::Verified) =>
            {
                self.check(fx);
            }
            Event::Enter => push(fx, Effect::PressDefaultButton),
            Event::Reject { in_own_words } => {
                self.stop_sound(fx);
                let words = if in_own_words {
                    Words::Site(SiteText::Rejection)
                } else {
                    Words::Ours(Message::Wrong.into())
                };
                self.reject(words, fx);
            }
            Event::Invalid { first } => self.invalid(first, fx),

            Event::KeyArrived {
                generation,
                issued,
                practice,
            } if generation == self.generation => {
                self.practice = practice;
                self.key_arrived(issued, fx);
            }
            Event::AudioArrived { generation, sound } if generation == self.generation => {
                self.audio_arrived(sound, fx);
            }
            Event::Judged { generation, token } if generation == self.generation => {
                self.judged(token, fx);
            }
            Event::RequestFailed { generation, fault } if generation == self.generation => {
                self.request_failed(fault, fx);
            }
            // The reply to a request that nobody waits for any more.
            Event::KeyArrived { .. }
            | Event::AudioArrived { .. }
            | Event::Judged { .. }
            | Event::RequestFailed { .. } => {}

            Event::LeadInOver => self.lead_in_over(fx),
            Event::Playing => self.playing(fx),
            Event::Paused { at } => self.paused(at, fx),
            Event::Ended => self.ended(fx),
            Event::Progress { at, length } => self.progress(at, length, fx),
            Event::PlaybackFailed(code) => self.playback_failed(code, fx),

            Event::Timer(Timer::Announce) => self.announce(),
            Event::Timer(Timer::Slow) => match self.phase {
                Phase::Loading(_) => self.say(Message::Loading.into(), fx),
                Phase::Checking => self.say(Message::Checking.into(), fx),
                _ => {}
            },
            Event::Timer(Timer::Retry) => self.retry_audio(fx),
            Event::Timer(Timer::ExpiryWarning) => self.warn_of_expiry(fx),
            Event::Timer(Timer::Expiry) => self.expire(fx),
            Event::Timer(Timer::Stall) => self.stall(fx),
            Event::Timer(Timer::PausedOutside) => self.say_paused(fx),
            Event::Timer(Timer::Focus) => self.focus_error(fx),
        }
    }

    fn say(&mut self, text: Text, fx: &mut Effects) {
        let silent = self.must_be_silent();
        if self.status.say(text, silent) {
            push(fx, Effect::StartTimer(Timer::Announce, PAUSE_MS));
        }
    }
}
