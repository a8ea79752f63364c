//! What has to move, and what is in the way. Knows no database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::enums::AppointmentStatus;

use crate::time_zone::Tz;

/// A visit that is not over, as far as its time goes.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) id: i64,
    pub(super) doctor_id: i64,
    pub(super) patient_id: i64,
    /// `user.id` of both.
    pub(super) user_ids: [i64; 2],
    pub(super) status: AppointmentStatus,
    pub(super) version: i32,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) proposed_starts_at: Option<DateTime<Utc>>,
    /// Whether it may overlap others.
    pub(super) is_overbooked: bool,
    /// What it was promised for, with the zone; none of a visit that was written by a release that did not know of it.
    pub(super) local_starts_at: Option<NaiveDateTime>,
    pub(super) proposed_local_starts_at: Option<NaiveDateTime>,
    pub(super) zone: Option<Tz>,
}

/// An absence that is not over.
#[derive(Clone, Debug)]
pub(super) struct AbsenceToCome {
    pub(super) id: i64,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) local_starts_at: Option<NaiveDateTime>,
    pub(super) local_ends_at: Option<NaiveDateTime>,
    pub(super) zone: Option<Tz>,
}

/// Where a visit belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WallPlace {
    pub(super) starts_at: DateTime<Utc>,
    pub(super) proposed_starts_at: Option<DateTime<Utc>>,
    pub(super) local_starts_at: NaiveDateTime,
    pub(super) proposed_local_starts_at: Option<NaiveDateTime>,
}

/// What decides where things belong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    /// The zone in which something without a time on the wall was written, with the rules of then.
    pub(super) written_in: Tz,
    /// The zone in which all of it is from now on; none: each stays in its own.
    pub(super) into: Option<Tz>,
    /// Whether clocks are to show what was promised; else the instants stay.
    pub(super) keeps_clock_times: bool,
}

impl Course {
    /// The local time and the instant of what was promised for `local` in `zone`, and is at `instant`.
    fn of(
        self,
        instant: DateTime<Utc>,
        local: Option<NaiveDateTime>,
        zone: Option<Tz>,
    ) -> (NaiveDateTime, DateTime<Utc>) {
        let own = self.into.or(zone).unwrap_or_else(|| self.written_in.as_installed());
        if !self.keeps_clock_times {
            return (own.local(instant), instant);
        }
        let local = local.unwrap_or_else(|| self.written_in.local(instant));
        (local, own.resolve(local))
    }

    /// The zone that belongs beside it.
    pub(super) fn zone(self, zone: Option<Tz>) -> Tz {
        self.into.or(zone).unwrap_or_else(|| self.written_in.as_installed())
    }

    /// Where the visit belongs.
    pub(super) fn place(self, visit: &Visit) -> WallPlace {
        let known = visit.promised();
        let (local_starts_at, starts_at) = self.of(visit.starts_at, known, visit.zone);
        let proposed = visit.proposed_starts_at.map(|at| self.of(at, visit.proposed_local_starts_at, visit.zone));
        WallPlace {
            starts_at,
            proposed_starts_at: proposed.map(|(_, at)| at),
            local_starts_at,
            proposed_local_starts_at: proposed.map(|(local, _)| local),
        }
    }

    /// From when to when the absence belongs.
    pub(super) fn span(self, absence: &AbsenceToCome) -> [(NaiveDateTime, DateTime<Utc>); 2] {
        let start = self.of(absence.starts_at, absence.local_starts_at, absence.zone);
        let end = self.of(absence.ends_at, absence.local_ends_at, absence.zone);
        // Where the clocks have begun to skip all of it, it stays.
        if start.1 < end.1 { [start, end] } else { [(start.0, absence.starts_at), (end.0, absence.ends_at)] }
    }
}

impl Visit {
    /// What it was promised for. A release that does not know of these columns accepts a proposal and leaves the time of the old one: then
    /// there is a proposed time on the wall without an instant.
    pub(super) fn promised(&self) -> Option<NaiveDateTime> {
        self.local_starts_at.filter(|_| self.proposed_starts_at.is_some() || self.proposed_local_starts_at.is_none())
    }

    /// Whether its row says all that it should.
    pub(super) fn is_complete(&self) -> bool {
        self.promised().is_some()
            && self.zone.is_some()
            && self.proposed_starts_at.is_some() == self.proposed_local_starts_at.is_some()
    }

    /// Whether it is somewhere else than where it belongs.
    pub(super) fn moves_to(&self, place: &WallPlace) -> bool {
        place.starts_at != self.starts_at || place.proposed_starts_at != self.proposed_starts_at
    }
}

/// Who moves where, in an order in which nobody stands in another's way; and who cannot, because somebody would be at two places.
pub(super) fn moves(visits: &[Visit], course: Course) -> (Vec<(&Visit, WallPlace)>, Vec<&Visit>) {
    let places: Vec<(&Visit, WallPlace)> = visits.iter().map(|visit| (visit, course.place(visit))).collect();
    let mut stay: BTreeSet<i64> = BTreeSet::new();
    loop {
        let in_the_way = colliding(&places, &stay);
        if in_the_way.is_empty() {
            break;
        }
        stay.extend(in_the_way);
    }
    let (mut moving, mut staying) = (Vec::new(), Vec::new());
    for (visit, place) in places {
        match (visit.moves_to(&place), stay.contains(&visit.id)) {
            (true, true) => staying.push(visit),
            (true, false) => moving.push((visit, place)),
            (false, _) => {}
        }
    }
    // What goes to later goes from the end on, what goes to earlier from the beginning on.
    moving.sort_by_key(|(visit, place)| {
        let at = visit.starts_at.timestamp();
        (place.starts_at <= visit.starts_at, if place.starts_at > visit.starts_at { -at } else { at }, visit.id)
    });
    (moving, staying)
}

/// From when to when somebody is busy, with which visit, and whether that moves.
type Taken = (DateTime<Utc>, DateTime<Utc>, i64, bool);

/// Those that would move onto another's time, of one doctor or of one patient.
fn colliding(places: &[(&Visit, WallPlace)], stay: &BTreeSet<i64>) -> BTreeSet<i64> {
    let mut taken: BTreeMap<(bool, i64), Vec<Taken>> = BTreeMap::new();
    for (visit, place) in places.iter().filter(|(visit, _)| visit.status.is_busy() && !visit.is_overbooked) {
        let moves = visit.moves_to(place) && !stay.contains(&visit.id);
        let start = if moves { place.starts_at } else { visit.starts_at };
        let stretch = (start, start + (visit.ends_at - visit.starts_at), visit.id, moves);
        for person in [(true, visit.doctor_id), (false, visit.patient_id)] {
            taken.entry(person).or_default().push(stretch);
        }
    }
    let mut found = BTreeSet::new();
    for stretches in taken.values_mut() {
        stretches.sort_unstable();
        let mut last: Option<(DateTime<Utc>, i64, bool)> = None;
        for (start, end, id, moves) in stretches.iter().copied() {
            if let Some((until, other, other_moves)) = last.filter(|(until, ..)| start < *until) {
                found.extend(
                    [(id, moves), (other, other_moves)].into_iter().filter(|(_, moves)| *moves).map(|(id, _)| id),
                );
                last = Some((
                    until.max(end),
                    if end > until { id } else { other },
                    if end > until { moves } else { other_moves },
                ));
            } else {
                last = Some((end, id, moves));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    fn visit(id: i64, starts_at: &str, local: Option<&str>) -> Visit {
        let starts_at = at(starts_at);
        Visit {
            id,
            doctor_id: 1,
            patient_id: id,
            user_ids: [1, id],
            status: AppointmentStatus::Scheduled,
            version: 0,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(30),
            proposed_starts_at: None,
            is_overbooked: false,
            local_starts_at: local.and_then(|local| local.parse().ok()),
            proposed_local_starts_at: None,
            zone: "Asia/Kathmandu".parse().ok(),
        }
    }

    fn course(into: Option<&str>, keeps_clock_times: bool) -> Course {
        let written_in = "Asia/Kathmandu".parse().unwrap_or_default();
        Course { written_in, into: into.and_then(|zone| zone.parse().ok()), keeps_clock_times }
    }

    fn told(moves: &[(&Visit, WallPlace)]) -> Vec<(i64, String)> {
        moves.iter().map(|(visit, place)| (visit.id, place.starts_at.format("%H:%M").to_string())).collect()
    }

    #[test]
    fn a_day_of_visits_side_by_side_moves_from_its_end_on() {
        let visits = [
            visit(1, "2026-12-01T03:15:00Z", Some("2026-12-01T09:00:00")),
            visit(2, "2026-12-01T03:45:00Z", None),
            visit(3, "2026-12-01T04:15:00Z", Some("2026-12-01T10:00:00")),
        ];
        let (later, staying) = moves(&visits, course(Some("Asia/Kolkata"), true));
        assert_eq!(told(&later), [(3, "04:30".to_owned()), (2, "04:00".to_owned()), (1, "03:30".to_owned())]);
        assert!(staying.is_empty());
        let (earlier, _) = moves(&visits, course(Some("Asia/Dhaka"), true));
        assert_eq!(told(&earlier), [(1, "03:00".to_owned()), (2, "03:30".to_owned()), (3, "04:00".to_owned())]);
        assert_eq!(told(&moves(&visits, course(Some("Asia/Kolkata"), false)).0), []);
        assert_eq!(told(&moves(&visits, course(None, true)).0), [], "all are where they belong");
        let instants = course(Some("Asia/Kolkata"), false).place(&visits[0]);
        assert_eq!(instants.local_starts_at.to_string(), "2026-12-01 08:45:00");
    }

    #[test]
    fn who_would_be_at_two_places_stays_and_so_does_whoever_counted_on_that_time() {
        // 1 is where it belongs; 2 belongs where 1 is; 3 belongs where 2 is.
        let visits = [
            visit(1, "2026-12-01T03:15:00Z", Some("2026-12-01T09:00:00")),
            visit(2, "2026-12-01T03:45:00Z", Some("2026-12-01T09:00:00")),
            visit(3, "2026-12-01T04:15:00Z", Some("2026-12-01T09:30:00")),
            visit(4, "2026-12-01T05:15:00Z", Some("2026-12-01T11:30:00")),
        ];
        let (moving, staying) = moves(&visits, course(None, true));
        assert_eq!(told(&moving), [(4, "05:45".to_owned())]);
        assert_eq!(staying.iter().map(|visit| visit.id).collect::<Vec<_>>(), [2, 3]);
        // One that was overbooked may.
        let mut overbooked = visits.clone();
        overbooked[1].is_overbooked = true;
        assert_eq!(moves(&overbooked, course(None, true)).1.len(), 0);
    }

    #[test]
    fn what_an_older_release_left_behind_is_not_taken_for_a_promise() {
        let mut accepted = visit(1, "2026-12-02T03:15:00Z", Some("2026-12-01T09:00:00"));
        accepted.proposed_local_starts_at = "2026-12-02T09:00:00".parse().ok();
        assert!(accepted.promised().is_none() && !accepted.is_complete());
        assert!(!accepted.moves_to(&course(None, true).place(&accepted)));
    }
}
