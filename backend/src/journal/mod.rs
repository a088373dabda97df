//! The book's journal: a file in `SORI_STATE_DIR`, so that no count is lost in a restart.
//!
//! It begins with a complete book; each further line is one event. An event is written before it takes effect, with
//! one `write`, so nothing is lost when the process dies. It reaches the disk within a second. Keys and tokens appear
//! only as SHA-256; answers and IP addresses do not appear.
//!
//! A file that cannot be used is never overwritten: it is renamed instead.

mod files;
pub mod format;

pub use files::{JournalError, Place};

use crate::{
    book::{Book, Entry, Policy},
    causes::with_causes,
    clock::Moment,
    store::JournalStatus,
};
use core::time::Duration;
use files::Fresh;
use std::{
    fs::File,
    io::{self, Write},
    sync::Arc,
    time::Instant,
};

/// A journal that is longer than this, and twice as long as its book, is written again as one book.
const COMPACT_BYTES: u64 = 1 << 20;
/// The longest wait between two attempts to write a journal again that could not be written.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// The journal, open for writing.
#[derive(Debug)]
pub struct Journal {
    place: Arc<Place>,
    file: File,
    /// Held until the process ends; the operating system then releases it.
    lock: File,
    length: u64,
    /// The length when it was last written again.
    compacted: u64,
    /// Whether the last line that was written is completely in the file.
    sound: bool,
    /// Something was written that may not be on the disk.
    dirty: bool,
    trouble: Option<Trouble>,
    /// While a new journal is being written elsewhere: the lines that were appended in the meantime.
    pending: Option<Vec<u8>>,
    status: JournalStatus,
}

/// Why the journal cannot be written now.
#[derive(Debug)]
struct Trouble {
    what: String,
    /// Whether only a complete new file helps.
    rewrite: bool,
    /// When that is tried, and how long it is waited after.
    next: Instant,
    wait: Duration,
}

/// The work that must be done on the journal without holding the lock.
#[derive(Debug)]
pub enum Upkeep {
    /// Nothing.
    Rest,
    /// What was written must be synced to the disk.
    Sync(File),
    /// The journal must be written again.
    Rewrite(Arc<Place>),
}

impl Journal {
    /// Reads the journal at `place`, or begins one.
    ///
    /// # Errors
    /// If it cannot be read or written, or another process has locked it.
    pub fn open(place: Place, policy: &Policy, now: Moment) -> Result<(Self, Book), JournalError> {
        let lock = place.lock()?;
        let book = place.read(policy, now)?;
        let fresh = place.write(&book)?;
        let (file, length) = fresh.put_in_place(&place, &[])?;
        let journal = Self {
            place: Arc::new(place),
            file,
            lock,
            length,
            compacted: length,
            sound: true,
            dirty: false,
            trouble: None,
            pending: None,
            status: JournalStatus::default(),
        };
        Ok((journal, book))
    }

    /// What is wrong, in words; `None` if nothing is.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_ref().map(|trouble| trouble.what.as_str())
    }

    /// Its length and whether it can be written.
    #[must_use]
    pub fn status(&self) -> JournalStatus {
        JournalStatus {
            bytes: self.length,
            ..self.status
        }
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// If it could not be written completely. The part that was written is removed.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let line = format::entry(entry);
        match self.write(&line) {
            Ok(()) => {
                self.length += line.len() as u64;
                self.dirty = true;
                if let Some(pending) = &mut self.pending {
                    pending.extend(&line);
                }
                if self
                    .trouble
                    .as_ref()
                    .is_some_and(|trouble| !trouble.rewrite)
                {
                    self.heal();
                }
                Ok(())
            }
            Err(error) => {
                self.status.write_errors += 1;
                self.troubled(format!("the journal cannot be written: {error}"), false);
                Err(self.place.error(error))
            }
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if !self.sound {
            // An incomplete line is in the file. Remove it before anything is appended.
            self.file.set_len(self.length)?;
            self.sound = true;
        }
        self.file.write_all(line).inspect_err(|_| {
            self.sound = self.file.set_len(self.length).is_ok();
        })
    }

    /// The work that must be done now. Call this about once a second.
    pub fn upkeep(&mut self) -> Upkeep {
        if self.pending.is_some() {
            return Upkeep::Rest;
        }
        if !self.place.holds(&self.file) {
            self.troubled("the journal was removed or replaced".into(), true);
        }
        let long = self.length >= COMPACT_BYTES && self.length >= self.compacted * 2;
        let due = match &mut self.trouble {
            // No request may come that would show whether the journal can be written again, so try it here.
            Some(trouble) if trouble.next <= Instant::now() => {
                trouble.wait = (trouble.wait * 2).min(LONGEST_WAIT);
                trouble.next = Instant::now() + trouble.wait;
                true
            }
            Some(_) => false,
            None => long,
        };
        if due {
            self.pending = Some(Vec::new());
            return Upkeep::Rewrite(Arc::clone(&self.place));
        }
        if core::mem::take(&mut self.dirty) {
            return match self.file.try_clone() {
                Ok(file) => Upkeep::Sync(file),
                Err(error) => {
                    self.unsynced(&error);
                    Upkeep::Rest
                }
            };
        }
        Upkeep::Rest
    }

    /// Takes the result of the sync.
    pub fn synced(&mut self, result: io::Result<()>, took: Duration) {
        match result {
            Ok(()) => {
                self.status.syncs += 1;
                self.status.sync_time += took;
            }
            Err(error) => self.unsynced(&error),
        }
    }

    /// After a failed sync the system may count data as written that is not, so a second sync would prove nothing.
    fn unsynced(&mut self, error: &io::Error) {
        self.status.sync_errors += 1;
        self.troubled(
            format!("the journal cannot be brought to the disk: {error}"),
            true,
        );
    }

    /// Replaces this journal by the new one, with the lines that were appended in the meantime.
    pub fn replace(&mut self, fresh: Result<Fresh, JournalError>) {
        let pending = self.pending.take().unwrap_or_default();
        let replaced = fresh.and_then(|fresh| {
            // The directory may have been replaced, and with it the lock.
            if !self.place.holds_lock(&self.lock) {
                self.lock = self.place.lock()?;
            }
            fresh.put_in_place(&self.place, &pending)
        });
        match replaced {
            Ok((file, length)) => {
                self.file = file;
                self.length = length;
                self.compacted = length;
                self.sound = true;
                self.dirty = !pending.is_empty();
                self.heal();
            }
            Err(error) => {
                let error = with_causes(&error);
                // The old, long journal is complete. The next attempt comes when it is twice as long.
                self.compacted = self.length;
                self.status.write_errors += 1;
                match &mut self.trouble {
                    Some(trouble) => tracing::debug!(error, what = trouble.what, "still"),
                    None => tracing::warn!(
                        error,
                        "the journal cannot be shortened (help: troubleshooting#journal)"
                    ),
                }
            }
        }
    }

    fn troubled(&mut self, what: String, rewrite: bool) {
        match &mut self.trouble {
            Some(trouble) => trouble.rewrite |= rewrite,
            None => {
                tracing::error!(
                    "{what}; until it can be, no keys are issued and no answers judged (help: \
                     troubleshooting#journal)"
                );
                let wait = Duration::from_secs(1);
                self.trouble = Some(Trouble {
                    what,
                    rewrite,
                    next: Instant::now(),
                    wait,
                });
            }
        }
    }

    fn heal(&mut self) {
        if self.trouble.take().is_some() {
            tracing::warn!("the journal is written again");
        }
    }
}
