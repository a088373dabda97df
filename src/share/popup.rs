//! The `popup` attribute: the size of a window of its own, and where it goes.

/// The size of a popup window in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Popup {
    /// Width, 100 to 9999.
    pub width: u16,
    /// Height, 100 to 9999.
    pub height: u16,
}

/// The window that opens the popup: its place on the screen and its size, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// `screenX`, negative on a screen to the left of the first.
    pub left: i32,
    /// `screenY`
    pub top: i32,
    /// `outerWidth`
    pub width: i32,
    /// `outerHeight`
    pub height: i32,
}

impl Popup {
    /// The warning for a value that is no size.
    pub const EXPECTED: &'static str = "must be WIDTHxHEIGHT in CSS pixels, 100 to 9999 each, such as 600x600; the link opens a tab";

    /// Reads `WxH`; `None` for anything else. Browsers make no window smaller than 100 pixels.
    ///
    /// ```
    /// use sori_captcha::share::popup::Popup;
    /// assert_eq!(Popup::parse("600x480"), Some(Popup { width: 600, height: 480 }));
    /// assert_eq!(Popup::parse("600"), None);
    /// ```
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let (width, height) = value.split_once(['x', 'X', '×'])?;
        let side = |digits: &str| {
            let plain = digits.bytes().all(|b| b.is_ascii_digit());
            let number = digits.parse::<u16>().ok().filter(|_| plain)?;
            (100..=9999).contains(&number).then_some(number)
        };
        Some(Self {
            width: side(width.trim_ascii())?,
            height: side(height.trim_ascii())?,
        })
    }

    /// Left and top that put the popup over the middle of `frame`; its title bar never above the frame's.
    ///
    /// ```
    /// use sori_captcha::share::popup::{Frame, Popup};
    /// let frame = Frame { left: -1000, top: 20, width: 1000, height: 800 };
    /// assert_eq!(Popup { width: 600, height: 600 }.over(frame), (-800, 120));
    /// ```
    #[must_use]
    pub fn over(self, frame: Frame) -> (i32, i32) {
        let middle = |start: i32, length: i32, own: u16| start + (length - i32::from(own)) / 2;
        (
            middle(frame.left, frame.width, self.width),
            middle(frame.top, frame.height, self.height).max(frame.top),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_read_in_every_usual_spelling() {
        let size = Some(Popup {
            width: 600,
            height: 480,
        });
        for value in ["600x480", "600X480", "600×480", " 600 x 480 "] {
            assert_eq!(Popup::parse(value), size, "{value:?}");
        }
    }

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
            "600x10000",
            "6e2x480",
            "600px x 480px",
            "99999999999x480",
        ] {
            assert_eq!(Popup::parse(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_popup_taller_than_its_page_keeps_its_title_bar_on_the_screen() {
        let frame = Frame {
            left: 0,
            top: 0,
            width: 320,
            height: 400,
        };
        let popup = Popup {
            width: 600,
            height: 600,
        };
        assert_eq!(popup.over(frame), (-140, 0));
    }

    proptest! {
        #[test]
        fn every_size_in_range_reads_back(width in 100_u16..=9999, height in 100_u16..=9999) {
            prop_assert_eq!(Popup::parse(&format!("{width}x{height}")), Some(Popup { width, height }));
        }

        #[test]
        fn a_popup_that_fits_lies_within_its_frame(
            left in -4000..4000, top in -4000..4000, width in 100..4000, height in 100..4000,
            part in 0_u16..100,
        ) {
            let frame = Frame { left, top, width, height };
            let scaled = |length: i32| u16::try_from(length * i32::from(part) / 100).unwrap();
            let popup = Popup { width: scaled(width), height: scaled(height) };
            let (x, y) = popup.over(frame);
            prop_assert!(x >= left && x + i32::from(popup.width) <= left + width);
            prop_assert!(y >= top && y + i32::from(popup.height) <= top + height);
        }
    }
}
