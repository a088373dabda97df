use std::env;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

#[derive(Clone)]
struct Siteverify {
    client: reqwest::Client,
    url: String,
    secret: String,
}

/// Without the field the form is not verified, so it may be missing.
#[derive(Deserialize)]
struct Join {
    #[serde(rename = "captcha-response", default)]
    response: String,
}

impl Siteverify {
    /// Whether a submitted form may pass. Everything but a verified answer is a no.
    async fn is_verified(&self, form: &Join) -> bool {
        #[derive(Deserialize)]
        struct Verdict {
            success: bool,
        }
        if form.response.is_empty() {
            return false;
        }
        let question = [("secret", &self.secret), ("response", &form.response)];
        let Ok(answer) = self.client.post(&self.url).form(&question).send().await else {
            return false;
        };
        answer
            .json::<Verdict>()
            .await
            .is_ok_and(|verdict| verdict.success)
    }
}

fn page(error: &str) -> Html<String> {
    Html(format!(
        r#"<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required error="{error}">
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>"#
    ))
}

async fn join(State(siteverify): State<Siteverify>, Form(form): Form<Join>) -> Response {
    if siteverify.is_verified(&form).await {
        return "Welcome".into_response();
    }
    let error = "The numbers did not match. Play new audio and type them again.";
    (StatusCode::UNPROCESSABLE_ENTITY, page(error)).into_response()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let siteverify = Siteverify {
        client: reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .build()?,
        url: env::var("SITEVERIFY_URL")?,
        secret: env::var("SITEVERIFY_SECRET")?,
    };
    let app = Router::new()
        .route("/join", get(|| async { page("") }).post(join))
        .with_state(siteverify);
    let port = env::var("PORT").unwrap_or("3000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
