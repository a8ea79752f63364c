//! A queue in which every place has its turn, however many come from one.
//!
//! Few may work at once. Of those who wait, the next is from the network that was served longest ago, and within it from the subnet
//! that was. So whoever comes alone waits for one from each place that is in the queue, and not for all of them. Browsers that are known for the
//! account they try, and everybody else, are served in turn, and neither takes the others' room.
//!
//! When there is no room, somebody of the place that takes most of it goes, and whoever has come from one that takes little stays.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Most that wait from one subnet: a hospital whose people all come to work at once is behind one address. Of those who are known as many
/// more, as below.
const FROM_SUBNET: usize = 64;
/// Most that wait from one network, however many subnets it has.
const FROM_NETWORK: usize = 128;
/// Most that wait at all.
const FROM_ALL: usize = 1_024;
/// Of so many places it is remembered when they were served.
const REMEMBERED: usize = 4_096;

/// Where somebody comes from, as far as they cannot choose it: of IPv6 a /64 is one subnet, and a /48 one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientNetwork {
    network: u128,
    subnet: u128,
    is_known: bool,
}

/// What the numbers of accounts begin with: no prefix of an address is one.
const ACCOUNTS: u128 = 1 << 100;

/// See the module. Clones are the same.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Mutex<Queue>>);

/// The right to work, until it is dropped.
#[derive(Debug)]
pub struct QueueTurn(Turns);

/// Too many wait, and none from a place that takes more of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wait for their turn")]
pub struct Full;

#[derive(Debug)]
struct Queue {
    free: usize,
    /// Counts those served: the time by which it is said when.
    served: u64,
    last_was_known: bool,
    arrivals: u64,
    waiting: BTreeMap<u64, Waiting>,
    last_served: HashMap<Spot, u64>,
}

#[derive(Debug)]
struct Waiting {
    place: ClientNetwork,
    since: u64,
    call: oneshot::Sender<QueueTurn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spot {
    Network(u128),
    Subnet(u128),
}

impl ClientNetwork {
    /// That of a client's address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let (network, subnet) = match address.to_canonical() {
            // Apart from all of IPv6, whose prefixes are shorter.
            IpAddr::V4(address) => {
                (u128::MAX - u128::from(address.to_bits()), u128::MAX - u128::from(address.to_bits()))
            }
            IpAddr::V6(address) => (address.to_bits() >> 80, address.to_bits() >> 64),
        };
        Self { network, subnet, is_known: false }
    }

    /// The server itself, on behalf of whoever sits at it.
    #[must_use]
    pub fn of_the_server() -> Self {
        Self { is_known: true, ..Self::of(IpAddr::from([0, 0, 0, 0])) }
    }

    /// That of a person who is signed in, there: a subnet of their own. Other people's accounts, of which anybody can make some, hold them up
    /// as little as other networks do.
    #[must_use]
    pub fn of_account(self, user_id: i64) -> Self {
        Self { subnet: ACCOUNTS | u128::from(user_id.unsigned_abs()), is_known: true, ..self }
    }

    /// The same, of a browser that is known for what it asks.
    #[must_use]
    pub fn known(self, is_known: bool) -> Self {
        Self { is_known, ..self }
    }

    /// The whole network, in the name of a window.
    pub(super) fn network_name(&self) -> String {
        format!("{:x}", self.network)
    }

    fn spots(&self) -> [Spot; 2] {
        [Spot::Network(self.network), Spot::Subnet(self.subnet)]
    }
}

impl Turns {
    /// A queue of which `parallel` may work at once.
    #[must_use]
    pub fn new(parallel: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            free: parallel,
            served: 0,
            last_was_known: false,
            arrivals: 0,
            waiting: BTreeMap::new(),
            last_served: HashMap::new(),
        })))
    }

    /// Waits for its turn. Whoever gives up has not been here.
    ///
    /// # Errors
    /// [`Full`]: at once, or when somebody comes whose place has taken less.
    pub async fn take(&self, place: ClientNetwork) -> Result<QueueTurn, Full> {
        let (call, called) = oneshot::channel();
        {
            let mut queue = self.lock();
            queue.waiting.retain(|_, waiting| !waiting.call.is_closed());
            queue.make_room(place)?;
            queue.arrivals += 1;
            let (number, since) = (queue.arrivals, queue.served);
            queue.waiting.insert(number, Waiting { place, since, call });
        }
        self.call_next();
        called.await.map_err(|_gone| Full)
    }

    /// Calls as many as may work.
    fn call_next(&self) {
        loop {
            // Called without the lock: one that has gone away meanwhile gives its turn back.
            let Some(call) = self.lock().next() else { return };
            drop(call.send(QueueTurn(self.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for QueueTurn {
    fn drop(&mut self) {
        self.0.lock().free += 1;
        self.0.call_next();
    }
}

impl Queue {
    /// Sees to it that one more may wait from `place`. If somebody has to go for it, it is the newest of the place that has most, and that has
    /// more than this one will have.
    fn make_room(&mut self, place: ClientNetwork) -> Result<(), Full> {
        let alike = || self.waiting.iter().filter(|(_, waiting)| waiting.place.is_known == place.is_known);
        let mut count: HashMap<Spot, usize> = HashMap::new();
        for spot in alike().flat_map(|(_, waiting)| waiting.place.spots()) {
            *count.entry(spot).or_default() += 1;
        }
        let waiting_at =
            |place: &ClientNetwork| place.spots().map(|spot| count.get(&spot).copied().unwrap_or_default());
        let [network, subnet] = waiting_at(&place);
        let is_network_full = network >= FROM_NETWORK;
        if subnet >= FROM_SUBNET {
            return Err(Full);
        } else if !is_network_full && alike().count() < FROM_ALL {
            return Ok(());
        }
        let rivals = alike().filter(|(_, waiting)| !is_network_full || waiting.place.network == place.network);
        let ranked = rivals.map(|(number, waiting)| (waiting_at(&waiting.place), *number));
        let ([of_network, of_subnet], newest) = ranked.max().ok_or(Full)?;
        let has_more = if is_network_full { of_subnet > subnet + 1 } else { of_network > network + 1 };
        if !has_more {
            return Err(Full);
        }
        // Dropped, its call tells the one who waits.
        self.waiting.remove(&newest);
        Ok(())
    }

    /// Takes the next out, if one may work.
    fn next(&mut self) -> Option<oneshot::Sender<QueueTurn>> {
        if self.free == 0 {
            return None;
        }
        self.waiting.retain(|_, waiting| !waiting.call.is_closed());
        let is_known = !self.last_was_known;
        let number = self.first(is_known).or_else(|| self.first(!is_known))?;
        let next = self.waiting.remove(&number)?;
        self.free -= 1;
        self.served += 1;
        self.last_was_known = next.place.is_known;
        for spot in next.place.spots() {
            self.last_served.insert(spot, self.served);
        }
        if self.last_served.len() > REMEMBERED {
            let since = self.served.saturating_sub(REMEMBERED as u64 / 4);
            self.last_served.retain(|_, served| *served > since);
        }
        Some(next.call)
    }

    fn first(&self, is_known: bool) -> Option<u64> {
        let waiting = self.waiting.iter().filter(|(_, waiting)| waiting.place.is_known == is_known);
        // One of whom nothing is remembered counts as served when it came: behind those who wait, and before their second.
        let rank = |number: &u64, waiting: &Waiting| {
            let [network, subnet] =
                waiting.place.spots().map(|spot| self.last_served.get(&spot).copied().unwrap_or(waiting.since));
            (network, subnet, *number)
        };
        waiting.min_by_key(|(number, waiting)| rank(number, waiting)).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests;
