//! Where the server listens, who stands before it, and what it is called from outside.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::Environment;
use super::reader::{SettingsReader, shown};

#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The address on which the server listens.
    pub bind: SocketAddr,
    /// Worker threads, ≥ 1.
    pub workers: usize,
    /// The site's own address: scheme, host and port, with the path `/`. Links in mail and same-origin checks use it.
    pub public_url: Url,
    /// Proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How long it goes on taking new connections after it was asked to end.
    pub shutdown_delay: Duration,
}

impl ServerSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>, environment: Environment) -> Self {
        let bind = bind(reader);
        Self {
            bind,
            workers: workers(reader),
            public_url: public_url(reader, environment, bind),
            trusted_proxies: trusted_proxies(reader),
            shutdown_delay: shutdown_delay(reader, environment),
        }
    }

    /// Whether `peer` is a proxy whose word about the client counts.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        // A dual-stack socket shows an IPv4 peer as ::ffff:a.b.c.d.
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }

    /// The site's origin as browsers write it, e.g. `https://clinic.example`, without a slash at the end.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// The site's name in the network, e.g. `clinic.example`, without a port.
    pub fn host(&self) -> &str {
        self.public_url.host_str().unwrap_or("localhost")
    }
}

fn bind(reader: &mut SettingsReader<'_>) -> SocketAddr {
    let text = reader.text("BIND").unwrap_or_default();
    text.parse().unwrap_or_else(|_| {
        reader.problem("BIND", format!("must be an IP address and a port such as 127.0.0.1:8000, not {}", shown(text)));
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    })
}

fn workers(reader: &mut SettingsReader<'_>) -> usize {
    if reader.given("WORKERS").is_some() {
        return reader.number("WORKERS", 1..=1024);
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What a load balancer needs that asks every two seconds and believes the second answer. Nobody stands before a developer's.
fn shutdown_delay(reader: &mut SettingsReader<'_>, environment: Environment) -> Duration {
    if reader.given("SHUTDOWN_DELAY").is_some() {
        return reader.seconds("SHUTDOWN_DELAY", 0..=300);
    }
    if environment.is_production() { Duration::from_secs(5) } else { Duration::ZERO }
}

fn public_url(reader: &mut SettingsReader<'_>, environment: Environment, bind: SocketAddr) -> Url {
    let fallback = address_of(bind);
    let Some(text) = reader.given("PUBLIC_URL") else {
        if environment.is_production() {
            reader.problem(
                "PUBLIC_URL",
                "is required in production: the https address people type, e.g. https://clinic.example",
            );
        }
        return fallback;
    };
    match origin_only(text) {
        Some(url) if environment.is_production() && url.scheme() != "https" => {
            reader.problem("PUBLIC_URL", "must begin with https:// in production");
            url
        }
        Some(url) => url,
        None => {
            reader.problem(
                "PUBLIC_URL",
                "must be an address such as https://clinic.example, without a path, user or query",
            );
            fallback
        }
    }
}

/// The address that a browser on this machine would use.
fn address_of(bind: SocketAddr) -> Url {
    let host =
        if bind.ip().is_unspecified() { "localhost".to_owned() } else { SocketAddr::new(bind.ip(), 0).to_string() };
    let host = host.strip_suffix(":0").unwrap_or(&host);
    let mut url = fixed_url();
    // Cannot fail on a http URL with an address or the name above; if it did, the default would stand.
    let _ = url.set_host(Some(host));
    let _ = url.set_port(Some(bind.port()));
    url
}

#[expect(clippy::expect_used, reason = "the text is a constant")]
fn fixed_url() -> Url {
    Url::parse("http://localhost/").expect("a valid address")
}

fn origin_only(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}

fn trusted_proxies(reader: &mut SettingsReader<'_>) -> Vec<IpNet> {
    let mut nets = Vec::new();
    let text = reader.text("TRUSTED_PROXIES").unwrap_or_default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let net = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
        match net {
            Ok(net) => nets.push(net),
            Err(_) => reader.problem(
                "TRUSTED_PROXIES",
                format!("must be addresses or networks such as 10.0.0.0/8 with commas between, not {}", shown(part)),
            ),
        }
    }
    nets
}
