//! Who is at the other end, and over what. `X-Forwarded-*` is believed only when the peer itself is
//! in `TRUSTED_PROXIES`: Actix's `ConnectionInfo` believes every client.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpRequest, dev::ServiceRequest, http::header::HeaderMap};
use ipnet::IpNet;

use crate::settings::Settings;

/// The client's address and whether it came by https.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's own address, as far as trusted proxies tell it.
    pub address: IpAddr,
    /// Whether the client spoke TLS to the first trusted proxy.
    pub is_https: bool,
}

impl Peer {
    /// The peer of `request`.
    pub fn of(request: &HttpRequest, trusted: &[IpNet]) -> Self {
        resolve(canonical(request.peer_addr()), request.headers(), trusted)
    }

    /// Whether a trusted proxy hands `request` on.
    pub(crate) fn is_proxy(request: &ServiceRequest, trusted: &[IpNet]) -> bool {
        !trusted.is_empty() && is_trusted(&canonical(request.peer_addr()), trusted)
    }

    /// Whether its peer came by https, before `request` is routed: [`Self::is_https`] alone, since every answer asks for it.
    pub fn came_by_https(request: &ServiceRequest, trusted: &[IpNet]) -> bool {
        is_trusted(&canonical(request.peer_addr()), trusted) && says_https(request.headers())
    }
}

/// Whether something stands before a server in production that no setting names: then everybody has its address, and one bad guest uses up the
/// tries of all.
#[derive(Clone, Debug)]
pub(super) struct UnknownProxy {
    is_looked_for: bool,
    was_seen: Arc<AtomicBool>,
}

impl UnknownProxy {
    pub(super) fn of(settings: &Settings) -> Self {
        let is_looked_for = settings.environment.is_production() && settings.server.trusted_proxies.is_empty();
        Self { is_looked_for, was_seen: Arc::default() }
    }

    /// Looks whether `request` came through one, and says so the first time.
    pub(super) fn look(&self, request: &ServiceRequest) {
        let forwarded = || ["x-forwarded-for", "forwarded"].iter().any(|name| request.headers().contains_key(*name));
        if self.is_looked_for && forwarded() && !self.was_seen.swap(true, Ordering::Relaxed) {
            let peer = canonical(request.peer_addr());
            log::warn!(peer:%; "a request says for whom it was forwarded, and no proxy is believed: if one stands before this server, name it in TRUSTED_PROXIES");
        }
    }

    /// Whether one was seen.
    pub(super) fn was_seen(&self) -> bool {
        self.was_seen.load(Ordering::Relaxed)
    }
}

fn is_trusted(address: &IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(address))
}

/// What the proxy next to us says.
fn says_https(headers: &HeaderMap) -> bool {
    let last = headers.get_all("x-forwarded-proto").last().map(|value| value.as_bytes());
    last.and_then(|schemes| schemes.rsplit(|byte| *byte == b',').next())
        .is_some_and(|scheme| scheme.trim_ascii().eq_ignore_ascii_case(b"https"))
}

fn canonical(peer: Option<SocketAddr>) -> IpAddr {
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical()
}

fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Peer {
    if !is_trusted(&peer, trusted) {
        return Peer { address: peer, is_https: false };
    }
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").map(|value| value.as_bytes()).collect();
    // The rightmost address that is not one of our proxies: everything left of it is hearsay, and may be any bytes.
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    let address = hops.map_while(address_of).find(|address| !is_trusted(address, trusted)).unwrap_or(peer);
    Peer { address, is_https: says_https(headers) }
}

/// The address that a proxy wrote, with or without a port: `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address_of(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use actix_web::test::TestRequest;

    use super::*;

    fn peer(from: &str, headers: &[(&'static str, &'static [u8])]) -> Peer {
        let mut request =
            TestRequest::default().peer_addr(format!("{from}:40000").parse().unwrap_or_else(|_| panic!("{from}")));
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value).unwrap_or_else(|error| panic!("{error}"));
            request = request.append_header((HeaderName::from_static(name), value));
        }
        let trusted: Vec<IpNet> = ["10.0.0.0/8"].iter().filter_map(|net| net.parse().ok()).collect();
        Peer::of(&request.to_http_request(), &trusted)
    }

    fn told(lines: &[&'static [u8]]) -> String {
        let headers: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        peer("10.0.0.1", &headers).address.to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_an_address_or_https() {
        let claimed = peer("203.0.113.9", &[("x-forwarded-for", b"127.0.0.1"), ("x-forwarded-proto", b"https")]);
        assert_eq!(
            claimed,
            Peer { address: "203.0.113.9".parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), is_https: false }
        );
    }

    #[test]
    fn a_trusted_proxy_tells_the_client_next_to_it() {
        let trusted = peer(
            "10.0.0.1",
            &[("x-forwarded-for", b"127.0.0.1, 203.0.113.9, 10.0.0.2"), ("x-forwarded-proto", b"https")],
        );
        assert_eq!(trusted.address.to_string(), "203.0.113.9");
        assert!(trusted.is_https);
    }

    #[test]
    fn what_stands_before_it_hides_no_address() {
        for before in [&b"\xff, 203.0.113.9"[..], b"\xe9,203.0.113.9", b"no address, 203.0.113.9", b",,203.0.113.9"] {
            assert_eq!(told(&[before]), "203.0.113.9", "{before:?}");
            assert_eq!(told(&[before, b"10.0.0.2"]), "203.0.113.9", "{before:?}");
        }
        assert_eq!(told(&[b"\xe9", b"203.0.113.9"]), "203.0.113.9");
        assert_eq!(told(&[b"6.6.6.6, \xff"]), "10.0.0.1", "the proxy did not write this");
        assert_eq!(told(&[b"6.6.6.6", b""]), "10.0.0.1");
    }

    #[test]
    fn a_port_is_no_part_of_the_address() {
        for (hop, address) in [
            (&b"203.0.113.9:5678"[..], "203.0.113.9"),
            (b"[2001:db8::1]:80", "2001:db8::1"),
            (b"[2001:db8::1]", "2001:db8::1"),
            (b"2001:db8::1", "2001:db8::1"),
            (b"::ffff:203.0.113.9", "203.0.113.9"),
            (b"[::ffff:203.0.113.9]:80", "203.0.113.9"),
            (b"203.0.113.9:x", "10.0.0.1"),
            (b"6.6.6.6, 203.0.113.9:1, 10.0.0.2:2", "203.0.113.9"),
        ] {
            assert_eq!(told(&[hop]), address, "{hop:?}");
        }
    }

    #[test]
    fn https_is_what_the_nearest_trusted_proxy_says_last() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8"].iter().filter_map(|net| net.parse().ok()).collect();
        let came = |from: &str, schemes: &[&'static str]| {
            let mut request =
                TestRequest::default().peer_addr(format!("{from}:40000").parse().unwrap_or_else(|_| panic!("{from}")));
            for scheme in schemes {
                request = request.append_header(("x-forwarded-proto", *scheme));
            }
            Peer::came_by_https(&request.to_srv_request(), &trusted)
        };
        assert!(
            came("10.0.0.1", &["https"]) && came("10.0.0.1", &["http, HTTPS"]) && came("10.0.0.1", &["http", "https"])
        );
        assert!(!came("10.0.0.1", &["https", "http"]) && !came("10.0.0.1", &["https, http"]) && !came("10.0.0.1", &[]));
        assert!(!came("203.0.113.9", &["https"]), "a stranger is not believed");
    }
}
