//! Programs that come from packages of the operating system. On Debian they are installed if this user may do that. In
//! all other cases, this prints all missing programs together, with the command that installs them.

use std::env;
use std::fs;

use anyhow::Result;
use xshell::cmd;

use super::{apt, find, report, version};
use crate::workspace::Workspace;

/// A program, and the packages that contain it. `None` means that the system has no such package.
pub(super) struct Program {
    /// Names on PATH or whole paths. The first one that exists is used.
    pub(super) names: &'static [&'static str],
    /// The environment variable with which a person can name another program.
    pub(super) variable: Option<&'static str>,
    pub(super) debian: Option<&'static str>,
    pub(super) ubuntu: Option<&'static str>,
    pub(super) fedora: Option<&'static str>,
    pub(super) homebrew: Option<&'static str>,
    /// What to print if the system has no package.
    pub(super) otherwise: &'static str,
}

impl Program {
    pub(super) const fn of_linux(
        names: &'static [&'static str],
        debian: &'static str,
        fedora: &'static str,
    ) -> Self {
        Self {
            names,
            variable: None,
            debian: Some(debian),
            ubuntu: Some(debian),
            fedora: Some(fedora),
            homebrew: None,
            otherwise: "it is for Linux only: leave out the check that needs it by --skip",
        }
    }

    fn is_there(&self, workspace: &Workspace) -> bool {
        let named = self
            .variable
            .and_then(env::var_os)
            .is_some_and(|path| !path.is_empty());
        named
            || self
                .names
                .iter()
                .any(|name| find(workspace, name).is_some())
    }

    fn package(&self, system: System) -> Option<&'static str> {
        match system {
            System::Debian => self.debian,
            System::Ubuntu => self.ubuntu,
            System::Fedora => self.fedora,
            System::MacOs => self.homebrew,
            System::Other => None,
        }
    }
}

pub(super) fn orca(workspace: &Workspace) -> Result<()> {
    report("orca", &version(workspace, "orca".as_ref())?);
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    /// Debian, and systems that are made from it and use its names of packages.
    Debian,
    /// Like Debian, but its browsers are snaps.
    Ubuntu,
    Fedora,
    MacOs,
    Other,
}

impl System {
    fn here() -> Self {
        if cfg!(target_os = "macos") {
            return System::MacOs;
        }
        Self::of(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    /// Reads the content of the file os-release(5).
    fn of(release: &str) -> Self {
        let words: Vec<&str> = release
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|value| value.trim_matches('"').split_whitespace())
            .collect();
        let is = |name| words.contains(&name);
        if is("ubuntu") {
            System::Ubuntu
        } else if is("debian") {
            System::Debian
        } else if is("fedora") || is("rhel") {
            System::Fedora
        } else {
            System::Other
        }
    }

    fn command(self) -> &'static str {
        match self {
            System::Debian | System::Ubuntu => "sudo apt-get install --no-install-recommends",
            System::Fedora => "sudo dnf install",
            System::MacOs => "brew install",
            System::Other => "",
        }
    }
}

/// Programs that are still missing, each with the message for the user.
pub(super) struct Refused(Vec<(&'static [&'static str], String)>);

impl Refused {
    pub(super) fn for_programs(&self, programs: &[Program]) -> Option<String> {
        let words: Vec<&str> = self
            .0
            .iter()
            .filter(|(names, _)| programs.iter().any(|program| program.names == *names))
            .map(|(_, words)| words.as_str())
            .collect();
        (!words.is_empty()).then(|| words.join("\n"))
    }
}

/// Installs the missing programs, if this user may install packages.
pub(super) fn install<'a>(
    workspace: &Workspace,
    programs: impl Iterator<Item = &'a Program>,
) -> Refused {
    let mut missing: Vec<&Program> = Vec::new();
    for program in programs {
        let known = missing.iter().any(|other| other.names == program.names);
        if !(known || program.is_there(workspace)) {
            missing.push(program);
        }
    }
    if missing.is_empty() {
        return Refused(Vec::new());
    }
    let system = System::here();
    let mut trouble = None;
    if may_install(workspace) {
        let packages = missing.iter().filter_map(|program| program.package(system));
        trouble = apt::install(workspace, packages).err();
        missing.retain(|program| !program.is_there(workspace));
    }
    let refused = missing.into_iter().map(|program| {
        let mut words = words(program, system);
        if let Some(trouble) = &trouble {
            words = format!("{words}\n{trouble:#}");
        }
        (program.names, words)
    });
    Refused(refused.collect())
}

fn words(program: &Program, system: System) -> String {
    let name = program.names[0];
    let by_variable = program
        .variable
        .map(|variable| format!("; or name it by the variable {variable}"))
        .unwrap_or_default();
    match program.package(system) {
        Some(package) => format!(
            "{name} is missing: {} {package}{by_variable}",
            system.command()
        ),
        None if system == System::Other => format!(
            "{name} is missing, and what brings it here is not known: install it as programs are installed on this system{by_variable}"
        ),
        None => format!(
            "{name} is missing, and there is no package of it here: {}{by_variable}",
            program.otherwise
        ),
    }
}

/// Whether this user may install packages: only root on a system with Debian's package manager.
fn may_install(workspace: &Workspace) -> bool {
    let sh = workspace.shell();
    let system = System::here();
    (system == System::Debian || system == System::Ubuntu)
        && find(workspace, "apt-get").is_some()
        && cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0")
}

/// Replaces installed packages by the newest versions in the package lists. Returns `false` if this user may not do
/// that.
pub(super) fn renew(workspace: &Workspace, packages: &[&'static str]) -> Result<bool> {
    if System::here() != System::Debian || !may_install(workspace) {
        return Ok(false);
    }
    apt::install(workspace, packages.iter().copied())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::{EVERYTHING, Need};
    use super::{Program, System, words};

    #[test]
    fn systems_are_told_apart_by_their_release_file() {
        for (release, system) in [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\n",
                System::Debian,
            ),
            ("ID=ubuntu\nID_LIKE=debian\n", System::Ubuntu),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Ubuntu),
            ("ID=raspbian\nID_LIKE=debian\n", System::Debian),
            ("ID=fedora\n", System::Fedora),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                System::Fedora,
            ),
            ("ID=nixos\n", System::Other),
            ("", System::Other),
        ] {
            assert_eq!(System::of(release), system, "{release}");
        }
    }

    const SYSTEMS: [System; 5] = [
        System::Debian,
        System::Ubuntu,
        System::Fedora,
        System::MacOs,
        System::Other,
    ];

    fn said_of(need: Need, system: System) -> Vec<String> {
        let programs = need.programs().iter();
        programs.map(|program| words(program, system)).collect()
    }

    #[test]
    fn every_system_is_told_what_to_do_about_every_missing_program() {
        let all = EVERYTHING.iter().flat_map(|need| need.programs());
        for program in all {
            for system in SYSTEMS {
                let words = words(program, system);
                let acts = [
                    "apt-get install",
                    "dnf install",
                    "brew install",
                    "snap install",
                    "snap of Chromium",
                    "--skip",
                    "install it",
                    "without which",
                ];
                assert!(words.starts_with(program.names[0]), "{words}");
                assert!(
                    acts.iter().any(|act| words.contains(act)),
                    "{system:?}: {words}"
                );
            }
        }
    }

    #[test]
    fn browsers_are_named_as_each_system_has_them() {
        let chromium = |system| said_of(Need::Chromium, system).remove(0);
        let firefox = |system| said_of(Need::Firefox, system).remove(0);
        let webkit = |system| said_of(Need::Webkit, system).remove(0);
        let variable = "; or name it by the variable CHROMIUM";
        assert_eq!(
            chromium(System::Debian),
            format!(
                "chromium is missing: sudo apt-get install --no-install-recommends chromium{variable}"
            )
        );
        assert_eq!(
            chromium(System::Fedora),
            format!("chromium is missing: sudo dnf install chromium{variable}")
        );
        assert_eq!(
            chromium(System::MacOs),
            format!("chromium is missing: brew install --cask google-chrome{variable}")
        );
        for browser in [chromium(System::Ubuntu), firefox(System::Ubuntu)] {
            assert!(browser.contains("sudo snap install"), "{browser}");
        }
        for driver in [
            said_of(Need::Chromium, System::Ubuntu).remove(1),
            said_of(Need::Chromium, System::Fedora).remove(1),
            said_of(Need::Chromium, System::MacOs).remove(1),
        ] {
            assert!(driver.contains("CHROMEDRIVER"), "{driver}");
        }
        for system in [System::Fedora, System::MacOs] {
            let webkit = webkit(system);
            assert!(webkit.contains("--skip e2e-webkit"), "{webkit}");
        }
    }

    #[test]
    fn programs_of_linux_have_a_name_on_each_of_its_systems() {
        let program = Program::of_linux(&["gdbus"], "libglib2.0-bin", "glib2");
        let packages = SYSTEMS.map(|system| program.package(system));
        let (debian, fedora) = (Some("libglib2.0-bin"), Some("glib2"));
        assert_eq!(packages, [debian, debian, fedora, None, None]);
    }
}
