//! A test's own pages, on their own origin. Everything that they do not define comes from the host site.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower_http::services::ServeDir;

/// The reply for a path, whatever the method.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    held: bool,
}

impl Reply {
    /// No answer, until the test releases the path (`Page::release`).
    pub fn held() -> Self {
        Self {
            held: true,
            ..Self::html("")
        }
    }

    pub fn html(text: &str) -> Self {
        Self::new("text/html; charset=utf-8", text)
    }

    pub fn new(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Self {
            status: StatusCode::OK,
            headers,
            body: body.into(),
            held: false,
        }
    }

    #[must_use]
    pub fn status(mut self, code: u16) -> Self {
        self.status =
            StatusCode::from_u16(code).unwrap_or_else(|_| panic!("{code} is no HTTP status"));
        self
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value =
            HeaderValue::from_str(value).unwrap_or_else(|_| panic!("{name} cannot be {value:?}"));
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }
}

/// The pages that a test serves in place of the site's.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) replies: HashMap<String, Reply>,
    /// Served at `/`.
    pub(crate) folder: Option<PathBuf>,
}

impl Content {
    pub(crate) fn is_empty(&self) -> bool {
        self.replies.is_empty() && self.folder.is_none()
    }
}

#[derive(Debug)]
struct Shared {
    replies: HashMap<String, Reply>,
    /// Paths whose replies no longer apply.
    released: watch::Sender<HashSet<String>>,
    files: Option<ServeDir>,
    site: String,
    client: Client<HttpConnector, Body>,
    /// Paths in the order in which they were requested.
    asked: Mutex<Vec<String>>,
}

/// A server that ends with the test.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) origin: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Pages {
    pub(crate) async fn serve(content: Content, site: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let origin = format!(
            "http://{}",
            listener
                .local_addr()
                .expect("a bound listener has an address")
        );
        let shared = Arc::new(Shared {
            replies: content.replies,
            released: watch::Sender::default(),
            files: content.folder.map(ServeDir::new),
            site: site.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the pages are served until the test ends");
        });
        Self {
            origin,
            shared,
            task,
        }
    }
}

impl Pages {
    /// How often a path was requested.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let asked = self.shared.asked.lock().expect("no request panics");
        asked.iter().filter(|asked| *asked == path).count()
    }

    /// From now on the path is served as if the test had no reply for it, also to requests that are waiting.
    pub(crate) fn release(&self, path: &str) {
        self.shared.released.send_modify(|released| {
            released.insert(path.to_owned());
        });
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    shared
        .asked
        .lock()
        .expect("no request panics")
        .push(request.uri().path().to_owned());
    let path = request.uri().path();
    if let Some(reply) = shared.replies.get(path) {
        let mut released = shared.released.subscribe();
        if reply.held {
            // It ends with the test.
            let waited = released.wait_for(|released| released.contains(path)).await;
            waited.expect("the sender is as old as the server");
        } else if !released.borrow().contains(path) {
            return (reply.status, reply.headers.clone(), reply.body.clone()).into_response();
        }
    }
    if let Some(files) = &shared.files
        && matches!(*request.method(), Method::GET | Method::HEAD)
    {
        let mut same = Request::new(Body::empty());
        *same.uri_mut() = request.uri().clone();
        // An error means that the file does not exist.
        if let Ok(found) = files.clone().try_call(same).await
            && found.status().is_success()
        {
            return found.into_response();
        }
    }
    // Browsers request this file by themselves, and report on the console if it is missing.
    if request.uri().path() == "/favicon.ico" {
        return StatusCode::NO_CONTENT.into_response();
    }
    match forward(&shared, request).await {
        Ok(response) => response,
        Err(error) => (
            StatusCode::BAD_GATEWAY,
            format!("the host site does not answer: {error}"),
        )
            .into_response(),
    }
}

/// The site gets the browser's own Host and Origin headers, as behind a reverse proxy.
async fn forward(
    shared: &Shared,
    mut request: Request,
) -> Result<Response, hyper_util::client::legacy::Error> {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    *request.uri_mut() = format!("{}{path}", shared.site)
        .parse()
        .expect("a path on a known origin");
    Ok(shared.client.request(request).await?.into_response())
}
