//! Replays files in the corpus: requests of visitors and replies of an upstream. A file's name begins with the
//! expected result.

use crate::{scripted::Scripted, site::Site};
use sori_backend::upstream::{Dialect, judge};
use std::{fs, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(name);
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    files.map(read).collect()
}

#[tokio::test]
async fn requests_that_no_client_sends_are_answered_and_go_no_further() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let requests = corpus("requests");
    assert!(requests.len() >= 25, "{}", requests.len());
    for (name, request) in requests {
        let mut stream = TcpStream::connect(site.addr).await.unwrap();
        // The server may answer, and close, before it has read all.
        let _ = stream.write_all(&request).await;
        let mut answer = Vec::new();
        let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
        let _ = read.await.unwrap_or_else(|_| panic!("{name}: no end"));
        let answer = String::from_utf8_lossy(&answer);
        let status = &name[..3];
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{name}: {answer}"
        );
        assert_eq!(
            site.get("/healthz").send().await.unwrap().status(),
            200,
            "{name}"
        );
    }
    assert_eq!(upstream.requests(), [] as [String; 0]);
    assert_eq!(site.usage().await.spent, 0);
}

#[test]
fn every_answer_of_an_upstream_means_what_it_meant() {
    let mut judged = 0;
    for (dialect, answers) in [
        (Dialect::Openapi, corpus("upstream")),
        (Dialect::Ncloud, corpus("ncloud")),
    ] {
        for (name, body) in answers {
            let mut parts = name.splitn(4, '-');
            let (call, status) = (parts.next().unwrap(), parts.next().unwrap());
            let status = status.parse().unwrap();
            let failure = match call {
                "issue" => judge::key(dialect, status, &body).err(),
                "verify" => judge::verdict(dialect, status, &body).err(),
                _ => judge::audio(dialect, status, &body).err(),
            };
            let outcome = failure.map_or("ok".to_owned(), |failure| format!("{failure:?}"));
            let outcome = outcome.split(' ').next().unwrap();
            assert_eq!(outcome, parts.next().unwrap(), "{dialect:?}: {name}");
            judged += 1;
        }
    }
    assert!(judged >= 50, "{judged}");
}
