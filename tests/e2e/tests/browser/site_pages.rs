//! Every page of the host site, in both languages: it loads without errors, axe-core finds nothing in either theme,
//! and it does not scroll sideways at 320 px.

use serde_json::{Value, json};
use sori_e2e::{Page, Setup};

/// The pages that the navigation lists, from the pages themselves.
async fn listed(page: &Page) -> Vec<String> {
    let mut paths = Vec::new();
    for home in ["/", "/?lang=en"] {
        page.open(home).await;
        let links = page
            .script("return [...document.querySelectorAll('nav.pages a')].map((link) => link.getAttribute('href'))")
            .await;
        let links = links.as_array().into_iter().flatten();
        paths.extend(links.filter_map(Value::as_str).map(str::to_owned));
    }
    // The pages about servers have one template. These are the ones with the most text and the widest lines.
    paths.extend([
        "/docs/servers/express".into(),
        "/docs/servers/spring-mvc?lang=en".into(),
    ]);
    paths
}

/// The console, without the lines that a page causes on purpose, once the page is idle. A share button is registered
/// after the page has loaded, and its warning would otherwise appear with the next page.
async fn complaints(page: &Page, path: &str) -> Vec<String> {
    page.until(
        "every element is upgraded",
        "return document.readyState === 'complete'
            && [...document.querySelectorAll('sori-captcha, sori-share')].every((element) => element.shadowRoot)",
    )
    .await;
    let mut said = page.console().await;
    if path.starts_with("/docs/share") {
        said.retain(|line| {
            !line.contains("sori-share: attribute url is a local or private address")
        });
    }
    said
}

/// What makes the document scroll sideways.
const OVERHANG: &str = "
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > clientWidth)
        .map((element) => element.outerHTML.slice(0, 120));
    return [`${scrollWidth - clientWidth} px`, ...wide];
";

async fn prefer(page: &Page, scheme: &str) {
    let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
    page.devtools(
        "Emulation.setEmulatedMedia",
        json!({ "features": features }),
    )
    .await;
}

async fn resize(page: &Page, width: u32) {
    let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    page.devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_quiet_and_fits() {
    Setup::new("every_page_is_accessible_quiet_and_fits")
        .run(async |page| {
            let paths = listed(page).await;
            assert!(paths.len() >= 20, "{paths:?}");
            for path in paths {
                page.open(&path).await;
                let complaints = complaints(page, &path).await;
                assert!(complaints.is_empty(), "{path}: {complaints:?}");
                for scheme in ["light", "dark"] {
                    prefer(page, scheme).await;
                    page.assert_accessible("html", &format!("{path}, {scheme}"))
                        .await;
                }
                resize(page, 320).await;
                let overhang = page.script(OVERHANG).await;
                assert_eq!(overhang, json!([]), "{path} is wider than 320 px");
                resize(page, 1_200).await;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_what_people_see_and_leads_there() {
    Setup::new("the_search_finds_what_people_see")
        .run(async |page| {
            for (path, word, place) in [
                ("/docs/start?lang=en", "origin_not_allowed", "#origin_not_allowed"),
                ("/docs/servers/go", "끝나지 않습니다", "#inline-hangs"),
            ] {
                page.open(path).await;
                page.type_into("#search", word).await;
                page.until("there are results", "return document.querySelector('.search li a') !== null")
                    .await;
                page.assert_accessible("html", "search results").await;
                let found = page
                    .script("return [...document.querySelectorAll('.search li a')].map((link) => link.hash)")
                    .await;
                let found: Vec<_> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                assert!(found.contains(&place), "{word}: {found:?}");
                page.click(&format!(".search li a[href$='{place}']")).await;
                page.until("the place is there", &format!("return document.querySelector('{place}') !== null"))
                    .await;
                page.assert_quiet().await;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strict_policy_is_never_violated() {
    Setup::new("the_strict_policy_is_never_violated")
        .run(async |page| {
            page.open("/?verify=inline").await;
            page.script("window.violations = []; document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI))")
                .await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            captcha.part("answer").await.type_text("12345").await;
            captcha.part("check").await.click().await;
            captcha.until_state("verified").await;
            let violations = page.script("return window.violations").await;
            assert_eq!(violations, json!([]));
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wasm_is_requested_once() {
    Setup::new("the_wasm_is_requested_once")
        .run(async |page| {
            page.open("/").await;
            page.captcha("").await;
            let mut requests = page.requests().await;
            requests.retain(|url| url.ends_with("/pkg/sori_bg.wasm"));
            assert_eq!(requests.len(), 1, "{requests:?}");
        })
        .await;
}
