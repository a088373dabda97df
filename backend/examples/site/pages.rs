//! The pages of `www/`, put together by a template engine. Nothing here is about captchas.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use clap::Args as _;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;
use sori_backend::settings::args::ServeArgs;

/// The templates of `www/`: one layout, and each page once in either language.
pub(crate) struct Pages {
    templates: Environment<'static>,
    pub(crate) names: BTreeSet<String>,
    settings: Vec<Setting>,
}

/// A setting of the backend, as its own `--help` tells it.
#[derive(Clone, Serialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) default: String,
    pub(crate) help: String,
}

pub(crate) fn settings() -> Vec<Setting> {
    let command = ServeArgs::augment_args(clap::Command::new("serve"));
    let setting = |argument: &clap::Arg| {
        let text = |value: Option<&clap::builder::StyledStr>| value.map(ToString::to_string);
        let defaults = argument.get_default_values().iter();
        let default: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
        Some(Setting {
            name: argument.get_env()?.to_str()?.to_owned(),
            default: default.join(","),
            help: text(argument.get_help()).unwrap_or_default(),
        })
    };
    command.get_arguments().filter_map(setting).collect()
}

/// What the build wrote; nothing before the first one.
fn hashes(pkg: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    match std::fs::read(pkg.join("integrity.json")) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error.into()),
    }
}

impl Pages {
    /// `pkg` is where the package's built files are; their hashes stand in the documentation.
    pub(crate) fn load(www: PathBuf, pkg: &Path) -> Result<Self, Box<dyn Error>> {
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(www.join("pages/ko"))? {
            if let Some(name) = entry?.path().file_stem().and_then(|name| name.to_str()) {
                names.insert(name.to_owned());
            }
        }
        let hashes = hashes(pkg)?;
        let mut templates = Environment::new();
        let root = www.join("..");
        // The documentation shows files that tests run; `{define.js}` in one is that file's hash.
        templates.add_function("source", move |name: String| {
            let text = std::fs::read_to_string(root.join(&name)).map_err(|error| {
                minijinja::Error::new(
                    minijinja::ErrorKind::TemplateNotFound,
                    format!("{name}: {error}"),
                )
            })?;
            let filled = hashes.iter().fold(text, |text, (file, hash)| {
                text.replace(&format!("{{{file}}}"), hash)
            });
            Ok::<_, minijinja::Error>(filled)
        });
        templates.set_loader(minijinja::path_loader(www));
        Ok(Self {
            templates,
            names,
            settings: settings(),
        })
    }

    pub(crate) fn show(
        &self,
        status: StatusCode,
        lang: &str,
        slug: &str,
        path: &str,
        values: Value,
    ) -> Response {
        let query = if lang == "en" { "?lang=en" } else { "" };
        let values = context! { lang, slug, path, query, pages => self.names.clone(), settings => Serde(&self.settings), ..values };
        let page = self
            .templates
            .get_template(&format!("pages/{lang}/{slug}.html"))
            .and_then(|template| template.render(values));
        match page {
            Ok(page) => (status, Html(page)).into_response(),
            Err(error) => {
                eprintln!("{slug}: {error:#}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
