//! Reads a WAV file as it streams by: the header, then the loudness of each hundredth of a second.
//! Nothing is kept but one level per frame: WebAssembly memory never shrinks, so the file is never
//! copied whole into it.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

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
