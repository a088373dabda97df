//! Errors that the listener did not cause.

use sori_backend::practice::{Call, Fault, Faults};
use sori_e2e::Setup;

use super::{Stage, fault_by, hear_and_type, hear_by_play_and_type, press_times, to_the_box};
use crate::transcript::Heard;

/// Makes the page see a browser without a network. The error is the page's own `TypeError`, because Firefox runs a script of
/// WebDriver in a realm of its own.
const CUT_OFF: &str = "
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
    window.connected = window.fetch;
    window.fetch = async () => { throw new window.TypeError('Failed to fetch'); };";
const CONNECT: &str = "delete navigator.onLine; window.fetch = window.connected;";

impl Stage {
    pub(super) async fn expiry(&self, typed: &str) -> Heard {
        let short_lived = |setup: Setup| {
            // 40 s is the shortest life of a key with a warning before its end.
            setup
                .setting("SORI_KEY_TTL", "45s")
                .setting("SORI_KEY_RESERVE", "45s")
        };
        self.listen_to("", short_lived, async |listener| {
            to_the_box(listener).await;
            listener.press_and_hear_all(".").await;
            if !typed.is_empty() {
                listener.type_text(typed).await;
            }
            for _ in 0..2 {
                listener.act("(time passes)");
                listener.until_told().await;
            }
            listener.press("Tab").await;
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn expiry_at_server(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Verify, Fault::InvalidKey);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
            listener.tab_to("sori-captcha").await;
        })
        .await
    }

    pub(super) async fn quota(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::QuotaExceeded);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            press_times(listener, "Tab", 2).await;
        })
        .await
    }

    pub(super) async fn quota_alone(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::QuotaExceeded);
        self.listen_to("", fault_by(&faults), async |listener| {
            listener
                .page()
                .script("document.querySelector('sori-captcha').replaceChildren()")
                .await;
            to_the_box(listener).await;
            listener.press(".").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn offline(&self) -> Heard {
        self.listen("", async |listener| {
            listener.page().script(CUT_OFF).await;
            to_the_box(listener).await;
            listener.press(".").await;
            listener.page().script(CONNECT).await;
            listener.press_and_hear_all(".").await;
        })
        .await
    }

    pub(super) async fn outage(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::SystemError);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            listener.press(".").await;
            listener.press("Tab").await;
            faults.set(Call::Issue, None);
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn slow(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Audio, Fault::Stall);
        let upstream = |setup: Setup| {
            // The backend gives up after the widget has said to wait, and the widget tries again.
            fault_by(&faults)(setup).setting("SORI_UPSTREAM_TIMEOUT", "4s")
        };
        self.listen_to("", upstream, async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            faults.set(Call::Audio, None);
            listener.act("(the audio arrives)");
            listener.hear_all().await;
        })
        .await
    }

    pub(super) async fn timeout(&self) -> Heard {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::Stall);
        self.listen_to("", fault_by(&faults), async |listener| {
            listener
                .page()
                .script("document.querySelector('sori-captcha').timeout = '5000'")
                .await;
            to_the_box(listener).await;
            listener.press(".").await;
            listener.act("(nothing arrives)");
            listener.until_told().await;
        })
        .await
    }
}
