//! What is stored on the device: nothing, or speed and volume if the page asks for it.

use serde_json::{Value, json};
use sori_e2e::{Key, Page, Setup};

use crate::common::{page, play, until_heard};

/// Everything that a page can leave behind.
async fn stored(page: &Page) -> Value {
    page.promise(
        "const kept = (storage) => Object.fromEntries(Object.keys(storage).map((name) => [name, storage.getItem(name)]));
         return {
            cookie: document.cookie, local: kept(localStorage), session: kept(sessionStorage),
            databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length };",
        vec![],
    )
    .await
}

fn nothing_but(local: Value) -> Value {
    json!({ "cookie": "", "local": local, "session": {}, "databases": 0, "caches": 0, "workers": 0 })
}

/// Listens, sets speed and volume, answers, and sends the form.
async fn use_everything(page: &Page) {
    let captcha = play(page).await;
    until_heard(page).await;
    // Without waiting: on a busy machine the audio would end before all of this is done.
    captcha.part("play").await.click().await;
    captcha.until_state("paused").await;
    captcha.part("faster").await.click().await;
    captcha.part("faster").await.click().await;
    let volume = captcha.part("volume").await;
    volume.type_text(&Key::Left.to_string().repeat(4)).await;
    captcha.part("answer").await.type_text("12345").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unasked_nothing_is_kept() {
    Setup::new("storage_none")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lead-in="0" consent"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            page.captcha("").await.part("consent").await.click().await;
            use_everything(page).await;
            assert_eq!(stored(page).await, nothing_but(json!({})));
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_only_speed_and_volume_are_kept_and_come_back() {
    Setup::new("storage_remember")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0" remember"#))
        .run(async |page| {
            page.open("/page.html").await;
            use_everything(page).await;
            assert_eq!(
                stored(page).await,
                nothing_but(json!({ "sori-captcha": "120 80" }))
            );
            page.open("/page.html").await;
            play(page).await;
            until_heard(page).await;
            let set = page
                .script("const root = document.querySelector('sori-captcha').shadowRoot, audio = root.querySelector('audio'); return [audio.playbackRate, audio.volume, root.querySelector('[part=volume]').value]")
                .await;
            assert_eq!(set, json!([1.2, 0.8, "80"]));
        })
        .await;
}

/// If the storage contains nonsense, or does not exist, the widget still plays.
#[tokio::test(flavor = "multi_thread")]
async fn junk_in_storage_is_no_fault() {
    Setup::new("storage_junk")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0" remember"#))
        .run(async |page| {
            for junk in ["", "x", "9999 9999", "1e9 -5", "100"] {
                page.open("/page.html").await;
                page.script_with("localStorage.setItem('sori-captcha', arguments[0])", vec![junk.into()])
                    .await;
                page.open("/page.html").await;
                play(page).await;
                until_heard(page).await;
                let set = page
                    .script("const { playbackRate, volume } = document.querySelector('sori-captcha').shadowRoot.querySelector('audio'); return playbackRate >= 0.5 && playbackRate <= 1.5 && volume >= 0 && volume <= 1")
                    .await;
                assert_eq!(set, true, "{junk:?}");
            }
            page.assert_quiet().await;
        })
        .await;
}
