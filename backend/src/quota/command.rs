//! `sori-backend quota`: asks a running backend at its admin address.

use super::Report;
use core::{fmt, time::Duration};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The flags of `quota`.
#[derive(Debug, clap::Args)]
pub(crate) struct QuotaArgs {
    #[command(subcommand)]
    act: Act,
    /// The admin address of the running backend
    #[arg(long, env = "SORI_ADMIN_LISTEN", value_name = "ADDR", global = true)]
    admin_listen: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum Act {
    /// Prints how much of today's quota is used, and whether NAVER has said that it is used up
    Show,
    /// Allows calls again after NAVER said that the quota is used up; calls that were made stay counted
    Open,
}

type Error = Box<dyn core::error::Error + Send + Sync>;

/// Asks the running backend.
///
/// # Errors
/// If it cannot be asked.
pub(crate) async fn run(args: QuotaArgs) -> Result<String, Error> {
    let address = args.admin_listen.ok_or(
        "SORI_ADMIN_LISTEN: set it to where the running backend serves its metrics, or give --admin-listen",
    )?;
    let base = format!("http://{}", reachable(address));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()?;
    let request = match args.act {
        Act::Show => http.get(format!("{base}/quota")),
        Act::Open => http.post(format!("{base}/quota/open")),
    };
    let unreachable = |error| format!("no backend answers at {base}: {error}");
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        return Err(format!("{base} answered {status}: {text}").into());
    }
    let report: Report = serde_json::from_str(&text)
        .map_err(|error| format!("{base} is no admin listener of sori-backend's: {error}"))?;
    Ok(report.to_string())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = |count: Option<u32>| count.map_or("none".to_owned(), |count| count.to_string());
        writeln!(f, "quota     {} calls a day", limit(self.quota))?;
        writeln!(f, "spent     {}", self.spent)?;
        writeln!(f, "reserved  {}", self.reserved)?;
        writeln!(f, "left      {}", limit(self.left))?;
        match &self.closed_until {
            Some(until) => write!(
                f,
                "closed    until {until}: the upstream says that the day is spent"
            ),
            None => write!(f, "closed    no"),
        }
    }
}

/// The address to connect to. If the backend listens on all addresses, this is loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
