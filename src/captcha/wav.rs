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

/// What was learned about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The peak level of each frame, 0 to 32,767. Empty if the samples are not plain PCM of 8 or 16 bits: such a file
    /// may play, but its samples cannot be read here.
    pub levels: Vec<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Format {
    /// Bytes of one sample of one channel: 1 or 2; 0 for a format whose samples cannot be read here.
    width: u32,
    /// Bytes of one sample of all channels.
    block: u32,
    /// Blocks in one frame of [`FRAME_MS`].
    blocks: u32,
}

/// What the next bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The RIFF header.
    Riff,
    /// A chunk's header.
    Chunk,
    /// A format chunk.
    Format,
    /// A chunk that is skipped.
    Other,
    /// The samples.
    Samples,
    /// The rest of something that is no RIFF file.
    Nothing,
}

const RIFF_HEADER: u32 = 12;
const CHUNK_HEADER: u32 = 8;
/// To the end of the file.
const TO_THE_END: u32 = u32::MAX;

/// Feed it bytes in pieces of any size, then [`finish`](Self::finish).
#[derive(Debug)]
pub struct Scanner {
    at: At,
    /// How many bytes of this kind are left.
    left: u32,
    /// The first bytes of a header or of the format chunk, and how many bytes there were.
    head: [u8; 40],
    filled: usize,
    format: Format,
    envelope: Envelope,
    /// The peak level of the current frame, and the number of its blocks so far.
    peak: u16,
    blocks: u32,
    /// The number of bytes of the current block so far, and the last byte.
    offset: u32,
    low: u8,
    seen_samples: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            at: At::Riff,
            left: RIFF_HEADER,
            head: [0; 40],
            filled: 0,
            format: Format::default(),
            envelope: Envelope::default(),
            peak: 0,
            blocks: 0,
            offset: 0,
            low: 0,
            seen_samples: false,
        }
    }
}

impl Scanner {
    /// Takes in the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match self.at {
                At::Samples => self.sample(byte),
                At::Other | At::Nothing => {}
                At::Riff | At::Chunk | At::Format => {
                    if let Some(place) = self.head.get_mut(self.filled) {
                        *place = byte;
                    }
                    self.filled += 1;
                }
            }
            if self.left != TO_THE_END {
                self.left -= 1;
            }
            if self.left == 0 {
                (self.at, self.left) = self.next();
                self.filled = 0;
            }
        }
    }

    /// What comes next after the part that has just ended, and how many bytes it has.
    fn next(&mut self) -> (At, u32) {
        const RIFF: u32 = u32::from_le_bytes(*b"RIFF");
        const WAVE: u32 = u32::from_le_bytes(*b"WAVE");
        const FORMAT: u32 = u32::from_le_bytes(*b"fmt ");
        const DATA: u32 = u32::from_le_bytes(*b"data");
        let word =
            |at: usize| u32::from_le_bytes(*self.head[at..].first_chunk().unwrap_or(&[0; 4]));
        match self.at {
            At::Riff if word(0) != RIFF || word(8) != WAVE => return (At::Nothing, TO_THE_END),
            At::Chunk => {
                let size = word(4);
                // Chunks begin at even offsets: an odd size has a byte of padding after it.
                let padded = size.saturating_add(size & 1);
                match word(0) {
                    // A program that streams the file writes 0, because it does not know the size yet.
                    DATA if size == 0 => return (At::Samples, TO_THE_END),
                    DATA => return (At::Samples, size),
                    FORMAT if size >= 16 => return (At::Format, padded),
                    _ if padded > 0 => return (At::Other, padded),
                    _ => {}
                }
            }
            At::Format => self.format = self.read_format(),
            _ => {}
        }
        (At::Chunk, CHUNK_HEADER)
    }

    fn read_format(&self) -> Format {
        let half = |at: usize| u32::from(u16::from_le_bytes([self.head[at], self.head[at + 1]]));
        let rate = half(4) | half(6) << 16;
        let (channels, bits) = (half(2), half(14));
        // WAVE_FORMAT_EXTENSIBLE keeps the real format at the front of its GUID.
        let tag = match half(0) {
            0xfffe if self.filled >= 40 => half(24),
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

    fn sample(&mut self, byte: u8) {
        self.seen_samples = true;
        let Format {
            width,
            block,
            blocks,
        } = self.format;
        let level = match width {
            0 => return,
            // Samples of 8 bits are unsigned, and 128 is silence.
            1 => (i16::from(byte) - 128) << 8,
            _ => i16::from_le_bytes([self.low, byte]),
        };
        self.low = byte;
        self.offset += 1;
        if self.offset.is_multiple_of(width) {
            self.peak = self.peak.max(level.unsigned_abs().min(32767));
        }
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

    /// What was learned, once all bytes were fed.
    ///
    /// # Errors
    /// [`NotWav`] if the bytes are no WAV file.
    pub fn finish(self) -> Result<Envelope, NotWav> {
        match (matches!(self.at, At::Riff | At::Nothing), self.seen_samples) {
            (true, _) => Err(NotWav::NotRiff),
            (false, false) => Err(NotWav::Truncated),
            (false, true) => Ok(self.envelope),
        }
    }
}
