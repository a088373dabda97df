//! The share button's texts. If one language lacks a text, the code does not compile.

use super::act::Message;
use crate::locale::Locale;

/// Everything that the share button says in one language.
#[derive(Debug)]
pub struct Texts {
    /// The link's caption.
    pub share: &'static str,
    /// Follows the caption in the link's accessible name (WCAG technique G201).
    pub new_window: &'static str,
    /// The copy button.
    pub copy: &'static str,
    /// The button for the system's share sheet.
    pub sheet: &'static str,
    /// Names the field with the URL, shown when copying failed.
    pub address: &'static str,
    /// [`Message::Copied`]
    pub copied: &'static str,
    /// [`Message::CopyFailed`]
    pub copy_failed: &'static str,
    /// [`Message::SheetFailed`]
    pub sheet_failed: &'static str,
    /// [`Message::Refused`]
    pub refused: &'static str,
}

/// Korean.
pub const KO: Texts = Texts {
    share: "네이버에 공유",
    new_window: "(새 창)",
    copy: "링크 복사",
    sheet: "다른 앱으로 공유",
    address: "공유할 주소",
    copied: "링크를 복사했습니다.",
    copy_failed: "링크를 복사하지 못했습니다. 주소를 선택해 직접 복사하세요.",
    sheet_failed: "공유 창을 열지 못했습니다. ‘네이버에 공유’를 눌러 보세요.",
    refused: "인터넷에 공개된 주소가 아니어서 공유할 수 없습니다.",
};

/// English.
pub const EN: Texts = Texts {
    share: "Share on NAVER",
    new_window: "(new window)",
    copy: "Copy link",
    sheet: "Share with another app",
    address: "Address to share",
    copied: "Link copied.",
    copy_failed: "The link could not be copied. Select the address and copy it yourself.",
    sheet_failed: "The share sheet did not open. Try Share on NAVER.",
    refused: "This address is not on the public web, so it cannot be shared.",
};

impl Texts {
    /// The words of a language.
    #[must_use]
    pub const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Korean => &KO,
            Locale::English => &EN,
        }
    }

    /// The words of a message; empty for silence.
    #[must_use]
    pub const fn message(&self, message: Message) -> &'static str {
        match message {
            Message::Silence => "",
            Message::Copied => self.copied,
            Message::CopyFailed => self.copy_failed,
            Message::SheetFailed => self.sheet_failed,
            Message::Refused => self.refused,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn no_label_and_no_message_is_empty() {
        for texts in [&KO, &EN] {
            let Texts {
                share,
                new_window,
                copy,
                sheet,
                address,
                copied,
                copy_failed,
                sheet_failed,
                refused,
            } = texts;
            for text in [
                share,
                new_window,
                copy,
                sheet,
                address,
                copied,
                copy_failed,
                sheet_failed,
                refused,
            ] {
                assert!(!text.trim().is_empty());
            }
        }
    }
}
