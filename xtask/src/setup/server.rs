//! Programs for testing the backend, and for building it for servers.

use super::system::Program;

pub(super) const REDIS: &[Program] = &[Program {
    homebrew: Some("redis"),
    ..Program::of_linux(&["redis-server"], "redis-server", "redis")
}];

pub(super) const PROXIES: &[Program] = &[
    Program::of_linux(&["nginx"], "nginx", "nginx"),
    Program::of_linux(&["caddy"], "caddy", "caddy"),
    Program::of_linux(&["apache2", "httpd"], "apache2", "httpd"),
    Program::of_linux(&["haproxy"], "haproxy", "haproxy"),
];

/// The crate ring needs a C compiler.
pub(super) const MUSL: &[Program] = &[Program::of_linux(&["musl-gcc"], "musl-tools", "musl-gcc")];
pub(super) const ARM: &[Program] = &[
    Program::of_linux(
        &["aarch64-linux-gnu-gcc"],
        "gcc-aarch64-linux-gnu",
        "gcc-aarch64-linux-gnu",
    ),
    // The headers for the ARM compiler, which otherwise come with the C library of the target.
    Program::of_linux(
        &["/usr/aarch64-linux-gnu/include/stdint.h"],
        "libc6-dev-arm64-cross",
        "sysroot-aarch64-fc41-glibc",
    ),
    Program::of_linux(&["qemu-aarch64"], "qemu-user", "qemu-user"),
];
