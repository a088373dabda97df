//! The content of the image in the Dockerfile. The test follows the Dockerfile's lines with the published binary, and
//! runs the result as the lines say: as another user, read-only and without a shell. No container engine is needed.
//! What an engine adds is not tested here.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sori_deploy::{Running, binary, deploy, free_port};

struct Dockerfile(String);

impl Dockerfile {
    fn read() -> Self {
        let text = fs::read_to_string(deploy("container/Dockerfile")).unwrap();
        Self(text.replace("\\\n", " "))
    }

    /// The rest of the line after an instruction of the final stage.
    fn last(&self, instruction: &str) -> &str {
        let (_, stage) = self.0.rsplit_once("\nFROM scratch\n").unwrap();
        let line = stage
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix(instruction));
        line.unwrap_or_else(|| panic!("no {instruction}")).trim()
    }

    fn list(&self, instruction: &str) -> Vec<String> {
        serde_json::from_str(self.last(instruction)).unwrap()
    }

    fn environment(&self) -> Vec<(String, String)> {
        let pairs = self.last("ENV ").split_whitespace();
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap());
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Makes the image read-only with a mount. `sh` gets the folder and then the command.
const READ_ONLY: &str = r#"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec chroot --userspec="$1" "$0" "${@:2}""#;

struct Image {
    root: PathBuf,
    dockerfile: Dockerfile,
}

impl Image {
    fn build(name: &str) -> Self {
        let root = sori_deploy::folder(env!("CARGO_TARGET_TMPDIR"), name);
        let dockerfile = Dockerfile::read();
        let run = dockerfile
            .0
            .lines()
            .find(|line| line.contains("cargo build"));
        let (_, steps) = run.unwrap().split_once("-p sori-backend").unwrap();
        assert!(steps.contains("target/release/sori-backend"), "{steps}");
        let steps = steps
            .replace("/image", &root.display().to_string())
            .replace(
                "target/release/sori-backend",
                &binary().display().to_string(),
            );
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut shell = Command::new("sh");
        let built = shell
            .args(["-ec", &format!("true {steps}")])
            .current_dir(source)
            .status();
        assert!(built.unwrap().success(), "{steps}");
        Self { root, dockerfile }
    }

    /// A command inside the image, with its user and environment.
    fn command(&self, words: &[String], further: &[(&str, &str)]) -> Command {
        let user = self.dockerfile.last("USER ");
        assert!(!user.starts_with('0') && !user.contains("root"), "{user}");
        let mut command = Command::new("unshare");
        command.args(["--mount", "bash", "-c", READ_ONLY]);
        command.arg(&self.root).arg(user).args(words);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap());
        command.envs(self.dockerfile.environment());
        command.envs(further.iter().copied());
        command
    }

    fn serve(&self, port: u16, further: &[(&str, &str)]) -> Running {
        let listen = format!("127.0.0.1:{port}");
        let admin = format!("127.0.0.1:{}", free_port());
        let mut variables = vec![
            ("SORI_LISTEN", listen.as_str()),
            ("SORI_ADMIN_LISTEN", &admin),
        ];
        variables.extend(further);
        let words = [
            self.dockerfile.list("ENTRYPOINT "),
            self.dockerfile.list("CMD "),
        ]
        .concat();
        let (running, base) = Running::ready(self.command(&words, &variables));
        assert_eq!(base, format!("http://{listen}"));
        running
    }

    /// Runs the image's health check.
    fn health(&self, port: u16) -> Output {
        let line = self
            .dockerfile
            .0
            .lines()
            .find(|line| line.starts_with("HEALTHCHECK "));
        let (_, list) = line.unwrap().split_once("CMD ").unwrap();
        assert!(list.contains(":8040/"), "{list}");
        let list = list.replace(":8040/", &format!(":{port}/"));
        let words: Vec<String> = serde_json::from_str(&list).unwrap();
        self.command(&words, &[]).output().unwrap()
    }
}

#[test]
fn the_image_serves_and_knows_its_health_as_a_user_that_can_write_nothing() {
    let image = Image::build("image");
    let port = free_port();
    let serving = image.serve(port, &[("SORI_SHUTDOWN_DELAY", "0s")]);
    let health = image.health(port);
    assert!(health.status.success(), "{health:?}");
    // It runs as this user, and nothing else of a system is there.
    let shell = image
        .command(&["/bin/sh".to_owned()], &[])
        .output()
        .unwrap();
    assert!(!shell.status.success(), "{shell:?}");
    assert!(serving.terminate());
    let health = image.health(port);
    assert!(!health.status.success(), "{health:?}");
}

/// NAVER's upstream needs the certificates of the public authorities, and the image contains them.
#[test]
fn the_image_brings_the_certificates_that_the_upstream_needs() {
    let image = Image::build("image-certificates");
    let variables = [
        ("SORI_CLIENT_ID", "an-id"),
        ("SORI_CLIENT_SECRET", "a-secret"),
        ("SORI_SITEVERIFY_SECRET", "0123456789abcdef0123456789abcdef"),
        ("SORI_ALLOWED_ORIGINS", "https://www.example.com"),
        ("SORI_SHUTDOWN_DELAY", "0s"),
    ];
    let port = free_port();
    assert!(image.serve(port, &variables).terminate());

    fs::remove_file(image.root.join("etc/ssl/certs/ca-certificates.crt")).unwrap();
    let words = [
        image.dockerfile.list("ENTRYPOINT "),
        image.dockerfile.list("CMD "),
    ]
    .concat();
    let mut without = image.command(&words, &variables);
    without.env("SORI_LISTEN", format!("127.0.0.1:{port}"));
    without.env("SORI_ADMIN_LISTEN", format!("127.0.0.1:{}", free_port()));
    let refused = without.output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("certificate"),
        "{said}"
    );
}

/// The folder for the state is the only one that a volume makes writable.
#[test]
fn the_folder_of_the_volume_belongs_to_the_images_user() {
    use std::os::unix::fs::MetadataExt as _;
    let image = Image::build("image-volume");
    let volume = image.dockerfile.last("VOLUME ");
    let metadata = fs::metadata(image.root.join(volume.trim_start_matches('/'))).unwrap();
    let owner = format!("{}:{}", metadata.uid(), metadata.gid());
    assert_eq!(owner, image.dockerfile.last("USER "));
    assert_eq!(metadata.mode() & 0o777, 0o700);
}
