//! Removes the texts of panics from the module.
//!
//! A panic in the browser is a trap, and nobody reads its text. But the texts, the places in the source and the code
//! that formats them are a tenth of the module. The precompiled standard library contains them, and only a nightly
//! compiler can build it without them (`panic=immediate-abort`). So this program changes the object before the linker
//! reads it: a function that can only panic becomes a trap, and so does code that can only lead to a call of such a
//! function. The linker then drops everything that is no longer used, such as the paths of the build machine.

use std::collections::HashSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Result, bail, ensure};

use crate::object::Object;

/// The environment variable that tells this program to run as the linker.
const AS_LINKER: &str = "SORI_STRIP_PANICS";

/// The module that the package contains.
const MODULE: &str = "sori_wasm.wasm";

/// Parts of the mangled names of functions that become traps: every panic, and futures that suspend the stack (JSPI),
/// which js-sys contains and Sori does not use. `dead` finds the functions that can only lead to one of these.
const ENDS: [&str; 7] = [
    "6js_sys7futures4jspi",
    "4core9panicking9panic_fmt",
    "4core5slice5index16slice_index_fail",
    "5alloc7raw_vec12handle_error",
    "5alloc5alloc18handle_alloc_error",
    "3std9panicking15panic_with_hook",
    "12wasm_bindgen9throw_str",
];

const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;

/// The environment variables with which a build for the browser uses this program as the linker.
pub(crate) fn environment() -> Result<[(&'static str, OsString); 2]> {
    let this = env::current_exe()?.into_os_string();
    Ok([
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", this),
        (AS_LINKER, "1".into()),
    ])
}

/// Links, if this program was started as the linker. Its arguments are then those for the linker.
pub(crate) fn link_if_asked() -> Result<bool> {
    if env::var_os(AS_LINKER).is_none() {
        return Ok(false);
    }
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let stripped = if (arguments.iter()).any(|it| Path::new(it).ends_with(MODULE)) {
        Some(with_stripped_object(&mut arguments)?)
    } else {
        // The module of the library itself, a by-product that is never published.
        None
    };
    // rustc has added the folder of its own linker to PATH.
    let status = Command::new("rust-lld").args(&arguments).status()?;
    if let Some(stripped) = stripped {
        fs::remove_file(stripped)?;
    }
    ensure!(status.success(), "rust-lld has failed");
    Ok(true)
}

fn with_stripped_object(arguments: &mut [OsString]) -> Result<PathBuf> {
    let mut objects: Vec<_> = (arguments.iter_mut())
        .filter(|it| Path::new(it).extension().is_some_and(|it| it == "o"))
        .collect();
    let [object] = &mut objects[..] else {
        bail!(
            "{} objects make {MODULE}: is it built without LTO?",
            objects.len()
        );
    };
    let stripped = PathBuf::from(&**object).with_extension("stripped.o");
    let whole = fs::read(&**object)?;
    // If this fails, the module is larger but works as well.
    let bytes = strip(&whole, &ENDS).unwrap_or_else(|error| {
        eprintln!("warning: the panics keep their texts: {error:#}");
        whole
    });
    fs::write(&stripped, bytes)?;
    **object = stripped.clone().into_os_string();
    Ok(stripped)
}

fn strip(object: &[u8], ends: &[&str]) -> Result<Vec<u8>> {
    let object = Object::read(object)?;
    let dead = dead(&object, ends)?;
    let mut out = object.bytes.to_vec();
    let mut erased: Vec<Range<usize>> = Vec::new();
    for function in &object.functions {
        if dead.contains(&function.index) {
            let body = &mut out[function.range.clone()];
            // The new body has no locals, one instruction that traps, and the same length.
            body.fill(NOP);
            body[0] = 0;
            body[1] = UNREACHABLE;
            body[function.range.len() - 1] = END;
            erased.push(function.range.clone());
            continue;
        }
        for run in &function.runs {
            if dead.contains(&run.calls) {
                out[run.range.clone()].fill(NOP);
                out[run.range.start] = UNREACHABLE;
                erased.push(run.range.clone());
            }
        }
    }
    Ok(object.with_code(out, &erased))
}

/// The functions of which every call leads to one of `ends`.
fn dead(object: &Object<'_>, ends: &[&str]) -> Result<HashSet<u32>> {
    let mut dead = HashSet::new();
    for end in ends {
        let named = object.names.iter().filter(|(name, _)| name.contains(end));
        let indices: Vec<u32> = named.map(|(_, index)| *index).collect();
        // There may be none with this name, because the compiler inlines a function into its only caller.
        dead.extend(indices);
    }
    ensure!(
        !dead.is_empty(),
        "no function has one of the names in xtask/src/panics.rs"
    );
    loop {
        let before = dead.len();
        for function in &object.functions {
            if (function.runs.iter()).any(|run| run.first && dead.contains(&run.calls)) {
                dead.insert(function.index);
            }
        }
        if dead.len() == before {
            return Ok(dead);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use xshell::{Shell, cmd};

    use super::strip;

    const SOURCE: &str = r#"
        #![no_std]
        #[panic_handler]
        fn handler(_: &core::panic::PanicInfo) -> ! { loop {} }
        unsafe extern "C" { safe fn log(text: *const u8, length: usize); }
        #[unsafe(no_mangle)]
        #[inline(never)]
        pub extern "C" fn the_end(text: *const u8, length: usize) -> ! { log(text, length); loop {} }
        #[inline(never)]
        fn fail(at: u32) -> ! { log("SAID BEFORE".as_ptr(), at as usize); the_end("NOBODY READS THIS".as_ptr(), 17) }
        #[unsafe(no_mangle)]
        pub extern "C" fn pick(at: u32) -> u32 {
            if at > 2 { fail(at) }
            log("STAYS".as_ptr(), 5);
            at * 7
        }
    "#;

    /// Calls `test` with the object of `SOURCE`, and with a function that links an object.
    fn with_object(test: impl FnOnce(Vec<u8>, &dyn Fn(&[u8]) -> Vec<u8>)) {
        let sh = Shell::new().unwrap();
        let dir = sh.create_temp_dir().unwrap();
        let (source, object) = (dir.path().join("a.rs"), dir.path().join("a.o"));
        let (input, linked) = (dir.path().join("b.o"), dir.path().join("b.wasm"));
        fs::write(&source, SOURCE).unwrap();
        cmd!(
            sh,
            "rustc --edition 2024 --crate-type lib --target wasm32-unknown-unknown -O -C panic=abort -C codegen-units=1
                --emit=obj -o {object} {source}"
        )
        .quiet()
        .run()
        .unwrap();
        let libraries = cmd!(sh, "rustc --print target-libdir")
            .quiet()
            .read()
            .unwrap();
        let lld = std::path::Path::new(&libraries).with_file_name("bin/rust-lld");
        test(fs::read(&object).unwrap(), &|bytes| {
            fs::write(&input, bytes).unwrap();
            cmd!(
                sh,
                "{lld} -flavor wasm --no-entry --export=pick --allow-undefined -o {linked} {input}"
            )
            .quiet()
            .run()
            .unwrap();
            fs::read(&linked).unwrap()
        });
    }

    fn says(module: &[u8], text: &str) -> bool {
        module.windows(text.len()).any(|it| it == text.as_bytes())
    }

    #[test]
    fn what_only_a_panic_says_is_gone_and_the_rest_stays() {
        with_object(|object, link| {
            let whole = link(&object);
            assert!(says(&whole, "NOBODY READS THIS") && says(&whole, "SAID BEFORE"));
            let module = link(&strip(&object, &["the_end"]).unwrap());
            assert!(!says(&module, "NOBODY READS THIS") && !says(&module, "SAID BEFORE"));
            assert!(says(&module, "STAYS"));
            wasmparser::validate(&module).unwrap();
        });
    }

    #[test]
    fn an_object_without_any_of_the_ends_is_left_alone() {
        with_object(|object, _| {
            assert!(strip(&object, &["the_end", "somewhere_else"]).is_ok());
            assert!(strip(&object, &["somewhere_else"]).is_err());
        });
    }
}
