//! Checks the size of the package's files against a budget.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::workspace::Workspace;

/// The file that paints the widget.
const PAINTED: Budget = Budget {
    name: "until the widget is painted",
    files: &["define.js"],
    brotli: 17_900,
};
/// `define.js` and everything that it loads, in both stages.
const PACKAGE: Budget = Budget {
    name: "define.js and what it loads",
    files: &["define.js", "sori_bg.wasm"],
    brotli: 33_310,
};
/// The share button alone.
const SHARE: Budget = Budget {
    name: "share.js and what it loads",
    files: &["share.js", "button_bg.wasm"],
    brotli: 9_520,
};

struct Budget {
    name: &'static str,
    files: &'static [&'static str],
    /// Bytes after brotli -q 11, each file compressed by itself as a server would.
    brotli: usize,
}

struct Sizes {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = workspace.path("pkg/dist");
    ensure!(
        dist.is_dir(),
        "pkg/dist does not exist: run cargo xtask build first"
    );
    let mut sizes = Vec::new();
    collect(&dist, "", &mut sizes)?;
    sizes.sort_by(|a, b| a.name.cmp(&b.name));

    println!(
        "{:<28}{:>10}{:>10}{:>14}",
        "file", "raw", "gzip -9", "brotli -q 11"
    );
    for file in &sizes {
        println!(
            "{:<28}{:>10}{:>10}{:>14}",
            file.name, file.raw, file.gzip, file.brotli
        );
    }
    let share = total(&SHARE, &sizes)?;
    let painted = total(&PAINTED, &sizes)?;
    let package = total(&PACKAGE, &sizes)?;
    let spent = [(&SHARE, share), (&PAINTED, painted), (&PACKAGE, package)];
    for (budget, spent) in spent {
        println!("{}: {spent} of {} bytes", budget.name, budget.brotli);
    }
    println!("total brotli {package} bytes");
    for (budget, spent) in spent {
        ensure!(
            spent <= budget.brotli,
            "{} is over budget by {} bytes",
            budget.name,
            spent - budget.brotli
        );
    }
    Ok(())
}

fn total(budget: &Budget, sizes: &[Sizes]) -> Result<usize> {
    let mut sum = 0;
    for name in budget.files {
        let file = sizes.iter().find(|file| file.name == *name);
        ensure!(
            file.is_some(),
            "pkg/dist/{name} does not exist: run cargo xtask build first"
        );
        sum += file.map_or(0, |file| file.brotli);
    }
    Ok(sum)
}

fn collect(dir: &Path, prefix: &str, into: &mut Vec<Sizes>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), into)?;
        } else if name.ends_with(".js") || name.ends_with(".wasm") {
            let bytes = fs::read(entry.path())?;
            into.push(Sizes {
                name,
                raw: bytes.len(),
                gzip: gzip(&bytes)?,
                brotli: brotli(&bytes)?,
            });
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out.len())
}
