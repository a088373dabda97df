//! The upstream's reason for a refusal, made safe for the log, and what an operator can do about it.

use super::{
    Dialect,
    judge::{Failure, Refusal, Reply, Wanted},
    unreadable,
};
use core::{cmp::Reverse, fmt};
use std::borrow::Cow;

/// NAVER's messages are shorter.
const MESSAGE_MAX_CHARS: usize = 200;
const LOOKS_MAX_CHARS: usize = 120;

/// A refusal in the upstream's own words, and what to do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    status: u16,
    code: Option<String>,
    message: Option<String>,
    /// How a reply without code and message looks.
    looks: Option<String>,
    cure: Option<Cow<'static, str>>,
}

impl Said {
    /// `hidden` are texts that must not appear in a log, in case the upstream repeats them.
    pub(super) fn new(
        dialect: Dialect,
        status: u16,
        refusal: &Refusal,
        failure: Failure,
        hidden: &[&str],
    ) -> Self {
        let message = refusal.message.as_deref().unwrap_or_default();
        // A part of a hidden text would not be recognised, so it is hidden first and cut afterwards.
        let safe = |text: &str, most| plain(&without(text, hidden), most);
        Self {
            status,
            code: refusal.code.as_deref().map(|code| safe(code, 40)),
            message: (!message.is_empty()).then(|| safe(message, MESSAGE_MAX_CHARS)),
            cure: match dialect {
                Dialect::Openapi => openapi(failure, message),
                Dialect::Ncloud => ncloud(failure),
            }
            .map(Cow::Borrowed),
            looks: None,
        }
    }

    /// Adds what can be said about a reply without code and message.
    pub(super) fn of_unreadable(
        self,
        reply: &Reply<'_>,
        wanted: Wanted,
        failure: Failure,
        hidden: &[&str],
    ) -> Self {
        let safe = |text: &str| plain(&without(text, hidden), LOOKS_MAX_CHARS);
        let likely = || Cow::Owned(safe(&unreadable::cause(reply, wanted)));
        // A proxy or a firewall refuses with a page, and nothing is wrong with the credentials.
        let by_another = failure == Failure::Rejected && unreadable::is_page(reply);
        Self {
            looks: Some(safe(&unreadable::looks(reply))),
            cure: self.cure.filter(|_| !by_another).or_else(|| Some(likely())),
            ..self
        }
    }
}

/// `status 401, code 024, "NID AUTH Result Invalid (1000)": SORI_CLIENT_SECRET is wrong …`
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ", {message:?}")?;
        }
        if let Some(looks) = &self.looks {
            write!(f, ", {looks}")?;
        }
        match &self.cure {
            Some(cure) => write!(f, ": {cure}"),
            None => Ok(()),
        }
    }
}

/// The text without `hidden`: as they are, in another case, and as they are in a URL.
fn without(text: &str, hidden: &[&str]) -> String {
    let hidden = hidden.iter().filter(|hidden| !hidden.is_empty());
    let mut forms: Vec<String> = hidden
        .flat_map(|hidden| {
            let in_query: String = form_urlencoded::byte_serialize(hidden.as_bytes()).collect();
            let in_path = in_query.replace('+', "%20");
            [(*hidden).to_owned(), in_query, in_path]
        })
        .collect();
    // A short one may be a part of a long one, of which the rest would remain.
    forms.sort_by_key(|form| Reverse(form.len()));
    forms
        .iter()
        .fold(text.to_owned(), |text, form| replaced(&text, form))
}

fn replaced(text: &str, hidden: &str) -> String {
    // The same bytes are at the same place: only ASCII letters change.
    let (lower, hidden) = (text.to_ascii_lowercase(), hidden.to_ascii_lowercase());
    let mut rest = 0;
    let mut shown = String::with_capacity(text.len());
    for (at, found) in lower.match_indices(&hidden) {
        shown.push_str(&text[rest..at]);
        shown.push_str("(…)");
        rest = at + found.len();
    }
    shown + &text[rest..]
}

/// One line of at most so many characters, without control characters: these could fake log lines or control a
/// terminal.
fn plain(text: &str, most: usize) -> String {
    let printable = |c: char| {
        let separates = matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || separates { ' ' } else { c }
    };
    let mut plain: String = text.chars().take(most).map(printable).collect();
    if text.chars().nth(most).is_some() {
        plain.push('…');
    }
    plain
}

/// What to do: four causes have the code 024 and differ only in the message; then the other codes.
fn openapi(failure: Failure, message: &str) -> Option<&'static str> {
    Some(match failure {
        Failure::Rejected if message.contains("Result Invalid (1000)") => {
            "SORI_CLIENT_SECRET is wrong. A key of NAVER Cloud Platform gives the same here; it needs \
             SORI_UPSTREAM=ncloud (help: troubleshooting#upstream-024)"
        }
        Failure::Rejected if message.contains("Not Exist Client ID") => {
            "SORI_CLIENT_ID is wrong, or its application was deleted (help: troubleshooting#upstream-024)"
        }
        Failure::Rejected if message.contains("Scope Status Invalid") => {
            "id and secret are right, but the application may not use the audio captcha: tick 캡차(음성) among \
             its APIs at developers.naver.com (help: troubleshooting#upstream-024)"
        }
        Failure::Rejected if message.contains("Result Invalid") => {
            "SORI_CLIENT_ID and SORI_CLIENT_SECRET do not belong together, or the application is blocked: \
             compare them with its page at developers.naver.com (help: troubleshooting#upstream-024)"
        }
        Failure::Rejected => {
            "SORI_CLIENT_ID or SORI_CLIENT_SECRET is wrong, or 캡차(음성) is not ticked for the application at \
             developers.naver.com (help: troubleshooting#upstream-024)"
        }
        Failure::Withdrawn => {
            "there is no such API: SORI_UPSTREAM_URL is wrong, or NAVER has withdrawn it, which is lasting. \
             Look at developers.naver.com/notice/apistatus; NAVER Cloud Platform has the audio captcha too \
             (SORI_UPSTREAM=ncloud)"
        }
        Failure::Exhausted => {
            "the day's calls are spent until midnight in Korea; `sori-backend quota open` opens the day again \
             if that is wrong"
        }
        Failure::Throttled { .. } => {
            "too many calls in a second: none is made for a moment (help: troubleshooting#upstream-rate)"
        }
        _ => return None,
    })
}

fn ncloud(failure: Failure) -> Option<&'static str> {
    Some(match failure {
        Failure::Rejected => {
            "SORI_CLIENT_ID or SORI_CLIENT_SECRET is wrong, or the application has no CAPTCHA: compare them with \
             the console of NAVER Cloud Platform (help: troubleshooting#upstream-024)"
        }
        Failure::Withdrawn => {
            "there is no such API: SORI_UPSTREAM_URL or SORI_UPSTREAM is wrong, or it was withdrawn, which is \
             lasting"
        }
        Failure::Exhausted => {
            "the limit that is set in the console is reached; `sori-backend quota open` opens the day again once \
             it was raised"
        }
        Failure::Throttled { .. } => {
            "too many calls in a second, or CAPTCHA is not ticked for the application in the console: no call is \
             made for a moment (help: troubleshooting#upstream-rate)"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(failure: Failure, message: &str) -> String {
        let refusal = Refusal {
            code: Some("024".into()),
            message: Some(message.into()),
        };
        Said::new(Dialect::Openapi, 401, &refusal, failure, &[]).to_string()
    }

    #[test]
    fn the_four_causes_of_024_have_four_cures() {
        let table = [
            (
                "NID AUTH Result Invalid (1000) : Authentication failed.",
                "SORI_CLIENT_SECRET is wrong",
            ),
            ("NID AUTH Result Invalid (2)", "do not belong together"),
            (
                "Not Exist Client ID : Authentication failed.",
                "SORI_CLIENT_ID is wrong",
            ),
            (
                "Scope Status Invalid : Authentication failed.",
                "캡차(음성)",
            ),
        ];
        for (message, cure) in table {
            let said = said(Failure::Rejected, message);
            assert!(said.contains(message) && said.contains(cure), "{said}");
        }
    }

    #[test]
    fn a_message_can_neither_forge_a_line_nor_flood_the_log_nor_show_a_key() {
        let long = format!("one\r\ntwo\u{1b}[2J\u{202e}{}", "x".repeat(10_000));
        let said = said(Failure::Rejected, &long);
        assert!(
            !said.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{said}"
        );
        assert!(said.chars().count() < 600, "{}", said.len());
        let refusal = Refusal {
            code: Some("CT001".into()),
            message: Some("Invalid key t521bp3qM7Qyk2X2 for my-id".into()),
        };
        let hidden = ["t521bp3qM7Qyk2X2", "my-id", ""];
        let said = Said::new(
            Dialect::Openapi,
            403,
            &refusal,
            Failure::InvalidKey,
            &hidden,
        );
        let said = said.to_string();
        assert_eq!(said, r#"status 403, code CT001, "Invalid key (…) for (…)""#);
    }
}
