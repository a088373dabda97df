//! The program's settings: what it refuses, what it says, what its reference page holds.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use sori_backend::settings::{reference, setting_names};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

const SITE_SECRET: (&str, &str) = ("SORI_SITEVERIFY_SECRET", "0123456789abcdef0123456789abcdef");
const ID: (&str, &str) = ("SORI_CLIENT_ID", "an-id");
const SECRET: (&str, &str) = ("SORI_CLIENT_SECRET", "hush-hush");

type Variables<'a> = &'a [(&'a str, &'a str)];

fn serve(variables: Variables) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sori-backend"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// What the program says as it refuses to start.
fn refusal(variables: Variables) -> String {
    let output = serve(variables);
    assert!(!output.status.success(), "{variables:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{variables:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("hush-hush"), "a secret is shown: {said}");
    said
}

#[test]
fn what_is_missing_or_contradictory_stops_the_start_by_name() {
    let elsewhere = ("SORI_LISTEN", "0.0.0.0:0");
    let table: [(Variables, &[&str]); 23] = [
        (&[ID], &["SORI_CLIENT_SECRET: missing", "SORI_CLIENT_ID"]),
        (
            &[SECRET],
            &["SORI_CLIENT_ID: missing", "SORI_CLIENT_SECRET"],
        ),
        (&[ID, SECRET], &["SORI_SITEVERIFY_SECRET: missing", "32"]),
        (
            &[ID, SECRET, SITE_SECRET, ("SORI_UPSTREAM", "practice")],
            &["SORI_UPSTREAM: practice has no use"],
        ),
        (&[("SORI_UPSTREAM", "naver")], &["SORI_CLIENT_ID: missing"]),
        (
            &[("SORI_UPSTREAM", "ncloud-gov")],
            &["SORI_CLIENT_ID: missing", "SORI_UPSTREAM=ncloud-gov"],
        ),
        (
            &[
                ID,
                SECRET,
                SITE_SECRET,
                ("SORI_UPSTREAM", "ncloud"),
                ("SORI_UPSTREAM_URL", "https://example.com/scaptcha/v1"),
            ],
            &[
                "SORI_UPSTREAM_URL",
                "the origin alone, such as https://naveropenapi.apigw.ntruss.com",
            ],
        ),
        (
            &[ID, SECRET, SITE_SECRET, ("SORI_UPSTREAM", "ncloud-us")],
            &["ncloud-us", "ncloud-gov", "ncloud-fin"],
        ),
        (
            &[ID, SECRET, SITE_SECRET, ("SORI_PRACTICE_ANSWER", "1")],
            &["SORI_PRACTICE_ANSWER: refused together with real credentials"],
        ),
        (
            &[("SORI_PRACTICE_ANSWER", "one")],
            &["SORI_PRACTICE_ANSWER"],
        ),
        (
            &[
                ID,
                SECRET,
                SITE_SECRET,
                ("SORI_UPSTREAM_URL", "http://example.com/"),
            ],
            &["SORI_UPSTREAM_URL: it must begin with https://"],
        ),
        (
            &[
                ID,
                SECRET,
                SITE_SECRET,
                ("SORI_UPSTREAM_URL", "https://u:p@example.com/"),
            ],
            &["SORI_UPSTREAM_URL"],
        ),
        (
            &[("SORI_UPSTREAM_URL", "https://example.com/")],
            &["SORI_UPSTREAM_URL"],
        ),
        (
            &[("SORI_SITEVERIFY_SECRET", "hush-hush")],
            &["SORI_SITEVERIFY_SECRET: it has 9 bytes", "32"],
        ),
        (
            &[("SORI_TICKET_SECRET", "hush-hush")],
            &["SORI_TICKET_SECRET: it has 9 bytes"],
        ),
        (
            &[SITE_SECRET, ("SORI_VERIFY", "external")],
            &["SORI_SITEVERIFY_SECRET: SORI_VERIFY=external"],
        ),
        (
            &[("SORI_SITEVERIFY_SECRET_PREVIOUS", SITE_SECRET.1)],
            &["SORI_SITEVERIFY_SECRET_PREVIOUS: it needs SORI_SITEVERIFY_SECRET"],
        ),
        (
            &[("SORI_TICKET_SECRET_PREVIOUS", SITE_SECRET.1)],
            &["SORI_TICKET_SECRET_PREVIOUS: it needs SORI_TICKET_SECRET"],
        ),
        (
            &[("SORI_SITEVERIFY_AT", "admin-listen")],
            &["SORI_SITEVERIFY_AT: admin-listen needs SORI_ADMIN_LISTEN"],
        ),
        (
            &[ID, SECRET, SITE_SECRET, ("SORI_PRACTICE_PRIVATE", "true")],
            &["SORI_PRACTICE_PRIVATE: refused together with real credentials"],
        ),
        (
            &[("SORI_PORT", "8040")],
            &["SORI_PORT: no such setting", "SORI_LISTEN"],
        ),
        (
            &[("SORI_KEY_RESERVE", "3h")],
            &["SORI_KEY_RESERVE: it must not be longer than SORI_KEY_TTL"],
        ),
        (
            &[
                ("SORI_CLIENT_ID", "an-id"),
                ("SORI_CLIENT_SECRET", "hush-hush 2"),
                SITE_SECRET,
            ],
            &["SORI_CLIENT_SECRET: it holds spaces"],
        ),
    ];
    for (variables, parts) in table {
        let said = refusal(variables);
        for part in parts {
            assert!(said.contains(part), "{variables:?}: {said}");
        }
    }
    let said = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
        .arg("serve")
        .env_clear()
        .envs([elsewhere])
        .output()
        .unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.contains("SORI_CLIENT_ID: missing") && said.contains("SORI_UPSTREAM=practice"),
        "{said}"
    );
}

#[test]
fn practice_off_loopback_needs_a_siteverify_secret_and_takes_no_fixed_answer() {
    let run = |variables: Variables| {
        let output = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
            .args(["serve", "--listen", "0.0.0.0:0", "--upstream", "practice"])
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&[]).contains("SORI_SITEVERIFY_SECRET: missing"));
    let fixed = run(&[SITE_SECRET, ("SORI_PRACTICE_ANSWER", "1")]);
    assert!(
        fixed.contains("SORI_PRACTICE_ANSWER: refused off loopback"),
        "{fixed}"
    );
}

#[test]
fn off_loopback_the_origins_are_asked_for_and_what_is_missing_is_said_at_once() {
    let run = |variables: Variables| {
        let output = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
            .args(["serve", "--listen", "0.0.0.0:0"])
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = run(&[ID, SECRET]);
    for part in [
        "SORI_SITEVERIFY_SECRET: missing",
        "SORI_ALLOWED_ORIGINS: missing",
        "https://www.example.com",
        "same-host",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let mixed = ("SORI_ALLOWED_ORIGINS", "same-host,https://a.example");
    let said = run(&[ID, SECRET, SITE_SECRET, mixed]);
    assert!(said.contains("SORI_ALLOWED_ORIGINS: same-host"), "{said}");
}

#[test]
fn a_secret_that_is_wrapped_is_refused_by_the_name_of_its_setting() {
    let file = std::env::temp_dir().join(format!("sori-settings-{}", std::process::id()));
    let path = file.to_str().unwrap();
    for (name, text, problem) in [
        (
            "SORI_CLIENT_SECRET",
            "SORI_CLIENT_SECRET=hush-hush",
            "the value alone",
        ),
        (
            "SORI_CLIENT_SECRET",
            "${hush-hush}",
            "put the value in its place",
        ),
        ("SORI_CLIENT_SECRET", "hush-hush 2", "it holds spaces"),
        ("SORI_SITEVERIFY_SECRET", "hush-hush", "it has 9 bytes"),
    ] {
        fs::write(&file, text).unwrap();
        let others = [ID, SITE_SECRET];
        let others = others.into_iter().filter(|(other, _)| *other != name);
        let by_file = format!("{name}_FILE");
        for (given, value) in [(name, text), (by_file.as_str(), path)] {
            let mut variables: Vec<_> = others.clone().collect();
            if name != SECRET.0 {
                variables.push(SECRET);
            }
            variables.push((given, value));
            let said = refusal(&variables);
            let named = format!("{given}: ");
            assert!(
                said.contains(&named) && said.contains(problem),
                "{given}: {said}"
            );
        }
    }
    fs::write(&file, "hush-hush").unwrap();
    let half = refusal(&[("SORI_CLIENT_SECRET_FILE", path)]);
    assert!(half.contains("SORI_CLIENT_SECRET_FILE is given"), "{half}");
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_misspelt_setting_stops_the_start_and_the_right_one_is_named() {
    let said = refusal(&[("SORI_DAYLY_QUOTA", "10")]);
    assert!(
        said.contains("SORI_DAYLY_QUOTA") && said.contains("SORI_DAILY_QUOTA"),
        "{said}"
    );
    let said = refusal(&[("SORI_HOST", "0.0.0.0")]);
    assert!(said.contains("at are SORI_LISTEN"), "{said}");
    let said = refusal(&[("SORI_COLOUR", "blue")]);
    assert!(
        said.contains("SORI_COLOUR") && said.contains("--help"),
        "{said}"
    );
}

#[test]
fn a_malformed_value_is_refused_with_the_form_that_is_wanted() {
    let table = [
        ("SORI_ADMIN_LISTEN", "localhost", "socket address"),
        ("SORI_UPSTREAM", "google", "naver"),
        ("SORI_UPSTREAM_TIMEOUT", "8", "90s"),
        ("SORI_UPSTREAM_CONCURRENCY", "0", "1..=1024"),
        ("SORI_DAILY_QUOTA", "1", "at least 2"),
        ("SORI_KEY_TTL", "forever", "2h"),
        ("SORI_TOKEN_TTL", "0s", "longer than zero"),
        (
            "SORI_ALLOWED_ORIGINS",
            "https://a.example,example.com",
            "https://www.example.com",
        ),
        ("SORI_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "10.0.0.0/8"),
        ("SORI_CLIENT_RATE", "40", "40/minute"),
        ("SORI_NETWORK_RATE", "0/hour", "at least 1"),
        ("SORI_HOURLY_SHARE", "0", "1 to 100"),
        ("SORI_LOG", "loud", "SORI_LOG"),
        ("SORI_PRACTICE_VOICE", "fr", "ko or en"),
    ];
    for (name, value, wanted) in table {
        let said = refusal(&[(name, value)]);
        assert!(said.contains(name), "{name}={value}: {said}");
        let addresses = name == "SORI_ADMIN_LISTEN";
        assert!(said.contains(wanted) || addresses, "{name}={value}: {said}");
    }
}

/// A file that is removed at the end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sori-{name}-{}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let short = File::new("short", "hush-hush\n");
    let empty = File::new("empty", "\n");
    let table: [(Variables, &str); 4] = [
        (
            &[("SORI_SITEVERIFY_SECRET_FILE", "/nowhere/at-all")],
            "/nowhere/at-all",
        ),
        (&[("SORI_SITEVERIFY_SECRET_FILE", short.path())], "9 bytes"),
        (
            &[("SORI_CLIENT_ID_FILE", empty.path()), SECRET],
            "SORI_CLIENT_ID_FILE: it is empty",
        ),
        (
            &[("SORI_CLIENT_SECRET_FILE", short.path()), SECRET, ID],
            "SORI_CLIENT_SECRET: SORI_CLIENT_SECRET_FILE is given too",
        ),
    ];
    for (variables, part) in table {
        let said = refusal(variables);
        assert!(said.contains(part), "{variables:?}: {said}");
    }
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["serve", "emulate"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
            .args([command, "--listen", &address])
            .env_clear()
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("SORI_LISTEN") && said.contains(&address),
            "{command}: {said}"
        );
    }
}

#[test]
fn help_tells_every_setting_and_no_secret() {
    let output = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
        .args(["serve", "--help"])
        .env_clear()
        .envs([SECRET, ("SORI_TICKET_SECRET", "hush-hush")])
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let names = setting_names();
    assert!(names.len() > 30, "{}", names.len());
    for name in names {
        assert!(help.contains(&format!("[env: {name}")), "{name}");
    }
    assert!(!help.contains("hush-hush"));
}

#[test]
fn the_reference_page_says_what_the_program_takes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/SETTINGS.md");
    let made = reference::markdown();
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, &made).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == made,
        "SETTINGS.md is out of date; BLESS=1 writes it anew"
    );
    for name in setting_names() {
        assert!(kept.contains(&format!("`{name}`")), "{name}");
    }
}
