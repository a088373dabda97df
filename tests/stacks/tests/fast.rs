//! The stacks that `cargo xtask test` runs: they install and start quickly.

use sori_stacks::{
    Backend, Process, Way, copy, folder, free_port, node_packages, python_packages, snippet, walk,
};

#[tokio::test(flavor = "multi_thread")]
async fn express_passes_the_captcha_on_and_checks_the_form() {
    let folder = folder("express");
    copy(&snippet("express"), &folder);
    std::os::unix::fs::symlink(node_packages("node"), folder.join("node_modules"))
        .expect("a link can be made");
    let backend = Backend::behind_the_sites_proxy().await;
    let site = Process::start("exec node server.mjs", &folder, free_port(), &backend);
    walk(site, backend, "/join", "/join", Way::ThroughTheSite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flask_checks_the_form() {
    let folder = folder("flask");
    copy(&snippet("flask"), &folder);
    copy(&snippet("verify.py"), &folder.join("verify.py"));
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let command = format!(
        "exec {}/flask run --port $PORT",
        python_packages().display()
    );
    let site = Process::start(&command, &folder, port, &backend);
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn php_checks_the_form() {
    let folder = folder("php");
    copy(&snippet("php"), &folder);
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let run = std::fs::read_to_string(snippet("php/run.sh")).expect("a snippet");
    let site = Process::start(&run.replace(":8000", ":$PORT"), &folder, port, &backend);
    walk(site, backend, "/join.php", "/join.php", Way::PastTheSite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_checks_the_form() {
    let folder = folder("axum");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let site = Process::start(
        concat!("exec ", env!("CARGO_BIN_EXE_axum-snippet")),
        &folder,
        port,
        &backend,
    );
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}
