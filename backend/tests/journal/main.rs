//! The journal in `SORI_STATE_DIR` after a restart, a crash and damage on the disk.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod format;

use sori_backend::{
    book::{End, KEYS_MOST, Policy, Usage, Verdict, VerifiedBy},
    clock::{Manual, Moment},
    journal::Place,
    limit::{Limits, Rates, Visitor},
    secret::Fingerprint,
    store::{Claim, Issued, Memory, Store},
};
use std::{fs, path::PathBuf, time::Duration};

const NOON: Moment = Moment::from_secs(1_795_230_000);

const POLICY: Policy = Policy {
    quota: Some(10),
    reserve: Duration::from_secs(600),
    key_ttl: Duration::from_secs(7200),
    token_ttl: Duration::from_secs(1800),
    verified_by: VerifiedBy::Backend,
    keys_most: KEYS_MOST,
};

/// A directory of its own, removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sori-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> Result<Memory, String> {
        self.open_at(POLICY, NOON)
    }

    fn open_at(&self, policy: Policy, now: Moment) -> Result<Memory, String> {
        self.open_for("test", policy, now)
    }

    fn open_for(&self, client: &str, policy: Policy, now: Moment) -> Result<Memory, String> {
        let limits = Limits {
            client: Rates::off(),
            network: Rates::off(),
            session: Rates::off(),
            site: Rates::off(),
        };
        let place = Place {
            dir: self.0.clone(),
            binding: Fingerprint::of(client),
        };
        let clock = Manual::at(now).clock();
        Memory::open(policy, limits, clock, Some(place))
            .map_err(|error| sori_backend::causes::with_causes(&error))
    }

    /// The other files in the directory, except the journal and its lock.
    fn aside(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "journal.jsonl" && name != "journal.lock")
            .collect();
        names.sort();
        names
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

const VISITOR: Visitor = Visitor {
    address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    session: None,
};

async fn issue(store: &Memory, key: &str) {
    let key = Fingerprint::of(key);
    let call = store.admit(&VISITOR).await.unwrap();
    let issued = store.issue(call, key, "example.com").await.unwrap();
    assert_eq!(issued, Issued::Entered);
    store.hear(key).await.unwrap();
}

async fn usage(store: &Memory) -> Usage {
    store.status().await.unwrap().usage
}

#[tokio::test]
async fn a_restart_loses_neither_count_nor_keys_nor_tokens_nor_verdicts() {
    let dir = Dir::new("restart");
    let (answered, open) = (Fingerprint::of("answered"), Fingerprint::of("open"));
    let (token, request) = (Fingerprint::of("token"), Fingerprint::of("request"));
    {
        let store = dir.open().unwrap();
        issue(&store, "answered").await;
        issue(&store, "open").await;
        let claim = store.claim(answered, Some(request)).await.unwrap();
        let Claim::Taken(call, _) = claim else {
            panic!("{claim:?}")
        };
        store
            .end_call(call, End::Made(Verdict::Right))
            .await
            .unwrap();
        store.grant(answered, token).await.unwrap();
    }
    let store = dir.open().unwrap();
    let stands = usage(&store).await;
    assert_eq!((stands.spent, stands.reserved), (3, 1));
    assert!(store.claim(answered, None).await.is_err());
    let again = store.claim(answered, Some(request)).await.unwrap();
    assert!(matches!(again, Claim::Judged(Verdict::Right, _)));
    assert!(
        store
            .grant(answered, Fingerprint::of("second"))
            .await
            .is_err()
    );
    let claim = store.claim(open, None).await.unwrap();
    assert!(matches!(claim, Claim::Taken(..)));
    let issue = store.redeem(token, Some(request)).await.unwrap();
    assert_eq!(&*issue.host, "example.com");
    drop(store);
    let store = dir.open().unwrap();
    assert!(store.redeem(token, None).await.is_err());
    assert!(store.redeem(token, Some(request)).await.is_ok());
}

#[tokio::test]
async fn a_call_that_a_crash_interrupted_counts_as_made() {
    let dir = Dir::new("crash");
    let store = dir.open().unwrap();
    store.admit(&VISITOR).await.unwrap();
    drop(store);
    let usage = usage(&dir.open().unwrap()).await;
    assert_eq!((usage.spent, usage.reserved), (1, 0));
}

#[tokio::test]
async fn a_line_cut_short_by_a_crash_is_left_out() {
    let dir = Dir::new("torn");
    issue(&dir.open().unwrap(), "key").await;
    let mut text = fs::read(dir.journal()).unwrap();
    text.extend(br#"{"at":1795230000000,"event":"ask"#);
    fs::write(dir.journal(), text).unwrap();
    let usage = usage(&dir.open().unwrap()).await;
    assert_eq!((usage.spent, usage.reserved), (1, 1));
    assert!(dir.aside().is_empty());
}

#[tokio::test]
async fn a_line_that_cannot_be_read_costs_itself_alone_and_the_file_is_kept() {
    let dir = Dir::new("damaged");
    let store = dir.open().unwrap();
    issue(&store, "one").await;
    issue(&store, "two").await;
    drop(store);
    let text = fs::read_to_string(dir.journal()).unwrap();
    let damaged = text.replacen("\"heard\"", "\"heart\"", 1);
    assert_ne!(text, damaged);
    fs::write(dir.journal(), &damaged).unwrap();
    let store = dir.open().unwrap();
    let stands = usage(&store).await;
    assert_eq!((stands.spent, stands.reserved), (2, 2));
    assert!(store.claim(Fingerprint::of("one"), None).await.is_err());
    assert!(store.claim(Fingerprint::of("two"), None).await.is_ok());
    let aside = dir.aside();
    assert_eq!(aside, ["journal.damaged-1795230000.jsonl"]);
    assert_eq!(fs::read_to_string(dir.0.join(&aside[0])).unwrap(), damaged);
    drop(store);
    // A warning that was logged once is not logged at every start.
    let store = dir.open().unwrap();
    assert_eq!(usage(&store).await.spent, 3);
    assert_eq!(dir.aside(), aside);
}

#[tokio::test]
async fn what_is_no_journal_is_kept_and_does_not_stop_the_start() {
    let dir = Dir::new("foreign");
    fs::create_dir_all(&dir.0).unwrap();
    for n in 1..=2 {
        fs::write(dir.journal(), format!("shopping list {n}")).unwrap();
        let store = dir.open().unwrap();
        assert_eq!(usage(&store).await.spent, 0);
        assert_eq!(dir.aside().len(), n, "nothing set aside is overwritten");
    }
    let kept = fs::read_to_string(dir.0.join(&dir.aside()[0])).unwrap();
    assert!(kept.starts_with("shopping list"), "{kept}");
}

/// A wrong client id, corrected: the calls of one do not count for the other.
#[tokio::test]
async fn each_client_id_has_a_count_of_its_own_and_takes_it_up_again() {
    let dir = Dir::new("bound");
    issue(&dir.open_for("wrong id", POLICY, NOON).unwrap(), "key").await;
    let store = dir.open_for("right id", POLICY, NOON).unwrap();
    assert_eq!(usage(&store).await.spent, 0);
    store.admit(&VISITOR).await.unwrap();
    store.admit(&VISITOR).await.unwrap();
    drop(store);
    let store = dir.open_for("wrong id", POLICY, NOON).unwrap();
    assert_eq!(usage(&store).await.spent, 1);
    drop(store);
    let store = dir.open_for("right id", POLICY, NOON).unwrap();
    assert_eq!(usage(&store).await.spent, 2);
    assert_eq!(dir.aside().len(), 1, "{:?}", dir.aside());
}

#[tokio::test]
async fn a_damaged_count_that_is_taken_up_again_is_kept_too() {
    for damage in ["\"heart\"", "not a line of a journal"] {
        let dir = Dir::new("bound-damaged");
        let store = dir.open_for("right id", POLICY, NOON).unwrap();
        issue(&store, "one").await;
        issue(&store, "two").await;
        drop(store);
        drop(dir.open_for("wrong id", POLICY, NOON).unwrap());
        let [kept] = &dir.aside()[..] else {
            panic!("{:?}", dir.aside());
        };
        let path = dir.0.join(kept);
        let damaged = fs::read_to_string(&path)
            .unwrap()
            .replacen("\"heard\"", damage, 1);
        fs::write(&path, &damaged).unwrap();
        let store = dir.open_for("right id", POLICY, NOON).unwrap();
        assert_eq!(usage(&store).await.spent, 2);
        let aside = dir.aside();
        let is_kept = |name: &String| fs::read_to_string(dir.0.join(name)).unwrap() == damaged;
        assert!(aside.iter().any(is_kept), "{aside:?}");
    }
}

#[tokio::test]
async fn a_state_directory_that_is_deleted_is_noticed_and_made_again() {
    let dir = Dir::new("deleted");
    let store = dir.open().unwrap();
    issue(&store, "before").await;
    fs::remove_dir_all(&dir.0).unwrap();
    fs::write(&dir.0, "no directory can be made here").unwrap();
    store.maintain().await;
    let trouble = store.trouble().await.unwrap();
    assert!(trouble.contains("removed"), "{trouble}");
    fs::remove_file(&dir.0).unwrap();
    let healed = async {
        while store.trouble().await.is_some() {
            store.maintain().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), healed)
        .await
        .expect("healed");
    issue(&store, "after").await;
    drop(store);
    let stands = usage(&dir.open().unwrap()).await;
    assert_eq!((stands.spent, stands.reserved), (2, 2));
}

#[tokio::test]
async fn nothing_is_synced_while_nothing_is_written() {
    let dir = Dir::new("idle");
    let store = dir.open().unwrap();
    issue(&store, "key").await;
    for _ in 0..5 {
        store.maintain().await;
    }
    let journal = store.status().await.unwrap().journal.unwrap();
    assert_eq!(journal.syncs, 1);
    assert_eq!((journal.write_errors, journal.sync_errors), (0, 0));
}

/// The clock was ahead when the journal was written, and is right now.
#[tokio::test]
async fn a_journal_from_the_future_starts_and_counts_for_today() {
    let dir = Dir::new("future");
    let tomorrow = NOON + Duration::from_secs(86_400);
    let store = dir.open_at(POLICY, tomorrow).unwrap();
    issue(&store, "key").await;
    store.admit(&VISITOR).await.unwrap();
    drop(store);
    let store = dir.open().unwrap();
    let stands = usage(&store).await;
    assert_eq!((stands.spent, stands.reserved), (2, 1));
    drop(store);
    // The reservation lapses ten minutes from now, not tomorrow.
    let store = dir
        .open_at(POLICY, NOON + Duration::from_secs(600))
        .unwrap();
    let stands = usage(&store).await;
    assert_eq!((stands.spent, stands.reserved), (2, 0));
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

#[tokio::test]
async fn the_journal_names_no_key_and_no_token_and_is_private() {
    let dir = Dir::new("private");
    let store = dir.open().unwrap();
    issue(&store, "t521bp3qM7Qyk2X2").await;
    let text = fs::read_to_string(dir.journal()).unwrap();
    assert!(!text.contains("t521bp3qM7Qyk2X2"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.journal()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[tokio::test]
async fn a_long_journal_is_shortened_while_it_is_in_use() {
    let dir = Dir::new("long");
    let policy = Policy {
        quota: None,
        ..POLICY
    };
    let store = dir.open_at(policy, NOON).unwrap();
    for _ in 0..20_000 {
        let call = store.admit(&VISITOR).await.unwrap();
        store
            .end_call(call, End::Made(Verdict::Lost))
            .await
            .unwrap();
        store.maintain().await;
    }
    assert!(fs::metadata(dir.journal()).unwrap().len() < 2 << 20);
    drop(store);
    let store = dir.open_at(policy, NOON).unwrap();
    assert_eq!(usage(&store).await.spent, 20_000);
}
