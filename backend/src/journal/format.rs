//! The journal's text: lines of JSON, each with a checksum of the JSON before it.
//!
//! ```text
//! {"journal":"sori-backend","version":1,"binding":"…"} 8d6e1b2c
//! {"now":…}      the book                              04f1a29d
//! {"at":…}       an event                              77c0b3e1
//! ```

use crate::{
    book::{Book, Entry, Event, Policy},
    clock::Moment,
    secret::Fingerprint,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const MAGIC: &str = "sori-backend";
/// The version of the format. A program that does not know a journal's version does not touch the journal.
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    journal: String,
    version: u32,
    binding: Fingerprint,
}

/// What a journal's text contains.
#[derive(Debug)]
pub enum Reading {
    /// There is nothing in it.
    Empty,
    /// A book. The number is that of the lines before the last one that could not be read; their events are lost.
    Book(Box<Book>, usize),
    /// It belongs to another upstream or client id; this is its hash.
    Bound(Fingerprint),
    /// It is not a journal, or has a newer version, or its book is damaged.
    Foreign(&'static str),
}

/// Reads a journal's text.
///
/// If the last line is not complete, the process or the machine stopped while it was being written. Its event never
/// took effect, so the line is left out.
#[must_use]
pub fn read(text: &[u8], binding: Fingerprint, policy: &Policy, now: Moment) -> Reading {
    // After a power failure there may be zeros where the last lines should be.
    let end = text.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
    let mut lines = text[..end].split_inclusive(|&b| b == b'\n').peekable();
    let Some(first) = lines.next() else {
        return Reading::Empty;
    };
    let Some(header) = parse::<Header>(first).filter(|header| header.journal == MAGIC) else {
        return Reading::Foreign("its first line is not a journal's");
    };
    if header.version != VERSION {
        return Reading::Foreign("it is of a version that this program does not know");
    }
    if header.binding != binding {
        return Reading::Bound(header.binding);
    }
    let Some(mut book) = lines.next().and_then(parse::<Book>) else {
        return Reading::Foreign("its second line, which holds the day's count, is damaged");
    };
    book.reindex();
    let mut damaged = 0;
    while let Some(line) = lines.next() {
        match parse::<Entry>(line) {
            Some(entry) => book.apply(policy, &entry),
            None if lines.peek().is_none() => {}
            None => damaged += 1,
        }
    }
    if book.is_ahead_of(now) {
        let event = Event::SetBack;
        book.apply(policy, &Entry { at: now, event });
    }
    book.advance(policy, now);
    for event in book.interrupted() {
        let at = book.now();
        book.apply(policy, &Entry { at, event });
    }
    Reading::Book(Box::new(book), damaged)
}

/// A complete journal that contains only `book`.
#[must_use]
pub fn whole(book: &Book, binding: Fingerprint) -> Vec<u8> {
    let header = Header {
        journal: MAGIC.into(),
        version: VERSION,
        binding,
    };
    let mut text = line(&header);
    text.append(&mut line(book));
    text
}

/// The line of an entry.
#[must_use]
pub fn entry(entry: &Entry) -> Vec<u8> {
    line(entry)
}

fn line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("the book's types have no failing serialiser");
    let sum = crc32fast::hash(&line);
    line.extend(format!(" {sum:08x}\n").bytes());
    line
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.strip_suffix(b"\n")?;
    let (json, sum) = line.split_at_checked(line.len().checked_sub(9)?)?;
    let sum = core::str::from_utf8(sum.strip_prefix(b" ")?).ok()?;
    let whole = u32::from_str_radix(sum, 16).ok()? == crc32fast::hash(json);
    whole.then(|| serde_json::from_slice(json).ok())?
}
