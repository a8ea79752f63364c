//! Who is at the other end, and over what. `X-Forwarded-*` is believed only when the peer itself is
//! in `TRUSTED_PROXIES`: Actix's `ConnectionInfo` believes every client.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpRequest, dev::ServiceRequest, http::header::HeaderMap};
use ipnet::IpNet;

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
        resolve(request.peer_addr().map(|peer| peer.ip()), request.headers(), trusted)
    }

    /// The peer of `request`, before it is routed.
    pub fn of_service(request: &ServiceRequest, trusted: &[IpNet]) -> Self {
        resolve(request.peer_addr().map(|peer| peer.ip()), request.headers(), trusted)
    }
}

fn resolve(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Peer {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !is_trusted(&peer) {
        return Peer { address: peer, is_https: false };
    }
    let header =
        |name: &str| headers.get_all(name).filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    // The rightmost address that is not one of our proxies: everything left of it is hearsay.
    let address = header("x-forwarded-for")
        .split(',')
        .rev()
        .map_while(|part| part.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !is_trusted(address))
        .unwrap_or(peer);
    let is_https = header("x-forwarded-proto")
        .rsplit(',')
        .next()
        .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
    Peer { address, is_https }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn peer(from: &str, headers: &[(&'static str, &'static str)]) -> Peer {
        let mut request =
            TestRequest::default().peer_addr(format!("{from}:40000").parse().unwrap_or_else(|_| panic!("{from}")));
        for header in headers {
            request = request.append_header(*header);
        }
        let trusted: Vec<IpNet> = ["10.0.0.0/8"].iter().filter_map(|net| net.parse().ok()).collect();
        Peer::of(&request.to_http_request(), &trusted)
    }

    #[test]
    fn a_stranger_cannot_claim_an_address_or_https() {
        let claimed = peer("203.0.113.9", &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")]);
        assert_eq!(
            claimed,
            Peer { address: "203.0.113.9".parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), is_https: false }
        );
    }

    #[test]
    fn a_trusted_proxy_tells_the_client_next_to_it() {
        let told = peer(
            "10.0.0.1",
            &[("x-forwarded-for", "127.0.0.1, 203.0.113.9, 10.0.0.2"), ("x-forwarded-proto", "https")],
        );
        assert_eq!(told.address.to_string(), "203.0.113.9");
        assert!(told.is_https);
    }
}
