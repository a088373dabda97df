//! A disk that is full.
#![cfg(target_os = "linux")]

use crate::program::{Answers, Program, run, upstream};
use serde_json::json;
use std::{path::PathBuf, time::Duration};

/// A directory of its own, removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sori-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Sets how long the program's files may become.
async fn room(program: &Program, bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".into(), |bytes| bytes.to_string());
    run(
        "prlimit",
        &[
            "--pid",
            &program.id(),
            &format!("--fsize={limit}:unlimited"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_full_disk_is_said_everywhere_heals_and_costs_no_key() {
    let dir = Dir::new("full");
    let upstream = upstream(&Answers::default()).await;
    let state = dir.0.to_str().unwrap();
    let variables = [
        ("SORI_STATE_DIR", state),
        ("SORI_HOURLY_SHARE", "off"),
        ("SORI_CLIENT_RATE", "off"),
    ];
    let program = Program::start(&upstream, &variables).await;
    let key = program.heard_key().await;
    let answer = json!({"key": key, "answer": "12345"});
    program.until_ready(200).await;

    room(&program, Some(0)).await;
    assert_eq!(
        program.post("keys", &json!({})).await["code"],
        "store_unavailable"
    );
    assert_eq!(
        program.post("verifications", &answer).await["code"],
        "store_unavailable"
    );
    let why = program.until_ready(503).await;
    assert!(why.contains("the journal cannot be written"), "{why}");
    // Failed attempts to write the journal again leave no files behind that would keep the disk full.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!dir.0.join("journal.new").exists());
    room(&program, None).await;
    program.until_ready(200).await;
    assert_eq!(
        program.post("verifications", &answer).await["verified"],
        true
    );

    // Whenever the disk becomes full during a verification, the key can still be used.
    let mut refused = 0;
    for spare in (0..900).step_by(90) {
        let key = program.heard_key().await;
        let answer = json!({"key": key, "answer": "12345"});
        let length = std::fs::metadata(dir.0.join("journal.jsonl"))
            .unwrap()
            .len();
        room(&program, Some(length + spare)).await;
        let first = program.post("verifications", &answer).await;
        room(&program, None).await;
        program.until_ready(200).await;
        if first["verified"] != true {
            assert_eq!(first["code"], "store_unavailable", "{first}");
            refused += 1;
            let again = program.post("verifications", &answer).await;
            assert_eq!(again["verified"], true, "{spare} bytes were left: {again}");
        }
    }
    assert!(refused >= 3, "{refused}");
    let log = program.stop().await;
    assert!(log.contains("the journal cannot be written"), "{log}");
    assert!(log.contains("the journal is written again"), "{log}");
}
