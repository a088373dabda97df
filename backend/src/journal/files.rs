//! The journal's files: the lock, the journal, the new journal that is being written, and journals that were set
//! aside.

use super::format::{self, Reading};
use crate::{
    book::{Book, Policy},
    clock::Moment,
    secret::Fingerprint,
};
use core::fmt;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

const FILE: &str = "journal.jsonl";
const LOCK: &str = "journal.lock";
const FRESH: &str = "journal.new";

/// Why the journal cannot be used; the cause is its source.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used", path.display())]
pub struct JournalError {
    path: PathBuf,
    #[source]
    kind: Kind,
}

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("another process holds it; each needs a SORI_STATE_DIR of its own")]
    Held,
}

impl JournalError {
    /// Whether another process has the journal.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self.kind, Kind::Held)
    }
}

/// Where a journal is, and which upstream and client id it belongs to.
#[derive(Clone, Debug)]
pub struct Place {
    /// `SORI_STATE_DIR`.
    pub dir: PathBuf,
    /// The hash of the upstream and the client id: the calls of another client id are counted in another journal.
    pub binding: Fingerprint,
}

/// A complete new journal on the disk, beside the one in use.
#[derive(Debug)]
pub struct Fresh {
    file: File,
    length: u64,
}

impl Place {
    fn path(&self) -> PathBuf {
        self.dir.join(FILE)
    }

    pub(super) fn error(&self, error: io::Error) -> JournalError {
        let path = self.path();
        let kind = Kind::Io(error);
        JournalError { path, kind }
    }

    /// Makes the directory, and keeps other processes out of it for as long as the file is open.
    pub(super) fn lock(&self) -> Result<File, JournalError> {
        fs::create_dir_all(&self.dir).map_err(|error| self.error(error))?;
        let lock = private()
            .open(self.dir.join(LOCK))
            .map_err(|error| self.error(error))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::Error(error)) => Err(self.error(error)),
            Err(TryLockError::WouldBlock) => {
                let (path, kind) = (self.path(), Kind::Held);
                Err(JournalError { path, kind })
            }
        }
    }

    /// Reads the existing journal. One that cannot be used is renamed, and the log says so.
    pub(super) fn read(&self, policy: &Policy, now: Moment) -> Result<Book, JournalError> {
        let read = || {
            let path = self.path();
            match format::read(&contents(&path)?, self.binding, policy, now) {
                Reading::Bound(other) => {
                    let aside = self.of(other);
                    keep(&path, &aside)?;
                    tracing::warn!(
                        aside = %aside.display(),
                        "the journal is about another upstream or client id; it was set aside, and will be \
                         taken up again when that returns"
                    );
                    let ours = self.of(self.binding);
                    let reading = format::read(&contents(&ours)?, self.binding, policy, now);
                    self.book_of(reading, &ours, now)
                }
                reading => self.book_of(reading, &path, now),
            }
        };
        read().map_err(|error| self.error(error))
    }

    /// The book that was read from a file. A file that cannot be used is renamed, and the log says so.
    fn book_of(&self, reading: Reading, path: &Path, now: Moment) -> io::Result<Book> {
        match reading {
            Reading::Empty => Ok(Book::new(now)),
            Reading::Book(book, 0) => Ok(*book),
            Reading::Book(book, damaged) => {
                let aside = self.set_aside(path, now)?;
                tracing::error!(
                    damaged,
                    aside = %aside.display(),
                    "lines of the journal cannot be read; the count goes on without them, and the damaged \
                     file was set aside (help: troubleshooting#journal)"
                );
                Ok(*book)
            }
            reading @ (Reading::Foreign(_) | Reading::Bound(_)) => {
                let why = match reading {
                    Reading::Foreign(why) => why,
                    _ => "its name is not that of its upstream and client id",
                };
                let aside = self.set_aside(path, now)?;
                tracing::error!(
                    why,
                    aside = %aside.display(),
                    "the journal cannot be used; it was set aside, and the day's count begins anew (help: \
                     troubleshooting#journal)"
                );
                Ok(Book::new(now))
            }
        }
    }

    /// The file where the journal of another upstream or client id is kept until that one is used again.
    fn of(&self, binding: Fingerprint) -> PathBuf {
        let name = binding.to_hex();
        self.dir.join(format!("journal.{}.jsonl", &name[..12]))
    }

    /// Keeps the journal under a name that is not taken.
    fn set_aside(&self, path: &Path, now: Moment) -> io::Result<PathBuf> {
        let seconds = now.as_millis() / 1000;
        let names = (0_u32..).map(|n| match n {
            0 => format!("journal.damaged-{seconds}.jsonl"),
            n => format!("journal.damaged-{seconds}-{n}.jsonl"),
        });
        let mut paths = names.map(|name| self.dir.join(name));
        let free = paths.find(|path| !path.exists());
        let aside = free.expect("the list of names has no end");
        keep(path, &aside)?;
        Ok(aside)
    }

    /// Writes a new journal that contains only `book`, beside the one in use. It is on the disk when this returns.
    ///
    /// # Errors
    /// If it cannot be written. The part that was written is removed, because the disk may be full.
    pub fn write(&self, book: &Book) -> Result<Fresh, JournalError> {
        let fresh = self.dir.join(FRESH);
        let write = || -> io::Result<Fresh> {
            fs::create_dir_all(&self.dir)?;
            let text = format::whole(book, self.binding);
            let mut file = private().append(true).open(&fresh)?;
            file.set_len(0)?;
            file.write_all(&text)?;
            file.sync_all()?;
            let length = text.len() as u64;
            Ok(Fresh { file, length })
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&fresh);
            self.error(error)
        })
    }

    /// Whether the file at the journal's path is this one.
    pub(super) fn holds(&self, file: &File) -> bool {
        is_at(&self.path(), file)
    }

    /// Whether the file at the lock's path is this one.
    pub(super) fn holds_lock(&self, lock: &File) -> bool {
        is_at(&self.dir.join(LOCK), lock)
    }
}

impl Fresh {
    /// Moves it to the journal's path, with `more` lines, so that there is a complete journal at any time. Returns
    /// the file, open for appending, and its length.
    pub(super) fn put_in_place(
        mut self,
        place: &Place,
        more: &[u8],
    ) -> Result<(File, u64), JournalError> {
        let fresh = place.dir.join(FRESH);
        let put = |file: &mut File| -> io::Result<()> {
            file.write_all(more)?;
            fs::rename(&fresh, place.path())?;
            // The new name is on the disk only once the directory is.
            sync_dir(&place.dir)
        };
        put(&mut self.file).map_err(|error| {
            let _ = fs::remove_file(&fresh);
            place.error(error)
        })?;
        // Its earlier file, if there is one, is not needed any more: its content is in this one.
        let _ = fs::remove_file(place.of(place.binding));
        Ok((self.file, self.length + more.len() as u64))
    }
}

/// The file's text; nothing if there is no file.
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// Gives the file a second name, or copies it if the file system has no hard links. So there is a journal at the
/// journal's path at any time.
fn keep(path: &Path, aside: &Path) -> io::Result<()> {
    let _ = fs::remove_file(aside);
    fs::hard_link(path, aside).or_else(|_| fs::copy(path, aside).map(drop))
}

#[cfg(unix)]
fn is_at(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(path), file.metadata()) {
        (Ok(there), Ok(ours)) => (there.dev(), there.ino()) == (ours.dev(), ours.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(path: &Path, _file: &File) -> bool {
    path.exists()
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Other systems do not let a program sync a directory.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Only this user can read it, because the journal says when a visitor was on which host of the site.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path().display().fmt(f)
    }
}
