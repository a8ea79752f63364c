//! How many connections there may be at once of one address.
//!
//! A connection is a file descriptor for as long as its client likes, if only a request comes now and then. So a place has its share, beyond which a
//! further one is shut at once.
//! Proxies that are believed, and this machine, hold any number; of all there are fewer than there are descriptors (`app.rs`).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{dev::Extensions, rt::net::TcpStream};
use ipnet::IpNet;
use rustix::net::{Shutdown, shutdown};

use super::rate_limit::place;

/// Of one place: a hospital's people are behind one address, and a browser opens six.
const FROM_ONE: usize = 512;

/// Those of each place that are open. Clones are the same.
#[derive(Clone, Debug)]
pub struct Connections {
    trusted: Vec<IpNet>,
    open: Arc<Mutex<HashMap<String, usize>>>,
}

/// One that is open, until it is dropped.
struct Open {
    connections: Connections,
    place: String,
}

impl Connections {
    /// None yet. `trusted`: the proxies that are believed.
    #[must_use]
    pub fn new(trusted: &[IpNet]) -> Self {
        Self { trusted: trusted.to_vec(), open: Arc::default() }
    }

    /// Counts a connection that was just accepted, until its data are dropped; or shuts it.
    pub fn accept(&self, stream: &TcpStream, data: &mut Extensions) {
        let Some(address) = stream.peer_addr().ok().map(|peer| peer.ip().to_canonical()) else { return };
        if address.is_loopback() || self.trusted.iter().any(|net| net.contains(&address)) {
            return;
        }
        match self.enter(address) {
            Some(open) => drop(data.insert(open)),
            // Then reading from it ends at once, and it is closed.
            None => drop(shutdown(stream, Shutdown::Both)),
        }
    }

    fn enter(&self, address: IpAddr) -> Option<Open> {
        let place = place(address);
        let mut open = self.lock();
        let count = open.entry(place.clone()).or_default();
        if *count >= FROM_ONE {
            return None;
        }
        *count += 1;
        Some(Open { connections: self.clone(), place })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        if let Some(count) = open.get_mut(&self.place) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_share_and_what_was_closed_is_free_again() {
        let connections = Connections::new(&[]);
        let (one, other) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let mut open: Vec<_> = (0..FROM_ONE).filter_map(|_| connections.enter(one)).collect();
        assert_eq!(open.len(), FROM_ONE);
        assert!(connections.enter(one).is_none());
        assert!(connections.enter(other).is_some());
        open.pop();
        assert!(connections.enter(one).is_some());
        drop(open);
        assert!(connections.lock().is_empty());
    }
}
