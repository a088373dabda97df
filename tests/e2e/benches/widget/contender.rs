//! What is compared: a page with a widget, and the files that it loads.

use std::fs;
use std::path::{Path, PathBuf};

use sori_e2e::Reply;

/// In the head of every page. `painted` becomes the time, in ms since the navigation began, at which the first frame with
/// the widget in it was drawn: something in the element that is as large as a control.
const WATCH: &str = "<script>
const shown = (element) => [...(element.shadowRoot ?? element).querySelectorAll('*')].some((part) => {
  const { width, height } = part.getBoundingClientRect();
  return width >= 16 && height >= 16;
});
(function watch() {
  const element = document.querySelector('[data-bench]');
  if (element && shown(element)) requestAnimationFrame(() => { window.painted ??= performance.now(); });
  else requestAnimationFrame(watch);
})();
</script>";

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) head: &'static str,
    /// The element. It has the attribute `data-bench`.
    pub(crate) element: &'static str,
    /// The files by URL.
    files: Vec<(&'static str, PathBuf)>,
}

impl Contender {
    pub(crate) fn path(&self) -> String {
        format!("/bench/{}.html", self.name.to_lowercase())
    }

    /// The page and the files, compressed as a server in production would.
    pub(crate) fn replies(&self) -> Vec<(String, Reply)> {
        let page = format!(
            "<!doctype html><html lang=\"en\"><title>{}</title>{WATCH}{}<form>{}</form>",
            self.name, self.head, self.element
        );
        let mut replies = vec![(self.path(), Reply::html(&page))];
        for (url, file) in &self.files {
            let bytes =
                fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            replies.push(((*url).to_owned(), compressed(media_type(url), &bytes)));
        }
        replies
    }
}

fn media_type(url: &str) -> &'static str {
    match Path::new(url).extension().and_then(|end| end.to_str()) {
        Some("wasm") => "application/wasm",
        _ => "text/javascript",
    }
}

fn compressed(media_type: &'static str, bytes: &[u8]) -> Reply {
    let mut small = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut small, &parameters).expect("memory takes all bytes");
    Reply::new(media_type, small).header("content-encoding", "br")
}

/// The smallest element first: nothing that is loaded can be faster.
pub(crate) fn all(pkg: &Path, peers: &Path) -> Vec<Contender> {
    let floor = peers.join("floor.js");
    let sori = |file: &str| pkg.join(file);
    let peer = |file: &str| peers.join("node_modules").join(file);
    vec![
        Contender {
            name: "Floor",
            head: r#"<script type="module" src="/bench/floor.js"></script>"#,
            element: "<bench-floor data-bench></bench-floor>",
            files: vec![("/bench/floor.js", floor)],
        },
        Contender {
            name: "Sori",
            head: r#"<link rel="preload" href="/bench/sori_bg.wasm" as="fetch" type="application/wasm" crossorigin>
                <script type="module" src="/bench/define.js"></script>"#,
            element: r#"<sori-captcha data-bench endpoint="/captcha" name="captcha"><a slot="alternative" href="/">Another way</a></sori-captcha>"#,
            files: vec![
                ("/bench/define.js", sori("define.js")),
                ("/bench/sori_bg.wasm", sori("sori_bg.wasm")),
            ],
        },
        Contender {
            name: "ALTCHA",
            head: r#"<script type="module" src="/bench/altcha.js"></script>"#,
            element: r#"<altcha-widget data-bench challenge="/bench/challenge"></altcha-widget>"#,
            files: vec![("/bench/altcha.js", peer("altcha/dist/main/altcha.min.js"))],
        },
        Contender {
            name: "Cap",
            head: r#"<script src="/bench/cap.js" defer></script>"#,
            element: r#"<cap-widget data-bench data-cap-api-endpoint="/bench/cap/"></cap-widget>"#,
            files: vec![("/bench/cap.js", peer("@cap.js/widget/cap.min.js"))],
        },
        Contender {
            name: "Friendly",
            head: r#"<script type="module" src="/bench/friendly.js"></script>"#,
            element: r#"<div class="frc-captcha" data-bench data-sitekey="bench" data-start="none"></div>"#,
            files: vec![(
                "/bench/friendly.js",
                peer("friendly-challenge/widget.module.min.js"),
            )],
        },
    ]
}
