//! Development servers: what a developer sees before anything is built.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use sori_e2e::{Process, Setup};

use super::{project, walk_through};

/// Starts the project's server in front of the site, and walks through its page.
async fn works(name: &str) {
    let folder = project(name, "node_modules");
    let folder = folder.parent().expect("node_modules lies in the project");
    Setup::new(&format!("dev_server_{name}"))
        .run(async |page| {
            let mut command = Command::new("npm");
            command
                .args(["run", "dev", "--loglevel=error"])
                .current_dir(folder)
                .env("SITE_ORIGIN", page.site().origin())
                .env("NEXT_TELEMETRY_DISABLED", "1")
                .env("NUXT_TELEMETRY_DISABLED", "1")
                .env("ASTRO_TELEMETRY_DISABLED", "1")
                .env("NO_COLOR", "1")
                .process_group(0);
            let (server, origin) = Process::start(name, &mut command, address);
            let _group = Group(server.id());
            page.open(&origin).await;
            page.captcha("").await;
            walk_through(page).await;
        })
        .await;
}

/// npm, and the servers that it started: they would outlive it.
struct Group(u32);

impl Drop for Group {
    fn drop(&mut self) {
        let ended = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0)])
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
    ($module:ident, $name:literal) => {
        mod $module {
            #[tokio::test(flavor = "multi_thread")]
            async fn the_page_works_before_anything_is_built() {
                super::works($name).await;
            }
        }
    };
}

dev_server!(vite5_dev, "vite5-dev");
dev_server!(vite6_dev, "vite6-dev");
dev_server!(vite7_dev, "vite7-dev");
dev_server!(vite8_dev, "vite8-dev");
dev_server!(linked_dev, "linked-dev");
dev_server!(sveltekit_dev, "sveltekit-dev");
dev_server!(nuxt_dev, "nuxt-dev");
dev_server!(astro_dev, "astro-dev");
dev_server!(next_dev, "next-dev");
