//! Failures on request, for tests of what a healthy upstream never does. No setting of the program can cause them:
//! only code that builds [`Options`](super::Options) can.

use std::sync::{Arc, Mutex, PoisonError};

/// A call of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `skey?code=0`
    Issue,
    /// `scaptcha`
    Audio,
    /// `skey?code=1`
    Verify,
}

/// How a call fails. A failing call spends no quota and changes no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 500 with NAVER's `CT500`.
    SystemError,
    /// 429, as at the daily quota.
    QuotaExceeded,
    /// 429, as after too many calls in a second.
    Throttled,
    /// 401, as with wrong credentials.
    Unauthorised,
    /// 403 without a code of the captcha: the application is not allowed to use the audio captcha.
    Forbidden,
    /// 403 with NAVER's `CT001`.
    InvalidKey,
    /// 200 with a page of HTML, as a captive portal or a gateway under maintenance sends.
    Html,
    /// 200, then the body breaks off.
    Cut,
    /// No reply until the client gives up.
    Stall,
}

/// Which calls fail. Clones share one state, so a test can change it while the emulator runs.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<[Option<Fault>; 3]>>);

impl Faults {
    /// Makes every call of this kind fail from now on; `None` ends this.
    pub fn set(&self, call: Call, fault: impl Into<Option<Fault>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[call as usize] = fault.into();
    }

    pub(super) fn of(&self, call: Call) -> Option<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[call as usize]
    }
}
