//! What is counted, and what follows from too much of it.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::turns::ClientNetwork;

const MINUTE: Duration = Duration::from_secs(60);
const QUARTER: Duration = Duration::from_secs(15 * 60);
const HALF_HOUR: Duration = Duration::from_secs(30 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest pause between two tries that are delayed.
const LONGEST_PAUSE: u32 = 8;

/// Something that is tried, by whom: how it is counted and what follows from too much of it. Holds no e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub(super) name: String,
    pub(super) limit: u32,
    pub(super) window: Duration,
    pub(super) excess: Excess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// Further tries are refused.
    Refuse,
    /// Further tries are let in one after the other, with a pause between them that grows.
    Delay,
    /// Nothing of its own: it says who of those that wait has tried least.
    Nothing,
}

impl Key {
    /// The four windows of a try to sign in as `email` (in any case) from `address`: both, the account and the network of the place, the
    /// place, the account.
    #[must_use]
    pub fn sign_in(email: &str, address: IpAddr) -> [Self; 4] {
        let account = digest(&email.trim().to_lowercase());
        let (place, network) = (place(address), ClientNetwork::of(address).network_name());
        let key = |name, limit, excess| Self { name, limit, window: QUARTER, excess };
        [
            key(format!("sign-in:pair:{account}:{place}"), 10, Excess::Nothing),
            key(format!("sign-in:network:{account}:{network}"), 10, Excess::Nothing),
            key(format!("sign-in:address:{place}"), 50, Excess::Delay),
            key(format!("sign-in:account:{account}"), 10, Excess::Delay),
        ]
    }

    /// The window of a browser in which somebody signed in before, to the account that it is known for. `device` is its own random name.
    #[must_use]
    pub fn device(device: &str) -> [Self; 1] {
        [Self::refusing(format!("sign-in:device:{device}"), 10, QUARTER)]
    }

    /// The window of a try to sign up from `address`.
    #[must_use]
    pub fn sign_up(address: IpAddr) -> [Self; 1] {
        [Self::refusing(format!("sign-up:address:{}", place(address)), 20, HOUR)]
    }

    /// The window of a signed-in person's tries to give their current password.
    #[must_use]
    pub fn password(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("password:user:{user_id}"), 10, QUARTER)]
    }

    /// The windows of a code of an app, given from `address` for an account whose password was right: the place's, then the account's.
    #[must_use]
    pub fn second_factor(user_id: i64, address: IpAddr) -> [Self; 2] {
        [
            Self::refusing(format!("second-factor:pair:{user_id}:{}", place(address)), 10, QUARTER),
            Self::refusing(format!("second-factor:account:{user_id}"), 20, HOUR),
        ]
    }

    /// The window of any code with a browser in which somebody signed in to this account before.
    #[must_use]
    pub fn second_factor_device(device: &str) -> [Self; 1] {
        [Self::refusing(format!("second-factor:device:{device}"), 10, QUARTER)]
    }

    /// The window of a recovery code.
    #[must_use]
    pub fn recovery_code(user_id: i64, address: IpAddr) -> [Self; 1] {
        let name = format!("recovery-code:pair:{user_id}:{}", place(address));
        [Self { name, limit: 10, window: QUARTER, excess: Excess::Delay }]
    }

    /// The window of a person's taking away everything about themselves.
    #[must_use]
    pub fn export(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("export:user:{user_id}"), 5, HOUR)]
    }

    /// The window of what a person writes to others.
    #[must_use]
    pub fn message(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("message:user:{user_id}"), 30, MINUTE)]
    }

    /// The window of the drafts that somebody's pages save: one saves itself twelve times a minute at most.
    #[must_use]
    pub fn draft(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("draft:user:{user_id}"), 60, MINUTE)]
    }

    /// The window of the documents that somebody issues.
    #[must_use]
    pub fn document(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("document:user:{user_id}"), 30, HOUR)]
    }

    /// The window of how often somebody's pages say what was read.
    #[must_use]
    pub fn read_mark(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("read-mark:user:{user_id}"), 120, MINUTE)]
    }

    /// The window of the addresses that somebody makes for their calendar.
    #[must_use]
    pub fn calendar(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("calendar:user:{user_id}"), 10, HOUR)]
    }

    /// The window of what a person's pages say to others in calls: hundreds while they look for a way, for one page at a time.
    #[must_use]
    pub fn signal(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("signal:user:{user_id}"), 300, MINUTE)]
    }

    /// The window of a person's pages that join calls: one that finds no way to the other tries again, with a pause.
    #[must_use]
    pub fn call(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("call:user:{user_id}"), 20, MINUTE)]
    }

    /// The window of a person's hanging up: one of its own, for whoever joined too often still can.
    #[must_use]
    pub fn hang_up(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("hang-up:user:{user_id}"), 20, MINUTE)]
    }

    /// The window of how often a person's pages ask for credentials of the relays: one asks when it joins, and when it looks for another way.
    #[must_use]
    pub fn relays(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("relays:user:{user_id}"), 60, MINUTE)]
    }

    /// The window of a person's device checks: each is told to all lists that their visit is on.
    #[must_use]
    pub fn device_check(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("device-check:user:{user_id}"), 20, MINUTE)]
    }

    /// The same as [`Self::signal`], of a guest's page (`visit_guest.id`).
    #[must_use]
    pub fn guest_signal(guest: i64) -> [Self; 1] {
        [Self::refusing(format!("signal:guest:{guest}"), 300, MINUTE)]
    }

    /// The window of how often a guest joins a call: each time has its line in the trail.
    #[must_use]
    pub fn guest_call(guest: i64) -> [Self; 1] {
        [Self::refusing(format!("call:guest:{guest}"), 30, QUARTER)]
    }

    /// The window of how often a guest's page asks for credentials of the relays.
    #[must_use]
    pub fn guest_relays(guest: i64) -> [Self; 1] {
        [Self::refusing(format!("relays:guest:{guest}"), 60, MINUTE)]
    }

    /// The window of the guests whom somebody invites.
    #[must_use]
    pub fn new_guest(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("guest:user:{user_id}"), 30, HOUR)]
    }

    /// The windows of a request, from `address`, to send a link to `email`: the place's, then the mailbox's two. The second is as
    /// long as a link works, so a stranger who fills it leaves the owner with links that do; the third bounds what anybody can have sent
    /// to somebody in a day.
    #[must_use]
    pub fn password_reset(email: &str, address: IpAddr) -> [Self; 3] {
        let account = digest(&email.trim().to_lowercase());
        [
            Self::refusing(format!("password-reset:address:{}", place(address)), 30, HOUR),
            Self::refusing(format!("password-reset:account:{account}"), 5, HALF_HOUR),
            Self::refusing(format!("password-reset:day:{account}"), 12, DAY),
        ]
    }

    /// The window of a signed-in person's mails with links to addresses, whichever they type.
    #[must_use]
    pub fn address_link(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("address-link:user:{user_id}"), 6, DAY)]
    }

    /// One of another kind: beyond `limit` tries in `window` it is refused.
    pub(super) fn refusing(name: String, limit: u32, window: Duration) -> Self {
        Self { name, limit, window, excess: Excess::Refuse }
    }

    pub(super) fn window_millis(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX)
    }

    /// Whether anything follows from too much of it.
    pub(super) fn has_consequences(&self) -> bool {
        self.excess != Excess::Nothing
    }

    /// How many tries are remembered: where they are delayed, as many as the pause grows with.
    pub(super) fn kept(&self) -> u32 {
        match self.excess {
            Excess::Refuse => self.limit,
            Excess::Delay | Excess::Nothing => self.limit * LONGEST_PAUSE,
        }
    }

    /// What comes between two tries when there were `tries` before: a second, and twice as much each time that they have doubled.
    pub(super) fn pause(&self, tries: u32) -> Option<Duration> {
        let times = tries / self.limit;
        let doubled = times.checked_ilog2()?;
        let seconds = 1u32.checked_shl(doubled).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
        (self.excess == Excess::Delay).then(|| Duration::from_secs(seconds.into()))
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// One household or machine has a /64 of IPv6 to choose addresses from.
pub(in crate::web) fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_no_person_and_join_what_belongs_together() {
        let at = |address: &str| address.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]));
        let keys = Key::sign_in("Asha@Clinic.test ", at("2001:db8::1"));
        assert_eq!(keys, Key::sign_in("asha@clinic.test", at("2001:db8::2")), "case, and the same /64");
        assert_ne!(keys, Key::sign_in("asha@clinic.test", at("2001:db8:0:1::1")));
        assert_eq!(Key::sign_up(at("::ffff:192.0.2.1")), Key::sign_up(at("192.0.2.1")));
        assert!(keys.iter().all(|key| !key.name.contains("sha@")));
    }

    #[test]
    fn the_pause_grows_with_the_tries_and_ends_growing() {
        let [pair, _, _, account] = Key::sign_in("a@b.test", IpAddr::from([192, 0, 2, 1]));
        let seconds = |tries| account.pause(tries).map(|pause| pause.as_secs());
        assert_eq!(
            [0, 9, 10, 19, 20, 39, 40, 79, 80, 4_000].map(seconds).map(Option::unwrap_or_default),
            [0, 0, 1, 1, 2, 2, 4, 4, 8, 8]
        );
        assert_eq!(pair.pause(80), None);
    }
}
