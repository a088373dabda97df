//! Remembers that a visitor has solved the captcha while another field has a mistake. A real site keeps this in its
//! session.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use sori_backend::Secret;

/// The visitors who have solved a captcha and must still correct another field.
#[derive(Default)]
pub(crate) struct Passes(HashMap<String, Instant>);

impl Passes {
    const COOKIE: &str = "sori-demo";
    const LIFETIME: Duration = Duration::from_secs(30 * 60);
    const MOST: usize = 1_000;

    pub(crate) fn holds(&self, jar: &CookieJar) -> bool {
        jar.get(Self::COOKIE)
            .and_then(|cookie| self.0.get(cookie.value()))
            .is_some_and(|since| since.elapsed() < Self::LIFETIME)
    }

    pub(crate) fn remember(&mut self, jar: CookieJar) -> CookieJar {
        self.0.retain(|_, since| since.elapsed() < Self::LIFETIME);
        if self.0.len() >= Self::MOST {
            return jar;
        }
        let id = Secret::random();
        self.0.insert(id.expose().to_owned(), Instant::now());
        let cookie = Cookie::build((Self::COOKIE, id.expose().to_owned()));
        jar.add(cookie.path("/").http_only(true).same_site(SameSite::Lax))
    }

    /// A pass is good for one form.
    pub(crate) fn forget(&mut self, jar: CookieJar) -> CookieJar {
        if let Some(cookie) = jar.get(Self::COOKIE) {
            self.0.remove(cookie.value());
        }
        jar.remove(Cookie::build(Self::COOKIE).path("/"))
    }
}
