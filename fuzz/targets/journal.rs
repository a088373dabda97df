//! Any content of a journal is read or set aside. If it is read, the resulting book works.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sori_backend::{
    book::{KEYS_MOST, Policy, VerifiedBy},
    clock::Moment,
    journal::format::{Reading, read, whole},
    secret::Fingerprint,
};
use std::time::Duration;

const POLICY: Policy = Policy {
    quota: Some(1000),
    reserve: Duration::from_secs(600),
    key_ttl: Duration::from_secs(7200),
    token_ttl: Duration::from_secs(1800),
    verified_by: VerifiedBy::Backend,
    keys_most: KEYS_MOST,
};

fuzz_target!(|bytes: &[u8]| {
    let now = Moment::from_secs(1_795_230_000);
    // The journals in the corpus have this fingerprint.
    let binding = Fingerprint::of("test");
    let Reading::Book(mut book, _) = read(bytes, binding, &POLICY, now) else {
        return;
    };
    let usage = book.usage(&POLICY);
    let again = read(&whole(&book, binding), binding, &POLICY, now);
    let Reading::Book(again, 0) = again else {
        panic!("what was written is not read: {again:?}");
    };
    assert_eq!(again.usage(&POLICY), usage);
    book.advance(&POLICY, now + Duration::from_secs(200_000));
    let _ = book.usage(&POLICY);
});
