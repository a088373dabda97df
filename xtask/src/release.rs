//! Checks that must pass before a version is published. A person publishes it; the last lines say how.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{audit, fresh, packaging, size};

/// The crates that are published, each after those that it depends on.
const CRATES: [&str; 3] = ["sori-wire", "sori-captcha", "sori-backend"];
/// The word in the changelog in place of a date, until the version is published.
const NO_DAY_YET: &str = "unreleased";

#[derive(Args)]
pub(crate) struct Options {
    /// Check everything, publish nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: leave out the list of known vulnerabilities, which needs the network
    #[arg(long, requires = "dry_run")]
    offline: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let version = texts(workspace)?;
    unchanged(workspace, "the release would not contain")?;
    fresh::package_anew(workspace)?;
    size::run(workspace)?;
    let tarball = packaging::pack(workspace)?;
    crates(workspace, &[])?;
    audit::run(
        workspace,
        &audit::Options {
            offline: options.offline,
        },
    )?;
    unchanged(workspace, "building the release made")?;

    let next = format!(
        "git tag -s v{version}\n  npm publish {}\n  cargo publish {}",
        tarball.display(),
        CRATES.map(|name| format!("-p {name}")).join(" ")
    );
    if options.dry_run {
        println!("release: {version} could be published:\n  {next}");
        return Ok(());
    }
    let changelog = workspace.read("CHANGELOG.md")?;
    ensure!(
        day(&changelog, &version)? != NO_DAY_YET,
        "CHANGELOG.md: put today's date in place of \"{NO_DAY_YET}\" after [{version}]"
    );
    bail!("{version} is ready, but publishing is a person's act:\n  {next}")
}

/// The part that the gate runs: it needs neither a clean tree nor a separate build. With `verify` the crates are
/// compiled from the files that would be published.
pub(crate) fn check(workspace: &Workspace, verify: bool) -> Result<()> {
    texts(workspace)?;
    packaging::pack(workspace)?;
    crates(
        workspace,
        if verify {
            &["--allow-dirty"]
        } else {
            &["--allow-dirty", "--no-verify"]
        },
    )
}

/// Returns the version of the workspace. It is an error if a text names another version.
fn texts(workspace: &Workspace) -> Result<String> {
    let version = workspace.version()?;
    println!("release: version {version}, from Cargo.toml");
    one_version(workspace, &version)?;
    let changelog = workspace.read("CHANGELOG.md")?;
    section(&changelog, &version)?;
    println!(
        "release: CHANGELOG.md has [{version}] - {}",
        day(&changelog, &version)?
    );
    Ok(version)
}

fn unchanged(workspace: &Workspace, what: &str) -> Result<()> {
    let sh = workspace.shell();
    let changed = cmd!(sh, "git status --porcelain").quiet().read()?;
    ensure!(
        changed.is_empty(),
        "the working tree has changes that {what}:\n{changed}"
    );
    Ok(())
}

/// Runs `cargo package`, which compiles the files that would be published unless `flags` forbid it, and checks which
/// files each crate contains.
fn crates(workspace: &Workspace, flags: &[&str]) -> Result<()> {
    let sh = workspace.shell();
    for name in CRATES {
        let list = cmd!(sh, "cargo package --quiet --allow-dirty --list -p {name}")
            .quiet()
            .read()?;
        let files: Vec<&str> = list.lines().collect();
        belongs(&files).with_context(|| format!("the crate {name}"))?;
        println!(
            "release: {name}, {} files: {}",
            files.len(),
            summary(&files)
        );
    }
    let crates = CRATES.iter().flat_map(|name| ["-p", name]);
    cmd!(sh, "cargo package --quiet {flags...} {crates...}")
        .quiet()
        .run()
        .context("cargo package finds a fault")
}

/// Checks that no test, page or local file is published, and that no file is missing that readers need.
fn belongs(files: &[&str]) -> Result<()> {
    for needed in [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "src/lib.rs",
    ] {
        ensure!(files.contains(&needed), "lacks {needed}");
    }
    const FOLDERS: [&str; 3] = ["src", "examples", "benches"];
    const TEXTS: [&str; 5] = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "SETTINGS.md",
        "openapi.yaml",
        "README.md",
    ];
    let strangers: Vec<_> = files
        .iter()
        .filter(|file| match file.split_once('/') {
            Some((folder, _)) => !FOLDERS.contains(&folder),
            None => {
                !(TEXTS.contains(file)
                    || file.starts_with("Cargo.")
                    || file.starts_with("LICENSE-")
                    || **file == ".cargo_vcs_info.json")
            }
        })
        .collect();
    ensure!(
        strangers.is_empty(),
        "contains what does not belong there: {strangers:?}"
    );
    Ok(())
}

/// The names of the files at the top, and of the folders with the number of their files.
fn summary(files: &[&str]) -> String {
    let mut parts: Vec<(&str, usize)> = Vec::new();
    for file in files {
        let top = file.split_once('/').map_or(*file, |(folder, _)| folder);
        match parts.iter_mut().find(|(name, _)| *name == top) {
            Some((_, count)) => *count += 1,
            None => parts.push((top, 1)),
        }
    }
    let parts = parts.iter().map(|(name, count)| match count {
        1 => (*name).to_owned(),
        _ => format!("{name}/ ({count})"),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Cargo requires the version a second time where one crate depends on another.
fn one_version(workspace: &Workspace, version: &str) -> Result<()> {
    for path in ["Cargo.toml", "backend/Cargo.toml", "tests/e2e/Cargo.toml"] {
        let manifest: toml::Table = workspace.read(path)?.parse()?;
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let ours = dependencies
            .into_iter()
            .flatten()
            .filter(|(name, _)| CRATES.contains(&name.as_str()));
        let mut seen = 0;
        for (name, dependency) in ours {
            let wanted = dependency.get("version").and_then(toml::Value::as_str);
            ensure!(
                wanted == Some(version),
                "{path} wants {name} {}, the workspace is {version}",
                wanted.unwrap_or("of any version")
            );
            seen += 1;
        }
        ensure!(seen > 0, "{path} depends on none of our crates");
    }
    Ok(())
}

/// The section of the changelog about a version, without its heading.
fn section<'a>(text: &'a str, version: &str) -> Result<&'a str> {
    let heading = format!("## [{version}]");
    let (_, after) = text.split_once(&heading).with_context(|| {
        format!("CHANGELOG.md has no section \"{heading}\": say there what has changed")
    })?;
    let section = after.split("\n## ").next().unwrap_or_default();
    ensure!(
        section.lines().skip(1).any(|line| line.starts_with("- ")),
        "CHANGELOG.md says nothing under \"{heading}\""
    );
    Ok(section)
}

/// The date of a version as YYYY-MM-DD, or `NO_DAY_YET`.
fn day<'a>(text: &'a str, version: &str) -> Result<&'a str> {
    let heading = section(text, version)?.lines().next().unwrap_or_default();
    let day = heading.trim().strip_prefix("- ").unwrap_or_default();
    let digits = |part: &str, many| part.len() == many && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = day.split('-').collect();
    let date = matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2));
    ensure!(
        date || day == NO_DAY_YET,
        "CHANGELOG.md: after [{version}] comes \" - YYYY-MM-DD\", or \" - {NO_DAY_YET}\" before the day"
    );
    Ok(day)
}

#[cfg(test)]
mod tests {
    use super::{belongs, day, section, summary};

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.3.0] - soon\n\n- A thing.\n\n## [0.2.0] - 2026-11-21\n\n### Added\n\n- A thing.\n\n## [0.1.0] - unreleased\n\n";

    fn complaint<T>(result: anyhow::Result<T>) -> String {
        result
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_version_without_its_changes_is_not_released() {
        assert!(section(TEXT, "0.2.0").is_ok());
        assert!(complaint(section(TEXT, "0.4.0")).contains("no section"));
        assert!(complaint(section(TEXT, "0.1.0")).contains("nothing"));
    }

    #[test]
    fn a_version_has_a_day_or_says_that_it_has_none() {
        assert_eq!(day(TEXT, "0.2.0").unwrap(), "2026-11-21");
        assert!(complaint(day(TEXT, "0.3.0")).contains("YYYY-MM-DD"));
        let open = "## [0.1.0] - unreleased\n\n- A thing.\n";
        assert_eq!(day(open, "0.1.0").unwrap(), "unreleased");
    }

    #[test]
    fn what_does_not_belong_into_a_crate_is_named() {
        let files = [
            "Cargo.toml",
            "Cargo.lock",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "src/lib.rs",
        ];
        assert!(belongs(&files).is_ok());
        assert!(complaint(belongs(&files[1..])).contains("Cargo.toml"));
        for stranger in [".env", "tests/http/main.rs", "www/index.html"] {
            let mut files = files.to_vec();
            files.push(stranger);
            assert!(complaint(belongs(&files)).contains(stranger));
        }
    }

    #[test]
    fn a_list_of_files_is_told_in_a_line() {
        assert_eq!(
            summary(&["a.md", "src/a.rs", "src/b.rs", "b.md"]),
            "a.md, src/ (2), b.md"
        );
    }
}
