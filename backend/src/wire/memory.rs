//! The memory for audio that clients are still reading.

use super::problem::{Problem, unavailable};
use axum::body::Bytes;
use core::time::Duration;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Some hundred challenges. A client with a normal connection reads one in less than a second.
const MOST_BYTES: usize = 64 << 20;
const SHORTLY: Duration = Duration::from_secs(5);

/// The audio that is being sent now.
#[derive(Debug, Default)]
pub(crate) struct AudioMemory {
    held: Arc<AtomicUsize>,
}

impl AudioMemory {
    /// Whether more audio may be fetched. Fetches under way are limited separately, by the calls to the upstream.
    ///
    /// # Errors
    /// If the limit is reached.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.held() < MOST_BYTES {
            Ok(())
        } else {
            Err(unavailable()
                .after(SHORTLY)
                .because("slow clients hold as much audio as may be held"))
        }
    }

    /// `audio`, counted until its last byte has been passed to the operating system.
    pub(crate) fn hold(&self, audio: Bytes) -> Bytes {
        self.held.fetch_add(audio.len(), Ordering::Relaxed);
        let held = Arc::clone(&self.held);
        Bytes::from_owner(Held { audio, held })
    }

    /// How many bytes are held.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

struct Held {
    audio: Bytes,
    held: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.audio
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.fetch_sub(self.audio.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_counted_until_its_last_part_is_gone() {
        let memory = AudioMemory::default();
        let mut audio = memory.hold(Bytes::from(vec![0; MOST_BYTES]));
        assert!(memory.check().is_err());
        let rest = audio.split_off(1000);
        drop(audio);
        assert_eq!(memory.held(), MOST_BYTES);
        drop(rest);
        assert_eq!(memory.held(), 0);
        assert!(memory.check().is_ok());
    }
}
