//! Child processes that end with the test.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Long enough for a slow machine. Only a process that is never ready takes this long.
pub(crate) const READY: Duration = Duration::from_secs(60);

/// A child process that ends when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Arc<Mutex<String>>,
}

impl Process {
    /// Starts `command` and waits for the first line that `ready` understands.
    pub fn start<T: Send + 'static>(
        what: &str,
        command: &mut Command,
        ready: impl Fn(&str) -> Option<T> + Send + 'static,
    ) -> (Self, T) {
        Self::try_start(what, command, ready)
            .unwrap_or_else(|said| panic!("{what} did not become ready; it said:\n{said}"))
    }

    /// The same, but if the line never comes, what the process printed is the error.
    pub(crate) fn try_start<T: Send + 'static>(
        what: &str,
        command: &mut Command,
        ready: impl Fn(&str) -> Option<T> + Send + 'static,
    ) -> Result<(Self, T), String> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
        let output = Arc::new(Mutex::new(String::new()));
        let (found, waiting) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            let mut found = Some(found);
            collect(stdout, Arc::clone(&output), move |line| {
                if let Some(value) = found.as_ref().and_then(|_| ready(line)) {
                    // The caller may have given up.
                    let _ = found.take().map(|found| found.send(value));
                }
            });
        }
        if let Some(stderr) = child.stderr.take() {
            collect(stderr, Arc::clone(&output), |_| {});
        }
        let mut process = Self { child, output };
        match waiting.recv_timeout(READY) {
            Ok(value) => Ok((process, value)),
            Err(_) => {
                process.end();
                Err(process.output())
            }
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it has printed so far, on both streams.
    pub fn output(&self) -> String {
        self.output
            .lock()
            .map(|text| text.clone())
            .unwrap_or_default()
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads to the end. Otherwise the process would block on a full pipe.
fn collect(
    stream: impl Read + Send + 'static,
    into: Arc<Mutex<String>>,
    mut on_line: impl FnMut(&str) + Send + 'static,
) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            on_line(&line);
            if let Ok(mut text) = into.lock() {
                text.push_str(&line);
                text.push('\n');
            }
        }
    });
}
