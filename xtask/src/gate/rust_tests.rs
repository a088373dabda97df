//! Runs a command that runs Rust tests, and reads the names of the failed tests from its output.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use xshell::Cmd;

/// Tests that failed, by name.
#[derive(Debug)]
pub(crate) struct FailedTests(pub(crate) Vec<String>);

impl fmt::Display for FailedTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for FailedTests {}

/// Runs the command and shows its output at once. If tests are chosen by name, at least one must have run.
pub(crate) fn run(command: Cmd<'_>, names: &[String]) -> Result<()> {
    println!("$ {command}");
    let mut child = Command::from(command)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start it")?;
    let mut read = Reading::default();
    let mut output = child.stdout.take().context("its output is piped")?;
    let mut chunk = [0; 8192];
    loop {
        let length = output.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        io::stdout().write_all(&chunk[..length])?;
        io::stdout().flush()?;
        read.take(&chunk[..length]);
    }
    let status = child.wait()?;
    if status.success() {
        ensure!(
            names.is_empty() || read.ran > 0,
            "no test's name contains {}",
            names.join(" or ")
        );
        return Ok(());
    }
    if read.failed.is_empty() {
        bail!("it ended with {status}");
    }
    bail!(FailedTests(read.failed))
}

#[derive(Default)]
struct Reading {
    line: Vec<u8>,
    /// The last list of names in the output. It is a list of failed tests if the result after it says so.
    list: Option<Vec<String>>,
    failed: Vec<String>,
    ran: u64,
}

impl Reading {
    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&self.line).into_owned();
                self.line.clear();
                self.line(line.trim_end());
            } else {
                self.line.push(byte);
            }
        }
    }

    fn line(&mut self, line: &str) {
        if line == "failures:" {
            self.list = Some(Vec::new());
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.failed.extend(self.list.take().into_iter().flatten());
            self.ran += count(result, "passed") + count(result, "failed");
        } else if let (Some(list), Some(name)) = (&mut self.list, line.strip_prefix("    "))
            && !name.contains(' ')
        {
            list.push(name.to_owned());
        }
    }
}

/// `ok. 12 passed; 0 failed; …`
fn count(result: &str, what: &str) -> u64 {
    result
        .split(['.', ';'])
        .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Reading;

    #[test]
    fn failed_tests_are_read_from_what_is_printed() {
        let mut reading = Reading::default();
        // A test may print anything, even lines that look like a list of failures.
        let text = "running 3 tests\n..F\nfailures:\n\n---- form::a stdout ----\n    indented\nfailures:\n    form::made up\n\n\
            failures:\n    form::a\n    keys::b\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n\n\
            running 1 test\n.\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
        for piece in text.as_bytes().chunks(7) {
            reading.take(piece);
        }
        assert_eq!(reading.failed, ["form::a", "keys::b"]);
        assert_eq!(reading.ran, 4);
    }

    #[test]
    fn a_browsers_list_is_read_too() {
        let mut reading = Reading::default();
        reading.take(
            b"failures:\n\n    captcha::lifecycle::a\n\ntest result: FAILED. 20 passed; 1 failed; 0 ignored; finished in 1.0s\n",
        );
        assert_eq!(reading.failed, ["captcha::lifecycle::a"]);
        assert_eq!(reading.ran, 21);
    }
}
