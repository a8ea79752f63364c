//! Which hosts a request may name.
//!
//! A server on somebody's own machine has no proxy before it that would look at the name under which it was asked. A page of another site
//! whose name is made to lead here (DNS rebinding) would be of the same origin, as browsers see it. Such a name has a dot, and is neither
//! ours nor an address: names without one are known to the local network alone.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header};

use crate::settings::Settings;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) enum Hosts {
    /// Whoever stands before the server sees to it.
    Any,
    /// This one, and those that nobody outside of this network can own.
    Own(String),
}

impl Hosts {
    /// Those under these settings: of an embedded clinic its own.
    pub(super) fn of(settings: &Settings) -> Self {
        match settings.server.public_url.host_str() {
            Some(host) if settings.database.is_embedded() => Self::Own(host.to_ascii_lowercase()),
            _ => Self::Any,
        }
    }

    /// Whether `request` may be answered.
    pub(crate) fn admits(&self, request: &HttpRequest) -> bool {
        let Self::Own(own) = self else { return true };
        let named = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or("not.text"));
        let authority = request.uri().authority().map(|authority| authority.as_str());
        named.into_iter().chain(authority).all(|host| is_local(host, own))
    }
}

/// Whether `host`, with or without a port, is `own`, an address, or a name of this machine or network.
fn is_local(host: &str, own: &str) -> bool {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == own || !name.contains('.') || name.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn a_name_that_somebody_else_can_own_is_none_of_ours() {
        for host in [
            "clinic.example",
            "CLINIC.example:8000",
            "localhost:8000",
            "a.localhost",
            "127.0.0.1:8000",
            "[::1]:8000",
            "[::ffff:10.0.0.1]",
            "::1",
            "clinic",
            "",
        ] {
            assert!(is_local(host, "clinic.example"), "{host}");
        }
        for host in
            ["evil.test", "evil.test:8000", "clinic.example.evil.test", "127.0.0.1.evil.test", "evil.test.", "ev.il"]
        {
            assert!(!is_local(host, "clinic.example"), "{host}");
        }
    }
}
