//! The ways (sequences of key presses) whose speech is recorded. Each starts in the form's first field, because what
//! is spoken about a site's own fields depends only on the browser.

mod answers;
mod controls;
mod faults;

use sori_backend::practice::Faults;
use sori_e2e::{Engine, Setup};

use crate::desktop::Desktop;
use crate::listener::Listener;
use crate::transcript::Heard;
use crate::way::{Language, Way};

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) language: Language,
}

impl Stage {
    pub(crate) async fn perform(&self, way: Way) -> Heard {
        match way {
            Way::Main => self.main().await,
            Way::Play => self.play().await,
            Way::Controls => self.controls().await,
            Way::Wrong => self.wrong().await,
            Way::WrongInline => self.wrong_inline().await,
            Way::Empty => self.empty().await,
            Way::Expiry => self.expiry("123").await,
            Way::ExpiryEmpty => self.expiry("").await,
            Way::ExpiryAtServer => self.expiry_at_server().await,
            Way::Quota => self.quota().await,
            Way::QuotaAlone => self.quota_alone().await,
            Way::Offline => self.offline().await,
            Way::Outage => self.outage().await,
            Way::Slow => self.slow().await,
            Way::Timeout => self.timeout().await,
            Way::Consent => self.consent().await,
            Way::Different => self.different().await,
            Way::Speed => self.speed().await,
            Way::Paused => self.paused().await,
            Way::Ajax => self.ajax().await,
        }
    }

    async fn listen(&self, query: &str, acts: impl AsyncFnOnce(&mut Listener<'_>)) -> Heard {
        self.listen_to(query, |setup| setup, acts).await
    }

    /// The same, with another backend.
    async fn listen_to(
        &self,
        query: &str,
        setup: impl FnOnce(Setup) -> Setup,
        acts: impl AsyncFnOnce(&mut Listener<'_>),
    ) -> Heard {
        let tag = self.language.tag();
        let desktop = Desktop::start(tag);
        let mut heard = Heard::default();
        let plain = Setup::new("listen")
            .in_engine(self.engine)
            .on_desktop(desktop.environment())
            .language(tag);
        setup(plain)
            .run(async |page| {
                let mut listener =
                    Listener::open(&desktop, page, &format!("/?lang={tag}{query}")).await;
                acts(&mut listener).await;
                heard = listener.heard();
            })
            .await;
        heard
    }
}

/// The practice upstream with these faults.
fn fault_by(faults: &Faults) -> impl FnOnce(Setup) -> Setup {
    let faults = faults.clone();
    |setup| setup.upstream(|options| options.faults = faults)
}

/// Moves past the page's navigation to the form's first field, where the transcript begins.
async fn to_the_form(listener: &mut Listener<'_>) {
    listener.press("Tab").await;
    listener.press("Enter").await;
    listener.press("Tab").await;
    listener.type_text("소리").await;
    listener.begin();
}

async fn to_the_box(listener: &mut Listener<'_>) {
    to_the_form(listener).await;
    listener.press("Tab").await;
}

/// Without leaving the box.
async fn hear_and_type(listener: &mut Listener<'_>, digits: &str) {
    listener.press_and_hear_all(".").await;
    listener.type_text(digits).await;
}

/// By the button, and back to the box.
async fn hear_by_play_and_type(listener: &mut Listener<'_>, digits: &str) {
    listener.press_and_hear_all("Space").await;
    listener.press("Shift+Tab").await;
    listener.type_text(digits).await;
}

async fn press_times(listener: &mut Listener<'_>, key: &str, times: usize) {
    for _ in 0..times {
        listener.press(key).await;
    }
}
