//! The transition function. It is pure: state and event in, state and effects out.

mod acts;
mod media;
mod network;

use super::{
    event::{Effect, Event, Signal, Timer},
    form,
    messages::{Message, Text},
    state::{
        Captcha, Ending, Fault, Loading, Phase, Playback, Stage, StateName, Telling, Verdict,
        rendered,
    },
    status::PAUSE_MS,
};
use crate::{
    config::{MAX_RATE, MIN_RATE, Verify},
    error::ErrorCode,
};

/// After this long without an answer the person is told that something is under way, in ms.
const SLOW_MS: u32 = 2000;

/// Takes one event in: changes the captcha, and says what is to be done. It reads no clock and touches
/// nothing else.
#[must_use]
pub fn step(captcha: &mut Captcha, event: Event<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    let before = captcha.state();
    captcha.take(event, &mut effects);
    let after = captcha.state();
    let (sounded, sounds) = (before == StateName::Playing, after == StateName::Playing);
    if sounds != sounded {
        captcha.status.settle(sounds, &mut effects);
    }
    if after != before {
        push(&mut effects, Effect::Emit(Signal::StateChange));
    }
    effects
}

type Effects = Vec<Effect>;

/// Not inlined: there are many calls, and each copy of a growing vector costs bytes.
#[inline(never)]
fn push(fx: &mut Effects, effect: Effect) {
    fx.push(effect);
}

impl Captcha {
    // A function of its own: one with the reading of the report in it has so many locals that each takes two bytes.
    #[inline(never)]
    fn take(&mut self, event: Event<'_>, fx: &mut Effects) {
        match event {
            Event::Configured(config) => self.configure(config, fx),
            Event::Disabled(disabled) => {
                self.disabled = disabled;
                if disabled {
                    self.hush(fx);
                }
            }
            Event::Reset => {
                self.drop_challenge(fx);
                self.answer.clear();
                self.odd_answer = false;
                self.forgive();
                self.status.clear();
                push(fx, Effect::ClearAnswer);
            }
            Event::Disconnected => self.drop_challenge(fx),
            Event::PageHidden => self.hush(fx),
            Event::PageRestored if self.submitted => {
                self.end(Ending::Submitted, fx);
                self.say(Message::Submitted.into(), fx);
            }
            Event::PageRestored => {}
            Event::Submitted => self.submitted = form::spends_key(self),

            Event::Toggle { by, at } => self.toggle(by, at, fx),
            Event::Play { at } => {
                if !self.will_sound() {
                    self.toggle(super::event::By::Button, at, fx);
                }
            }
            Event::Pause => self.hush(fx),
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
            Event::Renew => self.renew(fx),
            Event::Edited(answer) => self.edit(answer, fx),
            Event::Left => self.leave(fx),
            Event::Consent(given) => {
                self.consented = given;
                self.forgive();
            }
            Event::Check => self.check(fx),
            Event::Enter if self.config.verify == Verify::Inline => self.check(fx),
            Event::Enter => push(fx, Effect::PressDefaultButton),
            Event::Reject(message) => {
                self.hush(fx);
                self.reject(
                    message.map_or(Verdict::Ours(Message::Wrong.into()), |text| {
                        Verdict::Site(text.into())
                    }),
                    fx,
                );
            }
            Event::Invalid { first } => {
                let Some((_, text)) = form::flaw(self) else {
                    return;
                };
                if first {
                    self.point_out(text, fx);
                } else {
                    // The person is led to another field, and hears of that one.
                    self.verdict = Some((Verdict::Ours(text), Telling::Described));
                    self.status.hide();
                }
            }

            Event::KeyArrived { generation, issued } if generation == self.generation => {
                self.key_arrived(issued, fx)
            }
            Event::AudioArrived { generation, sound } if generation == self.generation => {
                self.audio_arrived(sound, fx)
            }
            Event::Judged { generation, token } if generation == self.generation => {
                self.judged(token, fx)
            }
            Event::RequestFailed { generation, fault } if generation == self.generation => {
                self.request_failed(fault, fx)
            }
            // The answer to a request that nobody waits for any more.
            Event::KeyArrived { .. }
            | Event::AudioArrived { .. }
            | Event::Judged { .. }
            | Event::RequestFailed { .. } => {}

            Event::LeadInOver => self.lead_in_over(fx),
            Event::Playing => self.playing(fx),
            Event::Paused => {
                if matches!(self.phase, Phase::Ready(Playback::Playing)) {
                    self.phase = Phase::Ready(Playback::Paused);
                }
            }
            Event::Ended => self.ended(fx),
            Event::Progress { at, length } => {
                (self.elapsed, self.length) = (at / 1000, length.div_ceil(1000))
            }
            Event::PlaybackFailed(code) => self.playback_failed(code, fx),

            Event::Timer(Timer::Announce) => {
                let sounding = self.is_sounding();
                self.status.write(sounding);
                if let Some((_, telling @ Telling::Due)) = &mut self.verdict {
                    *telling = if sounding {
                        Telling::Described
                    } else {
                        Telling::Announced
                    };
                    self.turn = !self.turn;
                }
            }
            Event::Timer(Timer::Slow) => match self.phase {
                Phase::Loading(_) => self.say(Message::Loading.into(), fx),
                Phase::Checking => self.say(Message::Checking.into(), fx),
                _ => {}
            },
            Event::Timer(Timer::Retry) => self.retry_audio(fx),
            Event::Timer(Timer::ExpiryWarning) => self.warn_of_expiry(fx),
            Event::Timer(Timer::Expiry) => self.expire(fx),
        }
    }

    fn configure(&mut self, config: crate::config::Config, fx: &mut Effects) {
        if config.error() != self.config.error() {
            self.verdict = rendered(config.error());
        }
        if config.rate != self.config.rate {
            self.rate = config.rate;
            push(fx, Effect::Tune);
        }
        // A key belongs to the backend that issued it.
        if !config.same_backend(&self.config) && !matches!(self.phase, Phase::Idle) {
            self.drop_challenge(fx);
        }
        self.config = config;
    }

    /// Back to the beginning, whatever was under way; the answer stays.
    fn drop_challenge(&mut self, fx: &mut Effects) {
        self.phase = Phase::Idle;
        self.challenge = None;
        self.fault = None;
        self.token.clear();
        self.generation += 1;
        self.elapsed = 0;
        self.submitted = false;
        push(fx, Effect::Abort);
        push(fx, Effect::Unload);
        push(fx, Effect::StopTimer(Timer::Slow));
        push(fx, Effect::StopTimer(Timer::Retry));
        push(fx, Effect::StopTimer(Timer::ExpiryWarning));
        push(fx, Effect::StopTimer(Timer::Expiry));
    }

    /// The key can be used no more.
    fn end(&mut self, ending: Ending, fx: &mut Effects) {
        self.drop_challenge(fx);
        self.phase = Phase::Over(ending);
        self.forgive();
    }

    /// The answer was wrong.
    fn reject(&mut self, verdict: Verdict, fx: &mut Effects) {
        self.end(Ending::Rejected, fx);
        self.status.clear();
        self.blame(verdict, fx);
        push(fx, Effect::Emit(Signal::Rejected));
    }

    /// To the box, with what is said of it announced, also where that moves the focus: a description that changes with
    /// the focus is read twice by Orca, on arrival and as a change.
    fn blame(&mut self, verdict: Verdict, fx: &mut Effects) {
        self.verdict = Some((verdict, Telling::Due));
        push(fx, Effect::FocusAnswer);
        push(fx, Effect::StartTimer(Timer::Announce, PAUSE_MS));
    }

    /// Nothing is said of the answer any more.
    #[inline(never)]
    fn forgive(&mut self) {
        self.verdict = None;
    }

    /// A request or the sound failed, and the phase is set already.
    fn fail(&mut self, fault: Fault, text: Text, fx: &mut Effects) {
        self.fault = Some(fault);
        push(fx, Effect::Pause);
        push(fx, Effect::StopTimer(Timer::Slow));
        // One message at a time: what to do about the answer comes after what to do about this.
        self.forgive();
        self.say(text, fx);
        push(fx, Effect::Emit(Signal::Error));
    }

    fn say(&mut self, text: Text, fx: &mut Effects) {
        let sounding = self.is_sounding();
        self.status.say(text, sounding, fx);
    }

    /// Whether sound is on, or is to come without another act.
    pub(super) fn will_sound(&self) -> bool {
        self.is_sounding() || matches!(self.phase, Phase::Loading(loading) if loading.play)
    }

    /// Ends all sound, and what would begin it. Speech that is heard is paused when its element says so.
    fn hush(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            Phase::Loading(loading) if loading.play => loading.play = false,
            Phase::Ready(playback) => match *playback {
                Playback::LeadIn { at: 0 } => *playback = Playback::Still,
                Playback::LeadIn { .. } => *playback = Playback::Paused,
                Playback::Playing => {}
                Playback::Still | Playback::Paused => return,
            },
            _ => return,
        }
        push(fx, Effect::Pause);
    }

    fn expire(&mut self, fx: &mut Effects) {
        match self.phase {
            // The backend has the last word on an answer that is under way.
            Phase::Checking | Phase::Verified | Phase::Over(_) | Phase::Idle => return,
            // The old key has expired while a new one is on its way: there is no way back.
            Phase::Loading(Loading {
                stage: Stage::Key, ..
            }) => {
                self.challenge = None;
                return;
            }
            Phase::Failed if self.challenge.is_none() => return,
            _ => {}
        }
        self.over(fx);
    }

    /// The key has expired, or is used up.
    fn over(&mut self, fx: &mut Effects) {
        push(fx, Effect::Pause);
        self.end(Ending::Expired, fx);
        self.say(Message::Expired.into(), fx);
        push(fx, Effect::Emit(Signal::Expired));
    }

    fn warn_of_expiry(&mut self, fx: &mut Effects) {
        if matches!(self.phase, Phase::Ready(_)) {
            self.say(Message::ExpiresSoon.into(), fx);
        }
    }

    fn unusable(&mut self, code: ErrorCode, fx: &mut Effects) {
        self.phase = Phase::Failed;
        self.challenge = None;
        self.fail(code.into(), Text::of_error(code.into()), fx);
    }
}
