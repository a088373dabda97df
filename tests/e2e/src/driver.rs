//! chromedriver or geckodriver, on a free port.

use std::process::Command;

use crate::browser::Engine;
use crate::process::Process;
use crate::sound::Sound;

#[derive(Debug)]
pub(crate) struct Driver {
    /// Held for its end.
    _process: Process,
    _sound: Option<Sound>,
    pub(crate) address: String,
}

impl Driver {
    /// With further environment variables, which the browser inherits.
    pub(crate) fn start(engine: Engine, environment: &[(String, String)]) -> Self {
        let environment = environment.iter().map(|(name, value)| (name, value));
        match engine {
            Engine::Chromium => {
                let mut command = Command::new("chromedriver");
                command.arg("--port=0").envs(environment);
                // "ChromeDriver was started successfully on port 33271."
                let (process, port) = Process::start("chromedriver", &mut command, |line| {
                    line.split_once("successfully on port ")
                        .map(|(_, port)| port.trim_end_matches('.').to_owned())
                });
                Self {
                    _process: process,
                    _sound: None,
                    address: format!("http://127.0.0.1:{port}"),
                }
            }
            Engine::Firefox => {
                let sound = Sound::start();
                let mut command = Command::new("geckodriver");
                command
                    .args(["--port", "0", "--log", "info", "--websocket-port", "0"])
                    .env("PULSE_SERVER", &sound.address)
                    .envs(environment);
                // "1730000000000	geckodriver	INFO	Listening on 127.0.0.1:33271"
                let (process, address) = Process::start("geckodriver", &mut command, |line| {
                    line.split_once("Listening on ")
                        .map(|(_, address)| address.to_owned())
                });
                Self {
                    _process: process,
                    _sound: Some(sound),
                    address: format!("http://{address}"),
                }
            }
        }
    }
}
