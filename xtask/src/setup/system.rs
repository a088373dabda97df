//! What the operating system's packages bring. Debian's are installed where this user may; elsewhere the missing ones are
//! named, all at once, with the command that installs them.

use std::env;
use std::fs;
use std::sync::OnceLock;

use anyhow::{Result, bail};
use xshell::{Cmd, cmd};

use super::{find, report, version};
use crate::workspace::Workspace;

/// A program, and the packages that hold it; `None` where there is none.
pub(super) struct Program {
    /// The first of these that is there; a whole path, or a name on PATH.
    pub(super) names: &'static [&'static str],
    /// The environment variable by which a person names it.
    pub(super) variable: Option<&'static str>,
    pub(super) debian: Option<&'static str>,
    pub(super) ubuntu: Option<&'static str>,
    pub(super) fedora: Option<&'static str>,
    pub(super) homebrew: Option<&'static str>,
    /// What else there is to know where the system has no package.
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
            otherwise: "it is for Linux only",
        }
    }

    fn is_there(&self, workspace: &Workspace) -> bool {
        let named = self.variable.and_then(env::var_os).is_some();
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

/// A sound card that nobody hears: without one Firefox and WebKit play nothing.
pub(super) const PULSEAUDIO: Program = Program {
    otherwise: "it is the sound card of the tests, without which Firefox and WebKit play nothing",
    ..Program::of_linux(&["pulseaudio"], "pulseaudio", "pulseaudio")
};
pub(super) const XVFB: Program = Program::of_linux(&["Xvfb"], "xvfb", "xorg-x11-server-Xvfb");
pub(super) const SCREEN_READER: &[Program] = &[
    XVFB,
    Program::of_linux(&["dbus-daemon"], "dbus", "dbus-daemon"),
    Program::of_linux(
        &["/usr/libexec/at-spi-bus-launcher"],
        "at-spi2-core",
        "at-spi2-core",
    ),
    Program::of_linux(&["gdbus"], "libglib2.0-bin", "glib2"),
    Program::of_linux(&["openbox"], "openbox", "openbox"),
    Program::of_linux(&["xdotool"], "xdotool", "xdotool"),
    Program::of_linux(&["orca"], "orca", "orca"),
];

/// What the quick half of the server snippets runs on.
pub(super) const STACKS: &[Program] = &[Program {
    ubuntu: Some("php-cli"),
    homebrew: Some("php"),
    ..Program::of_linux(&["php"], "php-cli", "php-cli")
}];
/// And the slow half.
pub(super) const MORE_STACKS: &[Program] = &[
    Program::of_linux(&["go"], "golang-go", "golang"),
    Program::of_linux(&["puma"], "puma", "rubygem-puma"),
    Program::of_linux(
        &["/usr/lib/ruby/vendor_ruby/recaptcha.rb"],
        "ruby-recaptcha",
        "rubygem-recaptcha",
    ),
    Program::of_linux(
        // Its other files have the version in their path.
        &["/usr/share/doc/ruby-railties/copyright"],
        "ruby-railties",
        "rubygem-railties",
    ),
    Program::of_linux(
        &["/usr/share/php/Illuminate/autoload.php"],
        "php-laravel-framework",
        "php-laravel-framework",
    ),
    // Laravel's HTTP client.
    Program::of_linux(
        &["/usr/share/php/GuzzleHttp/Client.php"],
        "php-guzzlehttp-guzzle",
        "php-guzzlehttp-guzzle",
    ),
    Program::of_linux(
        &["/usr/share/wordpress/wp-load.php"],
        "wordpress",
        "wordpress",
    ),
    Program::of_linux(
        &["mariadbd", "/usr/sbin/mariadbd"],
        "mariadb-server",
        "mariadb-server",
    ),
    Program::of_linux(
        &["/usr/share/doc/php-mysql/copyright"],
        "php-mysql",
        "php-mysqlnd",
    ),
    Program::of_linux(
        &["/usr/share/php/ReCaptcha/autoload.php"],
        "php-google-recaptcha",
        "php-google-recaptcha",
    ),
    Program::of_linux(
        &["/usr/share/doc/php-curl/copyright"],
        "php-curl",
        "php-curl",
    ),
    Program::of_linux(
        &["/usr/share/gocode/src/github.com/dpapathanasiou/go-recaptcha/recaptcha.go"],
        "golang-github-dpapathanasiou-go-recaptcha-dev",
        "golang-github-dpapathanasiou-go-recaptcha-devel",
    ),
    Program::of_linux(&["javac"], "default-jdk-headless", "java-devel"),
    Program::of_linux(
        &["/usr/share/java/spring3-web.servlet.jar"],
        "libspring-web-servlet-java",
        "springframework-webmvc",
    ),
    Program::of_linux(
        &["/usr/share/java/tomcat9-catalina.jar"],
        "libtomcat9-java",
        "tomcat",
    ),
    Program::of_linux(
        &["/usr/share/java/jackson-databind.jar"],
        "libjackson2-databind-java",
        "jackson-databind",
    ),
];

pub(super) fn orca(workspace: &Workspace) -> Result<()> {
    report("orca", &version(workspace, "orca".as_ref())?);
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    /// And what is made from it, with its packages under its names.
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

    /// By os-release(5).
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

/// Programs that are still missing, each with the words for it.
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

/// Has what is missing installed, if this user may install it.
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
        trouble = apt_install(workspace, packages).err();
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
        None => format!(
            "{name} is missing, and there is no package of it here: {}{by_variable}",
            program.otherwise
        ),
    }
}

/// As root on a system with Debian's package manager.
fn may_install(workspace: &Workspace) -> bool {
    let sh = workspace.shell();
    let system = System::here();
    (system == System::Debian || system == System::Ubuntu)
        && find(workspace, "apt-get").is_some()
        && cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0")
}

/// The newest version that the package lists have, in place of an installed one; `false` where this user may not.
pub(super) fn renew(workspace: &Workspace, packages: &[&'static str]) -> Result<bool> {
    if System::here() != System::Debian || !may_install(workspace) {
        return Ok(false);
    }
    apt_install(workspace, packages.iter().copied())?;
    Ok(true)
}

fn apt_install(workspace: &Workspace, packages: impl Iterator<Item = &'static str>) -> Result<()> {
    let packages: Vec<&str> = packages.collect();
    if packages.is_empty() {
        return Ok(());
    }
    refresh(workspace);
    let sh = workspace.shell();
    let mut known = Vec::new();
    for package in &packages {
        match candidate(workspace, package) {
            Some(version) => {
                report(package, &format!("installing {version}"));
                known.push(*package);
            }
            None => report(package, "the package lists have no such package"),
        }
    }
    let wanted = &known;
    let output = quiet(cmd!(
        sh,
        "apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 {wanted...}"
    ))
    .ignore_status()
    .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    bail!(
        "apt-get install {} fails:\n{}",
        known.join(" "),
        said.trim()
    )
}

/// The lists of a fresh image are empty or old, and what they name may be gone. Once is enough.
fn refresh(workspace: &Workspace) {
    static REFRESHED: OnceLock<()> = OnceLock::new();
    REFRESHED.get_or_init(|| {
        report("apt-get", "refreshing the package lists");
        let sh = workspace.shell();
        let output = quiet(cmd!(sh, "apt-get update -qq -o DPkg::Lock::Timeout=600"))
            .ignore_status()
            .output();
        match output {
            Ok(output) if output.status.success() => {}
            // The lists at hand may do: an install that fails says the rest.
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                report(
                    "apt-get",
                    &format!(
                        "cannot refresh them, going on with the old ones: {}",
                        said.trim()
                    ),
                );
            }
            Err(error) => report("apt-get", &format!("cannot refresh them: {error}")),
        }
    });
}

/// The version that an installation would take.
fn candidate(workspace: &Workspace, package: &str) -> Option<String> {
    let policy = cmd!(workspace.shell(), "apt-cache policy {package}")
        .env("LC_ALL", "C")
        .quiet()
        .ignore_stderr()
        .read()
        .ok()?;
    let line = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}

/// Without questions, progress bars and remarks about apt-utils.
fn quiet(command: Cmd<'_>) -> Cmd<'_> {
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("DEBCONF_NOWARNINGS", "yes")
        .env("NEEDRESTART_SUSPEND", "1")
        .env("LC_ALL", "C.UTF-8")
        .quiet()
}

#[cfg(test)]
mod tests {
    use super::{PULSEAUDIO, System, words};
    use crate::setup::browsers::CHROMIUM;

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

    #[test]
    fn what_is_missing_is_named_with_what_brings_it() {
        assert_eq!(
            words(&PULSEAUDIO, System::Fedora),
            "pulseaudio is missing: sudo dnf install pulseaudio"
        );
        let words = words(&CHROMIUM[0], System::Ubuntu);
        assert!(
            words.contains("snap") && words.contains("CHROMIUM"),
            "{words}"
        );
    }
}
