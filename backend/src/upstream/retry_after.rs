//! `Retry-After`, in both of its formats: seconds, and a date (RFC 9110, section 10.2.3).

use crate::clock::Moment;
use axum::http::{HeaderMap, HeaderName, header};
use core::time::Duration;
use jiff::fmt::rfc2822;

/// How long to wait, as the reply asks. A date is compared with the reply's own `Date`, because the two clocks may
/// differ; without one, with `now`.
pub(super) fn asked(headers: &HeaderMap, now: Moment) -> Option<Duration> {
    let asked = text(headers, header::RETRY_AFTER)?;
    if !asked.is_empty() && asked.bytes().all(|b| b.is_ascii_digit()) {
        // A number that is too large is a long time.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let until = date(asked)?;
    let from = text(headers, header::DATE).and_then(date).unwrap_or(now);
    Some(until.since(from))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The obsolete formats of a date are not read: no server in use writes them.
fn date(text: &str) -> Option<Moment> {
    let seconds = rfc2822::parse(text).ok()?.timestamp().as_second();
    u64::try_from(seconds).ok().map(Moment::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    /// 2026-11-21, 03:00:00 GMT, a Saturday.
    const NOW: Moment = Moment::from_secs(1_795_230_000);

    fn wait(pairs: &[(HeaderName, &str)]) -> Option<u64> {
        let value = |value: &str| HeaderValue::from_str(value).unwrap();
        let pairs = pairs.iter().map(|(name, text)| (name.clone(), value(text)));
        asked(&pairs.collect(), NOW).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read() {
        let after = |text| wait(&[(header::RETRY_AFTER, text)]);
        for (text, seconds) in [
            ("30", Some(30)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sat, 21 Nov 2026 03:00:45 GMT", Some(45)),
            ("Sat, 21 Nov 2026 02:00:00 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(after(text), seconds, "{text:?}");
        }
        let other_clock = [
            (header::DATE, "Sat, 21 Nov 2026 07:00:00 GMT"),
            (header::RETRY_AFTER, "Sat, 21 Nov 2026 07:00:20 GMT"),
        ];
        assert_eq!(wait(&other_clock), Some(20));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_ignored(text in "[ -~]*") {
            let _ = wait(&[(header::RETRY_AFTER, &text)]);
        }
    }
}
