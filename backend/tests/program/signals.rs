//! How the program stops, and which files it reads again.

use crate::process::{Program, client};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

#[tokio::test]
async fn after_sigterm_it_is_unready_first_and_serves_on_for_the_delay() {
    let variables = [
        ("SORI_ADMIN_LISTEN", "127.0.0.1:0"),
        ("SORI_SHUTDOWN_DELAY", "1h"),
    ];
    let mut program = Program::start("serve", &variables).await;
    let (http, base) = (client(), program.base.clone());
    let issue = async || {
        let request = http.post(format!("{base}captcha/keys"));
        let request = request.header("origin", base.trim_end_matches('/'));
        request.send().await
    };
    let ready = async |base: &str| {
        let answer = http.get(format!("{base}readyz")).send().await.unwrap();
        answer.status().as_u16()
    };
    let before = issue().await.unwrap();
    assert_eq!(before.status(), 201);
    assert_eq!(before.headers().get("connection"), None);
    let admin = program.admin().await;
    assert_eq!(ready(&admin).await, 200);

    program.signal("-TERM").await;
    program.logs("stopping").await;
    assert_eq!(ready(&base).await, 503);
    assert_eq!(ready(&admin).await, 503);
    // A new connection is accepted, and its reply says that it is the last.
    let during = issue().await.unwrap();
    assert_eq!(during.status(), 201);
    assert_eq!(during.headers()["connection"], "close");
    let health = http.get(format!("{admin}healthz")).send().await.unwrap();
    assert_eq!(health.status(), 200);
}

#[tokio::test]
async fn after_the_delay_it_ends_and_so_does_its_admin_address() {
    let variables = [
        ("SORI_ADMIN_LISTEN", "127.0.0.1:0"),
        ("SORI_SHUTDOWN_DELAY", "100ms"),
    ];
    let mut program = Program::start("serve", &variables).await;
    let admin = program.admin().await;
    program.signal("-TERM").await;
    program.logs("no new connections are taken").await;
    let (success, said) = program.end().await;
    assert!(success, "{said}");
    let gone = client().get(format!("{admin}healthz")).send().await;
    assert!(gone.is_err_and(|error| error.is_connect()));
}

/// Visitors who send one request after another on connections that they keep.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_loses_no_request() {
    let variables = [
        ("SORI_SHUTDOWN_DELAY", "1s"),
        ("SORI_CLIENT_RATE", "off"),
        ("SORI_HOURLY_SHARE", "off"),
        ("SORI_DAILY_QUOTA", "none"),
        ("SORI_LOG", "warn"),
    ];
    let program = Program::start("serve", &variables).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut visitors = JoinSet::new();
    for _ in 0..16 {
        let (http, base, answered) = (client(), program.base.clone(), Arc::clone(&answered));
        visitors.spawn(async move {
            loop {
                let request = http.post(format!("{base}captcha/keys"));
                let request = request.header("origin", base.trim_end_matches('/'));
                match request.send().await {
                    Ok(answer) => {
                        assert_eq!(answer.status(), 201);
                        answer.bytes().await.expect("a whole answer");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    // The listener is closed: a load balancer would have stopped sending requests long before.
                    Err(error) if error.is_connect() => break,
                    Err(error) => panic!("a request was lost: {error:?}"),
                }
            }
        });
    }
    while answered.load(Ordering::Relaxed) < 100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.signal("-TERM").await;
    let before = answered.load(Ordering::Relaxed);
    visitors.join_all().await;
    assert!(
        answered.load(Ordering::Relaxed) > before,
        "served on for the delay"
    );
    let (success, said) = program.end().await;
    assert!(success, "{said}");
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (first, second) in [("-TERM", "-TERM"), ("-TERM", "-INT")] {
        let mut program = Program::start("serve", &[("SORI_SHUTDOWN_DELAY", "1h")]).await;
        program.signal(first).await;
        program.logs("stopping").await;
        program.signal(second).await;
        let (success, said) = program.end().await;
        assert!(!success && said.contains("second signal"), "{said}");
    }
}

#[tokio::test]
async fn ctrl_c_does_not_wait_for_a_load_balancer() {
    let program = Program::start("serve", &[("SORI_SHUTDOWN_DELAY", "1h")]).await;
    program.stop().await;
}

#[tokio::test]
async fn sighup_reads_the_secrets_again_and_loses_nothing() {
    let file = std::env::temp_dir().join(format!("sori-hup-{}", std::process::id()));
    let old = "the first secret of the site, long enough";
    let new = "the second secret of the site, long enough";
    fs::write(&file, format!("{old}\n")).unwrap();
    let variables = [("SORI_SITEVERIFY_SECRET_FILE", file.to_str().unwrap())];
    let mut program = Program::start("serve", &variables).await;
    let url = format!("{}captcha/siteverify", program.base);
    let http = client();
    let codes = async |secret: &str| {
        let body = serde_json::json!({"secret": secret, "response": "no-such-token"});
        let answer = http.post(&url).json(&body).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let (known, unknown) = ("invalid-input-response", "invalid-input-secret");
    assert!(codes(old).await.contains(known));
    assert!(codes(new).await.contains(unknown));

    fs::write(&file, format!("\u{feff}{new}\r\n")).unwrap();
    program.signal("-HUP").await;
    program.logs("read again").await;
    assert!(codes(new).await.contains(known));
    assert!(codes(old).await.contains(unknown));

    // A file that cannot be used changes nothing.
    fs::write(&file, "short").unwrap();
    program.signal("-HUP").await;
    let log = program.logs("the secrets stay as they were").await;
    assert!(log.contains("SORI_SITEVERIFY_SECRET"), "{log}");
    assert!(codes(new).await.contains(known));
    fs::remove_file(&file).unwrap();
    let said = program.stop().await;
    assert!(!said.contains(old) && !said.contains(new), "{said}");
}
