//! What the report of calls counts.

use super::{forms::Range, numbers::rounded_percent, spread::Spread};

/// The calls that are over of a week, of a doctor, or all together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CallNumbers {
    /// In how many visits there were any.
    pub(super) visits: i64,
    pub(super) calls: i64,
    /// In which the two saw or heard each other.
    pub(super) connected: i64,
    /// Of these, those that went from browser to browser.
    pub(super) direct: i64,
    pub(super) relay_udp: i64,
    pub(super) relay_tcp: i64,
    pub(super) relay_tls: i64,
    /// That somebody gave up before the other was there.
    pub(super) not_answered: i64,
    /// Of which nothing was heard any more.
    pub(super) lost: i64,
    /// How many of the visits went on by telephone out of a call.
    pub(super) by_phone: i64,
    /// How often pages had to look for another way.
    pub(super) restarts: i64,
    /// In which the two saw or heard each other.
    pub(super) seconds: i64,
    /// From when a page began to connect to its first picture, in milliseconds, rounded to 100.
    pub(super) first_frames: Spread,
}

impl CallNumbers {
    /// With all of another.
    pub(super) fn add(&mut self, one: &Self) {
        self.visits += one.visits;
        self.calls += one.calls;
        self.connected += one.connected;
        self.direct += one.direct;
        self.relay_udp += one.relay_udp;
        self.relay_tcp += one.relay_tcp;
        self.relay_tls += one.relay_tls;
        self.not_answered += one.not_answered;
        self.lost += one.lost;
        self.by_phone += one.by_phone;
        self.restarts += one.restarts;
        self.seconds += one.seconds;
        self.first_frames.add_all(&one.first_frames);
    }

    /// Those that went through a relay.
    pub(super) fn relayed(&self) -> i64 {
        self.relay_udp + self.relay_tcp + self.relay_tls
    }

    /// Of those that were connected and told their way, the relayed, in per cent.
    pub(super) fn relayed_percent(&self) -> Option<i64> {
        rounded_percent(self.relayed(), self.direct + self.relayed())
    }

    /// Connected, but no page told which way.
    pub(super) fn untold(&self) -> i64 {
        self.connected - self.direct - self.relayed()
    }

    /// How long one was in which they saw or heard each other, in seconds, rounded.
    pub(super) fn mean_seconds(&self) -> Option<i64> {
        (self.connected > 0).then(|| (self.seconds * 2 + self.connected) / (self.connected * 2))
    }
}

/// The calls of one doctor's visits in one week.
#[derive(Clone, Debug)]
pub(super) struct CallsOfDoctor {
    /// Which week of [`CallsReport::weeks`].
    pub(super) week: usize,
    pub(super) doctor_id: i64,
    /// With the title.
    pub(super) doctor: String,
    pub(super) numbers: CallNumbers,
}

/// The report of a hospital's calls.
#[derive(Clone, Debug)]
pub(super) struct CallsReport {
    /// All weeks, also those without a call.
    pub(super) weeks: Vec<Range>,
    /// Week by week, and in each by name; none without a call.
    pub(super) parts: Vec<CallsOfDoctor>,
}

impl CallsReport {
    /// All of them.
    pub(super) fn total(&self) -> CallNumbers {
        summed(self.parts.iter())
    }

    /// Each week, the first first.
    pub(super) fn by_week(&self) -> Vec<(Range, CallNumbers)> {
        let of_week = |week| summed(self.parts.iter().filter(move |part| part.week == week));
        self.weeks.iter().enumerate().map(|(week, range)| (*range, of_week(week))).collect()
    }

    /// Each doctor in whose visits there was a call, by name.
    pub(super) fn by_doctor(&self) -> Vec<(String, CallNumbers)> {
        let mut doctors: Vec<(i64, &str)> = Vec::new();
        for part in &self.parts {
            if doctors.iter().all(|(id, _)| *id != part.doctor_id) {
                doctors.push((part.doctor_id, &part.doctor));
            }
        }
        doctors.sort_by_cached_key(|(id, name)| (crate::text::search_key(name), *id));
        let of_doctor = |id| summed(self.parts.iter().filter(move |part| part.doctor_id == id));
        doctors.into_iter().map(|(id, name)| (name.to_owned(), of_doctor(id))).collect()
    }
}

fn summed<'a>(parts: impl Iterator<Item = &'a CallsOfDoctor>) -> CallNumbers {
    parts.fold(CallNumbers::default(), |mut sum, part| {
        sum.add(&part.numbers);
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_no_calls_there_is_no_share_and_no_length() {
        let none = CallNumbers::default();
        assert_eq!((none.relayed_percent(), none.mean_seconds(), none.untold()), (None, None, 0));
    }

    #[test]
    fn shares_are_of_those_that_told_their_way() {
        let calls =
            CallNumbers { calls: 6, connected: 5, direct: 2, relay_tls: 2, seconds: 13, ..CallNumbers::default() };
        assert_eq!((calls.relayed_percent(), calls.untold(), calls.mean_seconds()), (Some(50), 1, Some(3)));
    }
}
