//! `serve`: from the listening socket to the end of the last request.

use super::{
    Error, bind,
    log::log,
    ready,
    signals::{Signal, Signals},
};
use crate::{
    Backend, Settings, SettingsError,
    causes::with_causes,
    practice,
    server::{self, Bounds},
    settings::args::ServeArgs,
    start,
};
use core::{pin::pin, time::Duration};
use listenfd::ListenFd;
use sd_notify::NotifyState;
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::watch};

/// Enough for metrics scrapers and health probes.
const ADMIN_CONNECTIONS: usize = 64;

pub(super) async fn serve(args: ServeArgs) -> Result<(), Error> {
    let settings = Settings::resolve(args.clone())?;
    let traces = log(&settings)?;
    let served = serve_with(args, settings).await;
    traces.end().await;
    served
}

async fn serve_with(args: ServeArgs, settings: Settings) -> Result<(), Error> {
    let (listener, address) = match passed_by_systemd(settings.listen)? {
        Some(passed) => passed,
        None => bind("SORI_LISTEN", settings.listen)?,
    };
    let admin = match settings.admin_listen {
        Some(address) => Some(bind("SORI_ADMIN_LISTEN", address)?),
        None => None,
    };
    let (delay, longest) = (settings.shutdown_delay, settings.upstream_timeout);
    let bounds = bounds(&settings);
    let hints = hints(&settings, address);
    let backend = start(settings).await?;
    let bounds = Bounds {
        traffic: backend.metrics().traffic.clone(),
        ..bounds
    };
    let mut signals = Signals::listen()?;
    ready(address, &hints)?;
    tell_systemd(&[NotifyState::Ready]);
    if let Some((listener, address)) = admin {
        tracing::info!(%address, "metrics and health are served");
        let bounds = Bounds {
            connections: ADMIN_CONNECTIONS,
            peer_connections: ADMIN_CONNECTIONS,
            ..Bounds::default()
        };
        // Served until the very end, because monitoring must still see the backend while it stops.
        let forever = core::future::pending();
        tokio::spawn(server::serve(listener, backend.admin(), bounds, forever));
    }
    let (stop, mut stopped) = watch::channel(None);
    let stopping = async {
        if let Ok(delay) = stopped.wait_for(Option::is_some).await.map(|delay| *delay) {
            tokio::time::sleep(delay.unwrap_or_default()).await;
            tracing::info!("no new connections are taken; what is in flight may end");
        }
    };
    let mut serving = pin!(server::serve(listener, backend.app(), bounds, stopping));
    loop {
        let signal = tokio::select! {
            () = &mut serving => {
                // Clients that have gone may have left calls to the upstream under way.
                if !backend.finish_calls(longest).await {
                    tracing::warn!("calls to the upstream were still under way at the end");
                }
                return Ok(());
            }
            signal = signals.next() => signal,
        };
        let delay = match signal {
            Signal::Hangup => {
                read_secrets_again(&backend, &args);
                continue;
            }
            _ if stop.borrow().is_some() => return Err("a second signal ended it at once".into()),
            Signal::Terminate => delay,
            Signal::Interrupt => Duration::ZERO,
        };
        tracing::info!(
            ?delay,
            "stopping: /readyz says no, and requests are served on for the delay"
        );
        backend.announce_stop();
        tell_systemd(&[NotifyState::Stopping]);
        stop.send_replace(Some(delay));
    }
}

/// Tells systemd if systemd started the program (`Type=notify`). Otherwise does nothing.
fn tell_systemd(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}

/// How many connections the limit of open files allows, after those for the upstream and the admin address.
fn bounds(settings: &Settings) -> Bounds {
    let wanted = settings.max_connections;
    let connections = match server::files::raise_limit() {
        Some(files) => server::files::connections(wanted, files, settings.upstream_concurrency),
        None => wanted,
    };
    if connections < wanted {
        tracing::warn!(
            wanted,
            connections,
            "the limit of open files (ulimit -n) allows fewer connections than SORI_MAX_CONNECTIONS \
             (help: troubleshooting#open-files)"
        );
    }
    Bounds {
        connections,
        peer_connections: settings.peer_connections,
        proxies: settings.trusted_proxies.clone(),
        private_only: settings.private_only,
        grace: settings.shutdown_grace,
        practice: settings.upstream.is_practice(),
        ..Bounds::default()
    }
}

/// Lines for standard output that help to set up a site in practice mode. The built-in secret protects nothing, so it
/// may be printed; a secret from the operator is never printed.
fn hints(settings: &Settings, address: SocketAddr) -> Vec<String> {
    let secret = settings.siteverify_secret.as_ref();
    let own = secret.is_some_and(|secret| secret.expose() == practice::SITEVERIFY_SECRET);
    if !own {
        return Vec::new();
    }
    let secret = practice::SITEVERIFY_SECRET;
    vec![
        format!("practice: siteverify is http://{address}/captcha/siteverify"),
        format!("practice: its secret is {secret} (SORI_SITEVERIFY_SECRET sets another)"),
    ]
}

fn read_secrets_again(backend: &Backend, args: &ServeArgs) {
    match Settings::resolve(args.clone()) {
        Ok(settings) => {
            backend.take_secrets(&settings);
            tracing::info!(
                "SIGHUP: the secrets of siteverify and of tickets were read again; NAVER's credentials are read \
                 at the start alone"
            );
        }
        Err(error) => {
            let error = with_causes(&error);
            tracing::error!(error, "SIGHUP: the secrets stay as they were");
        }
    }
}

/// The socket that a systemd socket unit passes: connections wait in it while the service restarts. It must have the
/// address of the setting, because other settings depend on whether that address is loopback.
fn passed_by_systemd(listen: SocketAddr) -> Result<Option<(TcpListener, SocketAddr)>, Error> {
    let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? else {
        return Ok(None);
    };
    let address = listener.local_addr()?;
    if address != listen {
        let why = format!("{listen}: the socket that systemd passed listens at {address}");
        return Err(SettingsError::new("SORI_LISTEN", why).into());
    }
    listener.set_nonblocking(true)?;
    Ok(Some((TcpListener::from_std(listener)?, address)))
}
