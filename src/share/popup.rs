//! The `popup` attribute: the size of the popup window.

/// Whether `value` is a size, `WxH` or `WXH` in CSS pixels, each 100 to 9999. Browsers make no smaller window.
///
/// ```
/// use sori_captcha::share::popup::is_size;
/// assert!(is_size("600x480"));
/// assert!(is_size("600X480"));
/// assert!(!is_size("600"));
/// ```
#[must_use]
pub fn is_size(value: &str) -> bool {
    let mut sides = 0;
    let mut digits = 0;
    for byte in value.bytes() {
        match byte {
            b'1'..=b'9' => digits += 1,
            b'0' if digits > 0 => digits += 1,
            b'x' | b'X' if matches!(digits, 3 | 4) => {
                sides += 1;
                digits = 0;
            }
            _ => return false,
        }
    }
    sides == 1 && matches!(digits, 3 | 4)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_size_is_not_guessed_at() {
        for value in [
            "",
            "600",
            "x",
            "600x",
            "x480",
            "600*480",
            "600x480x2",
            "-600x480",
            "+600x480",
            "99x480",
            "099x480",
            "600x10000",
            "6e2x480",
            "600px x 480px",
            "99999999999x480",
            "６００x480",
        ] {
            assert!(!is_size(value), "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_the_sizes_in_range_are_sizes(width: u16, height: u16) {
            let sides = 100..=9999;
            let expected = sides.contains(&width) && sides.contains(&height);
            prop_assert_eq!(is_size(&format!("{width}x{height}")), expected);
        }

        #[test]
        fn every_size_in_range_is_a_size(width in 100..=9999, height in 100..=9999) {
            let size = format!("{width}x{height}");
            prop_assert!(is_size(&size));
        }
    }
}
