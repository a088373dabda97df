//! The two APIs with which NAVER offers the audio captcha. They have the same three calls, with different URLs,
//! headers and error replies.

use super::{
    judge::{Failure, Refusal},
    ncloud, openapi,
};
use reqwest::Url;

/// Which of the two APIs an upstream has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// `openapi.naver.com`, with credentials from developers.naver.com.
    #[default]
    Openapi,
    /// The API gateway of NAVER Cloud Platform.
    Ncloud,
}

impl Dialect {
    /// The headers for the client id and the client secret.
    pub(super) const fn credential_headers(self) -> [&'static str; 2] {
        match self {
            Self::Openapi => openapi::CREDENTIAL_HEADERS,
            Self::Ncloud => ncloud::CREDENTIAL_HEADERS,
        }
    }

    /// The URL that issues keys and checks answers.
    pub(super) fn keys(self, base: &Url) -> Url {
        match self {
            Self::Openapi => below(base, openapi::KEYS),
            Self::Ncloud => below(base, ncloud::KEYS),
        }
    }

    /// The URL of the audio.
    pub(super) fn audio(self, base: &Url) -> Url {
        match self {
            Self::Openapi => below(base, openapi::AUDIO),
            Self::Ncloud => below(base, ncloud::AUDIO),
        }
    }

    /// What a refusal means.
    pub(super) fn failure(self, status: u16, refusal: &Refusal) -> Failure {
        let failure = match self {
            Self::Openapi => openapi::failure(status, refusal),
            Self::Ncloud => ncloud::failure(status, refusal),
        };
        failure.unwrap_or(Failure::Unavailable)
    }
}

/// Where NAVER offers the audio captcha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// NAVER's open API, `openapi.naver.com`.
    Openapi,
    /// NAVER Cloud Platform.
    Ncloud,
    /// NAVER Cloud Platform for public institutions.
    NcloudGov,
    /// NAVER Cloud Platform for financial institutions.
    NcloudFin,
}

impl Service {
    /// Its name in `SORI_UPSTREAM` and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openapi => "naver",
            Self::Ncloud => "ncloud",
            Self::NcloudGov => "ncloud-gov",
            Self::NcloudFin => "ncloud-fin",
        }
    }

    /// The API it has.
    #[must_use]
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Openapi => Dialect::Openapi,
            Self::Ncloud | Self::NcloudGov | Self::NcloudFin => Dialect::Ncloud,
        }
    }

    /// Its URL, for [`Access::base`](super::Access::base).
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Openapi => openapi::BASE,
            Self::Ncloud => ncloud::COMMERCIAL,
            Self::NcloudGov => ncloud::GOVERNMENT,
            Self::NcloudFin => ncloud::FINANCE,
        }
    }

    /// How many calls a day it allows, for issuing and verifying together; `None` if the customer sets the limit.
    #[must_use]
    pub const fn daily_quota(self) -> Option<u32> {
        match self.dialect() {
            Dialect::Openapi => Some(1000),
            Dialect::Ncloud => None,
        }
    }
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_addresses_of_ncloud_follow_from_the_origin() {
        let origin = Url::parse(ncloud::COMMERCIAL).unwrap();
        assert_eq!(
            Dialect::Ncloud.keys(&origin).as_str(),
            "https://naveropenapi.apigw.ntruss.com/scaptcha/v1/skey"
        );
        assert_eq!(
            Dialect::Ncloud.audio(&origin).as_str(),
            "https://naveropenapi.apigw.ntruss.com/scaptcha-bin/v1/scaptcha"
        );
    }

    #[test]
    fn a_slash_at_the_end_of_a_base_changes_nothing() {
        for base in [openapi::BASE, "https://openapi.naver.com/v1/captcha/"] {
            let url = Dialect::Openapi.keys(&Url::parse(base).unwrap());
            assert_eq!(url.as_str(), "https://openapi.naver.com/v1/captcha/skey");
        }
    }
}
