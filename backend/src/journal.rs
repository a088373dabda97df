//! The book's journal: a file of JSON lines in `SORI_STATE_DIR`, so that a restart loses no count.
//!
//! The first line is a whole book, each further line one event. An event is written before it takes
//! effect, with one `write`, so a process that dies loses nothing; it reaches the disk within a second.
//! Keys and tokens appear as SHA-256 only, answers and addresses not at all.

use crate::{
    book::{Book, Entry, Policy},
    clock::Moment,
};
use core::{fmt, time::Duration};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

const FILE: &str = "journal.jsonl";
const LOCK: &str = "journal.lock";
/// Beyond this length the journal is written anew as one book, once it is twice the book's own.
const COMPACT_BYTES: u64 = 1 << 20;
/// How far ahead of the clock a journal may be: two machines' clocks differ, but not by more.
const CLOCK_SKEW: Duration = Duration::from_secs(3600);

/// Why there is no journal.
#[derive(Debug)]
pub struct JournalError {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Io(io::Error),
    Held,
    Line(usize, serde_json::Error),
    Future,
    Broken,
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            Kind::Io(error) => write!(f, "{path}: {error}"),
            Kind::Held => write!(
                f,
                "{path}: another process holds it; each needs a SORI_STATE_DIR of its own"
            ),
            Kind::Line(line, error) => write!(
                f,
                "{path}: line {line} cannot be read ({error}); moving the file away starts the day's count anew"
            ),
            Kind::Future => write!(
                f,
                "{path}: it was written in the future; set the clock right, or move the file away"
            ),
            Kind::Broken => write!(f, "{path}: an earlier entry was cut short"),
        }
    }
}

impl core::error::Error for JournalError {}

/// The journal, open for writing.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Held until the process ends; the operating system lets go of it by itself.
    _lock: File,
    length: u64,
    compacted: u64,
    sound: bool,
}

impl Journal {
    /// Reads the journal in `dir`, or begins one.
    ///
    /// # Errors
    /// If it cannot be read or written, is damaged, or another process holds it.
    pub fn open(dir: &Path, policy: &Policy, now: Moment) -> Result<(Self, Book), JournalError> {
        let path = dir.join(FILE);
        let fail = |kind| JournalError {
            path: path.clone(),
            kind,
        };
        let io = |error| fail(Kind::Io(error));
        fs::create_dir_all(dir).map_err(io)?;
        let lock = private().open(dir.join(LOCK)).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(fail(Kind::Held)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(io(error)),
        };
        let book = read(&text, policy, now).map_err(|damage| match damage {
            Damage::Line(line, error) => fail(Kind::Line(line, error)),
            Damage::Future => fail(Kind::Future),
        })?;
        let (file, length) = rewrite(&path, &book).map_err(io)?;
        let journal = Self {
            path,
            file,
            _lock: lock,
            length,
            compacted: length,
            sound: true,
        };
        Ok((journal, book))
    }

    /// Whether what was written last was written whole.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// A second handle to the file, for bringing it to the disk outside the lock.
    #[must_use]
    pub fn unsynced(&self) -> Option<File> {
        self.file.try_clone().ok()
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// If it could not be written whole. What was written of it is taken back.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let line = line(entry);
        if !self.sound {
            // A torn line is in the file: nothing may follow it.
            self.file
                .set_len(self.length)
                .map_err(|error| self.fail(Kind::Io(error)))?;
            self.sound = true;
        }
        match self.file.write_all(&line) {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.sound = self.file.set_len(self.length).is_ok();
                let kind = if self.sound {
                    Kind::Io(error)
                } else {
                    Kind::Broken
                };
                Err(self.fail(kind))
            }
        }
    }

    /// Replaces a long journal by the book it amounts to.
    pub fn compact_if_long(&mut self, book: &Book) {
        if self.length < COMPACT_BYTES || self.length < self.compacted * 2 {
            return;
        }
        match rewrite(&self.path, book) {
            Ok((file, length)) => {
                self.file = file;
                self.length = length;
                self.compacted = length;
                self.sound = true;
            }
            Err(error) => {
                // The long one is still whole; it is tried again when it has doubled.
                self.compacted = self.length;
                tracing::warn!(%error, "the journal cannot be shortened");
            }
        }
    }

    fn fail(&self, kind: Kind) -> JournalError {
        JournalError {
            path: self.path.clone(),
            kind,
        }
    }
}

/// What is wrong with a journal's text.
#[derive(Debug)]
pub enum Damage {
    /// The line with this number (from 1) is none of ours.
    Line(usize, serde_json::Error),
    /// An entry's time lies ahead of the clock.
    Future,
}

/// Reads a journal's text. A last line without its end was being written when the process died; what
/// it would have entered never took effect, so it is left out.
///
/// # Errors
/// If any other line cannot be read, or the journal comes from the future.
pub fn read(text: &[u8], policy: &Policy, now: Moment) -> Result<Book, Damage> {
    let whole = text
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |end| end + 1);
    let mut lines = text[..whole].split_inclusive(|&b| b == b'\n').enumerate();
    let mut book = match lines.next() {
        None => return Ok(Book::new(now)),
        Some((at, line)) => {
            serde_json::from_slice::<Book>(line).map_err(|e| Damage::Line(at + 1, e))?
        }
    };
    let latest = now + CLOCK_SKEW;
    if book.now() > latest {
        return Err(Damage::Future);
    }
    book.reindex();
    for (at, line) in lines {
        let entry = serde_json::from_slice::<Entry>(line).map_err(|e| Damage::Line(at + 1, e))?;
        if entry.at > latest {
            return Err(Damage::Future);
        }
        book.apply(policy, &entry);
    }
    book.advance(policy, now);
    for event in book.interrupted() {
        let at = book.now();
        book.apply(policy, &Entry { at, event });
    }
    Ok(book)
}

/// Writes a journal that holds `book` alone beside the old one and puts it in its place, so that there is a
/// whole one at any time. Returns it, open for appending, and its length.
fn rewrite(path: &Path, book: &Book) -> io::Result<(File, u64)> {
    let fresh = path.with_extension("new");
    let text = line(book);
    let mut file = private().append(true).open(&fresh)?;
    file.set_len(0)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    Ok((file, text.len() as u64))
}

fn line<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("the book's types have no failing serialiser");
    line.push(b'\n');
    line
}

/// Readable by this user alone: the journal says who of the site's hosts was visited when.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
