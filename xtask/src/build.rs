//! `pkg/` complete: the wasm modules, the bundles around them, package.json.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{bundle, glue, integrity, languages, package, panics, shorten};

/// References are kept in an array of the glue's, as before the extension, and texts are returned by a pointer: the code
/// that hands them through tables and several results is 0.3 kB more. The standard library comes compiled with the
/// extensions but uses neither, which the linker is told by naming what is used.
const NO_REFERENCE_TYPES: &str =
    "-Ctarget-feature=-reference-types,-multivalue -Clink-arg=--no-check-features
    -Clink-arg=--features=bulk-memory,bulk-memory-opt,mutable-globals,nontrapping-fptoint,sign-ext";

/// One build of the widget crate.
pub(crate) struct Module {
    /// Names the wasm file: `{name}_bg.wasm`.
    pub(crate) name: &'static str,
    features: &'static str,
    opt_level: &'static str,
    /// Whether it is linked with the standard library, which comes with the texts of its panics.
    std: bool,
    /// Which extensions of WebAssembly it uses, as flags; by default those of the target.
    extensions: &'static str,
}

pub(crate) const FULL: Module = Module {
    name: "sori",
    features: "captcha",
    opt_level: "z",
    std: true,
    extensions: NO_REFERENCE_TYPES,
};
/// The share button alone.
pub(crate) const SHARE: Module = Module {
    name: "share",
    features: "share,bare",
    // A tenth smaller; the captcha's audio scan would pay for it in time.
    opt_level: "z",
    std: false,
    extensions: "",
};
pub(crate) const MODULES: [&Module; 2] = [&FULL, &SHARE];

impl Module {
    /// Where wasm-pack leaves its output: never in pkg/, where its `.gitignore` would make npm drop the wasm.
    pub(crate) fn raw_dir(&self, workspace: &Workspace) -> PathBuf {
        workspace.target().join("glue").join(self.name)
    }

    pub(crate) fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }
}

/// Builds, whatever is there: `fresh::package` asks first.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = workspace.path("pkg/dist");
    package::clean(workspace)?;
    recreate(&dist)?;
    for module in MODULES {
        wasm_pack(workspace, module)?;
        let raw = module.raw_dir(workspace);
        let wasm = dist.join(module.wasm());
        fs::copy(raw.join(module.wasm()), &wasm)?;
        let text = fs::read_to_string(raw.join(format!("{}.js", module.name)))?;
        let text = shorten::names(workspace, &wasm, &glue::lean(&text))?;
        fs::write(raw.join("factory.js"), glue::factory(&text)?)?;
    }
    bundle::run(workspace, &dist)?;
    languages::write(&dist)?;
    integrity::write(&dist)?;
    package::write(workspace)?;
    println!("build: pkg/ is complete; npm pack ./pkg makes the tarball");
    Ok(())
}

fn recreate(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot empty {}", dir.display()))?;
    }
    fs::create_dir_all(dir)?;
    Ok(())
}

fn wasm_pack(workspace: &Workspace, module: &Module) -> Result<()> {
    let sh = workspace.shell();
    let out = module.raw_dir(workspace);
    recreate(&out)?;
    let Module {
        name,
        features,
        opt_level,
        std,
        extensions,
    } = module;
    let linker = if *std {
        panics::environment()?.to_vec()
    } else {
        Vec::new()
    };
    // The module is the same wherever it is built.
    let cargo_home = (env::var_os("CARGO_HOME").map(PathBuf::from))
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is set")?;
    let remap = format!("--remap-path-prefix={}=cargo", cargo_home.display());
    let flags = [&remap, *extensions].join(" ");
    println!("build: {} ({features})", module.wasm());
    cmd!(
        sh,
        "wasm-pack --quiet build wasm --mode no-install --profile wasm --target web --no-pack --no-typescript
            --out-dir {out} --out-name {name} -- --no-default-features --features {features}"
    )
    .env("CARGO_PROFILE_WASM_OPT_LEVEL", opt_level)
    .envs(linker)
    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags)
    .quiet()
    .run()
    .with_context(|| format!("cannot build {}", module.wasm()))
}
