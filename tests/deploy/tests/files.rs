//! The files in `deploy/`, checked with the program and the tools that they are for.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy");

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A misspelt setting keeps the program from starting. Without this test that would first be seen in production.
#[test]
fn every_setting_that_is_named_exists() {
    let known: BTreeSet<String> = sori_backend::settings::setting_names()
        .into_iter()
        .collect();
    let mut found = Vec::new();
    files(Path::new(DEPLOY), &mut found);
    let mut named = 0;
    for file in found {
        let text = fs::read_to_string(&file).unwrap();
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        for word in words.filter(|word| word.starts_with("SORI_")) {
            assert!(known.contains(word), "{}: {word}", file.display());
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn the_unit_leaves_little_that_a_broken_service_could_reach() {
    let unit = format!("{DEPLOY}/systemd/sori-backend.service");
    let output = Command::new("systemd-analyze")
        // In tenths; systemd calls values up to 20 "OK".
        .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
        .arg(unit)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Overall exposure level"), "{said}");
}

fn documents(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(Path::new(DEPLOY).join(name)).unwrap();
    text.split("\n---\n")
        .map(|document| serde_saphyr::from_str(document).unwrap())
        .collect()
}

#[test]
fn kubernetes_gives_a_stop_the_time_it_needs_and_keeps_one_replica() {
    let documents = documents("kubernetes/sori.yaml");
    let of_kind = |kind: &str| documents.iter().find(|d| d["kind"] == kind).unwrap();
    let spec = &of_kind("Deployment")["spec"];
    assert_eq!(spec["replicas"], 2);
    let pod = &spec["template"]["spec"];
    // SORI_SHUTDOWN_DELAY and SORI_SHUTDOWN_GRACE are 5 s and 10 s.
    assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() >= 20);
    assert_eq!(pod["enableServiceLinks"], false);
    let container = &pod["containers"][0];
    for probe in ["livenessProbe", "readinessProbe"] {
        assert_eq!(container[probe]["httpGet"]["port"], "admin");
    }
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(of_kind("PodDisruptionBudget")["spec"]["minAvailable"], 1);
}

/// Checked with the schemas of the newest Kubernetes and of the oldest supported one.
#[test]
fn kubernetes_would_take_the_manifests() {
    let packages = std::env::var_os("KUBERNETES_VALIDATE");
    let packages = packages.expect("run me by: cargo xtask test --only deploy");
    let validate = |version: &str, file: &Path| {
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", &packages);
        python.args(["-m", "kubernetes_validate", "--strict", "-k", version]);
        let output = python.arg(file).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let manifests = Path::new(DEPLOY).join("kubernetes/sori.yaml");
    for version in ["1.37", "1.33"] {
        let (taken, said) = validate(version, &manifests);
        assert!(taken, "{version}: {said}");
    }
    // The check works: it finds a misspelt field.
    let text = fs::read_to_string(&manifests).unwrap();
    let wrong = text.replace("terminationGracePeriodSeconds", "terminationGraceSeconds");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("misspelt.yaml");
    fs::write(&file, wrong).unwrap();
    let (taken, said) = validate("1.37", &file);
    assert!(!taken && said.contains("terminationGraceSeconds"), "{said}");
}

#[test]
fn compose_starts_two_instances_at_one_store_that_never_evicts() {
    let compose = documents("container/compose.yaml").remove(0);
    let services = compose["services"].as_object().unwrap();
    for name in ["backend-1", "backend-2"] {
        let service = &services[name];
        assert_eq!(service["environment"]["SORI_STORE"], "redis://valkey:6379");
        assert_eq!(service["read_only"], true);
    }
    let command = services["valkey"]["command"].as_str().unwrap();
    assert!(command.contains("--maxmemory-policy noeviction"));
}

/// The credentials that `compose.yaml` reads must get into no commit and into no layer of an image.
#[test]
fn git_and_the_build_of_the_image_leave_the_credentials_out() {
    let compose = documents("container/compose.yaml").remove(0);
    let secrets = compose["secrets"].as_object().unwrap();
    assert!(!secrets.is_empty());
    for secret in secrets.values() {
        let file = secret["file"].as_str().unwrap();
        assert!(file.starts_with("secrets/"), "{file}");
    }
    let deploy = Path::new(DEPLOY);
    let ignores = |file: &str, line: &str| {
        let text = fs::read_to_string(deploy.join(file)).unwrap();
        assert!(text.lines().any(|found| found == line), "{file}: {line}");
    };
    ignores("../.gitignore", "/deploy/container/secrets");
    let build = "container/Dockerfile.dockerignore";
    ignores(build, "deploy/container/secrets");
    // With this file rustup would install another Rust than the Dockerfile names.
    ignores(build, "rust-toolchain.toml");
}
