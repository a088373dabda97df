//! Reads a WAV file as it streams by: the header, then the loudness of each hundredth of a second.
//! Nothing is kept but one level per frame: WebAssembly memory never shrinks, so the file is never
//! copied whole into it.

/// Why a file is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWav {
    /// It does not begin with `RIFF....WAVE`.
    NotRiff,
    /// It ends before its first sample.
    Truncated,
}

/// How long one frame is, in ms.
pub const FRAME_MS: u32 = 10;

/// What was learned of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The peak level of each frame, 0 to 32,767. Empty where the samples are not plain PCM of 8 or
    /// 16 bits: such a file may play, but cannot be looked into.
    pub levels: Vec<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Format {
    /// Bytes of one sample of one channel: 1 or 2; 0 for a format that cannot be looked into.
    width: u32,
    /// Bytes of one sample of all channels.
    block: u32,
    /// Blocks in one frame of [`FRAME_MS`].
    blocks: u32,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// Collecting the 12 bytes of the RIFF header.
    Riff,
    /// Collecting the 8 bytes of a chunk's header.
    Chunk,
    /// Collecting a format chunk; so many of its bytes are skipped afterwards.
    Format { skip: u32 },
    /// Passing over a chunk.
    Skip(u32),
    /// In the samples; a size of 0 or 0xFFFFFFFF stands for "to the end": streams are written so.
    Samples(u32),
}

/// Feed it bytes in pieces of any size, then [`finish`](Self::finish).
#[derive(Debug)]
pub struct Scanner {
    at: At,
    head: [u8; 40],
    filled: usize,
    format: Format,
    envelope: Envelope,
    /// Of the frame in progress.
    peak: u16,
    blocks: u32,
    /// Of the block in progress.
    offset: u32,
    low: u8,
    seen_samples: bool,
    bad: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            at: At::Riff,
            head: [0; 40],
            filled: 0,
            format: Format::default(),
            envelope: Envelope::default(),
            peak: 0,
            blocks: 0,
            offset: 0,
            low: 0,
            seen_samples: false,
            bad: false,
        }
    }
}

impl Scanner {
    /// Takes in the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while let (Some(&first), false) = (bytes.first(), self.bad) {
            match self.at {
                At::Samples(left) => {
                    let take = (left as usize).min(bytes.len());
                    let (now, rest) = bytes.split_at(take);
                    self.seen_samples = true;
                    self.samples(now);
                    bytes = rest;
                    let left = if left == u32::MAX {
                        left
                    } else {
                        left - take as u32
                    };
                    self.at = if left == 0 {
                        At::Chunk
                    } else {
                        At::Samples(left)
                    };
                }
                At::Skip(left) => {
                    let take = (left as usize).min(bytes.len());
                    bytes = &bytes[take..];
                    let left = left - take as u32;
                    self.at = if left == 0 { At::Chunk } else { At::Skip(left) };
                }
                At::Riff | At::Chunk | At::Format { .. } => {
                    if let Some(place) = self.head.get_mut(self.filled) {
                        *place = first;
                    }
                    self.filled += 1;
                    bytes = &bytes[1..];
                    self.header();
                }
            }
        }
    }

    fn header(&mut self) {
        let word = |at: usize| {
            u32::from_le_bytes([
                self.head[at],
                self.head[at + 1],
                self.head[at + 2],
                self.head[at + 3],
            ])
        };
        let next = match self.at {
            At::Riff if self.filled == 12 => {
                self.bad = &self.head[..4] != b"RIFF" || &self.head[8..12] != b"WAVE";
                At::Chunk
            }
            At::Chunk if self.filled == 8 => {
                let size = word(4);
                // Chunks begin at even offsets: an odd size has a byte of padding after it.
                let padded = size.saturating_add(size & 1);
                match &self.head[..4] {
                    b"data" if size == 0 || size == u32::MAX => At::Samples(u32::MAX),
                    b"data" => At::Samples(size),
                    b"fmt " if size >= 16 => At::Format { skip: padded },
                    _ if padded == 0 => At::Chunk,
                    _ => At::Skip(padded),
                }
            }
            At::Format { skip } if self.filled as u32 == skip.min(40) => {
                self.format = self.read_format(skip);
                match skip - skip.min(40) {
                    0 => At::Chunk,
                    left => At::Skip(left),
                }
            }
            _ => return,
        };
        self.filled = 0;
        self.at = next;
    }

    fn read_format(&self, size: u32) -> Format {
        let half = |at: usize| u32::from(u16::from_le_bytes([self.head[at], self.head[at + 1]]));
        let rate = half(4) | half(6) << 16;
        let (channels, bits) = (half(2), half(14));
        // WAVE_FORMAT_EXTENSIBLE keeps the real format at the front of its GUID.
        let tag = match half(0) {
            0xfffe if size >= 40 => half(24),
            tag => tag,
        };
        let width = bits / 8;
        if tag != 1 || !matches!(bits, 8 | 16) || channels == 0 || rate < 1000 / FRAME_MS {
            return Format::default();
        }
        Format {
            width,
            block: channels * width,
            blocks: rate / (1000 / FRAME_MS),
        }
    }

    fn samples(&mut self, bytes: &[u8]) {
        let Format {
            width,
            block,
            blocks,
        } = self.format;
        if width == 0 {
            return;
        }
        for &byte in bytes {
            let level = if width == 1 {
                // 8 bits are unsigned around 128.
                Some((i16::from(byte) - 128) << 8)
            } else if self.offset.is_multiple_of(2) {
                self.low = byte;
                None
            } else {
                Some(i16::from_le_bytes([self.low, byte]))
            };
            if let Some(level) = level {
                self.peak = self.peak.max(level.unsigned_abs().min(32767));
            }
            self.offset += 1;
            if self.offset == block {
                self.offset = 0;
                self.blocks += 1;
                if self.blocks == blocks {
                    self.envelope.levels.push(self.peak);
                    self.blocks = 0;
                    self.peak = 0;
                }
            }
        }
    }

    /// What was learned, once all bytes were fed.
    ///
    /// # Errors
    /// [`NotWav`] if the bytes are no WAV file.
    pub fn finish(self) -> Result<Envelope, NotWav> {
        match (self.bad || matches!(self.at, At::Riff), self.seen_samples) {
            (true, _) => Err(NotWav::NotRiff),
            (false, false) => Err(NotWav::Truncated),
            (false, true) => Ok(self.envelope),
        }
    }
}

/// A silent WAV file of this length: 8 kHz, 8 bits, mono. It opens the way for the sound within the
/// person's gesture, wakes a Bluetooth device, and is the lead-in.
#[must_use]
pub fn silence(ms: u32) -> Vec<u8> {
    let samples = ms.clamp(10, 10_000) * 8;
    let mut out = Vec::with_capacity(44 + samples as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + samples).to_le_bytes());
    out.extend_from_slice(
        b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data",
    );
    out.extend_from_slice(&samples.to_le_bytes());
    out.resize(44 + samples as usize, 128);
    out
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(bytes: &[u8]) -> Result<Envelope, NotWav> {
        let mut scanner = Scanner::default();
        scanner.feed(bytes);
        scanner.finish()
    }

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut out = name.to_vec();
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
        if body.len() % 2 == 1 {
            out.push(0);
        }
        out
    }

    fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
        let block = channels * bits / 8;
        let mut out = Vec::new();
        out.extend(tag.to_le_bytes());
        out.extend(channels.to_le_bytes());
        out.extend(rate.to_le_bytes());
        out.extend((rate * u32::from(block)).to_le_bytes());
        out.extend(block.to_le_bytes());
        out.extend(bits.to_le_bytes());
        out
    }

    fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
        let body: Vec<u8> = chunks.concat();
        let mut out = b"RIFF".to_vec();
        out.extend((body.len() as u32 + 4).to_le_bytes());
        out.extend(b"WAVE");
        out.extend(body);
        out
    }

    /// 100 ms of loud, then 100 ms of silence.
    fn pcm(channels: u16, rate: u32, bits: u16) -> Vec<u8> {
        let count = (rate / 10) as usize * channels as usize;
        let (loud, quiet): (&[u8], &[u8]) = match bits {
            8 => (&[228], &[128]),
            _ => (&25600i16.to_le_bytes(), &[0, 0]),
        };
        [loud.repeat(count), quiet.repeat(count)].concat()
    }

    #[test]
    fn every_plain_format_gives_the_same_envelope() {
        for bits in [8, 16] {
            for channels in [1, 2] {
                for rate in [8000, 11025, 16000, 22050, 44100, 48000] {
                    let wav = riff(&[
                        chunk(b"fmt ", &format(1, channels, rate, bits)),
                        chunk(b"data", &pcm(channels, rate, bits)),
                    ]);
                    let levels = scan(&wav).unwrap().levels;
                    assert_eq!(levels.len(), 20, "{bits} {channels} {rate}");
                    assert!(
                        levels[..9].iter().all(|&l| l == 25600),
                        "{bits} {channels} {rate}"
                    );
                    assert!(
                        levels[11..].iter().all(|&l| l == 0),
                        "{bits} {channels} {rate}"
                    );
                }
            }
        }
    }

    #[test]
    fn extensible_format_unknown_and_odd_chunks_are_read_through() {
        let mut extensible = format(0xfffe, 1, 8000, 16);
        extensible.extend([22, 0, 16, 0, 4, 0, 0, 0]);
        extensible.extend([
            1, 0, 0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ]);
        let wav = riff(&[
            chunk(b"LIST", b"odd"),
            chunk(b"junk", b""),
            chunk(b"fmt ", &extensible),
            chunk(b"fact", &[1, 2, 3, 4, 5]),
            chunk(b"data", &pcm(1, 8000, 16)),
            chunk(b"id3 ", b"tail"),
        ]);
        assert_eq!(scan(&wav).unwrap().levels.len(), 20);
    }

    #[test]
    fn a_stream_written_without_a_length_is_read_to_its_end() {
        for size in [0u32, u32::MAX] {
            let mut wav = riff(&[chunk(b"fmt ", &format(1, 1, 8000, 16))]);
            wav.extend(b"data");
            wav.extend(size.to_le_bytes());
            wav.extend(pcm(1, 8000, 16));
            assert_eq!(scan(&wav).unwrap().levels.len(), 20);
        }
    }

    #[test]
    fn a_format_that_cannot_be_looked_into_is_audio_all_the_same() {
        for (tag, bits) in [(3, 32), (6, 8), (1, 24)] {
            let wav = riff(&[
                chunk(b"fmt ", &format(tag, 1, 8000, bits)),
                chunk(b"data", &[1; 400]),
            ]);
            assert_eq!(scan(&wav).unwrap(), Envelope::default());
        }
    }

    #[test]
    fn what_is_no_wav_is_refused() {
        assert_eq!(scan(b""), Err(NotWav::NotRiff));
        assert_eq!(
            scan(b"<!doctype html><title>error</title>"),
            Err(NotWav::NotRiff)
        );
        assert_eq!(scan(b"RIFF\x04\0\0\0AVI "), Err(NotWav::NotRiff));
        assert_eq!(
            scan(&riff(&[chunk(b"fmt ", &format(1, 1, 8000, 16))])),
            Err(NotWav::Truncated)
        );
    }

    #[test]
    fn silence_is_a_wav_of_its_length() {
        let levels = scan(&silence(500)).unwrap().levels;
        assert_eq!(levels.len(), 50);
        assert!(levels.iter().all(|&l| l == 0));
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_result(cuts in prop::collection::vec(1usize..700, 0..40), bits in prop::sample::select(vec![8u16, 16])) {
            let wav = riff(&[chunk(b"LIST", b"odd"), chunk(b"fmt ", &format(1, 2, 8000, bits)), chunk(b"data", &pcm(2, 8000, bits))]);
            let mut scanner = Scanner::default();
            let mut rest = &wav[..];
            for cut in cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                scanner.feed(now);
                rest = later;
            }
            scanner.feed(rest);
            prop_assert_eq!(scanner.finish(), scan(&wav));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
            let mut wav = if head { b"RIFF\x40\0\0\0WAVEfmt ".to_vec() } else { Vec::new() };
            wav.extend(bytes);
            let _ = scan(&wav);
        }
    }
}
