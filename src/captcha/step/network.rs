//! What follows the backend's replies.

use super::{
    super::{
        event::{By, Effect, Signal, Timer},
        message::Message,
        state::{Captcha, Challenge, Fault, Issued, Loading, Phase, Playback, Sound, Stage},
        status::PAUSE_MS,
    },
    Effects, push,
};
use crate::error::ErrorCode;

/// How often the audio is fetched again without a press. Only the audio is, because it uses no quota.
const AUDIO_RETRIES: u8 = 2;
/// The wait before the first retry, in ms. The wait before the next retry is three times as long.
const RETRY_MS: u32 = 500;
/// The lead-in after an announcement that asks the visitor to wait, in ms: a screen reader at a usual speed needs 2.3 s
/// for the Korean text.
const LEAD_IN_AFTER_WAIT_MS: u32 = 2500;
/// The same after the announcement that the box was cleared, which is two words long.
const LEAD_IN_AFTER_CLEARED_MS: u32 = PAUSE_MS + 1500;
/// The longest delay that a browser's timer takes, in s.
const TIMER_MAX_S: u32 = i32::MAX as u32 / 1000;

/// How long before the key expires the visitor is warned, in s. At least 20 (WCAG 2.2.1), if the key is valid long
/// enough for that.
fn warning_lead(expires_in: u32) -> u32 {
    (expires_in / 2).min(60)
}

impl Captcha {
    pub(super) fn key_arrived(&mut self, issued: Issued, fx: &mut Effects) {
        let Phase::Loading(loading) = &mut self.phase else {
            return;
        };
        if let Stage::Audio { .. } = loading.stage {
            return;
        }
        push(fx, Effect::FetchAudio);
        push(fx, Effect::StopTimer(Timer::ExpiryWarning));
        push(fx, Effect::StopTimer(Timer::Expiry));
        let expires_in = issued.expires_in;
        if let Some(seconds) = expires_in.filter(|seconds| *seconds <= TIMER_MAX_S) {
            push(fx, Effect::StartTimer(Timer::Expiry, seconds * 1000));
            if seconds >= 40 {
                push(
                    fx,
                    Effect::StartTimer(
                        Timer::ExpiryWarning,
                        (seconds - warning_lead(seconds)) * 1000,
                    ),
                );
            }
        }
        loading.stage = Stage::Audio { retries: 0 };
        let told_clears = loading.told_clears;
        self.renewed = loading.renews;
        // The previous challenge is replaced only now: if no key had been issued, it could have been used again.
        self.challenge = Some(Challenge {
            issued,
            sound: Sound::default(),
        });
        self.heard = false;
        self.end_told = false;
        self.clear_error();
        push(fx, Effect::Emit(Signal::Issued));
        // What was typed before there was a key answers nothing. A password manager may have filled it in.
        if !self.answer.is_empty() {
            if self.has_something_to_lose() && !told_clears {
                self.say(Message::BoxCleared.into(), fx);
            }
            self.empty_answer(fx);
        }
    }

    pub(super) fn audio_arrived(&mut self, sound: Sound, fx: &mut Effects) {
        let Phase::Loading(
            loading @ Loading {
                stage: Stage::Audio { .. },
                ..
            },
        ) = self.phase
        else {
            return;
        };
        if let Some(challenge) = &mut self.challenge {
            challenge.sound = sound;
        }
        self.failures = 0;
        self.position = 0;
        // A screen reader is still reading an announcement, or is about to.
        let cleared = self.status.has(Message::BoxCleared.into());
        let wait = if self
            .status
            .shown()
            .is_some_and(|it| it.message != Message::BoxCleared)
        {
            LEAD_IN_AFTER_WAIT_MS
        } else if cleared {
            LEAD_IN_AFTER_CLEARED_MS
        } else {
            0
        };
        self.status.withdraw(Message::Loading.into());
        push(fx, Effect::StopTimer(Timer::Slow));
        self.had_audio = true;
        push(fx, Effect::Adopt);
        if !loading.play {
            self.phase = Phase::Ready(Playback::Still);
        } else if wait > 0 {
            self.phase = Phase::Ready(Playback::LeadIn {
                at: 0,
                announces: true,
            });
            self.play_silence(self.lead_in(By::Key).max(wait), fx);
        } else if loading.lead_in_over {
            self.start(0, fx);
        } else {
            self.phase = Phase::Ready(Playback::LeadIn {
                at: 0,
                announces: false,
            });
        }
    }

    pub(super) fn request_failed(&mut self, fault: Fault, fx: &mut Effects) {
        let dead = matches!(
            fault.code,
            ErrorCode::InvalidKey | ErrorCode::AudioNotIssued
        );
        let mut text = self.text_of(fault);
        self.phase = match &mut self.phase {
            Phase::Loading(Loading {
                stage: Stage::Audio { .. },
                ..
            })
            | Phase::Checking
                if dead =>
            {
                return self.over(fx);
            }
            Phase::Loading(Loading {
                stage: Stage::Key, ..
            }) if self.challenge.is_some() => Phase::Ready(Playback::Still),
            Phase::Loading(Loading {
                stage: Stage::Audio { retries },
                ..
            }) if may_pass(fault.code) && *retries < AUDIO_RETRIES => {
                let wait = if *retries == 0 {
                    RETRY_MS
                } else {
                    RETRY_MS * 3
                };
                *retries += 1;
                return push(fx, Effect::StartTimer(Timer::Retry, wait));
            }
            Phase::Loading(_) => Phase::Failed,
            Phase::Checking => {
                if fault.code.is_retryable() {
                    text = Message::CheckFailed.into();
                }
                Phase::Ready(Playback::Still)
            }
            _ => return,
        };
        self.fail(fault, text, fx);
    }

    pub(super) fn retry_audio(&mut self, fx: &mut Effects) {
        if let Phase::Loading(Loading {
            stage: Stage::Audio { .. },
            ..
        }) = self.phase
        {
            push(fx, Effect::FetchAudio);
        }
    }
}

/// Whether the same request may succeed a moment later.
fn may_pass(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NetworkError
            | ErrorCode::Timeout
            | ErrorCode::UpstreamUnavailable
            | ErrorCode::StoreUnavailable
    )
}
