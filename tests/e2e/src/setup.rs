//! What a test needs, and the frame around it.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures_util::FutureExt as _;

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
}

impl Setup {
    /// `name` names the screenshot of a failure. The practice upstream speaks 12345.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            engine: Engine::chosen(),
            environment: vec![("SORI_PRACTICE_ANSWER".to_owned(), "12345".to_owned())],
            arguments: Vec::new(),
            wishes: Wishes::default(),
            content: Content::default(),
        }
    }

    /// A setting of the backend.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// An argument of the host site.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The browser's language; Korean unless said.
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

    /// A page, or another answer, of the test's own. The test's pages then have an origin of their own; everything else
    /// on it comes from the host site, so `/captcha` and `/pkg` work there as they do on the site.
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

    /// Runs the test in a browser; fails as the test does, after it said what the page looked like.
    pub async fn run(self, test: impl AsyncFnOnce(&Page)) {
        let site = Site::start(&self.environment, &self.arguments);
        let driver = Driver::start(self.engine);
        let client = browser::connect(self.engine, &driver, &self.wishes).await;
        let pages = if self.content.is_empty() {
            None
        } else {
            Some(Pages::serve(self.content, site.origin()).await)
        };
        let page = Page::new(client.clone(), site, pages, self.engine);
        let outcome = AssertUnwindSafe(test(&page)).catch_unwind().await;
        if outcome.is_err() {
            page.explain_failure(&self.name).await;
        }
        // Without it the browser outlives its driver.
        let closed = client.close().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
        closed.unwrap_or_else(|error| panic!("the browser does not close: {error}"));
    }
}
