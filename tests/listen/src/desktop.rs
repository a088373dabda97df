//! A desktop without a screen, on which a screen reader runs: X server, message bus, window manager, Orca.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sori_e2e::{Process, target_folder};

/// This file tells Orca to print what it would speak.
const CUSTOMIZATIONS: &str = include_str!("../orca-customizations.py");

/// A text that Orca would have spoken.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Utterance {
    /// In ms since the epoch.
    pub(crate) at: u64,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Started,
    /// The beginning of a page that Orca reads out as a whole.
    Page,
    Speech,
}

/// Ends with everything that runs on it. The fields are dropped in this order: Orca first, the X server last.
#[derive(Debug)]
pub(crate) struct Desktop {
    orca: Process,
    _windows: Process,
    _bus: Process,
    _screen: Process,
    environment: Vec<(String, String)>,
}

impl Desktop {
    /// `language` is Orca's language, as in the variable `LANGUAGE`.
    pub(crate) fn start(language: &str) -> Self {
        let home = private_home();
        let path = |name: &str| home.join(name).display().to_string();
        let mut environment: Vec<(String, String)> = [
            ("HOME", path("")),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_CACHE_HOME", path("cache")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("GNOME_ACCESSIBILITY", "1".into()),
            ("ACCESSIBILITY_ENABLED", "1".into()),
            ("GTK_USE_PORTAL", "0".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("LANGUAGE", language.into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();

        let mut command = on(&environment, "Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x1000x24",
            "-nolisten",
            "tcp",
        ]);
        let (screen, display) =
            Process::start("Xvfb", &mut command, |line| line.trim().parse::<u32>().ok());
        environment.push(("DISPLAY".into(), format!(":{display}")));

        let mut command = on(&environment, "dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let (bus, address) = Process::start("dbus-daemon", &mut command, |line| {
            line.starts_with("unix:").then(|| line.to_owned())
        });
        environment.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
        for switch in ["IsEnabled", "ScreenReaderEnabled"] {
            switch_on(&environment, switch);
        }

        let mut command = on(&environment, "openbox");
        command.args(["--startup", "echo ready"]);
        let (windows, ()) = Process::start("openbox", &mut command, |line| {
            (line == "ready").then_some(())
        });

        let mut command = on(&environment, "orca");
        command.arg("-u").arg(home.join("orca"));
        let (orca, ()) = Process::start("Orca", &mut command, |line| {
            let said: Utterance = serde_json::from_str(line).ok()?;
            (said.kind == Kind::Started).then_some(())
        });
        Self {
            orca,
            _windows: windows,
            _bus: bus,
            _screen: screen,
            environment,
        }
    }

    /// What a program needs to open its window here.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// All that Orca has said so far.
    pub(crate) fn said(&self) -> Vec<Utterance> {
        let output = self.orca.output();
        output
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Makes the browser's window the active one. Orca does not speak about a window that is not active.
    pub(crate) fn activate_window(&self) {
        let done = on(&self.environment, "xdotool")
            .args(["search", "--sync", "--onlyvisible", "--name", "Sori|소리"])
            .args(["windowactivate", "--sync"])
            .status();
        assert!(
            done.is_ok_and(|status| status.success()),
            "the browser's window cannot be activated"
        );
    }
}

/// A folder that no other run uses and that has no user's settings. Emptied at each start, and kept afterwards for
/// debugging.
fn private_home() -> PathBuf {
    let home = target_folder().join("listen/home");
    if home.exists() {
        fs::remove_dir_all(&home)
            .unwrap_or_else(|error| panic!("cannot empty {}: {error}", home.display()));
    }
    let file = |path: &str, text: &str| {
        let path = home.join(path);
        create(path.parent().expect("a file lies in a folder"));
        fs::write(&path, text)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    };
    file("orca/orca-customizations.py", CUSTOMIZATIONS);
    // Any program that requests speech would start a speech server.
    file(
        "config/speech-dispatcher/speechd.conf",
        "DisableAutoSpawn\n",
    );
    for folder in ["data", "cache", "run"] {
        create(&home.join(folder));
    }
    home
}

/// Only the owner may read it, which XDG_RUNTIME_DIR requires.
fn create(folder: &Path) {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
}

fn on(environment: &[(String, String)], program: &str) -> Command {
    let mut command = Command::new(program);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// The accessibility bus starts with the first request after this.
fn switch_on(environment: &[(String, String)], property: &str) {
    let answer = on(environment, "gdbus")
        .args([
            "call",
            "--session",
            "--dest",
            "org.a11y.Bus",
            "--object-path",
            "/org/a11y/bus",
        ])
        .args(["--method", "org.freedesktop.DBus.Properties.Set"])
        .args(["org.a11y.Status", property, "<true>"])
        .output()
        .unwrap_or_else(|error| panic!("cannot start gdbus: {error}"));
    assert!(
        answer.status.success(),
        "the accessibility bus refuses {property}: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
}
