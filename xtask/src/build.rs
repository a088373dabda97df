//! Builds all of `pkg/`: the wasm modules, the bundles around them, package.json.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{boundary, bundle, integrity, languages, package, panics, shorten};

/// With these flags the glue keeps references in an array, as before the extension existed, and the module returns a
/// text through a pointer. With reference types and multi-value, the code for tables and several results is 0.3 kB
/// larger. The precompiled standard library declares both extensions but uses neither, so the linker gets a list of the
/// extensions that are in use.
const NO_REFERENCE_TYPES: &str =
    "-Ctarget-feature=-reference-types,-multivalue -Clink-arg=--no-check-features
    -Clink-arg=--features=bulk-memory,bulk-memory-opt,mutable-globals,nontrapping-fptoint,sign-ext";

const TARGET: &str = "wasm32-unknown-unknown";

/// One build of the widget crate.
pub(crate) struct Module {
    /// The name of the wasm file is `{name}_bg.wasm`.
    pub(crate) name: &'static str,
    /// The folder of the element in `src/web`.
    pub(crate) element: &'static str,
    features: &'static str,
    /// Whether the module is linked with the standard library, which contains the texts of its panics.
    std: bool,
    /// The compiler flags that choose WebAssembly extensions. If empty, the module uses those of the target.
    extensions: &'static str,
}

pub(crate) const FULL: Module = Module {
    name: "sori",
    element: "captcha",
    features: "captcha",
    std: true,
    extensions: NO_REFERENCE_TYPES,
};
/// The share button alone. Its files are not named `share`, because lists that block social buttons contain such paths.
pub(crate) const SHARE: Module = Module {
    name: "button",
    element: "share",
    features: "share,bare",
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

/// Always builds. `fresh::package` builds only if something has changed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = workspace.path("pkg/dist");
    package::clean(workspace)?;
    recreate(&dist)?;
    for module in MODULES {
        println!("build: {} ({})", module.wasm(), module.features);
        let made = compile(workspace, module)?;
        bind(workspace, module, &made)?;
        boundary::write(workspace, module)?;
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
    // Without this machine's paths, the module has the same bytes wherever it is built.
    let cargo_home = (env::var_os("CARGO_HOME").map(PathBuf::from))
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is set")?;
    let remap = format!("--remap-path-prefix={}=cargo", cargo_home.display());
    // Not the variable of this target, which cargo ignores if RUSTFLAGS is set, and which it splits at spaces.
    let flags: Vec<&str> = std::iter::once(remap.as_str())
        .chain(module.extensions.split_whitespace())
        .collect();
    let features = module.features;
    cmd!(
        sh,
        "cargo build --quiet -p sori-wasm --profile wasm --target {TARGET} --no-default-features --features {features}"
    )
    .envs(linker)
    .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
    .quiet()
    .run()
    .with_context(|| format!("cannot compile {}", module.wasm()))?;
    Ok(workspace.target().join(TARGET).join("wasm/sori_wasm.wasm"))
}

/// Step 2: wasm-bindgen. It is called directly, because wasm-pack does not pass on the option that lets the shell start
/// a new instance after a trap.
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

/// Step 3: wasm-opt. `--low-memory-unused` is correct because the lowest addresses hold the end of the stack and no
/// object. After the first `-Oz`, `--flatten` and `--rereloop` take the code apart and put it together again, which
/// saves another 0.3 kB. The limit on inlining prevents functions of thousands of instructions, whose locals need two
/// bytes each.
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
