//! Any text from strangers or operators is either read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sori_backend::{
    Secret,
    clock::Moment,
    limit::Rates,
    practice::Digits,
    settings::{Origin, Quota, Span, host_of},
    ticket,
};
use sori_captcha::{captcha::answer, share};
use sori_wire::protocol::{Key, join_response, split_response};
use std::time::Duration;

fuzz_target!(|text: &str| {
    if let Some((key, answer)) = split_response(text) {
        let joined = join_response(&key, &answer);
        let again = split_response(&joined).expect("what was joined is split");
        // If the key had a colon, the response would be split at that one.
        if !key.contains(':') {
            assert_eq!(again, (key, answer));
        }
    }
    if let Some(key) = Key::parse(text) {
        assert_eq!(key.as_str(), text);
    }
    let secret = Secret::new("a secret of the site, long enough");
    let now = Moment::from_secs(1_795_230_000);
    assert_eq!(ticket::session(&secret, text, now, Duration::from_secs(86_400)), None);
    if let Some(host) = host_of(text) {
        assert!(text.starts_with(host));
    }
    let _ = (text.parse::<Origin>(), text.parse::<Span>(), text.parse::<Quota>());
    let _ = (text.parse::<Rates>(), Digits::parse(text));
    let normalised = answer::normalise(text);
    assert_eq!(answer::normalise(&normalised), normalised);
    let _ = share::address::accept(text);
    let link = share::encode::share_link(text, text);
    assert!(link.is_ascii(), "{link}");
});
