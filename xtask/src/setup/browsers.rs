//! The browsers, each with its driver. A person can name others with CHROMIUM, CHROMEDRIVER, FIREFOX and GECKODRIVER.
//! The tests get the paths of the programs that were found in the same variables.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::programs::{PULSEAUDIO, XVFB};
use super::system::{self, Program};
use super::{find, first_number, number, report, rust, version};
use crate::tools;
use crate::workspace::Workspace;

/// The oldest major version of each browser that README names. It is the first that has custom states such as
/// `:state(playing)`.
const OLDEST: [(&str, u32); 2] = [("Chromium", 125), ("Firefox", 126)];

const CHROMIUM_VARIABLE: &str = "CHROMIUM";
const CHROMEDRIVER_VARIABLE: &str = "CHROMEDRIVER";
const FIREFOX_VARIABLE: &str = "FIREFOX";
const GECKODRIVER_VARIABLE: &str = "GECKODRIVER";

const CHROMIUM_NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const FIREFOX_NAMES: &[&str] = &[
    "firefox",
    "firefox-esr",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];

pub(super) const CHROMIUM: &[Program] = &[
    Program {
        names: CHROMIUM_NAMES,
        variable: Some(CHROMIUM_VARIABLE),
        debian: Some("chromium"),
        ubuntu: None,
        fedora: Some("chromium"),
        homebrew: Some("--cask google-chrome"),
        otherwise: "on Ubuntu it is a snap: sudo snap install chromium, then CHROMIUM=/snap/bin/chromium and \
            CHROMEDRIVER=/snap/bin/chromium.chromedriver; or install Google Chrome and the chromedriver of its version",
    },
    Program {
        names: &["chromedriver"],
        variable: Some(CHROMEDRIVER_VARIABLE),
        debian: Some("chromium-driver"),
        ubuntu: None,
        fedora: Some("chromedriver"),
        homebrew: Some("--cask chromedriver"),
        otherwise: "it has to be of Chromium's major version; on Ubuntu the snap of Chromium has it, \
            CHROMEDRIVER=/snap/bin/chromium.chromedriver",
    },
];
pub(super) const FIREFOX: &[Program] = if cfg!(target_os = "linux") {
    &[FIREFOX_ALONE, PULSEAUDIO]
} else {
    &[FIREFOX_ALONE]
};
const FIREFOX_ALONE: Program = Program {
    names: FIREFOX_NAMES,
    variable: Some(FIREFOX_VARIABLE),
    debian: Some("firefox-esr"),
    ubuntu: None,
    fedora: Some("firefox"),
    homebrew: Some("--cask firefox"),
    otherwise: "on Ubuntu it is a snap: sudo snap install firefox, then FIREFOX=/snap/firefox/current/usr/lib/firefox/firefox",
};
/// WebKit has no headless mode, so it needs an X server.
pub(super) const WEBKIT: &[Program] = &[
    Program {
        names: &["WebKitWebDriver"],
        variable: None,
        debian: Some("webkit2gtk-driver"),
        ubuntu: Some("webkit2gtk-driver"),
        fedora: None,
        homebrew: None,
        otherwise: "leave its checks out by --skip e2e-webkit",
    },
    XVFB,
    PULSEAUDIO,
];

pub(super) fn chromium(workspace: &Workspace) -> Result<()> {
    let pair = || -> Result<[(PathBuf, String); 2]> {
        let browser = named_or_found(workspace, CHROMIUM_VARIABLE, CHROMIUM_NAMES)?;
        let driver = named_or_found(workspace, CHROMEDRIVER_VARIABLE, &["chromedriver"])?;
        let versions = [version(workspace, &browser)?, version(workspace, &driver)?];
        let [one, other] = versions;
        Ok([(browser, one), (driver, other)])
    };
    let mut found = pair()?;
    if let Some(complaint) = unfit(&found[0].1, &found[1].1) {
        report("chromium", &complaint);
        let ours = found[0].0.starts_with("/usr/bin") && found[1].0.starts_with("/usr/bin");
        if ours && system::renew(workspace, &["chromium", "chromium-driver"])? {
            found = pair()?;
        }
        if let Some(complaint) = unfit(&found[0].1, &found[1].1) {
            bail!(
                "{complaint} ({} and {})",
                found[0].0.display(),
                found[1].0.display()
            );
        }
    }
    let [(browser, browser_version), (driver, _)] = &found;
    hand_on(workspace, CHROMIUM_VARIABLE, browser);
    hand_on(workspace, CHROMEDRIVER_VARIABLE, driver);
    report("chromium", number(browser_version));
    Ok(())
}

pub(super) fn firefox(workspace: &Workspace) -> Result<()> {
    let browser = || -> Result<(PathBuf, String)> {
        let path = named_or_found(workspace, FIREFOX_VARIABLE, FIREFOX_NAMES)?;
        let version = version(workspace, &path)?;
        Ok((path, version))
    };
    let (mut path, mut version) = browser()?;
    if too_old(1, &version).is_some()
        && path.starts_with("/usr/bin")
        && system::renew(workspace, &["firefox-esr"])?
    {
        (path, version) = browser()?;
    }
    if let Some(complaint) = too_old(1, &version) {
        bail!("{complaint} ({})", path.display());
    }
    let named = env::var_os(GECKODRIVER_VARIABLE).filter(|path| !path.is_empty());
    let driver = match named {
        Some(_) => named_or_found(workspace, GECKODRIVER_VARIABLE, &[])?,
        None => {
            rust::cargo_tool(
                workspace,
                "geckodriver",
                "geckodriver",
                tools::GECKODRIVER,
                &["--locked"],
            )?;
            find(workspace, "geckodriver").context("geckodriver is not on PATH")?
        }
    };
    hand_on(workspace, FIREFOX_VARIABLE, &path);
    hand_on(workspace, GECKODRIVER_VARIABLE, &driver);
    report("firefox", number(&version));
    Ok(())
}

pub(super) fn webkit(workspace: &Workspace) -> Result<()> {
    let driver = find(workspace, "WebKitWebDriver").context("WebKitWebDriver is not on PATH")?;
    // WebKitWebDriver has no option that prints its version.
    report("webkit", &driver.display().to_string());
    Ok(())
}

fn named_or_found(workspace: &Workspace, variable: &str, names: &[&str]) -> Result<PathBuf> {
    let Some(named) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        let found = names.iter().find_map(|name| find(workspace, name));
        return found.with_context(|| format!("{} is missing", names[0]));
    };
    let path = PathBuf::from(named);
    ensure!(
        path.is_file(),
        "{variable} names {}, where there is no program",
        path.display()
    );
    Ok(path)
}

/// Returns why this Chromium and this driver cannot be used, or `None` if they can.
fn unfit(browser: &str, driver: &str) -> Option<String> {
    if first_number(browser) == first_number(driver) {
        return too_old(0, browser);
    }
    Some(format!(
        "chromedriver {} does not fit Chromium {}: install the same major version of both",
        number(driver),
        number(browser)
    ))
}

fn too_old(browser: usize, version: &str) -> Option<String> {
    let (name, oldest) = OLDEST[browser];
    let major = first_number(version)?;
    (major < oldest).then(|| {
        format!("{name} {major} is older than the oldest that Sori works in, {oldest}: install a newer one")
    })
}

/// Passes the path on to the tests, which wasm-pack and the harness of tests/e2e run.
fn hand_on(workspace: &Workspace, variable: &str, path: &Path) {
    workspace.shell().set_var(variable, path);
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, too_old, unfit};

    #[test]
    fn readme_names_the_same_oldest_browsers() {
        let readme = include_str!("../../../README.md");
        let [(_, chromium), (_, firefox)] = OLDEST;
        let line = format!("Chrome and Edge {chromium}, Firefox {firefox}");
        assert!(readme.contains(&line), "{line}");
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_to_do() {
        let driver = "ChromeDriver 156.0.8078.108 (a21ce)";
        assert_eq!(unfit("Chromium 156.0.8078.79", driver), None);
        assert_eq!(
            unfit("Chromium 150.0.7871.100", driver).unwrap(),
            "chromedriver 156.0.8078.108 does not fit Chromium 150.0.7871.100: install the same major version of both"
        );
        let old = unfit("Google Chrome 90.0.1", "ChromeDriver 90.0.2").unwrap();
        assert!(old.starts_with("Chromium 90 is older than"), "{old}");
        assert_eq!(too_old(1, "Mozilla Firefox 140.12.0esr"), None);
        assert!(too_old(1, "Mozilla Firefox 115.0esr").is_some());
    }
}
