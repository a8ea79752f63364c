//! What happened to a visit until it became what it is: its history, and who was told.

use chrono::{DateTime, Duration, Utc};
use entity::enums::{AppointmentStatus, EventKind, Modality, NotificationKind};

use super::{
    calendar::SLOT,
    visits::{Booker, DemoVisit},
    words,
};

/// A step of a visit's life.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoryStep {
    pub(super) kind: EventKind,
    pub(super) actor: StoryActor,
    pub(super) from: Option<AppointmentStatus>,
    pub(super) to: AppointmentStatus,
    pub(super) at: DateTime<Utc>,
}

/// A party of a visit, or the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoryActor {
    Patient,
    Doctor,
    Admin,
}

/// The steps that lead to the visit's state, in order, none of them later than `now`.
pub(super) fn steps(visit: &DemoVisit, now: DateTime<Utc>) -> Vec<StoryStep> {
    let mut story = Story { steps: Vec::new(), now };
    story.begin(visit);
    let start = visit.starts_at;
    let early = Duration::minutes(i64::from(visit.dice % 20) + 5);
    use AppointmentStatus as S;
    match visit.status {
        S::Requested => {}
        S::Proposed => {
            story.then(EventKind::Proposed, StoryActor::Doctor, (S::Proposed, visit.asked_at + Duration::hours(3)))
        }
        S::Rejected => {
            story.then(EventKind::Rejected, StoryActor::Doctor, (S::Rejected, visit.asked_at + Duration::hours(5)))
        }
        S::Scheduled => story.schedule(visit),
        S::Confirmed => story.confirm(visit),
        S::Waiting if visit.is_walk_in => {
            story.then(EventKind::Arrived, StoryActor::Admin, (S::Waiting, start));
        }
        S::Waiting => story.arrive(visit, start.min(now) - early),
        S::InProgress => story.start(visit, start - early),
        S::Completed => {
            story.start(visit, start - early);
            if moves_to_phone(visit) {
                let at = start + Duration::seconds(95);
                story.then(EventKind::ModalityChanged, StoryActor::Doctor, (S::InProgress, at));
            }
            story.then(EventKind::Completed, StoryActor::Doctor, (S::Completed, start + SLOT));
        }
        S::NoShow => {
            story.agree(visit);
            story.then(EventKind::NoShow, StoryActor::Doctor, (S::NoShow, start + Duration::minutes(20)));
        }
        S::Cancelled => {
            story.agree(visit);
            let who = if visit.dice.is_multiple_of(3) { StoryActor::Admin } else { StoryActor::Patient };
            let at = visit.asked_at + (start.min(now) - visit.asked_at) / 2;
            story.then(EventKind::Cancelled, who, (S::Cancelled, at));
        }
    }
    story.steps
}

/// Of so many patients some ask for another time: each wish is answered sooner or later, and a large clinic has few that wait.
const WISHING: usize = 40;

/// The time that the patient asks for instead, of some that are to come: a week later.
pub(super) fn wish(visit: &DemoVisit, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_wished =
        visit.status == AppointmentStatus::Scheduled && visit.patient < WISHING && visit.dice.is_multiple_of(5);
    (is_wished && visit.starts_at > now + Duration::days(1)).then(|| visit.starts_at + Duration::days(7))
}

/// Why.
pub(super) const ELSEWHERE: &str = "I am out of town that day.";

/// Why somebody who came without a visit is seen between others.
pub(super) const WALKED_IN: &str = "Came without an appointment.";

/// Most by video, some by telephone, some at the hospital.
pub(super) fn modality(visit: &DemoVisit) -> Modality {
    match visit.dice % 10 {
        _ if visit.is_walk_in => Modality::InPerson,
        0..=5 => Modality::Video,
        6 | 7 => Modality::Phone,
        _ => Modality::InPerson,
    }
}

/// Whether it is to come or goes on, by video.
pub(super) fn awaits_a_call(visit: &DemoVisit) -> bool {
    visit.status.is_busy() && modality(visit) == Modality::Video
}

/// Whether the visit was to be by video, and went on by telephone.
pub(super) fn moves_to_phone(visit: &DemoVisit) -> bool {
    let is_completed = visit.status == AppointmentStatus::Completed;
    is_completed && modality(visit) == Modality::Phone && (visit.dice / 10).is_multiple_of(3)
}

/// Why.
pub(super) const MOVED: &str = "The picture stopped again and again.";

/// The reason of a rejection or a cancellation.
pub(super) fn reason(visit: &DemoVisit) -> &'static str {
    let pick = |reasons: &[&'static str]| {
        reasons.get(visit.dice as usize % reasons.len().max(1)).copied().unwrap_or("No reason given.")
    };
    match visit.status {
        AppointmentStatus::Rejected => pick(&words::REJECTIONS),
        _ => pick(&words::CANCELLATIONS),
    }
}

/// Who is told of a step, and what.
pub(super) fn notified(visit: &DemoVisit, step: &StoryStep) -> Vec<(StoryActor, NotificationKind)> {
    use NotificationKind as N;
    let asked_by_admin = visit.booked_by == Booker::Admin && step.actor != StoryActor::Admin;
    let patient_and_asker = |kind| {
        let mut notified = vec![(StoryActor::Patient, kind)];
        notified.extend(asked_by_admin.then_some((StoryActor::Admin, kind)));
        notified
    };
    match step.kind {
        EventKind::Requested => vec![(StoryActor::Doctor, N::AppointmentRequested)],
        EventKind::Booked if step.actor == StoryActor::Doctor => {
            vec![(StoryActor::Patient, N::AppointmentBooked)]
        }
        EventKind::Booked => {
            vec![(StoryActor::Patient, N::AppointmentBooked), (StoryActor::Doctor, N::AppointmentBooked)]
        }
        EventKind::Approved => patient_and_asker(N::AppointmentApproved),
        EventKind::Proposed => patient_and_asker(N::AppointmentProposed),
        EventKind::Rejected => patient_and_asker(N::AppointmentRejected),
        EventKind::Confirmed => vec![(StoryActor::Doctor, N::AppointmentConfirmed)],
        EventKind::Arrived => vec![(StoryActor::Doctor, N::PatientArrived)],
        EventKind::NoShow => vec![(StoryActor::Patient, N::AppointmentNoShow)],
        EventKind::Wished => vec![(StoryActor::Doctor, N::TimeWished), (StoryActor::Admin, N::TimeWished)],
        EventKind::Cancelled if step.actor == StoryActor::Patient => {
            vec![(StoryActor::Doctor, N::AppointmentCancelled)]
        }
        EventKind::Cancelled => {
            vec![(StoryActor::Patient, N::AppointmentCancelled), (StoryActor::Doctor, N::AppointmentCancelled)]
        }
        _ => Vec::new(),
    }
}

struct Story {
    steps: Vec<StoryStep>,
    now: DateTime<Utc>,
}

impl Story {
    fn then(&mut self, kind: EventKind, actor: StoryActor, (to, at): (AppointmentStatus, DateTime<Utc>)) {
        let before = self.steps.last();
        let at = at.min(self.now).max(before.map_or(at, |step| step.at));
        self.steps.push(StoryStep { kind, actor, from: before.map(|step| step.to), to, at });
    }

    fn begin(&mut self, visit: &DemoVisit) {
        let at = visit.asked_at;
        match visit.booked_by {
            Booker::Patient => self.then(EventKind::Requested, StoryActor::Patient, (AppointmentStatus::Requested, at)),
            Booker::Admin => self.then(EventKind::Booked, StoryActor::Admin, (AppointmentStatus::Scheduled, at)),
            Booker::Doctor => self.then(EventKind::Booked, StoryActor::Doctor, (AppointmentStatus::Scheduled, at)),
        }
    }

    /// What a patient asked for needs the doctor's word; what staff booked does not.
    fn agree(&mut self, visit: &DemoVisit) {
        if visit.booked_by == Booker::Patient {
            let at = visit.asked_at + Duration::hours(4);
            self.then(EventKind::Approved, StoryActor::Doctor, (AppointmentStatus::Scheduled, at));
        }
    }

    /// Some ask for another time since.
    fn schedule(&mut self, visit: &DemoVisit) {
        self.agree(visit);
        if wish(visit, self.now).is_some() {
            let at = visit.asked_at + Duration::hours(20);
            self.then(EventKind::Wished, StoryActor::Patient, (AppointmentStatus::Scheduled, at));
        }
    }

    fn confirm(&mut self, visit: &DemoVisit) {
        self.agree(visit);
        let at = visit.asked_at + Duration::hours(10);
        self.then(EventKind::Confirmed, StoryActor::Patient, (AppointmentStatus::Confirmed, at));
    }

    fn arrive(&mut self, visit: &DemoVisit, at: DateTime<Utc>) {
        self.confirm(visit);
        let who = if visit.dice.is_multiple_of(2) { StoryActor::Patient } else { StoryActor::Admin };
        self.then(EventKind::Arrived, who, (AppointmentStatus::Waiting, at));
    }

    fn start(&mut self, visit: &DemoVisit, arrived: DateTime<Utc>) {
        self.arrive(visit, arrived);
        self.then(EventKind::Started, StoryActor::Doctor, (AppointmentStatus::InProgress, visit.starts_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::{DemoOptions, visits};

    #[test]
    fn every_story_ends_in_the_state_of_its_visit_and_not_after_now() {
        let now = DateTime::from_timestamp_nanos(1_795_000_000_000_000_000);
        let visits = visits::plan(DemoOptions::default(), now).unwrap_or_else(|error| panic!("{error}"));
        for visit in &visits {
            let steps = steps(visit, now);
            assert_eq!(steps.last().map(|step| step.to), Some(visit.status), "{visit:?}");
            assert!(steps.iter().all(|step| step.at <= now), "{visit:?}: {steps:?}");
            assert!(
                steps
                    .windows(2)
                    .all(|pair| matches!(pair, [one, next] if one.at <= next.at && next.from == Some(one.to)))
            );
            assert!(steps.iter().all(|step| notified(visit, step).iter().all(|(who, _)| *who != step.actor)));
        }
    }
}
