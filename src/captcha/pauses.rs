//! Finds the pauses between digits, so that back and forward step from digit to digit.
//!
//! A wrong guess may cost an extra step but must never skip a digit. So in doubt there are more stops: a stretch of
//! sound that is longer than a digit is cut up, because it may contain two digits without a pause.

use super::wav::{Envelope, FRAME_MS};

/// How far a step goes where no pauses are found, in ms.
pub const BLIND_STEP_MS: u32 = 2000;
/// A pause is at least this long, in frames. The silences inside a digit (before the burst of ㄱ, t, k) are shorter.
const MIN_PAUSE: usize = 12;
/// A position at most this much before a stop, in ms, counts as the stop: browsers round positions.
const NEAR_STOP_MS: u32 = 5;
/// A sound shorter than this, in frames, is a click and not a digit.
const MIN_SOUND: usize = 6;
/// The longest length that counts as one spoken digit, in frames.
const MAX_DIGIT: usize = 70;
/// A stop is this many frames before the sound, so that a soft onset is heard.
const RUN_UP: usize = 8;

/// Where the digits begin, in ms from the start, in order. Empty where no pause was found.
#[must_use]
pub fn digit_starts(envelope: &Envelope) -> Vec<u32> {
    let levels = &envelope.levels;
    let mut starts = Vec::new();
    let mut sounds = 0;
    // The current stretch of sound, in frames, end exclusive.
    let (mut begin, mut end) = (0, 0);
    let threshold = threshold(levels).unwrap_or(u16::MAX);
    // Silence after the last frame ends the current stretch.
    for frame in 0..=levels.len() + MIN_PAUSE {
        if frame - end >= MIN_PAUSE {
            if end - begin >= MIN_SOUND {
                sounds += 1;
                let pieces = (end - begin).div_ceil(MAX_DIGIT);
                for piece in 0..pieces {
                    let frame = begin + (end - begin) * piece / pieces;
                    starts.push(frame.saturating_sub(RUN_UP) as u32 * FRAME_MS);
                }
            }
            begin = end;
        }
        if levels.get(frame).is_some_and(|&level| level > threshold) {
            if begin == end {
                begin = frame;
            }
            end = frame + 1;
        }
    }
    if sounds < 2 {
        starts.clear();
    }
    starts
}

/// A level between noise and speech; `None` if they cannot be distinguished.
fn threshold(levels: &[u16]) -> Option<u16> {
    // Counts in steps of 64. Sorting would be exact, but would cost a kilobyte of code.
    let mut counts = [0usize; 512];
    for &level in levels {
        counts[(level / 64) as usize & 511] += 1;
    }
    let at = |percent: usize| {
        let mut left = levels.len() * percent / 100;
        let step = counts.iter().position(|&count| {
            let here = left < count;
            left = left.saturating_sub(count);
            here
        });
        step.unwrap_or(0) as u16 * 64
    };
    let (noise, speech) = (at(10), at(90));
    // Noise within 6 dB of the speech hides the pauses.
    if speech < 64 || noise > speech / 2 {
        return None;
    }
    // A quarter of the way from noise to speech: noise swings above its own floor, and digits end softly.
    Some(noise + (speech - noise) / 4)
}

/// The start of the digit that is heard at `at` (ms).
#[must_use]
pub fn digit_at(starts: &[u32], at: u32) -> u32 {
    const BLIND_MS: u32 = 1000;
    if starts.is_empty() {
        return at.saturating_sub(BLIND_MS);
    }
    let before = starts.iter().rev().copied().find(|&start| start <= at);
    before.unwrap_or(0)
}

/// Where "back" goes from `at` (ms). From a digit's start, or from shortly after it, it goes to the digit before.
#[must_use]
pub fn back(starts: &[u32], at: u32) -> u32 {
    const NEAR_MS: u32 = 400;
    if starts.is_empty() {
        return at.saturating_sub(BLIND_STEP_MS);
    }
    starts
        .iter()
        .rev()
        .copied()
        .find(|&start| start + NEAR_MS <= at)
        .unwrap_or(0)
}

/// Where "forward" goes from `at` (ms); `None` after the last digit.
#[must_use]
pub fn forward(starts: &[u32], at: u32, length: u32) -> Option<u32> {
    let next = if starts.is_empty() {
        Some(at.saturating_add(BLIND_STEP_MS))
    } else {
        starts
            .iter()
            .copied()
            .find(|&start| start > at.saturating_add(NEAR_STOP_MS))
    };
    next.filter(|&next| length == 0 || next < length)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Digits of `sound` frames between pauses of `pause` frames, over noise.
    fn speech(digits: &[(usize, usize)], noise: u16, loud: u16) -> Envelope {
        let mut levels = vec![noise; 30];
        for &(sound, pause) in digits {
            levels.extend((0..sound).map(|i| loud - (i as u16 % 7) * (loud / 20)));
            levels.extend((0..pause).map(|i| noise + (i as u16 % 3) * (noise / 8)));
        }
        Envelope { levels }
    }

    #[test]
    fn each_digit_has_a_stop_just_before_it() {
        let starts = digit_starts(&speech(
            &[(40, 50), (35, 60), (50, 40), (30, 55), (45, 50)],
            400,
            16000,
        ));
        assert_eq!(starts.len(), 5);
        assert_eq!(starts[0], 220);
        assert_eq!(starts[1], 300 + 900 - 80);
    }

    #[test]
    fn digits_that_run_together_still_have_a_stop_each() {
        let starts = digit_starts(&speech(&[(40, 50), (90, 50), (40, 50)], 400, 16000));
        assert_eq!(starts.len(), 4);
    }

    #[test]
    fn without_pauses_there_are_no_stops() {
        assert!(digit_starts(&speech(&[(300, 0)], 16000, 16000)).is_empty());
        assert!(digit_starts(&Envelope::default()).is_empty());
        assert!(
            digit_starts(&Envelope {
                levels: vec![0; 500]
            })
            .is_empty()
        );
    }

    #[test]
    fn back_at_a_digits_start_goes_to_the_one_before() {
        let starts = [200, 1100, 2000];
        assert_eq!(back(&starts, 2000), 1100);
        assert_eq!(back(&starts, 2300), 1100);
        assert_eq!(back(&starts, 2600), 2000);
        assert_eq!(back(&starts, 100), 0);
    }

    #[test]
    fn steps_are_two_seconds_where_no_pause_was_found() {
        assert_eq!(back(&[], 5000), 3000);
        assert_eq!(back(&[], 500), 0);
        assert_eq!(forward(&[], 500, 9000), Some(2500));
        assert_eq!(forward(&[], 8000, 9000), None);
    }

    proptest! {
        #[test]
        fn forward_never_skips_a_digit(digits in prop::collection::vec((15usize..60, 14usize..90), 2..8), noise in 0u16..3000, at in 0u32..12000) {
            let envelope = speech(&digits, noise, 16000);
            let starts = digit_starts(&envelope);
            let mut frame = 30;
            let mut begins = Vec::new();
            for (sound, pause) in digits {
                begins.push(frame as u32 * FRAME_MS);
                frame += sound + pause;
            }
            let length = frame as u32 * FRAME_MS;
            if let Some(next) = forward(&starts, at, length) {
                // From the stop of a digit, or from just before that stop, "forward" goes to the next digit.
                let here = at + RUN_UP as u32 * FRAME_MS + NEAR_STOP_MS;
                let passed = begins.iter().filter(|&&b| b > here && b < next).count();
                prop_assert!(passed == 0, "from {at} to {next} over {passed} of {begins:?}");
            }
        }

        #[test]
        fn back_always_moves_back_and_forward_forward(starts in prop::collection::btree_set(0u32..20000, 0..8), at in 1u32..20000) {
            let starts: Vec<u32> = starts.into_iter().collect();
            prop_assert!(back(&starts, at) < at);
            prop_assert!(forward(&starts, at, 20000).is_none_or(|next| next > at && next < 20000));
        }
    }
}
