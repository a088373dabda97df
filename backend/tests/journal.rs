//! The journal in `SORI_STATE_DIR`: what a restart, a crash and a damaged disk leave.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use proptest::prelude::*;
use sori_backend::{
    book::{Policy, VerifiedBy},
    clock::{Clock, Moment},
    journal,
    secret::Fingerprint,
    store::Store,
};
use std::{fs, path::PathBuf, time::Duration};

const NOON: Moment = Moment::from_secs(1_795_230_000);

const POLICY: Policy = Policy {
    quota: Some(10),
    reserve: Duration::from_secs(600),
    key_ttl: Duration::from_secs(7200),
    token_ttl: Duration::from_secs(1800),
    verified_by: VerifiedBy::Backend,
};

/// A directory of its own, removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sori-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> Result<Store, String> {
        Store::open(POLICY, Clock::new(|| NOON), Some(&self.0)).map_err(|error| error.to_string())
    }

    fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn issue(store: &Store, key: &str) {
    let admitted = store.admit_issue().unwrap().unwrap();
    assert!(
        store
            .issue(admitted, Fingerprint::of(key), "example.com")
            .unwrap()
    );
    store.hear(Fingerprint::of(key)).unwrap();
}

#[test]
fn a_restart_loses_neither_count_nor_keys_nor_tokens() {
    let dir = Dir::new("restart");
    let token = Fingerprint::of("token");
    {
        let store = dir.open().unwrap();
        issue(&store, "answered");
        issue(&store, "open");
        let (call, issue) = store.claim(Fingerprint::of("answered")).unwrap().unwrap();
        store.over(call, true);
        store.grant(token, &issue).unwrap();
    }
    let store = dir.open().unwrap();
    let usage = store.usage();
    assert_eq!((usage.spent, usage.reserved), (3, 1));
    assert!(store.claim(Fingerprint::of("answered")).unwrap().is_err());
    assert!(store.claim(Fingerprint::of("open")).unwrap().is_ok());
    assert_eq!(&*store.redeem(token).unwrap().unwrap().host, "example.com");
    drop(store);
    assert!(dir.open().unwrap().redeem(token).unwrap().is_err());
}

#[test]
fn a_call_that_a_crash_interrupted_counts_as_made() {
    let dir = Dir::new("crash");
    let store = dir.open().unwrap();
    store.admit_issue().unwrap().unwrap();
    drop(store);
    let usage = dir.open().unwrap().usage();
    assert_eq!((usage.spent, usage.reserved), (1, 0));
}

#[test]
fn a_line_cut_short_by_a_crash_is_left_out() {
    let dir = Dir::new("torn");
    issue(&dir.open().unwrap(), "key");
    let mut text = fs::read(dir.journal()).unwrap();
    text.extend(br#"{"at":1795230000000,"event":"ask"#);
    fs::write(dir.journal(), text).unwrap();
    let usage = dir.open().unwrap().usage();
    assert_eq!((usage.spent, usage.reserved), (1, 1));
}

#[test]
fn a_damaged_journal_stops_the_start_and_says_where() {
    let dir = Dir::new("damaged");
    issue(&dir.open().unwrap(), "key");
    let text = fs::read_to_string(dir.journal()).unwrap();
    fs::write(dir.journal(), text.replace("\"asked\"", "\"asled\"")).unwrap();
    let error = dir.open().unwrap_err();
    assert!(error.contains("journal.jsonl: line 2"), "{error}");
}

#[test]
fn a_journal_from_the_future_stops_the_start() {
    let dir = Dir::new("future");
    let tomorrow = NOON + Duration::from_secs(86_400);
    drop(Store::open(POLICY, Clock::new(move || tomorrow), Some(&dir.0)).unwrap());
    let error = dir.open().unwrap_err();
    assert!(error.contains("future"), "{error}");
}

#[test]
fn two_processes_cannot_share_a_directory() {
    let dir = Dir::new("shared");
    let _first = dir.open().unwrap();
    let error = dir.open().unwrap_err();
    assert!(error.contains("SORI_STATE_DIR of its own"), "{error}");
}

#[test]
fn a_directory_that_cannot_be_made_stops_the_start() {
    let dir = Dir::new("file");
    fs::write(&dir.0, "a file").unwrap();
    assert!(dir.open().is_err());
    fs::remove_file(&dir.0).unwrap();
}

#[test]
fn the_journal_names_no_key_and_no_token_and_is_private() {
    let dir = Dir::new("private");
    let store = dir.open().unwrap();
    issue(&store, "t521bp3qM7Qyk2X2");
    let text = fs::read_to_string(dir.journal()).unwrap();
    assert!(!text.contains("t521bp3qM7Qyk2X2"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.journal()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[test]
fn a_long_journal_is_shortened_while_it_is_in_use() {
    let dir = Dir::new("long");
    let policy = Policy {
        quota: None,
        ..POLICY
    };
    let store = Store::open(policy, Clock::new(|| NOON), Some(&dir.0)).unwrap();
    for _ in 0..20_000 {
        let admitted = store.admit_issue().unwrap().unwrap();
        store.over(admitted, true);
    }
    assert!(fs::metadata(dir.journal()).unwrap().len() < 2 << 20);
    drop(store);
    let store = Store::open(policy, Clock::new(|| NOON), Some(&dir.0)).unwrap();
    assert_eq!(store.usage().spent, 20_000);
}

/// Every journal that once broke something, or may: kept in `tests/corpus/journal`.
#[test]
fn the_kept_corpus_is_read_or_refused() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/journal");
    let mut seen = 0;
    for file in fs::read_dir(corpus).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read(&path).unwrap();
        let whole = path.extension().is_some_and(|kind| kind == "ok");
        let read = journal::read(&text, &POLICY, NOON);
        assert_eq!(read.is_ok(), whole, "{}: {:?}", path.display(), read.err());
        seen += 1;
    }
    assert!(seen >= 6, "{seen} files");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = journal::read(&text, &POLICY, NOON);
    }

    #[test]
    fn a_journal_with_any_byte_changed_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut text = include_bytes!("corpus/journal/day.ok").to_vec();
        let at = at.index(text.len());
        text[at] = to;
        if let Ok(mut book) = journal::read(&text, &POLICY, NOON) {
            book.advance(&POLICY, NOON + Duration::from_secs(100_000));
            let _ = book.usage(&POLICY);
        }
    }

    #[test]
    fn a_journal_cut_anywhere_behind_its_first_line_is_read(at in any::<prop::sample::Index>()) {
        let text = include_bytes!("corpus/journal/day.ok");
        let first = text.iter().position(|&b| b == b'\n').unwrap() + 1;
        let at = first + at.index(text.len() - first);
        prop_assert!(journal::read(&text[..at], &POLICY, NOON).is_ok());
    }
}
