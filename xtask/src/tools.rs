//! The versions of those tools that no lock file contains.

use anyhow::{Context, Result};

use crate::workspace::Workspace;

pub(crate) const WASM_PACK: &str = "0.15.1";
pub(crate) const GECKODRIVER: &str = "0.37.1";
pub(crate) const CARGO_DENY: &str = "0.20.2";
pub(crate) const CARGO_FUZZ: &str = "0.13.2";
/// The major version of the npm package binaryen is the version of wasm-opt. Older versions make a module that fails in
/// the page.
pub(crate) const WASM_OPT_AT_LEAST: u32 = 132;
pub(crate) const NODE_AT_LEAST: u32 = 20;

/// The version of the crate wasm-bindgen. The command must have the same version, or wasm-pack builds one itself.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Result<String> {
    let lock: toml::Table = workspace.read("Cargo.lock")?.parse()?;
    lock.get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(toml::Value::as_str) == Some("wasm-bindgen"))
        .and_then(|package| package.get("version"))
        .and_then(toml::Value::as_str)
        .map(str::to_owned)
        .context("Cargo.lock names no wasm-bindgen")
}
