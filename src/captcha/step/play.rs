//! What follows when the visitor plays, pauses, or moves through the audio.

use super::{
    super::{
        event::{By, Effect, Timer},
        message::{Message, Text},
        pauses,
        state::{Captcha, Ending, Focus, Loading, Phase, Playback, Stage},
    },
    Effects, SLOW_MS, push,
};
use crate::{
    config::{MAX_RATE, MIN_RATE},
    error::ErrorCode,
};

/// The lead-in after a button, in ms: the screen reader says the button's new name first.
const LEAD_IN_BUTTON_MS: u32 = 1500;
/// The lead-in after a keyboard key in the box, in ms.
const LEAD_IN_KEY_MS: u32 = 500;
/// The silence before speech goes on from another position, in ms. During it a screen reader speaks the name of the
/// keyboard key, even if the key types nothing (NVDA takes typed characters from the window, not from the page).
const KEY_ECHO_MS: u32 = 400;
/// If a lead-in has not ended this long after its planned end, in ms, speech starts anyway.
const LEAD_IN_GRACE_MS: u32 = 1000;
/// How long speech may make no progress, in ms.
pub(super) const STALL_MS: u32 = 4000;

impl Captcha {
    /// Notes where the focus is after a press of a button: Safari does not focus a button that is clicked.
    pub(super) fn pressed(&mut self, by: By, button: Focus) {
        if by == By::Button && self.focus == Focus::Elsewhere {
            self.focus = button;
        }
    }

    pub(super) fn toggle(&mut self, by: By, fx: &mut Effects) {
        if self.disabled {
            return;
        }
        match &mut self.phase {
            Phase::Checking | Phase::Verified => {}
            // The key has used its quota already, and fetching its audio uses none.
            Phase::Failed if self.challenge.is_some() => {
                self.wait_for(Stage::Audio { retries: 0 }, by, fx);
            }
            Phase::Idle | Phase::Over(_) | Phase::Failed => self.load(by, fx),
            Phase::Loading(loading) if loading.play => self.stop_sound(fx),
            Phase::Loading(loading) => {
                loading.play = true;
                loading.lead_in_over = false;
                self.play_silence(self.lead_in(by), fx);
            }
            Phase::Ready(playback) => match *playback {
                Playback::Playing | Playback::LeadIn { .. } | Playback::Starting { .. } => {
                    self.stop_sound(fx);
                }
                Playback::Still => self.begin(0, by, fx),
                Playback::Pausing => self.begin(self.position, by, fx),
                Playback::Paused { at } => self.begin(at, by, fx),
            },
        }
    }

    pub(super) fn lead_in(&self, by: By) -> u32 {
        self.config.lead_in.unwrap_or(match by {
            By::Button => LEAD_IN_BUTTON_MS,
            By::Key => LEAD_IN_KEY_MS,
        })
    }

    /// The silence before speech goes on from another position.
    fn key_echo(&self) -> u32 {
        self.config.lead_in.unwrap_or(u32::MAX).min(KEY_ECHO_MS)
    }

    /// Plays silence, within the visitor's user gesture.
    pub(super) fn play_silence(&self, ms: u32, fx: &mut Effects) {
        push(fx, Effect::LeadIn(ms));
        push(fx, Effect::StartTimer(Timer::Stall, ms + LEAD_IN_GRACE_MS));
    }

    /// Plays the current challenge from this position.
    fn begin(&mut self, at: u32, by: By, fx: &mut Effects) {
        let wait = if by == By::Key && at > 0 {
            self.key_echo()
        } else {
            self.lead_in(by)
        };
        self.start_after(wait, at, fx);
    }

    /// Plays silence of this length, then speech from this position.
    fn start_after(&mut self, wait: u32, at: u32, fx: &mut Effects) {
        self.fault = None;
        push(fx, Effect::StopTimer(Timer::PausedOutside));
        if wait == 0 {
            return self.start(at, fx);
        }
        self.phase = Phase::Ready(Playback::LeadIn {
            at,
            announces: false,
        });
        self.play_silence(wait, fx);
    }

    pub(super) fn start(&mut self, at: u32, fx: &mut Effects) {
        self.position = at;
        self.phase = Phase::Ready(Playback::Starting { at });
        push(fx, Effect::Start(at));
        push(fx, Effect::StartTimer(Timer::Stall, STALL_MS));
    }

    /// Requests a new challenge. This is the act that spends quota.
    fn load(&mut self, by: By, fx: &mut Effects) {
        if self.misses_consent() {
            self.say(Message::NeedConsent.into(), fx);
            return;
        }
        if !self.config.is_complete() {
            self.unusable(ErrorCode::ConfigError, fx);
            return;
        }
        if !matches!(self.phase, Phase::Ready(_)) {
            self.challenge = None;
        }
        self.wait_for(Stage::Key, by, fx);
    }

    fn wait_for(&mut self, stage: Stage, by: By, fx: &mut Effects) {
        self.generation += 1;
        self.status.clear();
        self.fault = None;
        self.token.clear();
        self.phase = Phase::Loading(Loading {
            stage,
            play: true,
            lead_in_over: false,
            told_clears: matches!(self.phase, Phase::Over(Ending::Expired)),
            renews: matches!(self.phase, Phase::Ready(_)),
        });
        self.play_silence(self.lead_in(by), fx);
        push(fx, Effect::StopTimer(Timer::PausedOutside));
        push(fx, Effect::StartTimer(Timer::Slow, SLOW_MS));
        push(
            fx,
            match stage {
                Stage::Key => Effect::RequestKey,
                Stage::Audio { .. } => Effect::FetchAudio,
            },
        );
    }

    pub(super) fn renew(&mut self, fx: &mut Effects) {
        match self.phase {
            Phase::Loading(_) | Phase::Checking | Phase::Verified => {}
            _ if self.disabled => {}
            _ => self.load(By::Button, fx),
        }
    }

    pub(super) fn back(&mut self, at: u32, fx: &mut Effects) {
        if let Some((starts, from)) = self.whereabouts(at) {
            let to = pauses::back(starts, from);
            self.go(to, fx);
        }
    }

    pub(super) fn forward(&mut self, at: u32, length: u32, fx: &mut Effects) {
        if let Some((starts, from)) = self.whereabouts(at)
            && let Some(to) = pauses::forward(starts, from, length)
        {
            self.go(to, fx);
        }
    }

    /// Where the digits begin and where the visitor is, in ms; `None` if there is no audio to move through.
    fn whereabouts(&self, at: u32) -> Option<(&[u32], u32)> {
        let starts = &self.challenge.as_ref()?.sound.starts;
        match self.phase {
            Phase::Ready(Playback::LeadIn { at, .. } | Playback::Starting { at }) => {
                Some((starts, at))
            }
            // While the media element holds silence, the shell reports 0. Then the position at the pause counts.
            Phase::Ready(Playback::Paused { at: kept }) if at == 0 => Some((starts, kept)),
            Phase::Ready(_) => Some((starts, at)),
            _ => None,
        }
    }

    fn go(&mut self, to: u32, fx: &mut Effects) {
        if self.disabled {
            return;
        }
        let wait = self.key_echo();
        match &mut self.phase {
            Phase::Ready(Playback::Playing) if wait == 0 => {
                self.position = to;
                push(fx, Effect::Seek(to));
            }
            // A screen reader is still reading an announcement during this silence, so the silence goes on.
            Phase::Ready(Playback::LeadIn {
                at,
                announces: true,
            }) => *at = to,
            _ => self.start_after(wait, to, fx),
        }
    }

    /// Ends all sound, and any sound that would begin. Speech that is heard counts as paused once its media element
    /// says so.
    pub(super) fn stop_sound(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            Phase::Loading(loading) if loading.play => loading.play = false,
            Phase::Ready(playback) => match *playback {
                Playback::LeadIn { at: 0, .. } | Playback::Starting { at: 0 } => {
                    *playback = Playback::Still;
                }
                Playback::LeadIn { at, .. } | Playback::Starting { at } => {
                    *playback = Playback::Paused { at };
                }
                Playback::Playing => *playback = Playback::Pausing,
                Playback::Still | Playback::Paused { .. } | Playback::Pausing => return,
            },
            _ => return,
        }
        push(fx, Effect::Pause);
    }

    pub(super) fn set_rate(&mut self, rate: u32, fx: &mut Effects) {
        self.rate = rate.clamp(MIN_RATE, MAX_RATE);
        push(fx, Effect::Tune);
        push(fx, Effect::Remember);
        // While audio plays, the visitor hears the change. An announcement afterwards would only be in the way.
        if !self.will_sound() {
            let message = match self.rate {
                MIN_RATE => Message::SpeedSlowest,
                MAX_RATE => Message::SpeedFastest,
                _ => Message::Speed,
            };
            self.say(Text::with(message, self.rate), fx);
        }
    }
}
