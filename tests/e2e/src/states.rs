//! Every state of `<sori-captcha>`, reached as a person reaches it. Errors come from the upstream.

use sori_backend::practice::{Call, Fault, Faults};
pub use sori_captcha::captcha::state::StateName;

use crate::{Host, Page, Setup};

/// Longer than any test: a call that stalls never returns.
const FOREVER_MS: &str = "600000";

/// The captcha of these tests: inline mode with consent, which shows every part that exists.
#[must_use]
pub fn markup(lang: &str) -> String {
    format!(
        r#"<sori-captcha endpoint="/captcha" name="captcha" lang="{lang}" verify="inline" lead-in="0" rate="1.5"
        consent required timeout="{FOREVER_MS}"><a slot="alternative" href="/help">{}</a></sori-captcha>"#,
        if lang == "ko" {
            "다른 방법으로 확인"
        } else {
            "Another way"
        }
    )
}

/// A site whose upstream fails when the test tells it to.
#[must_use]
pub fn setup(name: &str) -> (Setup, Faults) {
    let faults = Faults::default();
    let given = faults.clone();
    let setup = Setup::new(name)
        .upstream(|options| options.faults = given)
        .setting("SORI_UPSTREAM_TIMEOUT", "10m")
        .setting("SORI_CLIENT_RATE", "1000/minute")
        .setting("SORI_HOURLY_SHARE", "off");
    (setup, faults)
}

/// Opens the path and brings its captcha into the state.
pub async fn reach<'a>(page: &'a Page, faults: &Faults, path: &str, state: StateName) -> Host<'a> {
    for call in [Call::Issue, Call::Audio, Call::Verify] {
        faults.set(call, None);
    }
    page.open(path).await;
    let captcha = page.captcha("").await;
    if state == StateName::Idle {
        return captcha;
    }
    let asked = captcha.element().attr("consent").await;
    if asked.is_ok_and(|asked| asked.is_some()) {
        captcha.part("consent").await.click().await;
    }
    match state {
        StateName::Loading => faults.set(Call::Issue, Fault::Stall),
        StateName::Failed => faults.set(Call::Issue, Fault::SystemError),
        StateName::Checking => faults.set(Call::Verify, Fault::Stall),
        StateName::Expired => faults.set(Call::Verify, Fault::InvalidKey),
        StateName::Idle
        | StateName::Playing
        | StateName::Paused
        | StateName::Ready
        | StateName::Verified
        | StateName::Rejected => {}
    }
    if state == StateName::Playing {
        // Long enough to look at it.
        page.script("document.querySelector('sori-captcha').rate = '0.5'")
            .await;
    }
    let play = captcha.part("play").await;
    play.click().await;
    match state {
        StateName::Idle | StateName::Loading | StateName::Failed | StateName::Ready => {}
        StateName::Playing => captcha.until_heard().await,
        StateName::Paused => {
            captcha.until_heard().await;
            play.click().await;
        }
        StateName::Checking | StateName::Verified | StateName::Rejected | StateName::Expired => {
            captcha.until_heard().await;
            let digits = if state == StateName::Rejected {
                "99999"
            } else {
                "12345"
            };
            captcha.part("answer").await.type_text(digits).await;
            captcha.part("check").await.click().await;
        }
    }
    captcha.until_state(state.as_str()).await;
    match state {
        StateName::Verified | StateName::Expired | StateName::Failed | StateName::Ready => {
            captcha.until_told("status").await;
        }
        StateName::Rejected => captcha.until_told("error").await,
        StateName::Idle
        | StateName::Loading
        | StateName::Playing
        | StateName::Paused
        | StateName::Checking => {}
    }
    captcha
}
