//! Makes the pages of `www/` with a template engine. Nothing here is about captchas.

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

/// The templates of `www/`: one layout, one for each page in each language, and one for all pages about server stacks.
pub(crate) struct Pages {
    templates: Environment<'static>,
    names: BTreeSet<String>,
    stacks: Vec<String>,
    settings: Vec<Setting>,
}

/// A page that exists: its template and its path.
pub(crate) struct Page {
    /// The name in the navigation.
    slug: String,
    path: String,
    /// The stack of `www/stacks.html` that the page is about.
    stack: Option<String>,
}

pub(crate) const LANGUAGES: [&str; 2] = ["ko", "en"];

/// A setting of the backend, as the backend's `--help` describes it.
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

/// The hashes that the build wrote. None before the first build.
fn hashes(pkg: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    match std::fs::read(pkg.join("integrity.json")) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error.into()),
    }
}

impl Pages {
    /// `pkg` is the folder of the built package; the documentation shows the hashes of its files. `fixed` means that
    /// the pages are written as static files, so there is no backend for their examples.
    pub(crate) fn load(www: PathBuf, pkg: &Path, fixed: bool) -> Result<Self, Box<dyn Error>> {
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(www.join("pages/ko"))? {
            if let Some(name) = entry?.path().file_stem().and_then(|name| name.to_str()) {
                names.insert(name.to_owned());
            }
        }
        let hashes = hashes(pkg)?;
        let mut templates = Environment::new();
        let root = www.join("..");
        // The documentation shows files that tests run. In such a file, `{define.js}` becomes the hash of `define.js`.
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
        let glossary = std::fs::read_to_string(www.join("../docs/glossary.md"))?;
        templates.add_global("glossary", Serde(rows(&glossary)));
        templates.add_filter("code", marked);
        // The markup is no longer marked as safe, so it is escaped and the page shows it as text.
        templates.add_filter("as_text", |markup: Value| Value::from(markup.to_string()));
        templates.add_global("fixed", fixed);
        templates.set_loader(minijinja::path_loader(www));
        let stacks = stacks(&templates)?;
        Ok(Self {
            templates,
            names,
            stacks,
            settings: settings(),
        })
    }

    /// The path of every page.
    pub(crate) fn paths(&self) -> Vec<String> {
        let pages = self.names.iter().map(|name| match name.as_str() {
            "index" => "/".to_owned(),
            name => format!("/docs/{name}"),
        });
        let stacks = self.stacks.iter().map(|id| format!("/docs/servers/{id}"));
        pages.chain(stacks).collect()
    }

    pub(crate) fn find(&self, path: &str) -> Option<Page> {
        let known = self.paths().into_iter().find(|known| known == path)?;
        let name = path.strip_prefix("/docs/").unwrap_or("index");
        let stack = name.strip_prefix("servers/").map(str::to_owned);
        let slug = if stack.is_some() { "servers" } else { name };
        Some(Page {
            slug: slug.to_owned(),
            path: known,
            stack,
        })
    }

    pub(crate) fn render(
        &self,
        page: &Page,
        lang: &str,
        values: Value,
    ) -> Result<String, minijinja::Error> {
        let Page { slug, path, stack } = page;
        let query = if lang == "en" { "?lang=en" } else { "" };
        let template = match stack {
            Some(_) => "stack.html".to_owned(),
            None => format!("pages/{lang}/{slug}.html"),
        };
        let values = context! { lang, slug, path, query, stack, pages => self.names.clone(), settings => Serde(&self.settings), ..values };
        self.templates.get_template(&template)?.render(values)
    }

    /// The list of all pages, for people who open the folder.
    pub(crate) fn door(&self) -> Result<String, minijinja::Error> {
        self.templates
            .get_template("door.html")?
            .render(context! {})
    }

    pub(crate) fn show(
        &self,
        status: StatusCode,
        lang: &str,
        path: &str,
        values: Value,
    ) -> Option<Response> {
        let page = self.find(path)?;
        Some(match self.render(&page, lang, values) {
            Ok(page) => (status, Html(page)).into_response(),
            Err(error) => {
                eprintln!("{path}: {error:#}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        })
    }
}

/// The cells of a Markdown table's rows, without its head.
fn rows(markdown: &str) -> Vec<Vec<&str>> {
    let lines = markdown.lines().filter_map(|line| line.strip_prefix('|'));
    let lines = lines.filter_map(|line| line.strip_suffix('|'));
    lines
        .skip(2)
        .map(|line| line.split('|').map(str::trim).collect())
        .collect()
}

/// Makes HTML of a text that has backticks around code.
fn marked(text: &str) -> Value {
    let mut html = String::new();
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    for (index, piece) in escaped.split('`').enumerate() {
        let code = index % 2 == 1;
        html.push_str(if code { "<code>" } else { "" });
        html.push_str(piece);
        html.push_str(if code { "</code>" } else { "" });
    }
    Value::from_safe_string(html)
}

/// The names of the stacks that have a page.
fn stacks(templates: &Environment<'_>) -> Result<Vec<String>, Box<dyn Error>> {
    let list = templates.get_template("stacks.html")?;
    let captured = list.render_captured(context! {})?;
    let stacks = captured.state().lookup("stacks").unwrap_or_default();
    let mut names = Vec::new();
    for stack in stacks.try_iter()? {
        names.push(stack.get_attr("id")?.to_string());
    }
    Ok(names)
}
