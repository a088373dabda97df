//! The closed list of things that can go wrong, shared by widget and backend.

use core::fmt;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $side:ident, $retryable:literal;)*) => {
        /// A stable machine-readable code: the `code` member of a problem document (RFC 9457), of a
        /// `sori-error` event, and of the form field `NAME-error`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Parses a code; `None` for a name that is not in the list.
            ///
            /// ```
            /// use sori_wire::error::ErrorCode;
            /// assert_eq!(ErrorCode::from_name("quota_exceeded"), Some(ErrorCode::QuotaExceeded));
            /// assert_eq!(ErrorCode::from_name("teapot"), None);
            /// ```
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// Who can raise it.
            #[must_use]
            pub const fn side(self) -> Side {
                match self { $(Self::$variant => Side::$side,)* }
            }

            /// Whether the same act may succeed later without a change to the page or the backend.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)* }
            }
        }
    };
}

/// Who raises an [`ErrorCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The backend, in a problem document.
    Server,
    /// The widget alone; a backend never sends it.
    Widget,
}

error_codes! {
    /// The day's calls to the upstream are spent, or reserved for keys already issued.
    QuotaExceeded = "quota_exceeded", Server, true;
    /// This client, or the site as a whole, asked too often; `Retry-After` says when to try again.
    RateLimited = "rate_limited", Server, true;
    /// The key is unknown, expired or already used. A new challenge helps.
    InvalidKey = "invalid_key", Server, true;
    /// The key's audio was never fetched, so its answer cannot be judged.
    AudioNotIssued = "audio_not_issued", Server, true;
    /// The upstream cannot be reached or failed.
    UpstreamUnavailable = "upstream_unavailable", Server, true;
    /// The upstream refused the backend's credentials or permissions.
    UpstreamRejected = "upstream_rejected", Server, false;
    /// The request is malformed.
    BadRequest = "bad_request", Server, false;
    /// The page's origin may not use this backend, or a needed ticket is missing or invalid.
    OriginNotAllowed = "origin_not_allowed", Server, false;
    /// The request's body is too large.
    PayloadTooLarge = "payload_too_large", Server, false;
    /// The store that several instances share cannot be reached.
    StoreUnavailable = "store_unavailable", Server, true;
    /// The browser says that there is no network.
    Offline = "offline", Widget, true;
    /// One network call took longer than the `timeout` attribute allows.
    Timeout = "timeout", Widget, true;
    /// The request failed without a reply.
    NetworkError = "network_error", Widget, true;
    /// The reply is not what the wire defines, such as HTML in place of JSON.
    BadResponse = "bad_response", Widget, true;
    /// The browser cannot play what came as audio.
    NotAudio = "not_audio", Widget, true;
    /// The browser refused to start the sound.
    PlaybackBlocked = "playback_blocked", Widget, true;
    /// The page's Content Security Policy blocked a request or the sound.
    CspBlocked = "csp_blocked", Widget, false;
    /// An attribute that the widget needs is missing or unusable.
    ConfigError = "config_error", Widget, false;
    /// The widget itself failed.
    InternalError = "internal_error", Widget, true;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_from_its_name() {
        for &code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_name(code.as_str()), Some(code));
        }
    }

    #[test]
    fn names_are_unique_and_snake_case() {
        let mut names: Vec<_> = ErrorCode::ALL.iter().map(|c| c.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert!(
            names
                .iter()
                .all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        );
    }
}
