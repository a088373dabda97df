//! The documentation that `cargo xtask docs` writes, opened as files, without a server.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sori_e2e::{Page, Setup, target_folder, write_docs};

/// Every page, as a path below the folder.
fn pages(folder: &Path) -> Vec<String> {
    let mut found = vec!["index.html".to_owned()];
    for under in ["ko", "en", "ko/servers", "en/servers"] {
        for entry in fs::read_dir(folder.join(under)).expect("the folder is written") {
            let name = entry.expect("an entry").file_name();
            let name = name.to_string_lossy();
            if name.ends_with(".html") {
                found.push(format!("{under}/{name}"));
            }
        }
    }
    found
}

async fn wide(page: &Page, width: u32) {
    let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    page.devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn written_pages_work_without_a_server() {
    let folder = target_folder().join("e2e/written-docs");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier run's pages can go");
    }
    write_docs(&folder);
    let base = format!("file://{}", folder.display());
    Setup::new("written_pages_work_without_a_server")
        .in_chromium()
        .run(async |page| {
            let paths = pages(&folder);
            assert!(paths.len() > 60, "{}", paths.len());
            wide(page, 320).await;
            for path in &paths {
                page.open(&format!("{base}/{path}")).await;
                page.until(
                    "every element is upgraded",
                    "return document.readyState === 'complete'
                        && [...document.querySelectorAll('sori-captcha, sori-share')].every((element) => element.shadowRoot)",
                )
                .await;
                let mut said = page.console().await;
                // One example shows a URL that cannot be shared, and a page that was opened as a file has no other.
                said.retain(|line| !line.contains("sori-share: "));
                assert!(said.is_empty(), "{path}: {said:?}");
                let overhang = page
                    .script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    .await;
                assert_eq!(overhang, json!(0), "{path} is wider than 320 px");
            }
            // The templates are those of the host site, whose pages are all checked. Only these pages differ.
            for path in ["index.html", "ko/index.html", "en/index.html", "en/reference.html"] {
                page.open(&format!("{base}/{path}")).await;
                page.assert_accessible("html", path).await;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_works_in_pages_opened_as_files() {
    let folder = target_folder().join("e2e/written-docs-search");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier run's pages can go");
    }
    write_docs(&folder);
    let base = format!("file://{}", folder.display());
    Setup::new("the_search_works_in_pages_opened_as_files")
        .run(async |page| {
            for (path, word, place) in [
                (
                    "en/servers/go.html",
                    "origin_not_allowed",
                    "#origin_not_allowed",
                ),
                ("ko/start.html", "끝나지 않습니다", "#inline-hangs"),
            ] {
                page.open(&format!("{base}/{path}")).await;
                page.type_into("#search", word).await;
                page.until(
                    "there are results",
                    "return document.querySelector('.search li a') !== null",
                )
                .await;
                page.click(&format!(".search li a[href$='{place}']")).await;
                page.until(
                    "the place is there",
                    &format!("return document.querySelector('{place}') !== null"),
                )
                .await;
                let address = page.script("return location.href").await;
                let address = address.as_str().unwrap_or_default();
                assert!(address.starts_with(&base), "{address}");
            }
            // If the search index is missing, the reader is told.
            fs::remove_file(folder.join("search/en.js")).expect("the index is there");
            page.open(&format!("{base}/en/start.html")).await;
            page.type_into("#search", "quota").await;
            page.until(
                "the search says what happened",
                "return document.querySelector('.search output').value === 'The search could not be loaded.'",
            )
            .await;
            assert_eq!(
                page.script("return document.querySelector('.search li')").await,
                Value::Null
            );
        })
        .await;
}
