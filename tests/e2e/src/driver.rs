//! chromedriver, geckodriver or WebKitWebDriver, on a free port.

use std::env;
use std::ffi::OsString;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::browser::Engine;
use crate::process::{Process, READY};
use crate::sound::Sound;

/// A port that was free a moment ago: the driver does not accept port 0.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener
        .local_addr()
        .expect("a bound listener has an address");
    address.port()
}

/// The program in the variable, which `cargo xtask test` sets, or else the program of that name on PATH.
fn program(variable: &str, name: &str) -> OsString {
    let named = env::var_os(variable).filter(|path| !path.is_empty());
    named.unwrap_or_else(|| name.into())
}

/// chromedriver on a port that it chose, and the port's number.
fn chromedriver(environment: Vec<(&String, &String)>) -> (Process, String) {
    let mut command = Command::new(program("CHROMEDRIVER", "chromedriver"));
    command.arg("--port=0").envs(environment);
    loop {
        // "ChromeDriver was started successfully on port 33271."
        let started = Process::try_start("chromedriver", &mut command, |line| {
            line.split_once("successfully on port ")
                .map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        match started {
            Ok(started) => return started,
            // chromedriver chooses a free port of one address family and then needs the same number in the other,
            // where it may be in use. A test cannot reserve both, so chromedriver must choose again.
            Err(said) if said.contains("port not available") => {}
            Err(said) => panic!("chromedriver did not become ready; it said:\n{said}"),
        }
    }
}

/// WebKitWebDriver on a port that was free, and its address.
fn webkit_driver(environment: &[(&String, &String)]) -> (Process, String) {
    loop {
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        // WebKitWebDriver prints nothing when it is ready, so the shell prints an empty line before it starts.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"echo; exec "$0" "$@""#, "WebKitWebDriver"])
            .args([&format!("--port={port}"), "--host=127.0.0.1"])
            .envs(environment.iter().copied());
        let (process, ()) = Process::start("WebKitWebDriver", &mut command, |_| Some(()));
        let deadline = Instant::now() + READY;
        loop {
            // Another program has taken the port in the meantime, and replies at it.
            if process.output().contains("Unable to listen") {
                break;
            }
            if TcpStream::connect(&address).is_ok() {
                return (process, address);
            }
            assert!(
                Instant::now() < deadline,
                "WebKitWebDriver did not become ready; it said:\n{}",
                process.output()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[derive(Debug)]
pub(crate) struct Driver {
    /// Kept because the process ends when this is dropped.
    _process: Process,
    _sound: Option<Sound>,
    _screen: Option<Process>,
    pub(crate) address: String,
}

impl Driver {
    /// Starts the driver with further environment variables, which the browser inherits.
    pub(crate) fn start(engine: Engine, environment: &[(String, String)]) -> Self {
        let environment = environment.iter().map(|(name, value)| (name, value));
        match engine {
            Engine::Chromium => {
                let (process, port) = chromedriver(environment.collect());
                Self {
                    _process: process,
                    _sound: None,
                    _screen: None,
                    address: format!("http://127.0.0.1:{port}"),
                }
            }
            Engine::Firefox => {
                let sound = cfg!(target_os = "linux").then(Sound::start);
                let mut command = Command::new(program("GECKODRIVER", "geckodriver"));
                command
                    .args(["--port", "0", "--log", "info", "--websocket-port", "0"])
                    .envs(sound.iter().map(|sound| ("PULSE_SERVER", &sound.address)))
                    .envs(environment);
                // "1730000000000	geckodriver	INFO	Listening on 127.0.0.1:33271"
                let (process, address) = Process::start("geckodriver", &mut command, |line| {
                    line.split_once("Listening on ")
                        .map(|(_, address)| address.to_owned())
                });
                Self {
                    _process: process,
                    _sound: sound,
                    _screen: None,
                    address: format!("http://{address}"),
                }
            }
            Engine::WebKit => {
                let sound = Sound::start();
                // WebKit has no headless mode.
                let mut command = Command::new("Xvfb");
                command.args(["-displayfd", "1", "-screen", "0", "1000x900x24"]);
                command.args(["-nolisten", "tcp"]);
                let (screen, display) = Process::start("Xvfb", &mut command, |line| {
                    Some(format!(":{}", line.trim()))
                });
                let mut environment: Vec<_> = environment.collect();
                let (sound_variable, display_variable) =
                    ("PULSE_SERVER".to_owned(), "DISPLAY".to_owned());
                environment.push((&sound_variable, &sound.address));
                environment.push((&display_variable, &display));
                let (process, address) = webkit_driver(&environment);
                Self {
                    _process: process,
                    _sound: Some(sound),
                    _screen: Some(screen),
                    address: format!("http://{address}"),
                }
            }
        }
    }
}
