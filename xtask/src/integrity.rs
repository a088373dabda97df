//! Subresource Integrity hashes of the built files. They are printed for the snippets and saved for the tests.

use std::fs;
use std::path::Path;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

pub(crate) fn of(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}

/// Writes `dist/integrity.json`: file name → hash, for each file that a page loads directly.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let mut hashes = Map::new();
    for folder in ["", "locale/"] {
        let mut files: Vec<_> = fs::read_dir(dist.join(folder))?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        for file in files {
            let name = format!("{folder}{}", file.file_name().to_string_lossy());
            if name.ends_with(".js") || name.ends_with(".wasm") {
                let hash = of(&fs::read(file.path())?);
                println!("build: {name} {hash}");
                hashes.insert(name, Value::String(hash));
            }
        }
    }
    let text = serde_json::to_string_pretty(&Value::Object(hashes))?;
    fs::write(dist.join("integrity.json"), text + "\n")?;
    Ok(())
}
