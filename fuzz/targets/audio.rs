//! Any bytes can be scanned as audio, in pieces of any size. Playing then goes to a digit and never past one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sori_captcha::captcha::{pauses, wav};

fuzz_target!(|bytes: &[u8]| {
    let [piece, at, bytes @ ..] = bytes else {
        return;
    };
    let mut scanner = wav::Scanner::default();
    for part in bytes.chunks(usize::from(*piece).max(1)) {
        scanner.feed(part);
    }
    let mut whole = wav::Scanner::default();
    whole.feed(bytes);
    let (Ok(envelope), Ok(_)) = (scanner.finish(), whole.finish()) else {
        return;
    };
    let starts = pauses::digit_starts(&envelope);
    assert!(starts.is_sorted(), "{starts:?}");
    let at = u32::from(*at) * 50;
    assert!(pauses::back(&starts, at) <= at);
    if let Some(next) = pauses::forward(&starts, at, 60_000) {
        assert!(next >= at, "{next} after {at}");
    }
});
