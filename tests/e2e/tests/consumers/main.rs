//! Projects that use the package from its tarball, in a browser. `cargo xtask test --only packaging` builds them.

mod dev_server;
mod scripts;

use std::path::PathBuf;

use sori_e2e::{Page, Setup, target_folder};

/// A folder in a project of tests/packaging, as `cargo xtask test --only packaging` left it.
fn project(name: &str, folder: &str) -> PathBuf {
    let path = target_folder().join("packaging").join(name).join(folder);
    assert!(
        path.is_dir(),
        "{name} is not built: run cargo xtask test --only packaging --all"
    );
    path
}

/// A project as `npm run build` left it.
fn consumer(name: &str) -> Setup {
    Setup::new(&format!("consumer_{name}")).folder(&project(name, "out"))
}

/// Presses Play, waits for real audio and types the digits.
async fn answer(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha.part("answer").await.type_text("12345").await;
}

/// Everything on the open page from Play to the server's result.
async fn walk_through(page: &Page) {
    answer(page).await;
    submit(page).await;
}

/// Sends the form and waits for the server's verdict.
async fn submit(page: &Page) {
    page.click("form button:not([type=button])").await;
    page.until(
        "the site gives its verdict",
        "return document.querySelector('#result')?.dataset.verified === 'true'",
    )
    .await;
}

/// Opens the project's page, checks that the console is empty, and uses the captcha.
async fn works(name: &str) {
    consumer(name)
        .run(async |page| {
            page.open("/").await;
            page.captcha("").await;
            page.assert_quiet().await;
            walk_through(page).await;
        })
        .await;
}

/// The framework's own listener for `sori-issued` has run once.
async fn works_and_hears_events(name: &str) {
    consumer(name)
        .run(async |page| {
            page.open("/").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            page.until(
                "the listener has run once",
                "return document.querySelector('#issued').textContent.trim() === '1'",
            )
            .await;
            page.assert_quiet().await;
            captcha.part("answer").await.type_text("12345").await;
            submit(page).await;
        })
        .await;
}

/// A module with one test, so that a project's tests are chosen by its name.
macro_rules! consumer {
    ($name:ident, $test:ident, $walk:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$walk(stringify!($name)).await;
            }
        }
    };
}

consumer!(vite, takes_the_package_as_it_is, works);
consumer!(webpack, takes_the_package_as_it_is, works);
consumer!(rollup, works_with_the_wasm_beside_the_bundle, works);
consumer!(esbuild, works_with_the_wasm_beside_the_bundle, works);
consumer!(parcel, works_with_package_exports_on, works);
consumer!(
    vue,
    renders_the_element_and_hears_its_events,
    works_and_hears_events
);
consumer!(
    svelte,
    renders_the_element_and_hears_its_events,
    works_and_hears_events
);
consumer!(
    next,
    hydrates_the_element_and_hears_its_events,
    works_and_hears_events
);

mod wasm_pack {
    use super::{Setup, project, walk_through};

    consumer!(bundler, gives_a_bundler_working_elements, plain);

    /// The README's lines, unchanged, on a page beside the files.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_readmes_lines_give_working_elements() {
        Setup::new("wasm_pack_web")
            .folder(&project("wasm-pack-tree", "web"))
            .run(async |page| {
                page.open("/index.html").await;
                page.captcha("").await;
                page.until(
                    "the share button is at work",
                    "return !!document.querySelector('sori-share').shadowRoot?.querySelector('[part=link]')",
                )
                .await;
                page.assert_quiet().await;
                walk_through(page).await;
            })
            .await;
    }

    async fn plain(_bundler: &str) {
        super::works("wasm-pack").await;
    }
}

mod playwright {
    /// The helper from the documentation, run by Playwright on the host site.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_documented_helper_answers_in_a_browser_test() {
        let folder = sori_e2e::target_folder().join("packaging/playwright");
        sori_e2e::Setup::new("consumer_playwright")
            .run(async |page| {
                let ran = std::process::Command::new("node")
                    .args(["out/run.mjs", page.origin()])
                    .current_dir(&folder)
                    .output()
                    .expect("node is there");
                let said = String::from_utf8_lossy(&ran.stdout);
                let complained = String::from_utf8_lossy(&ran.stderr);
                assert!(
                    ran.status.success() && said.trim() == "true",
                    "{said}{complained}"
                );
            })
            .await;
    }
}

mod react {
    use super::{consumer, walk_through};

    #[tokio::test(flavor = "multi_thread")]
    async fn hears_events_under_strict_mode() {
        super::works_and_hears_events("react").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_element_taken_away_and_mounted_again_works() {
        consumer("react")
            .run(async |page| {
                page.open("/").await;
                page.captcha("").await.part("play").await.click().await;
                page.captcha("").await.until_state("playing").await;
                page.click("#toggle").await;
                page.until(
                    "it is gone",
                    "return document.querySelector('sori-captcha') === null",
                )
                .await;
                page.click("#toggle").await;
                walk_through(page).await;
            })
            .await;
    }
}

mod actions_of_react {
    use sori_e2e::Reply;

    use super::consumer;

    async fn after(status: u16) -> (String, String) {
        let mut seen = Default::default();
        consumer("react")
            .page("/join", Reply::html("").status(status))
            .run(async |page| {
                page.open("/actions.html").await;
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("answer").await.type_text("12345").await;
                page.type_into("input[name=name]", "Bora").await;
                page.click("form button").await;
                page.until(
                    "the action has ended",
                    "return document.querySelector('[role=status]')?.textContent === 'Welcome'
                        || !!document.querySelector('sori-captcha')?.getAttribute('error')",
                )
                .await;
                let shown = page
                    .script("return document.querySelector('sori-captcha')?.shadowRoot.querySelector('[part~=error]').textContent ?? ''")
                    .await;
                let left = page.script("return document.body.innerText").await;
                let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                seen = (text(shown), text(left));
            })
            .await;
        seen
    }

    /// The action renders the error, and React resets the form at the same time.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_error_that_the_action_returns_outlives_the_reset() {
        let (error, _) = after(422).await;
        assert!(error.contains("The numbers did not match."), "{error}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_verified_form_gives_way_to_the_welcome() {
        let (_, page) = after(200).await;
        assert!(page.contains("Welcome"), "{page}");
    }
}

mod navigation {
    use super::{consumer, walk_through};

    #[tokio::test(flavor = "multi_thread")]
    async fn turbo_brings_the_element_and_takes_it_away_again() {
        consumer("navigation")
            .run(async |page| {
                page.open("/").await;
                // This value survives only if Turbo replaces the body instead of loading the page.
                page.script("window.kept = true").await;
                page.click("#next").await;
                page.captcha("").await.part("play").await.click().await;
                page.captcha("").await.until_state("playing").await;
                page.click("#back").await;
                page.until(
                    "it is gone",
                    "return document.querySelector('sori-captcha') === null",
                )
                .await;
                page.click("#next").await;
                page.captcha("").await;
                assert_eq!(page.script("return window.kept").await, true);
                page.assert_quiet().await;
                walk_through(page).await;
            })
            .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn htmx_puts_the_element_into_the_page() {
        consumer("navigation")
            .run(async |page| {
                page.open("/htmx.html").await;
                page.click("#load").await;
                walk_through(page).await;
            })
            .await;
    }
}
