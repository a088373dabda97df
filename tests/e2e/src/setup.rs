//! What a test needs, and everything around it.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures_util::FutureExt as _;
use sori_backend::practice;

use crate::browser::{self, Engine, Wishes};
use crate::driver::Driver;
use crate::page::Page;
use crate::pages::{Content, Pages, Reply};
use crate::site::Site;

#[derive(Debug)]
pub struct Setup {
    name: String,
    engine: Engine,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    wishes: Wishes,
    content: Content,
    upstream: Option<practice::Options>,
    full_disk: bool,
}

impl Setup {
    /// `name` is the name of the screenshot of a failure. The practice upstream speaks 12345.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            engine: Engine::chosen(),
            environment: vec![("SORI_PRACTICE_ANSWER".to_owned(), "12345".to_owned())],
            arguments: Vec::new(),
            wishes: Wishes::default(),
            content: Content::default(),
            upstream: None,
            full_disk: false,
        }
    }

    /// In Chromium even if another engine was chosen, for what only the DevTools protocol can do.
    #[must_use]
    pub fn in_chromium(mut self) -> Self {
        self.engine = Engine::Chromium;
        self
    }

    /// In this engine even if another was chosen, for tests that use all engines.
    #[must_use]
    pub fn in_engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// With a window on the desktop in this environment. Assistive technology does not work with a headless browser.
    #[must_use]
    pub fn on_desktop(mut self, environment: &[(String, String)]) -> Self {
        self.wishes.desktop = environment.to_vec();
        self
    }

    /// A setting of the backend.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The site's backend uses the test's own upstream, as it would use NAVER: with credentials, a quota, and the
    /// faults in the options. It speaks 12345 like the practice upstream.
    #[must_use]
    pub fn upstream(mut self, change: impl FnOnce(&mut practice::Options)) -> Self {
        let mut options = practice::Options {
            answer: practice::Digits::parse("12345").ok(),
            ..practice::Options::default()
        };
        change(&mut options);
        self.upstream = Some(options);
        self
    }

    /// The site's journal is on a disk that is almost full.
    #[must_use]
    pub fn full_disk(mut self) -> Self {
        self.full_disk = true;
        self
    }

    /// An argument of the host site.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The browser's language; Korean by default.
    #[must_use]
    pub fn language(mut self, tag: &str) -> Self {
        self.wishes.language = Some(tag.to_owned());
        self
    }

    /// An argument of the browser.
    #[must_use]
    pub fn browser_argument(mut self, argument: &str) -> Self {
        self.wishes.arguments.push(argument.to_owned());
        self
    }

    /// A page or another reply of the test's own. The test's pages then have their own origin. Everything else on
    /// that origin comes from the host site, so `/captcha` and `/pkg` work there as on the site.
    #[must_use]
    pub fn page(mut self, path: &str, reply: Reply) -> Self {
        self.content.replies.insert(path.to_owned(), reply);
        self
    }

    /// Files of a built project, at the root of the test's own origin.
    #[must_use]
    pub fn folder(mut self, path: &Path) -> Self {
        self.content.folder = Some(path.to_owned());
        self
    }

    /// Runs the test in a browser. If the test fails, this prints what the page looked like, and then fails too.
    pub async fn run(mut self, test: impl AsyncFnOnce(&Page)) {
        let upstream = match self.upstream.take() {
            Some(options) => Some(self.start_upstream(options).await),
            None => None,
        };
        let site = if self.full_disk {
            Site::start_on_a_full_disk(&self.name, self.environment, &self.arguments)
        } else {
            Site::start(&self.environment, &self.arguments)
        };
        let pages = if self.content.is_empty() {
            None
        } else {
            Some(Pages::serve(self.content, site.origin()).await)
        };
        let driver = Driver::start(self.engine, &self.wishes.desktop);
        let client = browser::connect(self.engine, &driver, &self.wishes).await;
        let page = Page::new(client.clone(), site, pages, self.engine);
        let outcome = AssertUnwindSafe(test(&page)).catch_unwind().await;
        if outcome.is_err() {
            page.explain_failure(&self.name).await;
        }
        if let Some(upstream) = upstream {
            upstream.shutdown().await;
        }
        // Without this the browser would keep running after its driver.
        let closed = client.close().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
        closed.unwrap_or_else(|error| panic!("the browser does not close: {error}"));
    }

    async fn start_upstream(&mut self, options: practice::Options) -> practice::Running {
        // The backend refuses these together with real credentials.
        self.environment
            .retain(|(name, _)| name != "SORI_PRACTICE_ANSWER");
        for (name, value) in [
            ("SORI_UPSTREAM", "naver"),
            ("SORI_CLIENT_ID", options.client_id.as_str()),
            ("SORI_CLIENT_SECRET", options.client_secret.as_str()),
            (
                "SORI_SITEVERIFY_SECRET",
                "a secret of the tests, longer than 32 bytes",
            ),
        ] {
            self.environment.push((name.to_owned(), value.to_owned()));
        }
        let running = practice::spawn(options, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap_or_else(|error| panic!("the upstream does not start: {error}"));
        self.environment.push((
            "SORI_UPSTREAM_URL".to_owned(),
            format!("http://{}/v1/captcha", running.addr),
        ));
        running
    }
}
