//! The recorded digits, embedded in the binary. `cargo xtask clips` makes them; see `clips/README.md`.

use std::io::Cursor;
use std::sync::LazyLock;

use super::Voice;

/// Samples per second of every clip, and of the speech made of them.
pub(super) const RATE: u32 = 11_025;

/// The ten digits in one voice, as samples in -1 to 1.
pub(super) type Speaker = [Vec<f32>; 10];

macro_rules! speaker {
    ($directory:literal) => {
        [
            include_bytes!(concat!("clips/", $directory, "/0.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/1.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/2.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/3.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/4.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/5.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/6.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/7.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/8.wav")).as_slice(),
            include_bytes!(concat!("clips/", $directory, "/9.wav")).as_slice(),
        ]
    };
}

static KOREAN: LazyLock<[Speaker; 3]> =
    LazyLock::new(|| [speaker!("ko-1"), speaker!("ko-2"), speaker!("ko-3")].map(decode));
static ENGLISH: LazyLock<[Speaker; 3]> =
    LazyLock::new(|| [speaker!("en-1"), speaker!("en-2"), speaker!("en-3")].map(decode));

/// Everyone who speaks a language.
pub(super) fn speakers(voice: Voice) -> &'static [Speaker] {
    match voice {
        Voice::Korean => &*KOREAN,
        Voice::English => &*ENGLISH,
    }
}

fn decode(files: [&[u8]; 10]) -> Speaker {
    files.map(|file| {
        // Our own files, embedded at build time and read once by the test below.
        let reader =
            hound::WavReader::new(Cursor::new(file)).expect("an embedded clip is a WAV file");
        reader
            .into_samples::<i8>()
            .map(|sample| f32::from(sample.expect("an embedded clip is whole")) / 127.0)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_heard_in_every_voice() {
        for voice in [Voice::Korean, Voice::English] {
            assert_eq!(speakers(voice).len(), 3);
            for clip in speakers(voice).iter().flatten() {
                let seconds = clip.len() as f32 / RATE as f32;
                assert!((0.25..=0.8).contains(&seconds), "{seconds} s");
                let power = clip.iter().map(|s| s * s).sum::<f32>() / clip.len() as f32;
                assert!(
                    power.sqrt() > 0.08,
                    "a clip is nearly silent: {}",
                    power.sqrt()
                );
            }
        }
    }

    #[test]
    fn no_clip_clicks_at_its_edges() {
        for clip in [Voice::Korean, Voice::English]
            .into_iter()
            .flat_map(speakers)
            .flatten()
        {
            assert!(clip[0].abs() < 0.05 && clip[clip.len() - 1].abs() < 0.05);
        }
    }
}
