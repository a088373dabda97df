//! The stacks that take long to install or to start: `cargo xtask test --all` runs them.

#[path = "slow/aspnet.rs"]
mod aspnet;
#[path = "slow/dev_servers.rs"]
mod dev_servers;
#[path = "slow/java.rs"]
mod java;
#[path = "slow/php.rs"]
mod php;
#[path = "slow/python.rs"]
mod python;
#[path = "slow/rails.rs"]
mod rails;
#[path = "slow/wordpress.rs"]
mod wordpress;

use sori_stacks::{Backend, Process, Way, copy, folder, free_port, snippet, walk};

#[tokio::test(flavor = "multi_thread")]
async fn go_passes_the_captcha_on_and_checks_the_form() {
    let folder = folder("go");
    copy(&snippet("go"), &folder);
    let backend = Backend::behind_the_sites_proxy().await;
    // Built first, because a program that `go run` started keeps running when `go run` is ended.
    let command = "GOFLAGS=-mod=mod go build -o site main.go && exec ./site";
    let site = Process::start(command, &folder, free_port(), &backend);
    walk(site, backend, "/join", "/join", Way::ThroughTheSite).await;
}
