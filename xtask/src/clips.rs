//! Makes the spoken digits of the practice upstream. This needs espeak-ng and was run once; the result is in git.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

/// The folder of the clips, relative to the workspace's root.
const TARGET: &str = "backend/src/practice/clips";
/// Samples per second of a clip: half of espeak-ng's rate, and enough for the consonants that distinguish 칠 from 일.
const RATE: u32 = 11_025;
/// The peak of each clip as a share of full scale. The emulator mixes and scales the clips itself.
const PEAK: f32 = 0.9;
/// At the beginning and end of a clip, anything below this share of its peak counts as silence.
const EDGE: f32 = 0.02;
/// The seconds that are kept before the first audible sample and after the last one, so that no consonant is cut.
const PADDING: f32 = 0.012;

struct Speaker {
    directory: &'static str,
    voice: &'static str,
    /// Words a minute.
    speed: u32,
    /// From 0 to 99.
    pitch: u32,
    words: [&'static str; 10],
}

const KOREAN: [&str; 10] = ["영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
/// On the telephone, Koreans read a zero as 공 as often as 영. Visitors type 0 for both.
const KOREAN_PHONE: [&str; 10] = ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
const ENGLISH: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

const SPEAKERS: [Speaker; 6] = [
    Speaker {
        directory: "ko-1",
        voice: "ko",
        speed: 120,
        pitch: 45,
        words: KOREAN,
    },
    Speaker {
        directory: "ko-2",
        voice: "ko+f2",
        speed: 115,
        pitch: 55,
        words: KOREAN_PHONE,
    },
    Speaker {
        directory: "ko-3",
        voice: "ko+m3",
        speed: 105,
        pitch: 40,
        words: KOREAN,
    },
    Speaker {
        directory: "en-1",
        voice: "en-us",
        speed: 140,
        pitch: 45,
        words: ENGLISH,
    },
    Speaker {
        directory: "en-2",
        voice: "en-us+f2",
        speed: 135,
        pitch: 55,
        words: ENGLISH,
    },
    Speaker {
        directory: "en-3",
        voice: "en-gb+m3",
        speed: 125,
        pitch: 40,
        words: ENGLISH,
    },
];

/// Speaks, trims, halves the rate, levels and writes every clip.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let scratch = workspace.target().join("clips");
    fs::create_dir_all(&scratch)?;
    let spoken = scratch.join("spoken.wav");
    let mut total = 0;
    for speaker in &SPEAKERS {
        let directory = workspace.path(TARGET).join(speaker.directory);
        fs::create_dir_all(&directory)?;
        for (digit, word) in speaker.words.iter().enumerate() {
            speak(workspace, speaker, word, &spoken)?;
            let target = directory.join(format!("{digit}.wav"));
            write(&target, &level(trim(&halve(&read(&spoken)?))))
                .with_context(|| format!("cannot write {}", target.display()))?;
            total += fs::metadata(&target)?.len();
        }
    }
    println!(
        "clips: {} files, {total} bytes in {TARGET}",
        SPEAKERS.len() * 10
    );
    Ok(())
}

fn speak(workspace: &Workspace, speaker: &Speaker, word: &str, to: &Path) -> Result<()> {
    let voice = speaker.voice;
    let (speed, pitch) = (speaker.speed.to_string(), speaker.pitch.to_string());
    cmd!(
        workspace.shell(),
        "espeak-ng -v {voice} -s {speed} -p {pitch} -w {to} {word}"
    )
    .quiet()
    .run()
    .context("espeak-ng is needed (Debian: apt-get install espeak-ng)")
}

fn read(path: &Path) -> Result<Vec<f32>> {
    let mut reader = hound::WavReader::open(path).context("espeak-ng wrote no WAV file")?;
    let spec = reader.spec();
    ensure!(
        (spec.sample_rate, spec.channels, spec.bits_per_sample) == (2 * RATE, 1, 16),
        "espeak-ng wrote {spec:?}; expected 16-bit mono at {} Hz",
        2 * RATE
    );
    Ok(reader
        .samples::<i16>()
        .map(|sample| Ok(f32::from(sample?) / 32_768.0))
        .collect::<Result<_, hound::Error>>()?)
}

/// Halves the sample rate after a windowed-sinc low-pass filter, because without the filter sibilants would alias into
/// hiss.
fn halve(samples: &[f32]) -> Vec<f32> {
    const REACH: i32 = 24;
    let tap = |k: i32| {
        let x = k as f32;
        let sinc = if k == 0 {
            0.46
        } else {
            (std::f32::consts::PI * 0.46 * x).sin() / (std::f32::consts::PI * x)
        };
        let window = 0.5 + 0.5 * (std::f32::consts::PI * x / (REACH + 1) as f32).cos();
        sinc * window
    };
    let taps: Vec<f32> = (-REACH..=REACH).map(tap).collect();
    let at = |i: i32| {
        usize::try_from(i)
            .ok()
            .and_then(|i| samples.get(i))
            .copied()
            .unwrap_or(0.0)
    };
    (0..samples.len() as i32)
        .step_by(2)
        .map(|centre| {
            (-REACH..=REACH)
                .zip(&taps)
                .map(|(k, tap)| tap * at(centre + k))
                .sum()
        })
        .collect()
}

fn trim(samples: &[f32]) -> &[f32] {
    let floor = EDGE * peak(samples);
    let padding = (PADDING * RATE as f32) as usize;
    let audible = |sample: &f32| sample.abs() > floor;
    let first = samples
        .iter()
        .position(audible)
        .unwrap_or(0)
        .saturating_sub(padding);
    let last = samples.iter().rposition(audible).unwrap_or(0) + padding;
    &samples[first..last.min(samples.len())]
}

/// Brings the peak to [`PEAK`] and fades the padding, so that a clip starts and ends at zero.
fn level(samples: &[f32]) -> Vec<f32> {
    let gain = PEAK / peak(samples).max(f32::MIN_POSITIVE);
    let padding = PADDING * RATE as f32;
    let fade = |i: usize| ((i as f32) / padding).min(1.0);
    let count = samples.len();
    samples
        .iter()
        .enumerate()
        .map(|(i, sample)| sample * gain * fade(i) * fade(count - 1 - i))
        .collect()
}

fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| sample.abs().max(peak))
}

/// Writes 8 bits a sample. The emulator adds noise, so more would not be heard, and 16 bits would double the size in
/// git.
fn write(path: &Path, samples: &[f32]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 8,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for sample in samples {
        writer.write_sample((sample * 127.0).round() as i8)?;
    }
    writer.finalize()
}
