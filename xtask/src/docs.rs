//! Writes the pages of the host site as static files for any web server, with relative links.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xshell::cmd;

use crate::fresh;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// The folder for the files; other files in it stay
    #[arg(long, value_name = "DIR", default_value = "target/docs")]
    out: PathBuf,
    /// The URL where the files will be published, for sitemap.xml; without it no sitemap is written
    #[arg(long, value_name = "URL")]
    base: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    fresh::package(workspace)?;
    let sh = workspace.shell();
    let (www, pkg, out) = (
        workspace.path("www"),
        workspace.path("pkg/dist"),
        &options.out,
    );
    let base = options.base.iter().flat_map(|base| ["--base", base]);
    cmd!(
        sh,
        "cargo run --quiet -p sori-backend --example site -- --www {www} --pkg {pkg} --write-docs {out} {base...}"
    )
    .run()?;
    Ok(())
}
