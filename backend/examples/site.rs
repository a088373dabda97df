//! A complete host site: what a developer builds around Sori. The form and its verification are here.
//!
//! It serves the pages in `www/` and the package in `pkg/dist/`, mounts the backend under `/captcha`, and
//! has the answers in its form verified at siteverify, over HTTP, as a site in any other language would.
//!
//!     cargo run -p sori-backend --example site -- --port 8080
//!
//! The backend's settings come from the environment (`SORI_…`); without credentials it is in practice mode.
#![allow(clippy::print_stdout, reason = "the ready line is its interface")]

#[path = "site/export.rs"]
mod export;
#[path = "site/pages.rs"]
mod pages;
#[path = "site/passes.rs"]
mod passes;
#[path = "site/search.rs"]
mod search;
#[path = "site/verify.rs"]
mod verify;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::cookie::CookieJar;
use clap::Parser;
use minijinja::context;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use sori_backend::{Backend, Settings};
use sori_wire::error::ErrorCode;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use pages::Pages;
use passes::Passes;
use verify::{Verdict, Verifier};

/// Everything that the page may do; each directive is explained in `www/pages/en/csp.html`.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; media-src blob:; connect-src 'self'; img-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

#[derive(Parser)]
#[command(about = "Sori's demo: a complete host site with the backend under /captcha")]
struct Flags {
    /// The port on 127.0.0.1 to listen on; with 0 the system chooses a free port
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder of the pages
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../www"))]
    www: PathBuf,
    /// The folder of the built package
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../pkg/dist"))]
    pkg: PathBuf,
    /// Writes the documentation to this folder as static files, and ends
    #[arg(long, value_name = "DIR")]
    write_docs: Option<PathBuf>,
    /// The URL where these files will be published, for the sitemap; without it no sitemap is written
    #[arg(long, value_name = "URL", requires = "write_docs")]
    base: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("site: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprint!(": {error}");
                cause = error.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = &flags.write_docs {
        let written = export::write(&flags.www, &flags.pkg, folder, flags.base.as_deref())?;
        println!("docs: {written} pages in {}", folder.display());
        return Ok(());
    }
    let listener = listen(flags.port).await?;
    let address = listener.local_addr()?;
    let settings = Settings::from_env(address)?;
    let practice = settings.upstream.is_practice();
    let backend = sori_backend::start(settings).await?;
    let site = build(&backend, practice, address, flags)?;
    println!("ready: http://{address}/");
    serve(listener, site).await
}

/// The system's error alone would not name the port.
async fn listen(port: u16) -> Result<TcpListener, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; choose another port with --port")
    })
}

async fn serve(listener: TcpListener, site: Router) -> Result<(), Box<dyn Error>> {
    // The backend needs the visitor's address for its rate limits.
    let service = site.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

/// The whole site. The backend is a router like any other; a site in another language runs
/// `sori-backend serve` behind the same proxy instead.
fn build(
    backend: &Backend,
    practice: bool,
    address: SocketAddr,
    flags: Flags,
) -> Result<Router, Box<dyn Error>> {
    let secret = backend
        .siteverify_secret()
        .ok_or("SORI_VERIFY=external: this site asks siteverify")?
        .clone();
    let site = Site {
        pages: Pages::load(flags.www.clone(), &flags.pkg, false)?,
        verifier: Verifier::new(address, secret)?,
        passes: Mutex::default(),
        practice,
    };
    let pages = Router::new()
        .route("/", get(show_form).post(take_form))
        .route("/docs/{*name}", get(show_page))
        .route("/search/{name}", get(show_index))
        .fallback(not_found)
        .with_state(Arc::new(site))
        .nest_service("/www", ServeDir::new(flags.www))
        .nest_service("/pkg", ServeDir::new(flags.pkg))
        .layer(CompressionLayer::new())
        .layer(always(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .layer(always(header::CACHE_CONTROL, "no-cache"));
    Ok(pages.nest("/captcha", backend.router()))
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

struct Site {
    pages: Pages,
    verifier: Verifier,
    passes: Mutex<Passes>,
    practice: bool,
}

// --- The form -----------------------------------------------------------------------------------------

#[derive(Deserialize)]
struct PageQuery {
    lang: Option<String>,
    verify: Option<String>,
}

async fn show_form(
    State(site): State<Arc<Site>>,
    jar: CookieJar,
    Query(query): Query<PageQuery>,
) -> Response {
    let passed = site.passes().holds(&jar);
    site.form(
        StatusCode::OK,
        &query,
        &Outcome {
            passed,
            ..Outcome::default()
        },
    )
}

/// The form's own field, and the fields that `<sori-captcha name="captcha">` adds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Submitted {
    name: String,
    #[serde(rename = "captcha-response")]
    response: String,
    #[serde(rename = "captcha-error")]
    error: Option<String>,
}

/// Verifies the captcha, and remembers that it was verified: a mistake in another field must not cost
/// the visitor a second captcha (WCAG 3.3.7).
async fn take_form(
    State(site): State<Arc<Site>>,
    mut jar: CookieJar,
    Query(query): Query<PageQuery>,
    Form(form): Form<Submitted>,
) -> Response {
    let name = form.name.trim();
    let name_problem = !(1..=40).contains(&name.chars().count());
    let verdict = if site.passes().holds(&jar) {
        Verdict::Verified
    } else {
        site.judge(&form).await
    };
    let verified = verdict == Verdict::Verified;
    let passed = verified && name_problem;
    if passed {
        jar = site.passes().remember(jar);
    } else {
        jar = site.passes().forget(jar);
    }
    let status = if verified && !name_problem {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let fault = form
        .error
        .as_deref()
        .and_then(ErrorCode::from_name)
        .map(ErrorCode::as_str);
    let outcome = Outcome {
        verdict: Some(verdict),
        name,
        name_problem,
        passed,
        fault,
    };
    (jar, site.form(status, &query, &outcome)).into_response()
}

/// What the page says about the form that was sent.
#[derive(Default, Serialize)]
struct Outcome<'a> {
    verdict: Option<Verdict>,
    name: &'a str,
    name_problem: bool,
    /// Whether the captcha was solved, so that the visitor need not solve it again.
    passed: bool,
    /// The widget's own error code, if it sent one in place of an answer.
    fault: Option<&'static str>,
}

impl Site {
    /// Only a verified answer passes, whatever else the form contains.
    async fn judge(&self, form: &Submitted) -> Verdict {
        if form.error.is_some() {
            return Verdict::Unavailable;
        }
        if form.response.is_empty() || form.response.ends_with(':') {
            return Verdict::Missing;
        }
        self.verifier
            .judge(&form.response)
            .await
            .unwrap_or_else(|error| {
                eprintln!("siteverify: {error}");
                Verdict::Unavailable
            })
    }

    fn form(&self, status: StatusCode, query: &PageQuery, outcome: &Outcome) -> Response {
        let lang = language(query);
        let inline = query.verify.as_deref() == Some("inline");
        let mut action = format!("/?lang={lang}");
        if inline {
            action.push_str("&verify=inline");
        }
        let values = context! { inline, action, practice => self.practice, ..Serde(outcome) };
        let shown = self.pages.show(status, lang, "/", values);
        shown.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    }

    fn passes(&self) -> std::sync::MutexGuard<'_, Passes> {
        self.passes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// --- Pages --------------------------------------------------------------------------------------------

async fn show_page(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
) -> Response {
    let path = format!("/docs/{name}");
    let values = context! { practice => site.practice };
    let shown = site
        .pages
        .show(StatusCode::OK, language(&query), &path, values);
    match shown {
        Some(page) => page,
        None => not_found().await,
    }
}

/// The script with the text that the search field looks through.
async fn show_index(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    let lang = name.strip_suffix(".js").unwrap_or_default();
    if !pages::LANGUAGES.contains(&lang) {
        return not_found().await;
    }
    match search::index(&site.pages, lang, |path| address(path, lang)) {
        Ok(index) => ([(header::CONTENT_TYPE, "text/javascript")], index).into_response(),
        Err(error) => {
            eprintln!("search: {error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page's address in one of the languages.
fn address(path: &str, lang: &str) -> String {
    match lang {
        "en" => format!("{path}?lang=en"),
        _ => path.to_owned(),
    }
}

async fn not_found() -> Response {
    let page = "<!doctype html><html lang=\"ko\"><meta charset=\"utf-8\"><title>없는 페이지</title>\
                <link rel=\"stylesheet\" href=\"/www/style.css\"><main><h1>없는 페이지입니다</h1>\
                <p lang=\"en\">There is no such page.</p><p><a href=\"/\">소리 Sori</a></p></main></html>";
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

fn language(query: &PageQuery) -> &'static str {
    if query.lang.as_deref() == Some("en") {
        "en"
    } else {
        "ko"
    }
}

#[cfg(test)]
#[path = "site/tests.rs"]
mod tests;
