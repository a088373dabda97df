//! Development servers: what a developer sees before anything is built.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use sori_e2e::{Page, Process, Setup};

use super::{project, walk_through};

/// Starts the project's server in front of the site's backend, and uses its page.
async fn works(name: &str) {
    Setup::new(&format!("dev_server_{name}"))
        .run(async |page| {
            let server = DevServer::start(name, page, &[]);
            page.open(&server.origin).await;
            walk_through_to_the_site(page).await;
        })
        .await;
}

/// For a server whose proxy changes the `Host` header: the backend is told the page's origin, as the guide says.
async fn works_from_an_allowed_origin(name: &str) {
    let port = free_port().to_string();
    Setup::new(&format!("dev_server_{name}"))
        .setting("SORI_ALLOWED_ORIGINS", &format!("http://127.0.0.1:{port}"))
        .run(async |page| {
            let server = DevServer::start(name, page, &[("PORT", &port)]);
            page.open(&server.origin).await;
            walk_through_to_the_site(page).await;
        })
        .await;
}

/// The form is sent to the site's server, because these development servers do not handle it.
async fn walk_through_to_the_site(page: &Page) {
    page.captcha("").await;
    let site = format!("{}/", page.site().origin());
    page.script_with(
        "document.querySelector('form').action = arguments[0]",
        vec![site.into()],
    )
    .await;
    walk_through(page).await;
}

/// A port that was free a moment ago. The backend must know the port before the server can print it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr();
    address.expect("a bound listener has an address").port()
}

/// `npm run dev` of a project, until it is dropped.
struct DevServer {
    server: Process,
    origin: String,
}

impl DevServer {
    fn start(name: &str, page: &Page, environment: &[(&str, &str)]) -> Self {
        Self::start_with(name, &[], page, environment)
    }

    fn start_with(
        name: &str,
        arguments: &[&str],
        page: &Page,
        environment: &[(&str, &str)],
    ) -> Self {
        let modules = project(name, "node_modules");
        let folder = modules.parent().expect("node_modules lies in the project");
        let mut command = Command::new("npm");
        command
            .args(["run", "dev", "--loglevel=error", "--"])
            .args(arguments)
            .current_dir(folder)
            .env("CAPTCHA_BACKEND", page.site().origin())
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("NUXT_TELEMETRY_DISABLED", "1")
            .env("ASTRO_TELEMETRY_DISABLED", "1")
            .env("NO_COLOR", "1")
            .envs(environment.iter().copied())
            .process_group(0);
        let (server, origin) = Process::start(name, &mut command, address);
        Self { server, origin }
    }
}

/// Ends npm and the servers that it started. Otherwise they would keep running.
impl Drop for DevServer {
    fn drop(&mut self) {
        let ended = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.server.id())])
            .status();
        assert!(
            ended.is_ok_and(|status| status.success()),
            "the development server does not end"
        );
    }
}

/// The address in a line such as `  ➜  Local:   http://127.0.0.1:5173/`.
fn address(line: &str) -> Option<String> {
    let at = line.find("http://127.0.0.1:")?;
    let address = line[at..].split(char::is_whitespace).next()?;
    Some(address.to_owned())
}

/// A module with one test, so that a project's tests are chosen by its name.
macro_rules! dev_server {
    ($module:ident, $name:literal, $works:ident) => {
        mod $module {
            #[tokio::test(flavor = "multi_thread")]
            async fn the_page_works_before_anything_is_built() {
                super::$works($name).await;
            }
        }
    };
}

dev_server!(vite5_dev, "vite5-dev", works);
dev_server!(vite6_dev, "vite6-dev", works);
dev_server!(vite7_dev, "vite7-dev", works);
dev_server!(vite8_dev, "vite8-dev", works);
dev_server!(linked_dev, "linked-dev", works);
dev_server!(sveltekit_dev, "sveltekit-dev", works);
dev_server!(nuxt_dev, "nuxt-dev", works);
dev_server!(astro_dev, "astro-dev", works);
dev_server!(next_dev, "next-dev", works_from_an_allowed_origin);

mod without_the_line_of_vite7_dev {
    use sori_e2e::Setup;

    use super::DevServer;

    /// What a developer sees who has not read the guide.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_console_names_the_line_that_is_missing() {
        Setup::new("dev_server_without_the_line")
            .in_chromium()
            .run(async |page| {
                let config = ["--config", "without-the-line.config.js"];
                let server = DevServer::start_with("vite7-dev", &config, page, &[]);
                page.open(&server.origin).await;
                page.captcha("").await.until_state("failed").await;
                let said = page.console().await;
                assert!(
                    said.iter()
                        .any(|line| line.contains("optimizeDeps.exclude")),
                    "{said:?}"
                );
            })
            .await;
    }
}
