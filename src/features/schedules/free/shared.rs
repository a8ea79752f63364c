//! Free times for several visits that all need another one.

use super::{Stretch, meets};

/// Of the `free` times, which are in order, up to `most` for each of several patients whose own time is `busy`. Nobody is offered what another is: who
/// chooses for one after the other chooses no time twice. They take turns, so that nobody has the nearest times all to themselves.
pub(crate) fn share_out(free: Vec<Stretch>, busy: &[&[Stretch]], most: usize) -> Vec<Vec<Stretch>> {
    let mut left = free;
    let mut offers: Vec<Vec<Stretch>> = busy.iter().map(|_| Vec::new()).collect();
    for _turn in 0..most {
        for (offered, busy) in offers.iter_mut().zip(busy) {
            if let Some(place) = left.iter().position(|slot| !meets(busy, *slot)) {
                offered.push(left.remove(place));
            }
        }
    }
    offers
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone as _, Utc};

    use super::*;

    fn at(hour: u32) -> Stretch {
        let starts_at = Utc.with_ymd_and_hms(2026, 11, 24, hour, 0, 0).unwrap();
        Stretch { starts_at, ends_at: starts_at + TimeDelta::minutes(30) }
    }

    #[test]
    fn each_is_offered_times_of_their_own_in_turn() {
        let free = (9..14).map(at).collect();
        assert_eq!(share_out(free, &[&[], &[]], 2), [vec![at(9), at(11)], vec![at(10), at(12)]]);
    }

    #[test]
    fn nobody_is_offered_a_time_at_which_they_are_busy_and_another_is() {
        let busy = [at(9)];
        assert_eq!(share_out(vec![at(9), at(10)], &[&busy, &[]], 2), [vec![at(10)], vec![at(9)]]);
    }

    #[test]
    fn whoever_comes_too_late_is_offered_none() {
        assert_eq!(share_out(vec![at(9)], &[&[], &[]], 3), [vec![at(9)], vec![]]);
    }
}
