//! `pkg/` complete: the wasm modules, the bundles around them, package.json.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{boundary, bundle, integrity, languages, package, panics, shorten};

/// References are kept in an array of the glue's, as before the extension, and texts are returned by a pointer: the code
/// that hands them through tables and several results is 0.3 kB more. The standard library comes compiled with the
/// extensions but uses neither, which the linker is told by naming what is used.
const NO_REFERENCE_TYPES: &str =
    "-Ctarget-feature=-reference-types,-multivalue -Clink-arg=--no-check-features
    -Clink-arg=--features=bulk-memory,bulk-memory-opt,mutable-globals,nontrapping-fptoint,sign-ext";

const TARGET: &str = "wasm32-unknown-unknown";

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
/// The share button alone. Its files are not named `share`: lists of social buttons to block refuse such paths.
pub(crate) const SHARE: Module = Module {
    name: "button",
    features: "share,bare",
    // A tenth smaller; the captcha's audio scan would pay for it in time.
    opt_level: "z",
    std: false,
    extensions: "",
};
pub(crate) const MODULES: [&Module; 2] = [&FULL, &SHARE];

impl Module {
    /// Where wasm-bindgen leaves its output.
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
        println!("build: {} ({})", module.wasm(), module.features);
        let made = compile(workspace, module)?;
        bind(workspace, module, &made)?;
        if module.std {
            boundary::write(workspace)?;
        }
        optimise(workspace, module, &dist)?;
        shorten::names(workspace, module, &dist)?;
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

/// Step 1: the compiler. Returns the module as the linker leaves it.
fn compile(workspace: &Workspace, module: &Module) -> Result<PathBuf> {
    let sh = workspace.shell();
    let linker = if module.std {
        panics::environment()?.to_vec()
    } else {
        Vec::new()
    };
    // The module is the same wherever it is built.
    let cargo_home = (env::var_os("CARGO_HOME").map(PathBuf::from))
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is set")?;
    let remap = format!("--remap-path-prefix={}=cargo", cargo_home.display());
    let flags = [&remap, module.extensions].join(" ");
    let features = module.features;
    cmd!(
        sh,
        "cargo build --quiet -p sori-wasm --profile wasm --target {TARGET} --no-default-features --features {features}"
    )
    .env("CARGO_PROFILE_WASM_OPT_LEVEL", module.opt_level)
    .envs(linker)
    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags)
    .quiet()
    .run()
    .with_context(|| format!("cannot compile {}", module.wasm()))?;
    Ok(workspace.target().join(TARGET).join("wasm/sori_wasm.wasm"))
}

/// Step 2: wasm-bindgen, by itself: wasm-pack does not pass on the option by which the module can be started anew after a trap.
fn bind(workspace: &Workspace, module: &Module, made: &Path) -> Result<()> {
    let sh = workspace.shell();
    let out = module.raw_dir(workspace);
    recreate(&out)?;
    let name = module.name;
    let reset = module.std.then_some("--experimental-reset-state-function");
    cmd!(
        sh,
        "wasm-bindgen --target web --omit-default-module-path --encode-into always {reset...} --out-dir {out} --out-name {name} {made}"
    )
    .quiet()
    .run()
    .with_context(|| format!("wasm-bindgen cannot take {}", made.display()))
}

/// Step 3: wasm-opt. At the bottom of the memory is the end of the stack, and no object. After the first round the code is taken
/// apart and put together anew, which finds another 0.3 kB; and no function is inlined into one of thousands of instructions,
/// whose locals then need two bytes each.
const OPTIMISE: [&str; 11] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--zero-filled-memory",
    "--one-caller-inline-max-function-size=80",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--reorder-functions",
    "--strip-producers",
];

fn optimise(workspace: &Workspace, module: &Module, dist: &Path) -> Result<()> {
    let sh = workspace.shell();
    let from = module.raw_dir(workspace).join(module.wasm());
    let to = dist.join(module.wasm());
    cmd!(sh, "wasm-opt {from} {OPTIMISE...} -o {to}")
        .quiet()
        .run()
        .with_context(|| format!("wasm-opt cannot take {}", from.display()))
}
