//! The ways that are listened to.

use sori_backend::practice::{Call, Fault, Faults};
use sori_e2e::{Engine, Setup};

use crate::desktop::Desktop;
use crate::listener::Listener;
use crate::transcript::Transcript;

/// Speech and digits in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Korean,
    English,
}

impl Language {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::Korean => "ko",
            Language::English => "en",
        }
    }
}

/// What a listener goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Tab to Play, listen, type, send.
    Main,
    /// Every control, one after the other, before and after the first audio.
    Controls,
    /// A wrong answer that the site's server finds.
    Wrong,
    /// A wrong answer that the widget finds, in inline mode.
    WrongInline,
    /// The form is sent with nothing heard and nothing typed.
    Empty,
    /// The key's time runs out at the page.
    Expiry,
    /// The key's time runs out before the form is sent.
    ExpiryAtServer,
    /// The upstream is down, and comes back.
    Outage,
    /// The audio takes so long that the listener is told to wait.
    Slow,
    /// The day's calls are used up.
    Quota,
}

use Language::{English, Korean};

impl Way {
    /// English where its sentences are others: expiry at the page takes most of a minute, and is said in Korean alone.
    pub(crate) const ALL: &'static [(Way, Language)] = &[
        (Way::Main, Korean),
        (Way::Main, English),
        (Way::Controls, Korean),
        (Way::Controls, English),
        (Way::Wrong, Korean),
        (Way::Wrong, English),
        (Way::WrongInline, Korean),
        (Way::WrongInline, English),
        (Way::Empty, Korean),
        (Way::Expiry, Korean),
        (Way::ExpiryAtServer, Korean),
        (Way::Outage, Korean),
        (Way::Outage, English),
        (Way::Slow, Korean),
        (Way::Quota, Korean),
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Main => "main",
            Way::Controls => "controls",
            Way::Wrong => "wrong",
            Way::WrongInline => "wrong-inline",
            Way::Empty => "empty",
            Way::Expiry => "expiry",
            Way::ExpiryAtServer => "expiry-at-server",
            Way::Outage => "outage",
            Way::Slow => "slow",
            Way::Quota => "quota",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) language: Language,
}

impl Stage {
    pub(crate) async fn perform(&self, way: Way) -> Transcript {
        match way {
            Way::Main => self.main().await,
            Way::Controls => self.controls().await,
            Way::Wrong => self.wrong().await,
            Way::WrongInline => self.wrong_inline().await,
            Way::Empty => self.empty().await,
            Way::Expiry => self.expiry().await,
            Way::ExpiryAtServer => self.expiry_at_server().await,
            Way::Outage => self.outage().await,
            Way::Slow => self.slow().await,
            Way::Quota => self.quota().await,
        }
    }

    async fn main(&self) -> Transcript {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press("Tab").await;
            listener.press_and_hear_all("Space").await;
            // Once more, as most do.
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    async fn controls(&self) -> Transcript {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            for _ in 0..9 {
                listener.press("Tab").await;
            }
            for _ in 0..9 {
                listener.press("Shift+Tab").await;
            }
            listener.press_and_hear_all(".").await;
            for _ in 0..5 {
                listener.press("Tab").await;
            }
            listener.press("Space").await;
        })
        .await
    }

    async fn wrong(&self) -> Transcript {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "54321").await;
            listener.press_and_arrive("Enter").await;
            listener.press("Tab").await;
            listener.press("Tab").await;
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    async fn wrong_inline(&self) -> Transcript {
        self.listen("&verify=inline", async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "54321").await;
            listener.press("Enter").await;
            hear_and_type(listener, "12345").await;
            listener.press("Enter").await;
            listener.press("Shift+Tab").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    async fn empty(&self) -> Transcript {
        self.listen("", async |listener| {
            to_the_box(listener).await;
            listener.press("Enter").await;
            listener.press_and_hear_all(".").await;
            listener.press("Enter").await;
            // From another field the form leads back to the box.
            listener.press("Shift+Tab").await;
            listener.press("Enter").await;
        })
        .await
    }

    async fn expiry(&self) -> Transcript {
        let short_lived = |setup: Setup| {
            // The shortest life that is warned of is 40 s.
            setup
                .setting("SORI_KEY_TTL", "45s")
                .setting("SORI_KEY_RESERVE", "45s")
        };
        self.listen_to("", short_lived, async |listener| {
            to_the_box(listener).await;
            listener.press_and_hear_all(".").await;
            listener.type_text("123").await;
            listener.wait_until_told("(time passes)").await;
            listener.wait_until_told("(time passes)").await;
            listener.press("Tab").await;
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    async fn expiry_at_server(&self) -> Transcript {
        let faults = Faults::default();
        faults.set(Call::Verify, Fault::InvalidKey);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            hear_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
            listener.press("Tab").await;
            listener.press("Tab").await;
        })
        .await
    }

    async fn outage(&self) -> Transcript {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::SystemError);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            listener.press("Tab").await;
            faults.set(Call::Issue, None);
            hear_by_play_and_type(listener, "12345").await;
            listener.press_and_arrive("Enter").await;
        })
        .await
    }

    async fn slow(&self) -> Transcript {
        let faults = Faults::default();
        faults.set(Call::Audio, Fault::Stall);
        let upstream = |setup: Setup| {
            // The backend gives up after the notice to wait, and the widget asks again.
            fault_by(&faults)(setup).setting("SORI_UPSTREAM_TIMEOUT", "4s")
        };
        self.listen_to("", upstream, async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            faults.set(Call::Audio, None);
            listener.wait_and_hear_all("(the audio arrives)").await;
        })
        .await
    }

    async fn quota(&self) -> Transcript {
        let faults = Faults::default();
        faults.set(Call::Issue, Fault::QuotaExceeded);
        self.listen_to("", fault_by(&faults), async |listener| {
            to_the_box(listener).await;
            listener.press(".").await;
            listener.press_and_arrive("Enter").await;
            listener.press("Tab").await;
        })
        .await
    }

    async fn listen(&self, query: &str, acts: impl AsyncFnOnce(&mut Listener<'_>)) -> Transcript {
        self.listen_to(query, |setup| setup, acts).await
    }

    /// The same, of another backend.
    async fn listen_to(
        &self,
        query: &str,
        setup: impl FnOnce(Setup) -> Setup,
        acts: impl AsyncFnOnce(&mut Listener<'_>),
    ) -> Transcript {
        let tag = self.language.tag();
        let desktop = Desktop::start(tag);
        let mut transcript = Transcript::default();
        let plain = Setup::new("listen")
            .in_engine(self.engine)
            .on_desktop(desktop.environment())
            .language(tag);
        setup(plain)
            .run(async |page| {
                let mut listener =
                    Listener::open(&desktop, page, &format!("/?lang={tag}{query}")).await;
                acts(&mut listener).await;
                transcript = listener.transcript();
            })
            .await;
        transcript
    }
}

/// The practice upstream, as faulty as the test says.
fn fault_by(faults: &Faults) -> impl FnOnce(Setup) -> Setup {
    let faults = faults.clone();
    |setup| setup.upstream(|options| options.faults = faults)
}

/// Past the page's navigation to the form's first field, and from there to the captcha, where the transcript begins: what
/// is said of a site's own fields is the browser's business.
async fn to_the_box(listener: &mut Listener<'_>) {
    listener.press("Tab").await;
    listener.press("Enter").await;
    listener.press("Tab").await;
    listener.type_text("소리").await;
    listener.begin();
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
