//! The demands of the protocol, in an order that uses the quota as late as possible.

use super::{
    CheckError,
    probe::{From, Probe, Reply},
    report::Report,
};
use crate::secret::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use sori_wire::{
    error::ErrorCode,
    protocol::{AUDIO_PATH, KEYS_PATH, Key, SITEVERIFY_PATH, VERIFICATIONS_PATH},
};

const KEYS: &str = "POST /keys";
const AUDIO: &str = "GET /audio/{key}";
const VERIFICATIONS: &str = "POST /verifications";
const SITEVERIFY: &str = "POST /siteverify";

/// Has the form of a key, and was never issued.
const UNKNOWN_KEY: &str = "soriCheckUnknown";
/// No challenge is a single zero.
const WRONG: &str = "0";
const OTHER_WRONG_ANSWER: &str = "00";
const NO_SECOND_KEY: &str = "a second key was spent on a request that should have been refused";
const EXTERNAL: &str = "the backend has no such call: the site verifies at NAVER itself";

/// The checks that use no key. Returns whether the backend says that it is in practice mode.
pub(super) async fn free(probe: &Probe, report: &mut Report) -> Result<bool, CheckError> {
    let unknown = format!("{AUDIO_PATH}/{UNKNOWN_KEY}");
    let unknown = probe.reach(Method::GET, &unknown).await?;
    let practice = unknown.is_practice();
    if unknown.is_elsewhere() || unknown.is_page() {
        let other = probe.reach(Method::POST, VERIFICATIONS_PATH).await?;
        if other.is_elsewhere() {
            let (first, second) = (unknown.seen(), other.seen());
            let seen = format!("{AUDIO} {first}, and {VERIFICATIONS} {second}");
            return Err(CheckError::NoBackend(seen));
        }
    }
    report.note(
        AUDIO,
        "refuses an unknown key with invalid_key",
        unknown.is_problem(&[ErrorCode::InvalidKey]),
    );

    let codes = [ErrorCode::BadRequest, ErrorCode::InvalidKey];
    let reply = probe.get(&format!("{AUDIO_PATH}/no%2Fkey")).await;
    let refused = reply.and_then(|reply| reply.is_problem(&codes));
    report.note(AUDIO, "refuses what is no key", refused);

    verifications_refuses(probe, report).await;
    siteverify_refuses(probe, report).await;
    Ok(practice)
}

async fn verifications_refuses(probe: &Probe, report: &mut Report) {
    let unknown = json!({"key": UNKNOWN_KEY, "answer": WRONG});
    let demand = "refuses an unknown key with invalid_key";
    match probe
        .post_json(VERIFICATIONS_PATH, From::Page, &unknown)
        .await
    {
        Ok(reply) if reply.is_absent() => return report.skip(VERIFICATIONS, demand, EXTERNAL),
        Ok(reply) => report.note(
            VERIFICATIONS,
            demand,
            reply.is_problem(&[ErrorCode::InvalidKey]),
        ),
        Err(silence) => report.note(VERIFICATIONS, demand, Err(silence)),
    };
    let reply = probe
        .post_json(VERIFICATIONS_PATH, From::Stranger, &unknown)
        .await;
    let foreign = reply.and_then(|reply| reply.is_problem(&[ErrorCode::OriginNotAllowed]));
    report.note(VERIFICATIONS, "refuses a page of another site", foreign);

    for (demand, body) in [
        (
            "refuses a body that is no JSON with bad_request",
            "{".to_owned(),
        ),
        (
            "refuses a body without its members with bad_request",
            "{}".to_owned(),
        ),
    ] {
        let reply = probe.post_text(VERIFICATIONS_PATH, From::Page, body).await;
        let judged = reply.and_then(|reply| reply.is_problem(&[ErrorCode::BadRequest]));
        report.note(VERIFICATIONS, demand, judged);
    }
    let large = json!({"key": UNKNOWN_KEY, "answer": "0".repeat(200_000)});
    let mut reply = probe
        .post_json(VERIFICATIONS_PATH, From::Page, &large)
        .await;
    // The reply can be lost if the server closes the connection before it has read everything (RFC 9112, section
    // 9.6).
    for _ in 0..2 {
        if reply.is_err() {
            reply = probe
                .post_json(VERIFICATIONS_PATH, From::Page, &large)
                .await;
        }
    }
    let codes = [ErrorCode::PayloadTooLarge, ErrorCode::BadRequest];
    let judged = reply.and_then(|reply| reply.is_problem(&codes));
    report.note(
        VERIFICATIONS,
        "refuses a body of 200 kB with payload_too_large",
        judged,
    );
}

async fn siteverify_refuses(probe: &Probe, report: &mut Report) {
    let question = json!({"secret": "no-secret", "response": format!("{UNKNOWN_KEY}:{WRONG}")});
    let demand = "answers a wrong secret with success:false and invalid-input-secret";
    match probe
        .post_json(SITEVERIFY_PATH, From::Server, &question)
        .await
    {
        Ok(reply) if reply.is_absent() => return report.skip(SITEVERIFY, demand, EXTERNAL),
        reply => report.note(
            SITEVERIFY,
            demand,
            reply.and_then(|r| failed(&r, &["invalid-input-secret"])),
        ),
    };
    let reply = probe
        .post_json(SITEVERIFY_PATH, From::Server, &json!({"response": "x"}))
        .await;
    report.note(
        SITEVERIFY,
        "answers a missing secret with success:false and missing-input-secret",
        reply.and_then(|reply| failed(&reply, &["missing-input-secret"])),
    );
    let reply = probe
        .post_json(SITEVERIFY_PATH, From::Page, &question)
        .await;
    report.note(
        SITEVERIFY,
        "refuses a request with an Origin: it is for the site's server",
        reply.and_then(|reply| {
            // Either in siteverify's own format, or in that of the other calls.
            let problem = reply.is_problem(&[ErrorCode::OriginNotAllowed]);
            problem.or_else(|_| refused(&reply, 403, &["bad-request"]))
        }),
    );
}

/// The checks of the whole sequence, which use two keys at most.
pub(super) async fn costly(
    probe: &Probe,
    secret: Option<&Secret>,
    answer: Option<&str>,
    report: &mut Report,
) {
    let mut left: u32 = 2;
    let reply = probe.post(KEYS_PATH, From::Stranger).await;
    if reply.as_ref().is_ok_and(Reply::is_success) {
        spend(&mut left, report);
    }
    report.note(
        KEYS,
        "refuses a page of another site with origin_not_allowed",
        reply.and_then(|reply| reply.is_problem(&[ErrorCode::OriginNotAllowed])),
    );
    // A browser or proxy that prefetches follows GET links by itself.
    let reply = probe.get_as(KEYS_PATH, From::Page).await;
    if reply.as_ref().is_ok_and(Reply::is_success) {
        spend(&mut left, report);
    }
    let refused = reply.and_then(|reply| {
        if reply.is_success() {
            Err("a GET issued something".into())
        } else {
            Ok(())
        }
    });
    report.note("GET /keys", "issues nothing", refused);

    let Some(key) = issue(probe, &mut left, report).await else {
        return;
    };
    inline(probe, &key, report).await;

    let demand = "judges a key's answer once";
    match secret {
        None => report.skip(SITEVERIFY, demand, "give --siteverify-secret"),
        Some(_) if left == 0 => report.skip(SITEVERIFY, demand, NO_SECOND_KEY),
        Some(secret) => {
            if let Some(key) = issue(probe, &mut left, report).await {
                form(probe, &key, secret, answer, report).await;
            }
        }
    }
}

fn spend(left: &mut u32, report: &mut Report) {
    *left = left.saturating_sub(1);
    report.keys += 1;
}

async fn issue(probe: &Probe, left: &mut u32, report: &mut Report) -> Option<Key> {
    let demand = "issues a key with 201";
    if *left == 0 {
        report.skip(KEYS, demand, NO_SECOND_KEY);
        return None;
    }
    let reply = probe.post(KEYS_PATH, From::Page).await;
    if reply.as_ref().is_ok_and(Reply::is_success) {
        spend(left, report);
    }
    let key = reply.and_then(|reply| issued(&reply));
    let (key, result) = match key {
        Ok(key) => (Some(key), Ok(())),
        Err(problem) => (None, Err(problem)),
    };
    report.note(KEYS, demand, result);
    key
}

fn issued(reply: &Reply) -> Result<Key, String> {
    let object = reply.object(201)?;
    let expires = object.get("expiresIn");
    if expires.is_some_and(|seconds| seconds.as_u64().is_none_or(|s| s == 0)) {
        return Err("`expiresIn` is no positive whole number of seconds".into());
    }
    object
        .get("key")
        .and_then(Value::as_str)
        .and_then(Key::parse)
        .ok_or_else(|| "`key` is no text of 1 to 128 letters, digits, - or _".into())
}

/// As the widget does in inline mode, with a wrong answer.
async fn inline(probe: &Probe, key: &Key, report: &mut Report) {
    let body = json!({"key": key.as_str(), "answer": WRONG});
    let unheard = probe.post_json(VERIFICATIONS_PATH, From::Page, &body).await;
    let external = unheard.as_ref().is_ok_and(Reply::is_absent);
    let demand = "refuses an answer to audio that was never fetched with audio_not_issued";
    if external {
        report.skip(VERIFICATIONS, demand, EXTERNAL);
    } else {
        let refused = unheard.and_then(|reply| reply.is_problem(&[ErrorCode::AudioNotIssued]));
        report.note(VERIFICATIONS, demand, refused);
    }
    hear(probe, key, report).await;

    let demand = "answers a wrong answer with verified:false and no token";
    let again = "takes a key once: another answer is invalid_key";
    if external {
        report.skip(VERIFICATIONS, demand, EXTERNAL);
        report.skip(VERIFICATIONS, again, EXTERNAL);
        return;
    }
    let reply = probe.post_json(VERIFICATIONS_PATH, From::Page, &body).await;
    report.note(
        VERIFICATIONS,
        demand,
        reply.and_then(|reply| is_wrong(&reply)),
    );
    // The backend may tell the verdict again for the same answer: a page repeats a request when the network broke.
    let other = json!({"key": key.as_str(), "answer": OTHER_WRONG_ANSWER});
    let reply = probe
        .post_json(VERIFICATIONS_PATH, From::Page, &other)
        .await;
    let refused = reply.and_then(|reply| reply.is_problem(&[ErrorCode::InvalidKey]));
    report.note(VERIFICATIONS, again, refused);
}

async fn hear(probe: &Probe, key: &Key, report: &mut Report) {
    let path = format!("{AUDIO_PATH}/{}", key.as_str());
    for demand in ["sends a WAV file", "sends it again after a broken transfer"] {
        let reply = probe.get(&path).await;
        report.note(AUDIO, demand, reply.and_then(|reply| reply.is_audio()));
    }
}

fn is_wrong(reply: &Reply) -> Result<(), String> {
    let object = reply.object(200)?;
    match (object.get("verified"), object.get("token")) {
        (Some(Value::Bool(false)), None) => Ok(()),
        (Some(Value::Bool(false)), Some(_)) => Err("a wrong answer was given a token".into()),
        (Some(Value::Bool(true)), _) => Err("a wrong answer was verified".into()),
        _ => Err("`verified` is neither true nor false".into()),
    }
}

/// As the site's server does; with the right answer if it is known.
async fn form(
    probe: &Probe,
    key: &Key,
    secret: &Secret,
    answer: Option<&str>,
    report: &mut Report,
) {
    hear(probe, key, report).await;
    let answered = format!("{}:{}", key.as_str(), answer.unwrap_or(WRONG));
    let ask = async |response: &str| {
        let question =
            json!({"secret": secret.expose(), "response": response, "remoteip": "192.0.2.1"});
        probe
            .post_json(SITEVERIFY_PATH, From::Server, &question)
            .await
    };
    let reply = ask(&answered).await;
    match answer {
        Some(_) => report.note(
            SITEVERIFY,
            "answers the right answer with success:true, challenge_ts and hostname",
            reply.and_then(|reply| passed(&reply)),
        ),
        None => report.note(
            SITEVERIFY,
            "answers a wrong answer with success:false and invalid-input-response",
            reply.and_then(|reply| failed(&reply, &["invalid-input-response"])),
        ),
    };
    report.note(
        SITEVERIFY,
        "takes a key once: the second time is timeout-or-duplicate",
        ask(&answered)
            .await
            .and_then(|reply| failed(&reply, &["timeout-or-duplicate"])),
    );
    report.note(
        SITEVERIFY,
        "answers an unknown token with success:false and invalid-input-response",
        ask("soriCheckUnknownToken")
            .await
            .and_then(|reply| failed(&reply, &["invalid-input-response"])),
    );
    report.note(
        SITEVERIFY,
        "answers an empty response with success:false and missing-input-response",
        ask("")
            .await
            .and_then(|reply| failed(&reply, &["missing-input-response"])),
    );
}

fn passed(reply: &Reply) -> Result<(), String> {
    let object = reply.object(200)?;
    let text = |name: &str| object.get(name).is_some_and(Value::is_string);
    match object.get("success") {
        Some(Value::Bool(true)) if text("challenge_ts") && text("hostname") => Ok(()),
        Some(Value::Bool(true)) => Err("`challenge_ts` or `hostname` is missing".into()),
        _ => Err("`success` is not true".into()),
    }
}

fn failed(reply: &Reply, codes: &[&str]) -> Result<(), String> {
    refused(reply, 200, codes)
}

/// Checks for a refusal in siteverify's format.
fn refused(reply: &Reply, status: u16, codes: &[&str]) -> Result<(), String> {
    let object = reply.object(status)?;
    if object.get("success") != Some(&Value::Bool(false)) {
        return Err("`success` is not false".into());
    }
    let given = object.get("error-codes").and_then(Value::as_array);
    let given = given.ok_or("`error-codes` is no list")?;
    let is_asked = |code: &Value| code.as_str().is_some_and(|code| codes.contains(&code));
    if given.iter().any(is_asked) {
        Ok(())
    } else {
        Err(format!("`error-codes` lacks {}", codes.join(" or ")))
    }
}
