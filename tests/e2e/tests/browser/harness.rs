//! Tests of the harness itself: it must notice the errors that the other tests rely on it to notice.

use sori_e2e::{Engine, Reply, Setup};

const PAGE: &str = r#"<!doctype html><html lang="en"><title>Harness</title><h1>Harness</h1>
<sori-captcha></sori-captcha>
<main><img src="/nothing.png"></main>
<script>
customElements.define("sori-captcha", class extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const button = document.createElement("button");
    button.setAttribute("part", "play big");
    button.textContent = "Play";
    button.onclick = (event) => { button.textContent = `trusted ${event.isTrusted}, active ${navigator.userActivation.isActive}`; };
    root.append(button);
  }
});
console.error("said on the console");
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_click_is_a_persons_and_faults_are_seen() {
    Setup::new("harness")
        .page("/", Reply::html(PAGE))
        .run(async |page| {
            page.open("/").await;
            let play = page.captcha("").await.part("play").await;
            assert_eq!(play.accessible_role().await, "button");
            assert_eq!(play.accessible_name().await, "Play");
            play.click().await;
            assert_eq!(play.text().await, "trusted true, active true");

            let rules: Vec<_> = page
                .violations("html")
                .await
                .into_iter()
                .map(|found| found.rule)
                .collect();
            assert!(
                rules.contains(&"image-alt".to_owned()),
                "axe-core finds the picture without a text: {rules:?}"
            );
            assert!(
                page.requests()
                    .await
                    .iter()
                    .any(|url| url.ends_with("/nothing.png"))
            );
            if page.engine() == Engine::Chromium {
                let console = page.console().await;
                assert!(
                    console
                        .iter()
                        .any(|line| line.contains("said on the console")),
                    "{console:?}"
                );
            }
        })
        .await;
}
