//! A key uses quota, so it is requested only when a person does something.

use sori_backend::practice::{Call, Fault, Faults};
use sori_e2e::Setup;

use crate::common::{heard, keys_requested, page, play};

#[tokio::test(flavor = "multi_thread")]
async fn replay_makes_no_request() {
    Setup::new("replay")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lead-in="0" rate="1.5""#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.until_state("ready").await;
            let before = page.requests().await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            captcha.part("back").await.click().await;
            captcha.part("forward").await.click().await;
            captcha.until_state("ready").await;
            let fresh: Vec<_> = page
                .requests()
                .await
                .into_iter()
                .filter(|url| !before.contains(url) && url.starts_with("http"))
                .collect();
            assert!(fresh.is_empty(), "requested anew: {fresh:?}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_challenge_takes_a_press() {
    Setup::new("renew")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            assert_eq!(keys_requested(page).await, 1);
            captcha.part("renew").await.click().await;
            page.until(
                "a second key is issued",
                "return heard.filter(([type]) => type === 'issued').length === 2",
            )
            .await;
            captcha.until_state("playing").await;
            assert_eq!(keys_requested(page).await, 2);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_is_retried_by_itself_and_the_key_kept() {
    let faults = Faults::default();
    faults.set(Call::Audio, Fault::SystemError);
    let heal = faults.clone();
    Setup::new("audio_retry")
        .upstream(|options| options.faults = faults)
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            page.until(
                "the audio was asked for",
                "return performance.getEntriesByType('resource').some(({ name }) => name.includes('/audio/'))",
            )
            .await;
            heal.set(Call::Audio, None);
            captcha.until_state("playing").await;
            assert_eq!(keys_requested(page).await, 1, "one key for all attempts");
            assert!(heard(page, "error").await.is_empty(), "a retry that helps is no error");
        })
        .await;
}
