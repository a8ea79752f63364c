//! What happened to a visit until it became what it is: its history, and who was told.

use chrono::{DateTime, Duration, Utc};
use entity::enums::{AppointmentStatus, EventKind, NotificationKind};

use super::{
    calendar::SLOT,
    visits::{Booker, Visit},
    words,
};

/// A step of a visit's life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) kind: EventKind,
    pub(super) actor: Actor,
    pub(super) from: Option<AppointmentStatus>,
    pub(super) to: AppointmentStatus,
    pub(super) at: DateTime<Utc>,
}

/// A party of a visit, or the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    Patient,
    Doctor,
    Admin,
}

/// The steps that lead to the visit's state, in order, none of them later than `now`.
pub(super) fn steps(visit: &Visit, now: DateTime<Utc>) -> Vec<Step> {
    let mut story = Story { steps: Vec::new(), now };
    story.begin(visit);
    let start = visit.starts_at;
    let early = Duration::minutes(i64::from(visit.dice % 20) + 5);
    use AppointmentStatus as S;
    match visit.status {
        S::Requested => {}
        S::Proposed => {
            story.then(EventKind::Proposed, Actor::Doctor, (S::Proposed, visit.asked_at + Duration::hours(3)))
        }
        S::Rejected => {
            story.then(EventKind::Rejected, Actor::Doctor, (S::Rejected, visit.asked_at + Duration::hours(5)))
        }
        S::Scheduled => story.agree(visit),
        S::Confirmed => story.confirm(visit),
        S::Waiting => story.arrive(visit, start.min(now) - early),
        S::InProgress => story.start(visit, start - early),
        S::Completed => {
            story.start(visit, start - early);
            story.then(EventKind::Completed, Actor::Doctor, (S::Completed, start + SLOT));
        }
        S::NoShow => {
            story.agree(visit);
            story.then(EventKind::NoShow, Actor::Doctor, (S::NoShow, start + Duration::minutes(20)));
        }
        S::Cancelled => {
            story.agree(visit);
            let who = if visit.dice.is_multiple_of(3) { Actor::Admin } else { Actor::Patient };
            story.then(EventKind::Cancelled, who, (S::Cancelled, start - Duration::hours(20)));
        }
    }
    story.steps
}

/// The reason of a rejection or a cancellation.
pub(super) fn reason(visit: &Visit) -> &'static str {
    let pick = |reasons: &[&'static str]| {
        reasons.get(visit.dice as usize % reasons.len().max(1)).copied().unwrap_or("No reason given.")
    };
    match visit.status {
        AppointmentStatus::Rejected => pick(&words::REJECTIONS),
        _ => pick(&words::CANCELLATIONS),
    }
}

/// Who is told of a step, and what.
pub(super) fn told(visit: &Visit, step: &Step) -> Vec<(Actor, NotificationKind)> {
    use NotificationKind as N;
    let asked_by_admin = visit.booked_by == Booker::Admin && step.actor != Actor::Admin;
    let patient_and_asker = |kind| {
        let mut told = vec![(Actor::Patient, kind)];
        told.extend(asked_by_admin.then_some((Actor::Admin, kind)));
        told
    };
    match step.kind {
        EventKind::Requested => vec![(Actor::Doctor, N::AppointmentRequested)],
        EventKind::Booked if step.actor == Actor::Doctor => {
            vec![(Actor::Patient, N::AppointmentBooked)]
        }
        EventKind::Booked => vec![(Actor::Patient, N::AppointmentBooked), (Actor::Doctor, N::AppointmentBooked)],
        EventKind::Approved => patient_and_asker(N::AppointmentApproved),
        EventKind::Proposed => patient_and_asker(N::AppointmentProposed),
        EventKind::Rejected => patient_and_asker(N::AppointmentRejected),
        EventKind::Confirmed => vec![(Actor::Doctor, N::AppointmentConfirmed)],
        EventKind::Arrived => vec![(Actor::Doctor, N::PatientArrived)],
        EventKind::NoShow => vec![(Actor::Patient, N::AppointmentNoShow)],
        EventKind::Cancelled if step.actor == Actor::Patient => {
            vec![(Actor::Doctor, N::AppointmentCancelled)]
        }
        EventKind::Cancelled => {
            vec![(Actor::Patient, N::AppointmentCancelled), (Actor::Doctor, N::AppointmentCancelled)]
        }
        _ => Vec::new(),
    }
}

struct Story {
    steps: Vec<Step>,
    now: DateTime<Utc>,
}

impl Story {
    fn then(&mut self, kind: EventKind, actor: Actor, (to, at): (AppointmentStatus, DateTime<Utc>)) {
        let before = self.steps.last();
        let at = at.min(self.now).max(before.map_or(at, |step| step.at));
        self.steps.push(Step { kind, actor, from: before.map(|step| step.to), to, at });
    }

    fn begin(&mut self, visit: &Visit) {
        let at = visit.asked_at;
        match visit.booked_by {
            Booker::Patient => self.then(EventKind::Requested, Actor::Patient, (AppointmentStatus::Requested, at)),
            Booker::Admin => self.then(EventKind::Booked, Actor::Admin, (AppointmentStatus::Scheduled, at)),
            Booker::Doctor => self.then(EventKind::Booked, Actor::Doctor, (AppointmentStatus::Scheduled, at)),
        }
    }

    /// What a patient asked for needs the doctor's word; what staff booked does not.
    fn agree(&mut self, visit: &Visit) {
        if visit.booked_by == Booker::Patient {
            let at = visit.asked_at + Duration::hours(4);
            self.then(EventKind::Approved, Actor::Doctor, (AppointmentStatus::Scheduled, at));
        }
    }

    fn confirm(&mut self, visit: &Visit) {
        self.agree(visit);
        let at = visit.asked_at + Duration::hours(10);
        self.then(EventKind::Confirmed, Actor::Patient, (AppointmentStatus::Confirmed, at));
    }

    fn arrive(&mut self, visit: &Visit, at: DateTime<Utc>) {
        self.confirm(visit);
        let who = if visit.dice.is_multiple_of(2) { Actor::Patient } else { Actor::Admin };
        self.then(EventKind::Arrived, who, (AppointmentStatus::Waiting, at));
    }

    fn start(&mut self, visit: &Visit, arrived: DateTime<Utc>) {
        self.arrive(visit, arrived);
        self.then(EventKind::Started, Actor::Doctor, (AppointmentStatus::InProgress, visit.starts_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::{Options, visits};

    #[test]
    fn every_story_ends_in_the_state_of_its_visit_and_not_after_now() {
        let now = DateTime::from_timestamp_nanos(1_795_000_000_000_000_000);
        let visits = visits::plan(Options::default(), now).unwrap_or_else(|error| panic!("{error}"));
        for visit in &visits {
            let steps = steps(visit, now);
            assert_eq!(steps.last().map(|step| step.to), Some(visit.status), "{visit:?}");
            assert!(steps.iter().all(|step| step.at <= now), "{visit:?}: {steps:?}");
            assert!(
                steps
                    .windows(2)
                    .all(|pair| matches!(pair, [one, next] if one.at <= next.at && next.from == Some(one.to)))
            );
            assert!(steps.iter().all(|step| told(visit, step).iter().all(|(who, _)| *who != step.actor)));
        }
    }
}
