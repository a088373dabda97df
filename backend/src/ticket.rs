//! Tickets: with a ticket the site confirms that it rendered the page for one of its own sessions.
//!
//! `EXPIRY.SESSION.MAC`, where `EXPIRY` is in seconds since 1970, `SESSION` names the session with 1 to 64
//! of `A-Z a-z 0-9 - _`, and `MAC` is the HMAC-SHA256 of `EXPIRY.SESSION` under `SORI_TICKET_SECRET`, in
//! lower-case hexadecimal digits. Any language can render one:
//!
//! ```text
//! python   hmac.new(secret, b"1795273199.abc", hashlib.sha256).hexdigest()
//! node     crypto.createHmac("sha256", secret).update("1795273199.abc").digest("hex")
//! ```

use crate::{
    clock::Moment,
    secret::{Secret, hex, unhex},
};
use core::time::Duration;
use ring::hmac;

const SESSION_MAX: usize = 64;

/// Makes a ticket for `session` that is valid until `expires`; `None` if `session` is not 1 to 64 of `A-Z a-z 0-9 -
/// _`. The name of the session should be random or a hash, because the visitor's browser sends it.
///
/// ```
/// use sori_backend::{Secret, clock::Moment, ticket};
/// let secret = Secret::new("an example of a secret with enough bytes");
/// let ticket = ticket::sign(&secret, "session-1", Moment::from_secs(1_795_273_199)).unwrap();
/// assert!(ticket.starts_with("1795273199.session-1."));
/// ```
#[must_use]
pub fn sign(secret: &Secret, session: &str, expires: Moment) -> Option<String> {
    let signed = format!("{}.{session}", expires.as_millis() / 1000);
    let mac = hmac::sign(&key(secret), signed.as_bytes());
    is_session(session).then(|| format!("{signed}.{}", hex(mac.as_ref())))
}

/// The session of a ticket, if the ticket is valid at `now` and for `longest` at most. A ticket that is valid for
/// years would be as good as a secret, and it would be in a page.
#[must_use]
pub fn session<'a>(
    secret: &Secret,
    ticket: &'a str,
    now: Moment,
    longest: Duration,
) -> Option<&'a str> {
    let (signed, mac) = ticket.rsplit_once('.')?;
    hmac::verify(&key(secret), signed.as_bytes(), &unhex::<32>(mac)?).ok()?;
    let (expires, session) = signed.split_once('.')?;
    let expires = Moment::from_secs(expires.parse().ok()?);
    let lives = now < expires && expires <= now + longest;
    (lives && is_session(session)).then_some(session)
}

fn is_session(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=SESSION_MAX).contains(&text.len()) && text.bytes().all(plain)
}

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXPIRY: Moment = Moment::from_secs(1_795_273_199);
    const NOW: Moment = Moment::from_secs(1_795_270_000);

    fn read(ticket: &str, now: Moment) -> Option<&str> {
        session(&secret(), ticket, now, Duration::from_secs(3600))
    }

    fn secret() -> Secret {
        Secret::new("an example of a secret with enough bytes")
    }

    #[test]
    fn a_ticket_ends_with_its_time() {
        let ticket = sign(&secret(), "abc", EXPIRY).unwrap();
        let before = Moment::from_millis(EXPIRY.as_millis() - 1);
        assert_eq!(read(&ticket, before), Some("abc"));
        assert_eq!(read(&ticket, EXPIRY), None);
    }

    #[test]
    fn a_ticket_that_lives_longer_than_it_may_is_refused() {
        let ticket = sign(&secret(), "abc", EXPIRY).unwrap();
        let at = |before: u64| Moment::from_secs(EXPIRY.as_millis() / 1000 - before);
        assert_eq!(read(&ticket, at(3600)), Some("abc"));
        assert_eq!(read(&ticket, at(3601)), None);
    }

    /// Made with Python: `hmac.new(secret, b"1795273199.abc", hashlib.sha256).hexdigest()`.
    #[test]
    fn a_ticket_made_in_another_language_is_valid() {
        let ticket = "1795273199.abc.MAC";
        let ticket = ticket.replace("MAC", PYTHON_MAC);
        assert_eq!(sign(&secret(), "abc", EXPIRY), Some(ticket));
    }

    const PYTHON_MAC: &str = "543c3e759dc1384039bae6120ab2d54a725147b53e5b6b4965bb98c46d36ba3f";

    #[test]
    fn only_the_sites_own_secret_makes_a_ticket() {
        let ticket = sign(
            &Secret::new("another secret, as long as the first"),
            "abc",
            EXPIRY,
        );
        assert_eq!(read(&ticket.unwrap(), NOW), None);
        assert_eq!(sign(&secret(), "a.b", EXPIRY), None);
        assert_eq!(sign(&secret(), "", EXPIRY), None);
    }

    proptest! {
        #[test]
        fn a_changed_ticket_is_refused(at in 0_usize..80, to in "[0-9a-zA-Z._-]") {
            let ticket = sign(&secret(), "abc", EXPIRY).unwrap();
            let at = at % ticket.len();
            let changed = format!("{}{to}{}", &ticket[..at], &ticket[at + 1..]);
            let same = changed.eq_ignore_ascii_case(&ticket) && changed.starts_with("1795273199.abc.");
            prop_assert_eq!(read(&changed, NOW).is_some(), same);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            prop_assert_eq!(read(&text, NOW), None);
        }
    }
}
