//! The connection to the server. It is made when it is needed, closed when it fails, and then made again.
//!
//! The `redis` crate's own connection manager reconnects only after an I/O error. This one also closes the connection
//! in two other cases. The server does not reply in time, because it is stopped or the network drops packets. Or the
//! server no longer accepts writes (`READONLY`): after a failover the name or the sentinels point to another server.
//! While there is no connection, requests fail at once instead of each waiting for a timeout.

use super::address::{Address, Kind};
use crate::store::Unavailable;
use core::time::Duration;
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, RedisConnectionInfo, RedisError, ScriptInvocation,
    ServerErrorKind, TlsMode, Value,
    aio::MultiplexedConnection,
    cluster::ClusterClient,
    cluster_async::ClusterConnection,
    sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// The longest time for connecting, and for one step.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

enum Target {
    Single(Client),
    Sentinel(tokio::sync::Mutex<SentinelClient>),
    Cluster(ClusterClient),
}

#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connection {
    async fn server(&mut self) -> Result<Server, RedisError> {
        // INFO is often allowed where CONFIG is not. A user may be denied both.
        let info = redis::cmd("INFO");
        let nodes = match self {
            Self::Single(one) => info.query_async(one).await.map(|text: String| vec![text]),
            Self::Cluster(cluster) => info
                .query_async(cluster)
                .await
                .map(|nodes: HashMap<String, String>| nodes.into_values().collect()),
        };
        match nodes {
            Ok(nodes) => Ok(Server::of(&nodes)),
            Err(error) if error.code() == Some("NOAUTH") => Err(error),
            Err(_) => Ok(Server::default()),
        }
    }
}

/// See the module's documentation.
pub(super) struct Link {
    target: Target,
    shown: String,
    state: Mutex<State>,
    /// Held by the task that is connecting.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// Counts the connections. An error of an older connection says nothing about this one.
    generation: u64,
    retry: Option<Retry>,
    away: Option<Away>,
}

#[derive(Clone, Copy)]
struct Retry {
    at: Instant,
    wait: Duration,
}

struct Away {
    since: Instant,
    why: String,
}

/// What the server says about itself, read after each connection.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) version: Option<String>,
    /// In a cluster with different policies, that of a node that evicts.
    pub(super) policy: Option<String>,
}

impl Server {
    fn of(nodes: &[String]) -> Self {
        let all = |name: &str| {
            let lines = nodes.iter().flat_map(|info| info.lines());
            let values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            values.map(str::to_owned).collect::<Vec<_>>()
        };
        let version = all("valkey_version")
            .into_iter()
            .chain(all("redis_version"));
        let mut policies = all("maxmemory_policy");
        policies.sort_by_key(|policy| policy == KEEPS_ALL);
        Self {
            version: version.into_iter().next(),
            policy: policies.into_iter().next(),
        }
    }

    /// The policy by which the server deletes data when its memory is full, if it does.
    pub(super) fn evicts(&self) -> Option<&str> {
        self.policy.as_deref().filter(|&policy| policy != KEEPS_ALL)
    }
}

const KEEPS_ALL: &str = "noeviction";

impl Link {
    pub(super) fn new(address: &Address) -> Result<Self, RedisError> {
        // Several parts of a process may need it. The first one installs it for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let target = match &address.kind {
            Kind::Single { url } => Target::Single(Client::open(url.expose())?),
            Kind::Sentinel {
                sentinels,
                master,
                tls,
                user,
                password,
                database,
            } => {
                let scheme = if *tls { "rediss" } else { "redis" };
                let urls = sentinels.iter();
                let urls = urls.map(|(host, port)| format!("{scheme}://{host}:{port}"));
                let mut login = RedisConnectionInfo::default().set_db(*database);
                if let Some(user) = user {
                    login = login.set_username(user);
                }
                if let Some(password) = password {
                    login = login.set_password(password.expose());
                }
                let mut node = SentinelNodeConnectionInfo::default();
                node = node.set_redis_connection_info(login);
                if *tls {
                    node = node.set_tls_mode(TlsMode::Secure);
                }
                let kind = SentinelServerType::Master;
                let client = SentinelClient::build(urls.collect(), master, Some(node), kind)?;
                Target::Sentinel(client.into())
            }
            Kind::Cluster { urls } => {
                let urls = urls.iter().map(|url| url.expose());
                let client = ClusterClient::builder(urls)
                    .connection_timeout(PATIENCE)
                    .response_timeout(PATIENCE)
                    .retries(1)
                    .build()?;
                Target::Cluster(client)
            }
        };
        Ok(Self {
            target,
            shown: address.to_string(),
            state: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        })
    }

    /// Why the store does not work.
    pub(super) fn trouble(&self) -> Option<String> {
        self.state().away.as_ref().map(|away| away.why.clone())
    }

    /// Runs a script. Connects first if there is no connection.
    pub(super) async fn run(&self, script: &ScriptInvocation<'_>) -> Result<Value, Unavailable> {
        let (mut connection, generation) = self.connection().await?;
        let answer = async {
            match &mut connection {
                Connection::Single(one) => script.invoke_async(one).await,
                Connection::Cluster(cluster) => script.invoke_async(cluster).await,
            }
        };
        let answer = tokio::time::timeout(PATIENCE * 2, answer).await;
        match answer {
            Ok(Ok(value)) => {
                self.is_well();
                Ok(value)
            }
            Ok(Err(error)) => {
                if ends_connection(&error) {
                    self.give_up(generation);
                }
                Err(self.is_away(describe(&error)))
            }
            Err(_) => {
                self.give_up(generation);
                Err(self.is_away("it does not answer in time".to_owned()))
            }
        }
    }

    /// Connects, and reads what the server says about itself.
    pub(super) async fn server(&self) -> Result<Server, RedisError> {
        let mut connection = tokio::time::timeout(PATIENCE * 3, self.connect())
            .await
            .unwrap_or_else(|_| Err(timed_out()))?;
        connection.server().await
    }

    async fn connection(&self) -> Result<(Connection, u64), Unavailable> {
        if let Some(ready) = self.ready()? {
            return Ok(ready);
        }
        let _turn = self.connecting.lock().await;
        // Another task may have connected, or failed to, in the meantime.
        if let Some(ready) = self.ready()? {
            return Ok(ready);
        }
        let connected = tokio::time::timeout(PATIENCE * 2, self.connect()).await;
        match connected.unwrap_or_else(|_| Err(timed_out())) {
            Ok(mut connection) => {
                // The instance keeps running even if this is another server than at its start. It only logs a
                // warning.
                if let Ok(server) = connection.server().await
                    && let Some(policy) = server.evicts()
                {
                    tracing::error!(
                        store = self.shown,
                        policy,
                        "the store's maxmemory-policy must be noeviction: it may throw away the day's count (help: troubleshooting#store-policy)"
                    );
                }
                let mut state = self.state();
                state.generation += 1;
                state.connection = Some(connection.clone());
                state.retry = None;
                Ok((connection, state.generation))
            }
            Err(error) => {
                {
                    let mut state = self.state();
                    let wait = state.retry.map_or(FIRST_WAIT, |retry| retry.wait * 2);
                    let wait = wait.min(LONGEST_WAIT);
                    let at = Instant::now() + wait;
                    state.retry = Some(Retry { at, wait });
                }
                Err(self.is_away(describe(&error)))
            }
        }
    }

    /// The connection, if there is one. An error if it is too early to connect again.
    fn ready(&self) -> Result<Option<(Connection, u64)>, Unavailable> {
        let state = self.state();
        if let Some(connection) = &state.connection {
            return Ok(Some((connection.clone(), state.generation)));
        }
        match (state.retry, &state.away) {
            (Some(retry), Some(away)) if Instant::now() < retry.at => Err(Unavailable::new(
                format_args!("the store is away: {}", away.why),
            )),
            _ => Ok(None),
        }
    }

    async fn connect(&self) -> Result<Connection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        match &self.target {
            Target::Single(client) => {
                let connection = client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await?;
                Ok(Connection::Single(connection))
            }
            Target::Sentinel(client) => {
                let mut client = client.lock().await;
                let connection = client.get_async_connection_with_config(&config).await?;
                Ok(Connection::Single(connection))
            }
            Target::Cluster(client) => {
                let connection = client.get_async_connection().await?;
                Ok(Connection::Cluster(connection))
            }
        }
    }

    fn give_up(&self, generation: u64) {
        let mut state = self.state();
        if state.generation == generation {
            state.connection = None;
        }
    }

    /// Logs one line when the connection is lost.
    fn is_away(&self, why: String) -> Unavailable {
        let mut state = self.state();
        if state.away.is_none() {
            tracing::error!(
                store = self.shown,
                why,
                "the store is away: nothing is issued or verified until it is back (help: troubleshooting#store_unavailable)"
            );
        }
        let error = Unavailable::new(format_args!("the store is away: {why}"));
        let since = state
            .away
            .take()
            .map_or_else(Instant::now, |away| away.since);
        state.away = Some(Away { since, why });
        error
    }

    /// Logs one line when the connection is back.
    fn is_well(&self) {
        let Some(away) = self.state().away.take() else {
            return;
        };
        let after = format!("{:.1} s", away.since.elapsed().as_secs_f32());
        tracing::info!(store = self.shown, after, "the store is back");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Link").field(&self.shown).finish()
    }
}

/// Whether a new connection may succeed where this one fails.
fn ends_connection(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(
            ServerErrorKind::ReadOnly
            | ServerErrorKind::MasterDown
            | ServerErrorKind::BusyLoading
            | ServerErrorKind::ClusterDown,
        )
        | ErrorKind::AuthenticationFailed
        | ErrorKind::Parse
        | ErrorKind::Io => true,
        _ => matches!(error.code(), Some("NOAUTH" | "WRONGPASS")),
    }
}

/// Whether waiting will not help: the server responds, but refuses the user.
pub(super) fn is_refusal(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"))
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::NoPerm))
}

/// For the log. A script's error quotes the script, which is long, but contains nothing about a visitor.
pub(super) fn describe(error: &RedisError) -> String {
    let mut text: String = error.to_string();
    if let Some((cut, _)) = text.char_indices().nth(200) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn timed_out() -> RedisError {
    RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
}
