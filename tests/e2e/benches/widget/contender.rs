//! The widgets that are compared: for each a page, and the files that it loads.

use std::fs;
use std::path::{Path, PathBuf};

use sori_e2e::Reply;

/// In the head of every page, after the function `controlOf`. `painted` becomes the time, in ms since the navigation began,
/// at which the first frame with the widget's control in it is drawn.
const WATCH: &str = "<script>
const isShown = (element) => (controlOf(element)?.getBoundingClientRect().height ?? 0) > 8;
(function watch() {
  const element = document.querySelector('[data-bench]');
  if (element && isShown(element)) requestAnimationFrame(() => { window.painted ??= performance.now(); });
  else requestAnimationFrame(watch);
})();
</script>";

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) head: &'static str,
    /// The element. It has the attribute `data-bench`.
    pub(crate) element: &'static str,
    /// Finds in `element` what a person uses first.
    control: &'static str,
    /// The files by URL.
    files: Vec<(&'static str, PathBuf)>,
}

impl Contender {
    pub(crate) fn path(&self) -> String {
        format!("/bench/{}.html", self.name.to_lowercase())
    }

    /// The page and the files, compressed as by a server in production.
    pub(crate) fn replies(&self) -> Vec<(String, Reply)> {
        let page = format!(
            "<!doctype html><html lang=\"en\"><title>{}</title>
            <script>const controlOf = (element) => {};</script>{WATCH}{}<form>{}</form>",
            self.name, self.control, self.head, self.element
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

/// All widgets. The first is the floor, the smallest possible element; no widget that loads a script can be faster.
pub(crate) fn all(pkg: &Path, peers: &Path) -> Vec<Contender> {
    let floor = peers.join("floor.js");
    let sori = |file: &str| pkg.join(file);
    let peer = |file: &str| peers.join("node_modules").join(file);
    vec![
        Contender {
            name: "Floor",
            head: r#"<script type="module" src="/bench/floor.js"></script>"#,
            element: "<bench-floor data-bench></bench-floor>",
            control: "element.shadowRoot?.querySelector('button')",
            files: vec![("/bench/floor.js", floor)],
        },
        Contender {
            name: "Sori",
            head: r#"<script type="module" src="/bench/define.js"></script>"#,
            element: r#"<sori-captcha data-bench endpoint="/captcha" name="captcha"><a slot="alternative" href="/">Another way</a></sori-captcha>"#,
            control: "element.shadowRoot?.querySelector('[part=play]')",
            files: vec![
                ("/bench/define.js", sori("define.js")),
                ("/bench/sori_bg.wasm", sori("sori_bg.wasm")),
            ],
        },
        Contender {
            name: "ALTCHA",
            head: r#"<script type="module" src="/bench/altcha.js"></script>"#,
            element: r#"<altcha-widget data-bench challenge="/bench/challenge"></altcha-widget>"#,
            control: "element.querySelector('input[type=checkbox]')",
            files: vec![("/bench/altcha.js", peer("altcha/dist/main/altcha.min.js"))],
        },
        Contender {
            name: "Cap",
            head: r#"<script src="/bench/cap.js" defer></script>"#,
            element: r#"<cap-widget data-bench data-cap-api-endpoint="/bench/cap/"></cap-widget>"#,
            control: "element.shadowRoot?.querySelector('.captcha')",
            files: vec![("/bench/cap.js", peer("@cap.js/widget/cap.min.js"))],
        },
        Contender {
            name: "Friendly",
            head: r#"<script type="module" src="/bench/friendly.js"></script>"#,
            element: r#"<div class="frc-captcha" data-bench data-sitekey="bench" data-start="none"></div>"#,
            control: "element.querySelector('button')",
            files: vec![(
                "/bench/friendly.js",
                peer("friendly-challenge/widget.module.min.js"),
            )],
        },
    ]
}
