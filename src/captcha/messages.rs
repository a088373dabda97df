//! Every text of `<sori-captcha>`, in every built-in language. One line per language and message, so a
//! missing one does not compile.

use super::{
    state::{Captcha, Fault},
    view::UNIT_BYTE,
};
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
        "음성에 나오는 숫자"
        "Numbers in the audio"
    }
    /// What to do first, with both ways in.
    Instruction "instruction" {
        "마침표 키나 {play} 버튼으로 듣고, 숫자를 입력하세요."
        "Press period in the box, or {play}, then type the numbers."
    }
    /// The same where no key is offered.
    InstructionNoKeys "instructionNoKeys" {
        "{play} 버튼을 누르고, 나오는 숫자를 입력하세요."
        "Press {play}, then type the numbers."
    }
    /// Play, where it plays the audio at hand from its start, or the first audio.
    Play "play" {
        "음성 재생"
        "Play audio"
    }
    /// Play, where it goes on after a pause.
    Resume "resume" {
        "이어서 재생"
        "Resume audio"
    }
    /// Play, where the last audio cannot be used any more.
    PlayNew "playNew" {
        "새 음성 재생"
        "Play new audio"
    }
    /// Play, while it would pause.
    Pause "pause" {
        "일시정지"
        "Pause"
    }
    /// To the digit before.
    Back "back" {
        "이전 숫자"
        "Previous number"
    }
    /// To the next digit.
    Forward "forward" {
        "다음 숫자"
        "Next number"
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
    /// The volume slider's value; `{}` is a percentage.
    VolumePercent "volumePercent" {
        "{}퍼센트"
        "{} percent"
    }
    /// Asks for another challenge while this one still lives.
    Renew "renew" {
        "다른 음성 듣기"
        "Play different audio"
    }
    /// Checks the answer in inline mode.
    Check "check" {
        "숫자 확인"
        "Check numbers"
    }
    /// The visible progress while audio plays.
    Playing "playing" {
        "재생 중"
        "Playing"
    }
    /// Said when loading takes longer than two seconds.
    Loading "loading" {
        "음성을 불러오는 중입니다."
        "Loading audio."
    }
    /// Said when the audio has ended.
    Ended "ended" {
        "음성이 끝났습니다."
        "End of audio."
    }
    /// The same the first time, in the box: with what comes next, and the keys that are of use now.
    EndedKeys "endedKeys" {
        "음성이 끝났습니다. 숫자를 입력하세요. 쉼표는 이전 숫자, 슬래시는 다음 숫자입니다."
        "End of audio. Type the numbers. Comma: previous number, slash: next number."
    }
    /// The same the first time, in the box, where no key is offered.
    EndedType "endedType" {
        "음성이 끝났습니다. 숫자를 입력하세요."
        "End of audio. Type the numbers."
    }
    /// The same the first time, on Play.
    EndedTypeBefore "endedTypeBefore" {
        "음성이 끝났습니다. 바로 앞 입력란에 숫자를 입력하세요."
        "End of audio. Type the numbers in the box just before this button."
    }
    /// The same the first time, on another control.
    EndedTypeBox "endedTypeBox" {
        "음성이 끝났습니다. 입력란에 숫자를 입력하세요."
        "End of audio. Type the numbers in the box."
    }
    /// Said when a different audio has ended, in the box.
    EndedNew "endedNew" {
        "새 음성이 끝났습니다. 숫자를 입력하세요."
        "End of the new audio. Type the numbers."
    }
    /// The same, on another control.
    EndedNewBox "endedNewBox" {
        "새 음성이 끝났습니다. 입력란에 숫자를 입력하세요."
        "End of the new audio. Type the numbers in the box."
    }
    /// Said when a new audio has emptied the box.
    BoxCleared "boxCleared" {
        "입력란을 비웠습니다."
        "Box cleared."
    }
    /// Said when something outside the page has paused the audio.
    Paused "paused" {
        "일시정지되었습니다. 다시 재생하면 이어집니다."
        "Paused. Play again to continue."
    }
    /// Said when the sound has stopped without a reason that the browser gives.
    Stalled "stalled" {
        "소리가 멈췄습니다. 다시 재생하면 이어집니다."
        "The sound stopped. Play again to continue."
    }
    /// Said when the speed changes; `{}` is a percentage.
    Speed "speed" {
        "속도 {}퍼센트."
        "Speed {} percent."
    }
    /// The same at the lowest speed.
    SpeedSlowest "speedSlowest" {
        "속도 {}퍼센트, 가장 느림."
        "Speed {} percent, slowest."
    }
    /// The same at the highest speed.
    SpeedFastest "speedFastest" {
        "속도 {}퍼센트, 가장 빠름."
        "Speed {} percent, fastest."
    }
    /// Said while an answer is checked, if that takes longer than two seconds.
    Checking "checking" {
        "확인하는 중입니다."
        "Checking."
    }
    /// Said when the answer was right.
    Verified "verified" {
        "확인되었습니다. 이제 제출할 수 있습니다."
        "Verified. You can submit now."
    }
    /// The same, described at the box later.
    VerifiedShort "verifiedShort" {
        "확인되었습니다."
        "Verified."
    }
    /// The answer was wrong.
    Wrong "wrong" {
        "숫자가 맞지 않습니다. 새 음성을 듣고 다시 입력하세요."
        "The numbers did not match. Play new audio and type them again."
    }
    /// The answer was wrong, and the box was emptied.
    WrongCleared "wrongCleared" {
        "숫자가 맞지 않아 입력란을 비웠습니다. 새 음성을 재생하세요."
        "The numbers did not match, so the box was cleared. Play new audio."
    }
    /// The key has expired.
    Expired "expired" {
        "보안 음성이 만료되었습니다. 새 음성을 재생하세요."
        "The captcha audio has expired. Play new audio."
    }
    /// The same, with something in the box.
    ExpiredClears "expiredClears" {
        "보안 음성이 만료되었습니다. 새 음성을 재생하면 입력란이 비워집니다."
        "The captcha audio has expired. Playing new audio clears the box."
    }
    /// The key expires soon. No number: what waits for the end of the audio would name one that has passed.
    ExpiresSoon "expiresSoon" {
        "보안 음성이 곧 만료됩니다. 시간이 더 필요하면 {renew} 버튼을 누르세요."
        "The captcha audio expires soon. Press {renew} for more time."
    }
    /// The key went out with the form.
    Submitted "submitted" {
        "이미 제출한 음성입니다. 새 음성을 재생하세요."
        "This audio was already submitted. Play new audio."
    }
    /// Validation: nothing was played yet.
    NeedPlay "needPlay" {
        "먼저 음성을 들으세요. 마침표나 {play} 버튼을 누르면 됩니다."
        "Listen first: press period or {play}."
    }
    /// The same where no key is offered.
    NeedPlayNoKeys "needPlayNoKeys" {
        "먼저 음성을 들으세요. {play} 버튼을 누르면 됩니다."
        "Listen first: press {play}."
    }
    /// Validation: the box is empty.
    NeedAnswer "needAnswer" {
        "입력란이 비어 있습니다. 음성에 나오는 숫자를 입력하세요."
        "The box is empty. Type the numbers in the audio."
    }
    /// Validation: the last audio cannot be used any more.
    NeedNew "needNew" {
        "새 음성을 재생하고 숫자를 입력하세요."
        "Play new audio and type the numbers."
    }
    /// Validation in inline mode: the answer was not checked.
    NeedCheck "needCheck" {
        "{check} 버튼을 누르세요."
        "Press {check}."
    }
    /// Validation: consent was not given.
    NeedConsent "needConsent" {
        "먼저 동의란을 선택하세요. 입력란 바로 앞에 있습니다."
        "First tick the agreement, just before the box."
    }
    /// A hint, not an error: there is something else than digits.
    NotDigits "notDigits" {
        "숫자가 아닌 글자가 있습니다. 들은 그대로라면 제출해도 됩니다."
        "There is something other than digits. If that is what you heard, you can submit it."
    }
    /// What becomes of the data (NAVER's terms, 11.6).
    Notice "notice" {
        "입력한 값은 확인을 위해 네이버로 전송되어 최대 1년간 보관되며 서비스 개선에 쓰일 수 있습니다."
        "What you enter is sent to NAVER to be checked, kept for up to a year, and may be used to improve its service."
    }
    /// The same beside the consent box, whose label says the first half.
    NoticeConsent "noticeConsent" {
        "네이버가 최대 1년간 보관하며 서비스 개선에 쓸 수 있습니다."
        "NAVER keeps it for up to a year and may use it to improve its service."
    }
    /// The same where the backend runs the practice upstream.
    NoticePractice "noticePractice" {
        "연습 모드입니다. 입력한 값은 이 사이트의 서버에만 전송됩니다."
        "Practice mode: what you enter goes to this site's server only."
    }
    /// The consent box's label.
    Consent "consent" {
        "입력한 값을 네이버로 보내는 데 동의합니다"
        "I agree that what I enter is sent to NAVER"
    }
    /// The way on where no audio is to be had: the page offers another.
    UseAnotherWay "useAnotherWay" {
        "다른 방법을 이용하세요."
        "Please use another way."
    }
    /// The same where the form does not need an answer.
    SubmitAsIs "submitAsIs" {
        "그대로 제출하세요."
        "Submit the form as it is."
    }
    /// The same where the form needs an answer and the page offers no other way.
    ContactSite "contactSite" {
        "사이트 운영자에게 문의하세요."
        "Please contact the site."
    }
    /// `quota_exceeded`.
    QuotaExceeded "quotaExceeded" {
        "오늘은 음성을 더 들을 수 없습니다. {way}"
        "No more audio today. {way}"
    }
    /// `rate_limited`, where the time to wait is short or not known.
    RateLimited "rateLimited" {
        "요청이 너무 많습니다. 잠시 뒤 다시 재생하세요."
        "Too many requests. Play again in a moment."
    }
    /// `rate_limited`; `{}` is a number of seconds up to 90.
    RateLimitedSeconds "rateLimitedSeconds" {
        "요청이 너무 많습니다. {}초 뒤 다시 재생하세요."
        "Too many requests. Play again in {} seconds."
    }
    /// `rate_limited`; `{}` is a number of minutes.
    RateLimitedMinutes "rateLimitedMinutes" {
        "요청이 너무 많습니다. {}분 뒤 다시 재생하세요."
        "Too many requests. Play again in {} minutes."
    }
    /// `upstream_unavailable`, `store_unavailable`.
    Unavailable "unavailable" {
        "음성 서비스가 응답하지 않습니다. 잠시 뒤 다시 재생하세요."
        "The audio service is not responding. Play again in a moment."
    }
    /// The second time in a row that there was no answer.
    StillUnavailable "stillUnavailable" {
        "아직 응답하지 않습니다. {way}"
        "Still no response. {way}"
    }
    /// A fault in the site's own set-up.
    Misconfigured "misconfigured" {
        "이 사이트의 설정 문제로 음성을 들을 수 없습니다. {way}"
        "The audio is not set up correctly on this site. {way}"
    }
    /// `offline`.
    Offline "offline" {
        "인터넷에 연결되어 있지 않습니다. 연결되면 다시 재생하세요."
        "You are offline. Play again once connected."
    }
    /// `timeout`.
    Timeout "timeout" {
        "너무 오래 걸립니다. 다시 재생하세요."
        "That took too long. Play again."
    }
    /// `network_error`.
    NetworkError "networkError" {
        "서버에 연결하지 못했습니다. 다시 재생하세요."
        "The server could not be reached. Play again."
    }
    /// `bad_response`.
    BadResponse "badResponse" {
        "서버의 응답을 읽을 수 없습니다. 다시 재생하세요."
        "The server's answer could not be read. Play again."
    }
    /// `not_audio`.
    NotAudio "notAudio" {
        "받은 음성을 재생할 수 없습니다. 다시 재생하세요."
        "The audio cannot be played. Play again."
    }
    /// `playback_blocked`.
    PlaybackBlocked "playbackBlocked" {
        "브라우저가 소리를 막았습니다. 다시 재생하세요."
        "The browser blocked the sound. Play again."
    }
    /// `internal_error`.
    InternalError "internalError" {
        "보안 문자에 문제가 생겼습니다. 다시 재생하세요."
        "The captcha failed. Play again."
    }
    /// Checking failed for a reason that may pass.
    CheckFailed "checkFailed" {
        "확인하지 못했습니다. 잠시 뒤 다시 확인하세요."
        "The numbers could not be checked. Check again in a moment."
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
    pub number: Option<u32>,
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
            number: Some(number),
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
                Some(wait) if wait.get() <= 3 => M::RateLimited,
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

    /// Appends the text with its number in place, and with the texts that it names.
    pub fn render(&self, text: Text, captcha: &Captcha, out: &mut String) {
        let mut rest = self.get(text.message);
        while let (before, Some(placeholder)) = cut(rest, b'{') {
            out.push_str(before);
            let (name, after) = cut(placeholder, b'}');
            let message = match name {
                "play" => Some(captcha.play_to_press()),
                "way" => Some(captcha.way()),
                "check" => Some(Message::Check),
                "renew" => Some(Message::Renew),
                _ => None,
            };
            match (message, text.number) {
                (Some(message), _) => out.push_str(self.get(message)),
                (None, Some(number)) => push_number(out, number),
                (None, None) => {}
            }
            rest = after.unwrap_or_default();
        }
        out.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU32;

    use super::*;
    use crate::config::Config;

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

    /// What was typed is kept where nothing says otherwise; saying so each time only takes longer.
    #[test]
    fn no_error_promises_what_the_next_press_would_break() {
        for &code in ErrorCode::ALL {
            let text = Text::of_error(code.into()).message;
            assert!(!text.text(Locale::English).contains("kept"), "{code}");
            assert!(!text.text(Locale::Korean).contains("그대로 있"), "{code}");
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
        assert!(say(0).contains("in a moment"));
        assert!(say(1).contains("in a moment"));
    }

    fn render(catalog: &Catalog, fault: Fault) -> String {
        let captcha = Captcha::new(Config::default(), false, String::new());
        let mut out = String::new();
        catalog.render(Text::of_error(fault), &captcha, &mut out);
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
        assert_eq!(catalog.get(Message::Back), "Previous number");
        assert_eq!(catalog.tag(), "ja");
    }
}
