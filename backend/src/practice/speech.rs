//! Turns digits into a WAV file. Speaker, tempo, pauses and noise differ from challenge to challenge, so that no
//! program can rely on one fixed recording.

use std::io::Cursor;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::Voice;
use super::clips::{RATE, speakers};
use super::digits::Digits;

/// Whether there are pauses between the digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pauses {
    /// Pauses of 0.35 to 0.9 s between digits, filled with the same noise as the rest.
    #[default]
    Clear,
    /// The digits run into each other: a recording in which no pause can be found.
    None,
}

/// Everything that determines a recording. The same script always gives the same bytes, so an emulator does not have
/// to keep audio.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) digits: Digits,
    pub(super) voice: Voice,
    pub(super) pauses: Pauses,
    pub(super) seed: u64,
}

/// How far digits without pauses overlap, in seconds.
const OVERLAP: f32 = 0.03;
/// If digits have no pauses between them, the edges of a clip that are quieter than this share of its peak are cut
/// off.
const SOFT_EDGE: f32 = 0.25;

/// Speaks the script: 16-bit mono PCM at 11,025 Hz.
pub(super) fn wav(script: &Script) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    // Writing to memory cannot fail unless memory runs out.
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("memory is writable");
    for sample in samples(script) {
        let level = (sample.clamp(-1.0, 1.0) * 32_767.0).round();
        writer
            .write_sample(level as i16)
            .expect("memory is writable");
    }
    writer.finalize().expect("memory is writable");
    file.into_inner()
}

fn samples(script: &Script) -> Vec<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(script.seed);
    let all = speakers(script.voice);
    let speaker = &all[rng.random_range(0..all.len())];
    let tempo = rng.random_range(0.94..1.06);
    let loudness = rng.random_range(0.55..0.85);

    let mut speech = vec![0.0; seconds(rng.random_range(0.25..0.6))];
    for (i, &digit) in script.digits.values().iter().enumerate() {
        let clip = stretched(
            &speaker[usize::from(digit)],
            tempo * rng.random_range(0.97..1.03),
        );
        let gain = loudness * rng.random_range(0.8..1.0);
        let pause = rng.random_range(0.35..0.9);
        match script.pauses {
            Pauses::Clear => {
                mix(&mut speech, &clip, 0, gain);
                speech.resize(speech.len() + seconds(pause), 0.0);
            }
            Pauses::None => {
                let overlap = if i == 0 { 0 } else { seconds(OVERLAP) };
                mix(&mut speech, without_edges(&clip), overlap, gain);
            }
        }
    }
    speech.resize(speech.len() + seconds(0.2), 0.0);

    let noise = match script.pauses {
        Pauses::Clear => rng.random_range(0.004..0.012),
        Pauses::None => 0.06,
    };
    add_noise(&mut speech, noise, &mut rng);
    speech
}

/// The clip played `tempo` times as fast. Its pitch changes too, but by these few per cent it only sounds like the
/// same voice on another day.
fn stretched(clip: &[f32], tempo: f32) -> Vec<f32> {
    let count = (clip.len() as f32 / tempo) as usize;
    let at = |i: usize| clip.get(i).copied().unwrap_or(0.0);
    (0..count)
        .map(|i| {
            let position = i as f32 * tempo;
            let (whole, part) = (position as usize, position.fract());
            at(whole) * (1.0 - part) + at(whole + 1) * part
        })
        .collect()
}

/// The clip without its soft beginning and end.
fn without_edges(clip: &[f32]) -> &[f32] {
    let peak = clip
        .iter()
        .fold(0.0_f32, |peak, sample| sample.abs().max(peak));
    let loud = |sample: &f32| sample.abs() > SOFT_EDGE * peak;
    match (clip.iter().position(loud), clip.iter().rposition(loud)) {
        (Some(first), Some(last)) => &clip[first..=last],
        _ => clip,
    }
}

fn mix(speech: &mut Vec<f32>, clip: &[f32], overlap: usize, gain: f32) {
    let start = speech.len() - overlap;
    speech.resize(start + clip.len().max(overlap), 0.0);
    for (sample, spoken) in speech[start..].iter_mut().zip(clip) {
        *sample += spoken * gain;
    }
}

/// Low noise that swells and fades, as on a telephone line: white noise through a one-pole low-pass filter.
fn add_noise(speech: &mut [f32], level: f32, rng: &mut Xoshiro256PlusPlus) {
    let swell = rng.random_range(0.3..0.9) * std::f32::consts::TAU / RATE as f32;
    let mut low = 0.0;
    for (i, sample) in speech.iter_mut().enumerate() {
        low += 0.35 * (rng.random_range(-1.0..1.0_f32) - low);
        *sample += level * (1.0 + 0.4 * (i as f32 * swell).sin()) * low * 3.0;
    }
}

fn seconds(length: f32) -> usize {
    (length * RATE as f32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(digits: &str, seed: u64, pauses: Pauses) -> Script {
        Script {
            digits: Digits::parse(digits).unwrap(),
            voice: Voice::Korean,
            pauses,
            seed,
        }
    }

    /// The level of each 20 ms, as the widget measures it to find pauses.
    fn levels(samples: &[f32]) -> Vec<f32> {
        samples
            .chunks(seconds(0.02))
            .map(|frame| (frame.iter().map(|s| s * s).sum::<f32>() / frame.len() as f32).sqrt())
            .collect()
    }

    /// How many digits a listener can tell apart. They are separated by 200 ms or more in which the level is below a
    /// tenth of the loudest. A sound shorter than 60 ms is not a digit.
    fn digits_heard(samples: &[f32]) -> usize {
        let levels = levels(samples);
        let loudest = levels.iter().fold(0.0_f32, |a, b| a.max(*b));
        let loud = levels
            .iter()
            .enumerate()
            .filter(|(_, level)| **level >= loudest / 10.0);
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (frame, _) in loud {
            match stretches.last_mut() {
                Some((_, end)) if frame - *end <= 10 => *end = frame,
                _ => stretches.push((frame, frame)),
            }
        }
        stretches
            .iter()
            .filter(|(start, end)| end - start >= 3)
            .count()
    }

    #[test]
    fn digits_stand_apart_where_they_should() {
        for voice in [Voice::Korean, Voice::English] {
            for seed in 0..40 {
                let script = Script {
                    voice,
                    ..script("907254", seed, Pauses::Clear)
                };
                assert_eq!(digits_heard(&samples(&script)), 6, "{voice:?}, seed {seed}");
            }
        }
    }

    #[test]
    fn digits_run_together_where_they_should() {
        for voice in [Voice::Korean, Voice::English] {
            for seed in 0..40 {
                let script = Script {
                    voice,
                    ..script("0123456789", seed, Pauses::None)
                };
                assert_eq!(digits_heard(&samples(&script)), 1, "{voice:?}, seed {seed}");
            }
        }
    }

    #[test]
    fn a_pause_is_never_digital_silence() {
        for seed in 0..20 {
            let quietest = levels(&samples(&script("13579", seed, Pauses::Clear)))
                .into_iter()
                .fold(1.0, f32::min);
            assert!(quietest > 0.000_5, "seed {seed}: {quietest}");
        }
    }

    #[test]
    fn the_same_script_gives_the_same_bytes_and_another_seed_others() {
        let bytes = |seed| wav(&script("12345", seed, Pauses::Clear));
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
    }

    #[test]
    fn the_file_is_16_bit_mono_of_a_believable_length_and_does_not_clip() {
        for seed in 0..20 {
            let file = wav(&script("123456", seed, Pauses::Clear));
            let reader = hound::WavReader::new(Cursor::new(file)).unwrap();
            let spec = reader.spec();
            assert_eq!(
                (spec.channels, spec.bits_per_sample, spec.sample_rate),
                (1, 16, RATE)
            );
            let length = reader.duration() as f32 / RATE as f32;
            assert!((4.5..=10.0).contains(&length), "{length} s");
            let full = reader
                .into_samples::<i16>()
                .filter(|s| s.as_ref().unwrap().abs() == 32_767);
            assert_eq!(full.count(), 0);
        }
    }
}
