//! Whose words the transcripts are: another Orca or browser may say the same in others.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// One line for each program.
pub(crate) fn here() -> String {
    // Debian's Firefox has a name of its own.
    let firefox = version("firefox").or_else(|| version("firefox-esr"));
    [
        ("Orca", version("orca")),
        ("Chromium", version("chromium")),
        ("Firefox", firefox),
    ]
    .map(|(name, version)| format!("{name}: {}\n", version.as_deref().unwrap_or("does not run")))
    .concat()
}

fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Says which versions differ from those that the transcripts were kept with.
pub(crate) fn compare(kept: &Path) {
    let here = here();
    match fs::read_to_string(kept) {
        Ok(kept) if kept == here => {}
        Ok(kept) => {
            println!("listen: the transcripts were kept with\n{kept}and are compared with\n{here}")
        }
        Err(error) => println!("listen: {}: {error}", kept.display()),
    }
}

pub(crate) fn keep(kept: &Path) -> io::Result<()> {
    fs::write(kept, here())
}
