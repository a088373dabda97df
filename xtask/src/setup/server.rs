//! What the backend is tested with, and built for servers with.

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

/// The C compiler is for ring.
pub(super) const MUSL: &[Program] = &[Program::of_linux(&["musl-gcc"], "musl-tools", "musl-gcc")];
