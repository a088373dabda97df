//! Open files: connections leave some to the upstream and the admin address.

use crate::process::{Program, client};
use std::net::TcpStream;

#[tokio::test]
async fn idle_connections_take_no_file_from_upstream_and_metrics() {
    let variables = [
        ("SORI_ADMIN_LISTEN", "127.0.0.1:0"),
        ("TOKIO_WORKER_THREADS", "1"),
    ];
    let mut program = Program::start_limited("ulimit -n 300", &variables).await;
    let address = program
        .base
        .trim_end_matches('/')
        .strip_prefix("http://")
        .unwrap();
    // While it sleeps, they all arrive at once.
    program.signal("-STOP").await;
    let idle: Vec<_> = (0..600)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    program.signal("-CONT").await;
    let http = client();
    for _ in 0..40 {
        let request = http.post(format!("{}captcha/keys", program.base));
        let request = request.header("origin", program.base.trim_end_matches('/'));
        let answer = request.send().await.unwrap();
        assert!([201, 429].contains(&answer.status().as_u16()), "{answer:?}");
    }
    let metrics = http
        .get(format!("{}metrics", program.admin().await))
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    let value = |name: &str| -> usize {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name}: {metrics}"))
            .trim()
            .parse()
            .unwrap()
    };
    assert!(value("sori_connections_evicted_total ") >= 400, "{metrics}");
    assert!(value("process_open_fds ") < 200, "{metrics}");
    assert_eq!(value("process_max_fds "), 300);
    drop(idle);
    let log = program.stop().await;
    assert!(
        log.contains("the limit of open files (ulimit -n) allows fewer connections"),
        "{log}"
    );
    assert!(!log.contains("cannot be accepted"), "{log}");
    assert!(!log.contains("upstream_unavailable"), "{log}");
}

#[tokio::test]
async fn the_soft_limit_of_open_files_is_raised() {
    let variables = [("SORI_ADMIN_LISTEN", "127.0.0.1:0")];
    let mut program = Program::start_limited("ulimit -Sn 100; ulimit -Hn 4000", &variables).await;
    let metrics = client()
        .get(format!("{}metrics", program.admin().await))
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("process_max_fds 4000\n"), "{metrics}");
    let log = program.stop().await;
    assert!(!log.contains("ulimit"), "{log}");
}
