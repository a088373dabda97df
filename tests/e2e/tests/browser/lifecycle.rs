//! Elements are added, moved and removed, and leave nothing behind.

use sori_e2e::Setup;

use crate::common::{page, page_with, play, until_heard};

#[tokio::test(flavor = "multi_thread")]
async fn moved_while_playing_it_still_works_and_the_audio_ends_with_the_element() {
    Setup::new("moved")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            play(page).await;
            until_heard(page).await;
            page.script(
                "const made = URL.createObjectURL, gone = URL.revokeObjectURL;
                 window.alive = 0;
                 URL.createObjectURL = (blob) => { alive++; return made.call(URL, blob); };
                 URL.revokeObjectURL = (url) => { alive--; return gone.call(URL, url); };
                 document.querySelector('form').append(document.querySelector('sori-captcha'))",
            )
            .await;
            let captcha = page.captcha("").await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("1").await;
            captcha.part("play").await.click().await;
            captcha.until_state("paused").await;
            page.script("document.querySelector('sori-captcha').remove()")
                .await;
            page.until("no object URL is left", "return alive <= 0")
                .await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_set_before_the_upgrade_count() {
    let body = r#"<form><div id="place"></div></form><script>
        const early = document.createElement("sori-captcha");
        early.endpoint = "/captcha";
        early.name = "early";
        early.required = true;
        document.querySelector('div').append(early);
    </script>"#;
    Setup::new("early_properties")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            assert_eq!(
                captcha.property("getAttribute('endpoint')").await,
                "/captcha"
            );
            assert_eq!(captcha.property("required").await, true);
            play(page).await;
        })
        .await;
}
