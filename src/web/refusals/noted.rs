//! Noting them, within bounds.
//!
//! Strangers decide how often something is refused, so both are bounded ([`LINES`], [`ENTRIES`]): what is beyond is counted, and said by its number
//! when the minute is over. A process that is killed has told the log all, and the trail all but its last minute.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Refusal, RefusedAct, RefusedTries, TriedAccount, TryCount};
use crate::{integrations::Clock, settings::SecretKey};

/// Lines of the log in a minute, for each act.
const LINES: u32 = 30;
/// Entries of the trail in a minute, over all accounts.
const ENTRIES: usize = 120;
/// Of these so many of accounts that are known by an address alone, which may be invented.
const ADDRESSED: usize = 20;
/// Addresses that are told apart in a minute, for each account, act and reason; what comes from further ones is told together.
const ADDRESSES: usize = 5;
/// Entries that wait to be written, at most: the database may be away.
const WAITING: usize = 1_200;

/// All that was refused in this process. See the module.
#[derive(Debug)]
pub struct RefusalLog {
    clock: Clock,
    digests: [u8; 64],
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// Since 1970.
    minute: i64,
    lines: HashMap<RefusedAct, u32>,
    tries: HashMap<RefusedTries, TryCount>,
    /// Of this minute, that no entry tells of.
    untold: u64,
    /// Of minutes that are over.
    waiting: Vec<(RefusedTries, TryCount)>,
}

impl RefusalLog {
    /// None yet.
    #[must_use]
    pub fn new(clock: Clock, secret: &SecretKey) -> Self {
        Self { clock, digests: secret.derive("accounts in the log"), noted: Mutex::default() }
    }

    /// Notes one in the log, and for the trail if it is known with whose account it was tried.
    pub fn note(&self, refusal: Refusal) {
        let now = self.clock.now_unwatched();
        let mut noted = self.at(now);
        self.log(&mut noted, &refusal);
        let Refusal { act, reason, account: Some(account), address } = refusal else { return };
        let mut tries = RefusedTries { act, reason, account, address: Some(address) };
        if !noted.tries.contains_key(&tries) {
            let alike = |other: &&RefusedTries| {
                (other.act, other.reason, &other.account) == (tries.act, tries.reason, &tries.account)
            };
            if noted.tries.keys().filter(alike).count() >= ADDRESSES {
                tries.address = None;
            }
        }
        if !noted.tries.contains_key(&tries) && !noted.has_room_for(&tries.account) {
            noted.untold += 1;
            return;
        }
        let count = noted.tries.entry(tries).or_insert(TryCount { times: 0, last_at: now });
        *count = TryCount { times: count.times + 1, last_at: now };
    }

    /// Notes one of which the trail is told otherwise.
    pub fn note_in_log(&self, refusal: &Refusal) {
        let mut noted = self.at(self.clock.now_unwatched());
        self.log(&mut noted, refusal);
    }

    /// Takes out what was tried in minutes that are over; at the end of the process, `whole`, also in this one.
    #[must_use]
    pub fn take(&self, whole: bool) -> Vec<(RefusedTries, TryCount)> {
        let mut noted = self.at(self.clock.now_unwatched());
        if whole {
            noted.end_minute();
        }
        std::mem::take(&mut noted.waiting)
    }

    /// Puts back what could not be written.
    pub fn put_back(&self, tries: Vec<(RefusedTries, TryCount)>) {
        let mut noted = self.at(self.clock.now_unwatched());
        noted.waiting.extend(tries);
        noted.waiting.truncate(WAITING);
    }

    fn at(&self, now: DateTime<Utc>) -> MutexGuard<'_, Noted> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.timestamp().div_euclid(60);
        if noted.minute != minute {
            noted.end_minute();
            noted.minute = minute;
        }
        noted
    }

    fn log(&self, noted: &mut Noted, refusal: &Refusal) {
        let lines = noted.lines.entry(refusal.act).or_default();
        *lines += 1;
        if *lines > LINES {
            return;
        }
        let (act, reason, address) = (refusal.act.word(), refusal.reason, refusal.address);
        match &refusal.account {
            Some(TriedAccount::Numbered(user)) => {
                log::warn!(target: "security", act, reason, user, address:%; "refused");
            }
            Some(TriedAccount::Addressed(email)) => {
                let account = self.digest(email);
                log::warn!(target: "security", act, reason, account = account.as_str(), address:%; "refused");
            }
            None => log::warn!(target: "security", act, reason, address:%; "refused"),
        }
    }

    /// The same for the same address, and nobody can tell of which without the site's key.
    fn digest(&self, email: &str) -> String {
        let mut mac: Hmac<Sha256> = Hmac::new((&self.digests).into());
        mac.update(email.trim().to_lowercase().as_bytes());
        mac.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Noted {
    fn has_room_for(&self, account: &TriedAccount) -> bool {
        let is_addressed = |account: &TriedAccount| matches!(account, TriedAccount::Addressed(_));
        let addressed = || self.tries.keys().filter(|tries| is_addressed(&tries.account)).count();
        self.tries.len() < ENTRIES && (!is_addressed(account) || addressed() < ADDRESSED)
    }

    fn end_minute(&mut self) {
        for (act, lines) in self.lines.drain() {
            if let Some(more) = lines.checked_sub(LINES).filter(|more| *more > 0) {
                log::warn!(target: "security", act = act.word(), more; "refused more often in this minute than there are lines");
            }
        }
        let room = WAITING.saturating_sub(self.waiting.len());
        let left_out = self.tries.len().saturating_sub(room) as u64 + std::mem::take(&mut self.untold);
        self.waiting.extend(self.tries.drain().take(room));
        if left_out > 0 {
            log::warn!(target: "security", left_out; "refused with more accounts in this minute than the trail tells of");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use chrono::TimeDelta;

    use super::*;

    fn refusals() -> (RefusalLog, Clock) {
        let clock = Clock::fixed(DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default());
        (RefusalLog { clock: clock.clone(), digests: [7; 64], noted: Mutex::default() }, clock)
    }

    fn wrong_password(user: i64, host: u8) -> Refusal {
        Refusal {
            act: RefusedAct::SignIn,
            reason: "wrong_password",
            account: Some(TriedAccount::Numbered(user)),
            address: IpAddr::from([203, 0, 113, host]),
        }
    }

    #[test]
    fn what_is_alike_is_one_entry_when_the_minute_is_over() {
        let (refusals, clock) = refusals();
        for _ in 0..7 {
            refusals.note(wrong_password(1, 1));
        }
        refusals.note(wrong_password(2, 1));
        refusals.note(Refusal { account: None, ..wrong_password(3, 1) });
        assert_eq!(refusals.take(false), [], "it is not over");
        clock.advance(TimeDelta::minutes(1));
        let mut told: Vec<_> =
            refusals.take(false).into_iter().map(|(tries, count)| (tries.account, count.times)).collect();
        told.sort_by_key(|(_, times)| *times);
        assert_eq!(told, [(TriedAccount::Numbered(2), 1), (TriedAccount::Numbered(1), 7)]);
        assert_eq!(refusals.take(true), []);
    }

    #[test]
    fn neither_many_places_nor_many_accounts_make_many_entries() {
        let (refusals, _clock) = refusals();
        for host in 0..200 {
            refusals.note(wrong_password(1, host));
        }
        let told = refusals.take(true);
        assert_eq!(told.len(), ADDRESSES + 1);
        assert_eq!(told.iter().map(|(_, count)| count.times).sum::<i64>(), 200);
        for user in 0..1_000 {
            refusals.note(wrong_password(user, 1));
        }
        assert_eq!(refusals.take(true).len(), ENTRIES);
    }

    #[test]
    fn invented_addresses_leave_room_for_accounts() {
        let (refusals, _clock) = refusals();
        for number in 0..1_000 {
            let account = Some(TriedAccount::Addressed(format!("guess{number}@clinic.test")));
            refusals.note(Refusal { account, reason: "too_many", ..wrong_password(0, 1) });
        }
        refusals.note(wrong_password(7, 1));
        let told = refusals.take(true);
        assert_eq!(told.len(), ADDRESSED + 1);
        assert!(told.iter().any(|(tries, _)| tries.account == TriedAccount::Numbered(7)));
    }

    #[test]
    fn what_could_not_be_written_is_kept_and_bounded() {
        let (refusals, clock) = refusals();
        for minute in 0..30 {
            for user in 0..200 {
                refusals.note(wrong_password(user + minute, 1));
            }
            clock.advance(TimeDelta::minutes(1));
        }
        let told = refusals.take(false);
        assert_eq!(told.len(), WAITING);
        refusals.put_back(told);
        assert_eq!(refusals.take(false).len(), WAITING);
    }

    #[test]
    fn the_log_names_no_address_of_a_person() {
        let (refusals, _clock) = refusals();
        let digest = refusals.digest("Asha@Clinic.test ");
        assert_eq!(digest, refusals.digest("asha@clinic.test"));
        assert!(digest.len() == 16 && digest != refusals.digest("bina@clinic.test"));
    }
}
