//! Who is at the other end, and over what. `X-Forwarded-*` is believed only when the peer itself is
//! in `TRUSTED_PROXIES`: Actix's `ConnectionInfo` believes every client.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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
        resolve(canonical(request.peer_addr()), request.headers(), trusted)
    }

    /// Whether its peer came by https, before `request` is routed: [`Self::is_https`] alone, since every answer asks for it.
    pub fn came_by_https(request: &ServiceRequest, trusted: &[IpNet]) -> bool {
        is_trusted(&canonical(request.peer_addr()), trusted) && says_https(request.headers())
    }
}

fn is_trusted(address: &IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(address))
}

/// What the proxy next to us says.
fn says_https(headers: &HeaderMap) -> bool {
    let last = headers.get_all("x-forwarded-proto").filter_map(|value| value.to_str().ok()).last();
    last.and_then(|schemes| schemes.rsplit(',').next())
        .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

fn canonical(peer: Option<SocketAddr>) -> IpAddr {
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical()
}

fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Peer {
    if !is_trusted(&peer, trusted) {
        return Peer { address: peer, is_https: false };
    }
    let forwarded = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
    // The rightmost address that is not one of our proxies: everything left of it is hearsay.
    let address = forwarded
        .join(",")
        .split(',')
        .rev()
        .map_while(|part| part.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !is_trusted(address, trusted))
        .unwrap_or(peer);
    Peer { address, is_https: says_https(headers) }
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
        let trusted = peer(
            "10.0.0.1",
            &[("x-forwarded-for", "127.0.0.1, 203.0.113.9, 10.0.0.2"), ("x-forwarded-proto", "https")],
        );
        assert_eq!(trusted.address.to_string(), "203.0.113.9");
        assert!(trusted.is_https);
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
