//! Ports for servers that are stopped and started again at the same address.

use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback address at which nobody listens. It lies below the range from which systems take the ports of connections and of listeners
/// that ask for any: there, somebody else might have it while the server is down, even who asks in vain whether it is up again.
pub(crate) fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    std::iter::repeat_with(|| rand::random_range(10_000..20_000)).take(1_000).find(is_free).expect("a port is free")
}
