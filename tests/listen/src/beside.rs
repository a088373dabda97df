//! The same steps in another audio captcha, in the same browser, with the same digits and the same listener. Its
//! server is a stub that replies at once.

use sori_e2e::{Engine, Reply, Setup};

use crate::desktop::Desktop;
use crate::figures::Figures;
use crate::listener::Listener;
use crate::scenarios::Stage;
use crate::transcript::Heard;
use crate::way::Language;

const ALTCHA: &str = include_str!("../beside/altcha.html");
const SENT: &str = r#"<!doctype html><meta charset="utf-8"><title>Sori</title>
    <main><h1 id="result" tabindex="-1" autofocus>Sent</h1></main>"#;

/// Prints the figures of each captcha, and what was heard.
pub(crate) async fn compare(engine: Engine) {
    for language in [Language::Korean, Language::English] {
        let stage = Stage { engine, language };
        for (name, heard) in [
            ("Sori, by a key in the box", stage.shortest(".").await),
            ("Sori, by Play", stage.shortest("Play").await),
            ("ALTCHA", altcha(engine, language).await),
        ] {
            println!(
                "listen: {engine:?} {}: {name}: {}\n{}",
                language.tag(),
                Figures::of(&heard),
                heard.transcript()
            );
        }
    }
}

async fn altcha(engine: Engine, language: Language) -> Heard {
    let tag = language.tag();
    let desktop = Desktop::start(tag);
    let mut heard = Heard::default();
    Setup::new("listen_altcha")
        .in_engine(engine)
        .on_desktop(desktop.environment())
        .language(tag)
        .folder(&sori_e2e::root().join("tests/listen/beside"))
        .page("/page.html", Reply::html(&ALTCHA.replace("LANG", tag)))
        .page("/sent", Reply::html(SENT))
        .run(async |page| {
            let ready = "return window.ready === true";
            let mut listener = Listener::open_when(&desktop, page, "/page.html", ready).await;
            listener.press("Tab").await;
            listener.begin();
            listener.press("Tab").await;
            // The proof of work is done, and the focus moves to the box.
            listener.press("Space").await;
            listener.press_until_sound("Space").await;
            listener.until_silence().await;
            listener.type_text("12345").await;
            listener.press("Enter").await;
            listener.press_and_arrive("Enter").await;
            heard = listener.heard();
        })
        .await;
    heard
}
