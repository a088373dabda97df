//! The link to NAVER's share page, each value percent-encoded exactly once.
//!
//! NAVER's guide shows both single and double encoding. Its interface specification asks for single encoding, and its
//! server decodes once. The encoding is that of JavaScript's `encodeURIComponent`, with one difference: that function
//! throws for a lone surrogate. Here a lone surrogate arrives as U+FFFD, because both `TextEncoder` (which carries
//! strings into wasm) and the URL parser replace it, and it is encoded as `%EF%BF%BD`. So a title that is cut in the
//! middle of an emoji can still be shared.

use alloc::string::String;

/// The page that NAVER offers for sharing, on every device.
pub const SHARE_PAGE: &str = "https://share.naver.com/web/shareView";

/// The link that shares `url` (an absolute URL) under `title`; without a title if that is empty.
///
/// ```
/// use sori_captcha::share::encode::share_link;
/// assert_eq!(
///     share_link("https://example.com/?a=1&b=2", "소리"),
///     "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F%3Fa%3D1%26b%3D2&title=%EC%86%8C%EB%A6%AC",
/// );
/// ```
#[must_use]
pub fn share_link(url: &str, title: &str) -> String {
    let mut link = String::from(SHARE_PAGE);
    link.push_str("?url=");
    push_encoded(&mut link, url);
    if !title.is_empty() {
        link.push_str("&title=");
        push_encoded(&mut link, title);
    }
    link
}

fn push_encoded(out: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        let plain = matches!(byte, b'!' | b'\''..=b'*' | b'-' | b'.' | b'_' | b'~');
        if plain || byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    fn encoded(value: &str) -> String {
        let mut out = String::new();
        push_encoded(&mut out, value);
        out
    }

    /// What `encodeURIComponent` makes of each character from U+0000 to U+007F, in order (Node 20).
    const ASCII: &str = "%00 %01 %02 %03 %04 %05 %06 %07 %08 %09 %0A %0B %0C %0D %0E %0F \
        %10 %11 %12 %13 %14 %15 %16 %17 %18 %19 %1A %1B %1C %1D %1E %1F \
        %20 ! %22 %23 %24 %25 %26 ' ( ) * %2B %2C - . %2F 0 1 2 3 4 5 6 7 8 9 %3A %3B %3C %3D %3E %3F \
        %40 A B C D E F G H I J K L M N O P Q R S T U V W X Y Z %5B %5C %5D %5E _ \
        %60 a b c d e f g h i j k l m n o p q r s t u v w x y z %7B %7C %7D ~ %7F";

    #[test]
    fn every_ascii_character_is_encoded_as_javascript_does() {
        let expected: Vec<_> = ASCII.split_whitespace().collect();
        assert_eq!(expected.len(), 128);
        for (byte, expected) in (0_u8..).zip(expected) {
            assert_eq!(encoded(char::from(byte).encode_utf8(&mut [0; 4])), expected);
        }
    }

    #[test]
    fn text_is_encoded_as_javascript_does() {
        for (value, expected) in [
            (
                "네이버에 공유",
                "%EB%84%A4%EC%9D%B4%EB%B2%84%EC%97%90%20%EA%B3%B5%EC%9C%A0",
            ),
            (
                "👩\u{200d}👩\u{200d}👧 & co",
                "%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%20%26%20co",
            ),
            ("100% #1 + \"a\" 'b'", "100%25%20%231%20%2B%20%22a%22%20'b'"),
            (
                "https://www.example.co.kr/test.html?a=123&b=456",
                "https%3A%2F%2Fwww.example.co.kr%2Ftest.html%3Fa%3D123%26b%3D456",
            ),
            (
                "\u{80}\u{7ff}\u{800}\u{ffff}",
                "%C2%80%DF%BF%E0%A0%80%EF%BF%BF",
            ),
            ("𝄞\u{10ffff}", "%F0%9D%84%9E%F4%8F%BF%BF"),
            ("\u{fffd}", "%EF%BF%BD"),
        ] {
            assert_eq!(encoded(value), expected, "{value:?}");
        }
    }

    #[test]
    fn what_is_already_encoded_is_content_and_encoded_once_more() {
        assert_eq!(encoded("%ED%95%9C"), "%25ED%2595%259C");
        assert_eq!(encoded("%2525"), "%252525");
    }

    #[test]
    fn an_empty_title_is_left_out() {
        assert_eq!(
            share_link("https://example.com/", ""),
            "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F"
        );
    }

    #[test]
    fn a_very_long_value_is_encoded_whole() {
        let title = "가".repeat(20_000);
        let link = share_link("https://example.com/", &title);
        let (_, encoded) = link.split_once("&title=").unwrap();
        assert_eq!(percent_decode_str(encoded).decode_utf8().unwrap(), title);
    }

    proptest! {
        #[test]
        fn decoding_gives_back_exactly_the_input(url in ".*", title in ".+") {
            let link = share_link(&url, &title);
            let (_, query) = link.split_once('?').unwrap();
            let mut values = query.split('&').map(|pair| pair.split_once('=').unwrap());
            let mut next = |expected: &str| {
                let (name, value) = values.next().unwrap();
                assert_eq!(name, expected);
                percent_decode_str(value).decode_utf8().unwrap().into_owned()
            };
            prop_assert_eq!(next("url"), url);
            prop_assert_eq!(next("title"), title);
            prop_assert!(values.next().is_none());
        }

        #[test]
        fn a_percent_sign_is_only_ever_the_start_of_one_encoding(value in ".*") {
            // One layer of encoding: as many escapes as there are bytes that need one, no more.
            let escapes = encoded(&value).matches('%').count();
            let needed = value.bytes().filter(|b| {
                !(b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(b))
            }).count();
            prop_assert_eq!(escapes, needed);
        }
    }
}
