//! The bill of materials (CycloneDX) and the licences of the crates in the binary, both from cargo's metadata.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::workspace::Workspace;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<PathBuf>,
    source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `None` for a dependency that is linked into the binary. Dependencies of build scripts and tests have a name
    /// here.
    kind: Option<String>,
}

pub(super) fn write(workspace: &Workspace, target: &str, folder: &Path) -> Result<()> {
    let sh = workspace.shell();
    let text = cmd!(
        sh,
        "cargo metadata --format-version 1 --locked --filter-platform {target}"
    )
    .quiet()
    .read()?;
    let metadata: Metadata = serde_json::from_str(&text)?;
    let parts = linked(&metadata)?;
    let bill = cyclonedx(workspace, &parts)?;
    fs::write(
        folder.join("sbom.cdx.json"),
        serde_json::to_string_pretty(&bill)? + "\n",
    )?;
    fs::write(folder.join("LICENSES.txt"), licences(&parts)?)?;
    println!("dist: {} crates are in the binary", parts.len());
    Ok(())
}

/// The crates that are linked into the binary, sorted by name and version.
fn linked(metadata: &Metadata) -> Result<Vec<&Package>> {
    let packages: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|p| (p.id.as_str(), p))
        .collect();
    let nodes: BTreeMap<_, _> = metadata
        .resolve
        .nodes
        .iter()
        .map(|n| (n.id.as_str(), n))
        .collect();
    let root = metadata.packages.iter().find(|p| p.name == "sori-backend");
    let root = root.context("the workspace has a sori-backend")?;
    let mut seen = BTreeSet::from([root.id.as_str()]);
    let mut queue = VecDeque::from([root.id.as_str()]);
    while let Some(id) = queue.pop_front() {
        for dependency in &nodes[id].deps {
            let inside = dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
            if inside && seen.insert(&dependency.pkg) {
                queue.push_back(&dependency.pkg);
            }
        }
    }
    let mut parts: Vec<_> = seen.into_iter().map(|id| packages[id]).collect();
    parts.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(parts)
}

fn cyclonedx(workspace: &Workspace, parts: &[&Package]) -> Result<serde_json::Value> {
    let lock: toml::Table = workspace.read("Cargo.lock")?.parse()?;
    let locked = lock.get("package").and_then(toml::Value::as_array);
    let mut sums = BTreeMap::new();
    for package in locked.context("Cargo.lock lists packages")? {
        let text = |name| package.get(name).and_then(toml::Value::as_str);
        if let (Some(name), Some(version), Some(sum)) =
            (text("name"), text("version"), text("checksum"))
        {
            sums.insert((name, version), sum);
        }
    }
    let components: Vec<_> = parts
        .iter()
        .map(|part| {
            let purl = format!("pkg:cargo/{}@{}", part.name, part.version);
            let mut component = json!({
                "type": "library", "bom-ref": purl, "name": part.name, "version": part.version, "purl": purl,
            });
            if let Some(expression) = &part.license {
                // Older crates write A/B for A OR B.
                let expression = expression.replace('/', " OR ");
                component["licenses"] = json!([{ "expression": expression }]);
            }
            if let Some(sum) = sums.get(&(part.name.as_str(), part.version.as_str())) {
                component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
            }
            component
        })
        .collect();
    let version = workspace.version()?;
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "name": "sori-backend", "version": version,
            "purl": format!("pkg:cargo/sori-backend@{version}"),
        }},
        "components": components,
    }))
}

/// The text of each licence once, with the names of its crates.
fn licences(parts: &[&Package]) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut head = String::from("What is in sori-backend, and under which licence.\n\n");
    for part in parts {
        let whose = format!("{} {}", part.name, part.version);
        let licence = part.license.as_deref().unwrap_or("see its file");
        head.push_str(&format!("{whose}: {licence}\n"));
        let folder = part
            .manifest_path
            .parent()
            .context("a manifest lies in a folder")?;
        let mut files = licence_files(folder)?;
        files.extend(part.license_file.as_ref().map(|file| folder.join(file)));
        files.sort();
        files.dedup();
        ensure!(
            part.license.is_some() || !files.is_empty(),
            "{whose} names no licence"
        );
        // The licences of the workspace's own crates are at the root, and the archive contains them as files.
        if part.source.is_none() {
            continue;
        }
        for file in files {
            let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
            texts.entry(text).or_default().push(whose.clone());
        }
    }
    for (text, owners) in texts {
        head.push_str(&format!(
            "\n{}\n{}\n\n{}\n",
            "=".repeat(80),
            owners.join(", "),
            text.trim()
        ));
    }
    Ok(head)
}

fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        let starts = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];
        if path.is_file() && starts.iter().any(|start| name.starts_with(start)) {
            files.push(path);
        }
    }
    Ok(files)
}
