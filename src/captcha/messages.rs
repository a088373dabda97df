//! Every text of `<sori-captcha>`, in every built-in language. One line per language and message, so a
//! missing one does not compile.

use core::num::NonZeroU32;

use super::{state::Fault, view::UNIT_BYTE};
use crate::{
    error::ErrorCode,
    locale::Locale,
    text::{cut, field, push_number},
};

macro_rules! messages {
    ($($(#[$doc:meta])* $variant:ident $name:literal { $ko:literal $en:literal })*) => {
        /// A text, before its language is known.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Message { $($(#[$doc])* $variant,)* }

        impl Message {
            /// Every message, in the order of the documentation and of a language module's list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The members of the `messages` property, in order, parted by spaces.
            pub(super) const NAMES: &'static str = concat!($($name, " "),*);
        }

        // In one piece each: a table of their places would cost as much as a tenth of them.
        const KOREAN: &str = concat!($($ko, "\x1f"),*);
        const ENGLISH: &str = concat!($($en, "\x1f"),*);
    };
}

messages! {
    /// The name of the whole group.
    Group "group" {
        "음성 보안 문자"
        "Audio captcha"
    }
    /// The answer box's label.
    Label "label" {
        "들은 숫자"
        "Numbers you hear"
    }
    /// The one sentence of instruction, described on the answer box.
    Instruction "instruction" {
        "음성 재생을 눌러 몇 번이든 들으면서 들리는 숫자를 입력하세요."
        "Press Play and type the numbers, listen again as often as you like."
    }
    /// The keys inside the answer box.
    KeysHint "keysHint" {
        "입력란에서 마침표(.)는 재생과 일시정지, 쉼표(,)는 뒤로, 빗금(/)은 앞으로입니다."
        "In the box, period plays and pauses, comma goes back, slash goes forward."
    }
    /// Play, where it plays what is at hand or the first audio.
    Play "play" {
        "음성 재생"
        "Play audio"
    }
    /// Play, where the last audio cannot be used any more.
    PlayNew "playNew" {
        "새 음성 듣기"
        "Play a new audio"
    }
    /// Play, while it would pause.
    Pause "pause" {
        "일시정지"
        "Pause"
    }
    /// To the digit before.
    Back "back" {
        "뒤로"
        "Back"
    }
    /// To the next digit.
    Forward "forward" {
        "앞으로"
        "Forward"
    }
    /// A tenth slower.
    Slower "slower" {
        "느리게"
        "Slower"
    }
    /// A tenth faster.
    Faster "faster" {
        "빠르게"
        "Faster"
    }
    /// The volume slider.
    Volume "volume" {
        "음량"
        "Volume"
    }
    /// Asks for another challenge while this one still lives.
    Renew "renew" {
        "다른 음성 듣기"
        "Get another audio"
    }
    /// Checks the answer in inline mode.
    Check "check" {
        "확인"
        "Check"
    }
    /// The visible progress while audio plays.
    Playing "playing" {
        "재생 중"
        "Playing"
    }
    /// Said when loading takes longer than two seconds.
    Loading "loading" {
        "음성을 불러오는 중입니다."
        "Loading the audio."
    }
    /// Said when the audio has ended and the box is empty.
    EndedType "endedType" {
        "재생이 끝났습니다. 숫자를 입력하세요."
        "Playback ended. Type the numbers."
    }
    /// Said when the audio has ended and something is typed.
    Ended "ended" {
        "재생이 끝났습니다."
        "Playback ended."
    }
    /// Said when the speed changes; `{}` is a percentage.
    Speed "speed" {
        "속도 {}퍼센트"
        "Speed {} percent"
    }
    /// Said while an answer is checked, if that takes longer than two seconds.
    Checking "checking" {
        "확인하는 중입니다."
        "Checking."
    }
    /// Said when the answer was right.
    Verified "verified" {
        "확인되었습니다. 이제 양식을 보내세요."
        "Verified. Now send the form."
    }
    /// The answer was wrong.
    Wrong "wrong" {
        "숫자가 맞지 않습니다. 새 음성 듣기를 누르고 다시 입력하세요."
        "The numbers did not match. Press Play a new audio and try again."
    }
    /// The key has expired.
    Expired "expired" {
        "음성이 만료되었지만 입력한 내용은 그대로 있습니다. 새 음성 듣기를 누르세요."
        "This audio has expired, what you typed is kept. Press Play a new audio."
    }
    /// The key expires soon. No number: what waits for the end of the audio would name one that has passed.
    ExpiresSoon "expiresSoon" {
        "이 음성은 곧 만료됩니다. 시간이 더 필요하면 다른 음성 듣기를 누르세요."
        "This audio expires soon. Press Get another audio if you need more time."
    }
    /// The page came back from the history and its key was submitted already.
    Submitted "submitted" {
        "이 음성은 이미 제출되었습니다. 새 음성 듣기를 누르세요."
        "This audio was already submitted. Press Play a new audio."
    }
    /// Validation: nothing was played yet.
    NeedPlay "needPlay" {
        "음성 재생을 누르고 들리는 숫자를 입력하세요."
        "Press Play audio and type the numbers you hear."
    }
    /// Validation: the box is empty.
    NeedAnswer "needAnswer" {
        "들은 숫자를 입력하세요."
        "Type the numbers you hear."
    }
    /// Validation: the last audio cannot be used any more.
    NeedNew "needNew" {
        "새 음성 듣기를 누르고 들리는 숫자를 입력하세요."
        "Press Play a new audio and type the numbers you hear."
    }
    /// Validation in inline mode: the answer was not checked.
    NeedCheck "needCheck" {
        "확인을 누르세요."
        "Press Check."
    }
    /// Validation: consent was not given.
    NeedConsent "needConsent" {
        "음성을 들으려면 먼저 동의란을 선택하세요."
        "Tick the agreement first to play the audio."
    }
    /// A hint, not an error: there is something else than digits.
    NotDigits "notDigits" {
        "숫자가 아닌 글자가 있습니다. 들은 그대로라면 보내도 됩니다."
        "There is something other than digits. If that is what you heard, you can send it."
    }
    /// What becomes of the data (NAVER's terms, 11.6).
    Notice "notice" {
        "입력한 값은 확인을 위해 네이버로 전송되어 최대 1년간 보관되며 서비스 개선에 쓰일 수 있습니다."
        "What you enter is sent to NAVER to be checked, kept for up to a year, and may be used to improve its service."
    }
    /// The consent box's label.
    Consent "consent" {
        "위 내용에 동의합니다."
        "I agree to this."
    }
    /// `quota_exceeded`.
    QuotaExceeded "quotaExceeded" {
        "오늘 들을 수 있는 음성이 모두 쓰였습니다. 입력한 내용은 그대로 있으니 다른 방법으로 확인하거나 그대로 제출하세요."
        "Today's audio is used up. What you typed is kept: use another way or send the form as it is."
    }
    /// `rate_limited`, where the time to wait is not known.
    RateLimited "rateLimited" {
        "요청이 너무 잦습니다. 입력한 내용은 그대로 있으니 잠시 뒤에 음성 재생을 누르세요."
        "There were too many requests. What you typed is kept: press Play audio in a while."
    }
    /// `rate_limited`; `{}` is a number of seconds up to 90.
    RateLimitedSeconds "rateLimitedSeconds" {
        "요청이 너무 잦습니다. 입력한 내용은 그대로 있으니 {}초 뒤에 음성 재생을 누르세요."
        "There were too many requests. What you typed is kept: press Play audio in {} seconds."
    }
    /// `rate_limited`; `{}` is a number of minutes.
    RateLimitedMinutes "rateLimitedMinutes" {
        "요청이 너무 잦습니다. 입력한 내용은 그대로 있으니 {}분 뒤에 음성 재생을 누르세요."
        "There were too many requests. What you typed is kept: press Play audio in {} minutes."
    }
    /// `upstream_unavailable`, `store_unavailable`.
    Unavailable "unavailable" {
        "음성 서비스가 잠시 응답하지 않습니다. 입력한 내용은 그대로 있으니 잠시 뒤에 음성 재생을 누르세요."
        "The audio service does not answer. What you typed is kept: press Play audio in a while."
    }
    /// A fault in the site's own set-up.
    Misconfigured "misconfigured" {
        "이 사이트의 설정 문제로 음성을 들을 수 없습니다. 입력한 내용은 그대로 있으니 다른 방법으로 확인하거나 그대로 제출하세요."
        "The audio is not set up correctly on this site. What you typed is kept: use another way or send the form as it is."
    }
    /// `offline`.
    Offline "offline" {
        "인터넷에 연결되어 있지 않습니다. 입력한 내용은 그대로 있으니 연결된 뒤에 음성 재생을 누르세요."
        "You are offline. What you typed is kept: press Play audio when you are connected."
    }
    /// `timeout`.
    Timeout "timeout" {
        "응답이 너무 늦습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르세요."
        "The answer took too long. What you typed is kept: press Play audio again."
    }
    /// `network_error`.
    NetworkError "networkError" {
        "서버에 연결하지 못했습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르세요."
        "The server could not be reached. What you typed is kept: press Play audio again."
    }
    /// `bad_response`.
    BadResponse "badResponse" {
        "서버의 응답을 읽을 수 없습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르세요."
        "The server's answer could not be read. What you typed is kept: press Play audio again."
    }
    /// `not_audio`.
    NotAudio "notAudio" {
        "받은 음성을 재생할 수 없습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르세요."
        "The audio cannot be played. What you typed is kept: press Play audio again."
    }
    /// `playback_blocked`.
    PlaybackBlocked "playbackBlocked" {
        "브라우저가 소리를 막았습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르세요."
        "The browser blocked the sound. What you typed is kept: press Play audio again."
    }
    /// `internal_error`.
    InternalError "internalError" {
        "보안 문자에 문제가 생겼습니다. 입력한 내용은 그대로 있으니 음성 재생을 다시 누르거나 그대로 제출하세요."
        "The captcha failed. What you typed is kept: press Play audio again or send the form as it is."
    }
    /// Checking failed for a reason that may pass.
    CheckFailed "checkFailed" {
        "확인하지 못했습니다. 입력한 내용은 그대로 있으니 확인을 다시 누르세요."
        "The answer could not be checked. What you typed is kept: press Check again."
    }
}

impl Message {
    /// The member of the `messages` property that replaces it.
    #[must_use]
    pub fn name(self) -> &'static str {
        field(Self::NAMES, b' ', self as usize)
    }

    /// The built-in text.
    #[must_use]
    pub fn text(self, locale: Locale) -> &'static str {
        let texts = match locale {
            Locale::Korean => KOREAN,
            Locale::English => ENGLISH,
        };
        field(texts, UNIT_BYTE, self as usize)
    }
}

/// A message with the number that takes the place of its `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// What is said.
    pub message: Message,
    /// What takes the place of `{}`.
    pub number: Option<NonZeroU32>,
}

impl From<Message> for Text {
    fn from(message: Message) -> Self {
        Self {
            message,
            number: None,
        }
    }
}

impl Text {
    /// A message with a number.
    #[must_use]
    pub fn with(message: Message, number: u32) -> Self {
        Self {
            message,
            number: NonZeroU32::new(number),
        }
    }

    /// What is said of a fault.
    #[must_use]
    pub fn of_error(fault: Fault) -> Self {
        use ErrorCode as E;
        use Message as M;
        let message = match fault.code {
            E::QuotaExceeded => M::QuotaExceeded,
            E::RateLimited => match fault.retry_after {
                Some(wait) if wait.get() <= 90 => {
                    return Self::with(M::RateLimitedSeconds, wait.get());
                }
                Some(wait) => return Self::with(M::RateLimitedMinutes, wait.get().div_ceil(60)),
                None => M::RateLimited,
            },
            E::InvalidKey | E::AudioNotIssued => M::Expired,
            E::UpstreamUnavailable | E::StoreUnavailable => M::Unavailable,
            E::UpstreamRejected
            | E::BadRequest
            | E::OriginNotAllowed
            | E::PayloadTooLarge
            | E::CspBlocked
            | E::ConfigError => M::Misconfigured,
            E::Offline => M::Offline,
            E::Timeout => M::Timeout,
            E::NetworkError => M::NetworkError,
            E::BadResponse => M::BadResponse,
            E::NotAudio => M::NotAudio,
            E::PlaybackBlocked => M::PlaybackBlocked,
            E::InternalError => M::InternalError,
        };
        message.into()
    }
}

/// The texts of one element: the built-in language, a language module's list over it, and the
/// page's own replacements over both. A list has the order of [`Message::ALL`], parted by [`UNIT`](super::view::UNIT); an
/// empty text replaces nothing.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The built-in language.
    pub locale: Locale,
    /// A language module's tag; empty without one.
    pub tag: String,
    /// A language module's texts.
    pub module: String,
    /// The page's replacements.
    pub own: String,
}

impl Catalog {
    /// The language tag of what is said.
    #[must_use]
    pub fn tag(&self) -> &str {
        if self.tag.is_empty() {
            self.locale.tag()
        } else {
            &self.tag
        }
    }

    /// The text of a message, never empty.
    #[must_use]
    pub fn get(&self, message: Message) -> &str {
        for list in [&self.own, &self.module] {
            let text = field(list, UNIT_BYTE, message as usize);
            if !text.is_empty() {
                return text;
            }
        }
        message.text(self.locale)
    }

    /// Appends the text with its number in place.
    pub fn render(&self, text: Text, out: &mut String) {
        let whole = self.get(text.message);
        let (before, after) = match text.number {
            Some(_) => cut(whole, b'{'),
            None => (whole, None),
        };
        out.push_str(before);
        if let (Some(after), Some(number)) = (after, text.number) {
            push_number(out, number.get());
            out.push_str(cut(after, b'}').1.unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_empty_and_both_languages_have_the_same_places() {
        for &message in Message::ALL {
            let (ko, en) = (message.text(Locale::Korean), message.text(Locale::English));
            assert!(
                !ko.trim().is_empty() && !en.trim().is_empty(),
                "{message:?}"
            );
            assert_eq!(ko.contains("{}"), en.contains("{}"), "{message:?}");
        }
    }

    #[test]
    fn an_error_is_told_in_two_sentences_at_most() {
        for &code in ErrorCode::ALL {
            for wait in [None, Some(30), Some(3600)] {
                for locale in [Locale::Korean, Locale::English] {
                    let catalog = Catalog {
                        locale,
                        ..Catalog::default()
                    };
                    let retry_after = wait.and_then(NonZeroU32::new);
                    let text = render(&catalog, Fault { code, retry_after });
                    let ends = text.matches(['.', '!', '?']).count();
                    assert!((1..=2).contains(&ends), "{code}: {text}");
                    assert!(!text.contains("{}"), "{code}: {text}");
                }
            }
        }
    }

    #[test]
    fn every_error_says_that_nothing_typed_is_lost() {
        for &code in ErrorCode::ALL {
            let text = Text::of_error(code.into()).message;
            assert!(
                text.text(Locale::English).contains("typed is kept"),
                "{code}"
            );
            assert!(
                text.text(Locale::Korean).contains("입력한 내용은 그대로"),
                "{code}"
            );
        }
    }

    #[test]
    fn the_time_to_wait_is_rounded_up_never_down() {
        let say = |seconds| {
            let retry_after = NonZeroU32::new(seconds);
            let fault = Fault {
                code: ErrorCode::RateLimited,
                retry_after,
            };
            render(&Catalog::default(), fault)
        };
        assert!(say(45).contains("45 seconds"));
        assert!(say(91).contains("2 minutes"));
        assert!(say(0).contains("in a while"));
    }

    fn render(catalog: &Catalog, fault: Fault) -> String {
        let mut out = String::new();
        catalog.render(Text::of_error(fault), &mut out);
        out
    }

    fn list(texts: &[(Message, &str)]) -> String {
        let text = |message| texts.iter().find(|(of, _)| *of == message);
        let texts = Message::ALL
            .iter()
            .map(|it| text(*it).map_or("", |it| it.1));
        texts.collect::<Vec<_>>().join(crate::captcha::view::UNIT)
    }

    #[test]
    fn an_empty_replacement_does_not_empty_a_label() {
        let catalog = Catalog {
            own: list(&[(Message::Play, "")]),
            ..Catalog::default()
        };
        assert_eq!(catalog.get(Message::Play), "Play audio");
    }

    #[test]
    fn a_language_module_stands_under_the_pages_own_texts_and_over_ours() {
        let catalog = Catalog {
            tag: "ja".into(),
            module: list(&[(Message::Play, "再生"), (Message::Pause, "停止")]),
            own: list(&[(Message::Pause, "一時停止"), (Message::Play, "")]),
            ..Catalog::default()
        };
        assert_eq!(catalog.get(Message::Play), "再生");
        assert_eq!(catalog.get(Message::Pause), "一時停止");
        assert_eq!(catalog.get(Message::Back), "Back");
        assert_eq!(catalog.tag(), "ja");
    }
}
