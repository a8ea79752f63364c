//! How many pages somebody who is not signed in may have made: a bucket for each place, which fills up again all the time.
//!
//! Only pages that are made count: one that is kept costs nothing to speak of. Generous, since a hospital's people and its patients' are behind
//! one address, and have hundreds of pages at hand before they are asked to wait.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

use super::RetryAfter;
use super::key::place;
use crate::integrations::clock::Clock;

/// Pages at hand.
const MOST: i64 = 600;
/// How often there is one more, in milliseconds.
const EVERY: i64 = 100;
/// Most places that are remembered. One that is forgotten has all at hand again.
const PLACES: usize = 50_000;

/// See the module.
#[derive(Debug)]
pub struct Budget {
    clock: Clock,
    /// The moment at which all are at hand again, in milliseconds: it says all that there is to know.
    full_at: Mutex<HashMap<String, i64>>,
}

impl Budget {
    /// All at hand for everybody.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, full_at: Mutex::default() }
    }

    /// Takes one page for a client at `address`. Requests from this machine are not counted: they come from a proxy that we are not told of, or from
    /// its operator.
    ///
    /// # Errors
    /// When there is one again.
    pub fn take(&self, address: IpAddr) -> Result<(), RetryAfter> {
        let address = address.to_canonical();
        if address.is_loopback() || address == IpAddr::V4(Ipv4Addr::UNSPECIFIED) {
            return Ok(());
        }
        self.take_from(place(address))
    }

    /// Gives one back that was taken for a client at `address`.
    pub fn give_back(&self, address: IpAddr) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full) = full_at.get_mut(&place(address.to_canonical())) {
            *full -= EVERY;
        }
    }

    /// Takes one for the calendar of this `calendar_link.id`, for whoever knows its secret: programs of many people ask from few addresses.
    ///
    /// # Errors
    /// When there is one again.
    pub fn take_of_calendar(&self, id: i64) -> Result<(), RetryAfter> {
        self.take_from(format!("calendar {id}"))
    }

    /// Takes one for the guest of this `visit_guest.id`, for whoever knows the link: what their page asks for by itself.
    ///
    /// # Errors
    /// When there is one again.
    pub fn take_of_guest(&self, id: i64) -> Result<(), RetryAfter> {
        self.take_from(format!("guest {id}"))
    }

    /// Takes one for somebody between the two steps of a sign-in, of which this is the `nonce`: not of their address, so that strangers there
    /// do not keep them out, nor of their account, so that whoever else has the password does not. A sign-in begins with a password that is
    /// compared, which costs more than a page.
    ///
    /// # Errors
    /// When there is one again.
    pub fn take_of_sign_in(&self, nonce: &str) -> Result<(), RetryAfter> {
        self.take_from(format!("sign-in {nonce}"))
    }

    fn take_from(&self, place: String) -> Result<(), RetryAfter> {
        let now = self.clock.now_unwatched().timestamp_millis();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= PLACES {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= PLACES {
                full_at.clear();
            }
        }
        let full = full_at.entry(place).or_insert(now);
        // A clock that was set back makes nobody wait for as long as it was.
        *full = (*full).min(now + MOST * EVERY);
        let after = (*full).max(now) + EVERY;
        if after - now > MOST * EVERY {
            return Err(RetryAfter::millis(after - now - MOST * EVERY));
        }
        *full = after;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn beyond_what_is_at_hand_there_is_one_more_each_moment() {
        let clock = Clock::fixed(DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default());
        let budget = Budget::new(clock.clone());
        let (one, other) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let taken = |address| (0..1_000).filter(|_| budget.take(address).is_ok()).count();
        assert_eq!((taken(one), taken(other)), (600, 600));
        assert_eq!(budget.take(one), Err(RetryAfter::millis(100)));
        clock.advance(TimeDelta::seconds(2));
        assert_eq!(taken(one), 20);
        clock.advance(TimeDelta::hours(1));
        assert_eq!(taken(one), 600);
        clock.advance(TimeDelta::hours(-1));
        assert_eq!(budget.take(one), Err(RetryAfter::millis(100)), "as before, and not for an hour");
        clock.advance(TimeDelta::seconds(2));
        assert_eq!(taken(one), 20);
        assert_eq!(taken(IpAddr::from([127, 0, 0, 1])), 1_000);
        assert_eq!((0..1_000).filter(|_| budget.take_of_sign_in("one").is_ok()).count(), 600);
        assert_eq!(budget.take_of_sign_in("other"), Ok(()));
        assert!(budget.take(other).is_ok() && budget.take_of_calendar(1).is_ok() && budget.take_of_guest(1).is_ok());
        assert_eq!(taken(one), 0);
        budget.give_back(one);
        assert_eq!(taken(one), 1);
    }
}
