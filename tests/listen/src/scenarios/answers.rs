//! Answers: right, wrong, missing, or sent by a script.

use super::{Stage, hear_and_type, hear_by_play_and_type, press_times, to_the_box, to_the_form};
use crate::transcript::Heard;

/// Sends the form by script, as pages do that stay open. The first form is accepted, and a live region of the page
/// says so; the second form is rejected.
const SEND_BY_SCRIPT: &str = "
    const said = document.createElement('p');
    said.setAttribute('role', 'status');
    const form = document.querySelector('form');
    form.append(said);
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        // What such a script sends.
        new FormData(form);
        const answer = said.textContent
            ? () => document.querySelector('sori-captcha').reject()
            : () => (said.textContent = arguments[0]);
        setTimeout(answer, 300);
    });";

impl Stage {
    pub(super) async fn main(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press_and_hear_all(".").await;
            // A second time, as most listeners do.
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn play(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press("Tab").await;
            listener.press_and_hear_all("Space").await;
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    /// The main way, listening only once, started with this key in the box or with Play.
    pub(crate) async fn shortest(&self, by: &str) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            if by == "Play" {
                listener.press("Tab").await;
                hear_by_play_and_type(listener, "12345").await;
            } else {
                hear_and_type(listener, "12345").await;
            }
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn wrong(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "54321").await;
            listener.press_and_arrive("Enter").await;
            listener.tab_to("sori-captcha").await;
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn wrong_inline(&self) -> Heard {
        self.listen("&verify=inline", async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "54321").await;
            listener.press("Enter").await;
            // With the button; the focus moves from there to the box.
            hear_and_type(listener, "54321").await;
            listener.tab_to_part("check").await;
            listener.press("Space").await;
            hear_and_type(listener, "12345").await;
            listener.press("Enter").await;
            listener.press("Shift+Tab").await;
            listener.press("Tab").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn empty(&self) -> Heard {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press("Enter").await;
            listener.press("Shift+Tab").await;
            // The focus is in another field. The form moves it to the box.
            listener.press("Enter").await;
            listener.press_and_hear_all(".").await;
            listener.press("Enter").await;
            listener.press("Shift+Tab").await;
            listener.press("Enter").await;
        })
        .await
    }

    pub(super) async fn consent(&self) -> Heard {
        self.listen("", async |listener| {
            listener
                .page()
                .script("document.querySelector('sori-captcha').setAttribute('consent', '')")
                .await;
            to_the_form(listener).await;
            press_times(listener, "Tab", 2).await;
            // Without consent yet.
            listener.press(".").await;
            listener.press("Shift+Tab").await;
            listener.press("Space").await;
            listener.press("Tab").await;
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    pub(super) async fn ajax(&self) -> Heard {
        self.listen("", async |listener| {
            let sent = if self.language.tag() == "ko" {
                "보냈습니다. 메일을 확인하세요."
            } else {
                "Sent. Please use the link in your mail."
            };
            listener
                .page()
                .script_with(SEND_BY_SCRIPT, vec![sent.into()])
                .await;
            to_the_box(listener).await;
            hear_and_type(listener, "12345").await;
            listener.press("Enter").await;
            // The listener returns to the box later.
            listener.press("Shift+Tab").await;
            listener.press("Tab").await;
            hear_and_type(listener, "54321").await;
            listener.press("Enter").await;
        })
        .await
    }
}
