//! The controls: what each is called, and what is said when it is used.

use super::{Stage, hear_and_type, press_times, to_the_box};
use crate::transcript::Heard;

impl Stage {
    pub(super) async fn controls(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            press_times(listener, "Tab", 3).await;
            press_times(listener, "Shift+Tab", 3).await;
            listener.press_and_hear_all(".").await;
            press_times(listener, "Tab", 8).await;
        })
        .await
    }

    pub(super) async fn different(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "123").await;
            listener.tab_to_part("renew").await;
            listener.press_and_hear_all("Space").await;
        })
        .await
    }

    pub(super) async fn speed(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press_and_hear_all(".").await;
            listener.tab_to_part("slower").await;
            listener.press("Space").await;
            listener.tab_to_part("faster").await;
            // From 90 percent to the limit, and one press more.
            press_times(listener, "Space", 7).await;
        })
        .await
    }

    pub(super) async fn paused(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press_until_sound(".").await;
            listener.act("(a call comes in)");
            listener
                .page()
                .script(
                    "document.querySelector('sori-captcha').shadowRoot.querySelector('audio').pause()",
                )
                .await;
            listener.until_told().await;
            listener.press("Tab").await;
            listener.press("Shift+Tab").await;
            listener.press_until_sound(".").await;
            // The listener's own key stopped it, so silence is the right reply.
            listener.press_until_silence(".").await;
            listener.press_and_hear_all(".").await;
        })
        .await
    }
}
