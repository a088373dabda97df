//! Clients of siteverify in Ruby, PHP, Go, Java and C#. They run as their users run them, with only another URL. Run
//! them with `cargo xtask test --only stacks --all`; the languages must be installed.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use reqwest::header::ORIGIN;
use serde_json::{Value, json};
use sori_backend::{Secret, Settings, practice, settings::UpstreamChoice, start};
use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::LazyLock,
};

const SECRET: &str = "what the site's server sends to siteverify";

/// A client, and whether it reports the error code.
fn client(name: &str) -> (Command, bool) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let (program, arguments, tells): (_, &[&str], _) = match name {
        "ruby recaptcha (apt: ruby-recaptcha)" => ("ruby", &["verify.rb", "gem"], false),
        "php google/recaptcha, streams" => ("php", &["verify.php", "post"], true),
        "php google/recaptcha, curl" => ("php", &["verify.php", "curl"], true),
        "go go-recaptcha" => ("go", &["run", "verify.go", "go"], false),
        "java, GET with a pattern first" => ("java", &["Verify.java", "get"], true),
        "java, POST" => ("java", &["Verify.java", "post"], true),
        "c#, HttpClient" => ("mono", &[compiled(), "httpclient"], true),
        "c#, WebClient with GET" => ("mono", &[compiled(), "webclient"], true),
        other => panic!("{other}"),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(scripts);
    // Where Debian's package puts Go's sources.
    command
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode");
    command.env("no_proxy", "127.0.0.1");
    (command, tells)
}

/// The C# client, compiled once: Debian has Mono and no .NET.
fn compiled() -> &'static str {
    static PROGRAM: LazyLock<String> = LazyLock::new(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/Verify.cs");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("Verify.exe");
        let compiler = Command::new("mcs")
            .arg(format!("-out:{}", program.display()))
            .args(["-r:System.Net.Http.dll", "-r:System.Web.Extensions.dll"])
            .arg(source)
            .status();
        let compiler = compiler.unwrap_or_else(|error| panic!("mcs cannot be run: {error}"));
        assert!(compiler.success(), "mcs failed");
        program.into_os_string().into_string().unwrap()
    });
    &PROGRAM
}

fn ask(name: &str, url: &str, secret: &str, response: &str) -> (Value, bool) {
    let (mut command, tells) = client(name);
    let mut child = command
        .arg(url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{name} cannot be run: {error}"));
    let input = json!({"secret": secret, "response": response}).to_string();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name} failed");
    (serde_json::from_slice(&output.stdout).unwrap(), tells)
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_other_languages_verify_with_the_address_changed_and_nothing_else() {
    let settings = Settings {
        upstream: UpstreamChoice::Practice(practice::Options {
            answer: practice::Digits::parse("12345").ok(),
            ..practice::Options::default()
        }),
        siteverify_secret: Some(Secret::new(SECRET)),
        ..Settings::practice()
    };
    let backend = start(settings).await.unwrap();
    let app = backend
        .app()
        .into_make_service_with_connect_info::<SocketAddr>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = async |answer: &str| {
        let issued = http
            .post(format!("{base}/captcha/keys"))
            .header(ORIGIN, &base);
        let issued: Value = issued.send().await.unwrap().json().await.unwrap();
        let key = issued["key"].as_str().unwrap();
        let audio = http.get(format!("{base}/captcha/audio/{key}"));
        assert_eq!(audio.send().await.unwrap().status(), 200);
        // What the form of the widget submits.
        sori_wire::protocol::join_response(key, answer)
    };
    let url = format!("{base}/captcha/siteverify");
    for name in [
        "ruby recaptcha (apt: ruby-recaptcha)",
        "php google/recaptcha, streams",
        "php google/recaptcha, curl",
        "go go-recaptcha",
        "java, GET with a pattern first",
        "java, POST",
        "c#, HttpClient",
        "c#, WebClient with GET",
    ] {
        let right = response("12345").await;
        let table = [
            (SECRET, right.clone(), true, ""),
            (SECRET, right, false, "timeout-or-duplicate"),
            (
                SECRET,
                response("54321").await,
                false,
                "invalid-input-response",
            ),
            (
                "wrong",
                response("12345").await,
                false,
                "invalid-input-secret",
            ),
        ];
        for (secret, response, passes, code) in table {
            let asked = || ask(name, &url, secret, &response);
            let (answer, tells) = tokio::task::block_in_place(asked);
            assert_eq!(answer["passed"], passes, "{name}: {answer}");
            if tells && !passes {
                assert_eq!(answer["error"], code, "{name}");
            }
        }
    }
    server.abort();
}
