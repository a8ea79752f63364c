//! Each step of a visit's life, by each role that may take it.

use super::{clinic::People, world::World};
use crate::support::*;

/// A step: its address below the visit's, who takes it, from where, and who is told.
struct Step {
    noun: &'static str,
    by: &'static str,
    from: AppointmentStatus,
    /// Whose visit it is; else the patient's.
    of_newcomer: bool,
    told: &'static [&'static str],
}

const fn step(
    (noun, by): (&'static str, &'static str),
    from: AppointmentStatus,
    told: &'static [&'static str],
) -> Step {
    Step { noun, by, from, of_newcomer: false, told }
}

/// Those who act are told nothing: what changes for them changes by the visit alone. The newcomer's only visit is declined:
/// then they are no longer the doctor's patient.
fn steps() -> Vec<Step> {
    use AppointmentStatus::{Completed, Confirmed, InProgress, NoShow, Proposed, Requested, Scheduled, Waiting};
    vec![
        step(("approval", "doctor"), Requested, &["patient", "admin"]),
        step(("proposal", "doctor"), Requested, &["patient", "admin"]),
        Step { of_newcomer: true, ..step(("rejection", "doctor"), Requested, &["newcomer"]) },
        step(("proposal/acceptance", "admin"), Proposed, &["doctor", "patient"]),
        step(("proposal/acceptance", "patient"), Proposed, &["doctor"]),
        step(("proposal/refusal", "admin"), Proposed, &["doctor", "patient"]),
        step(("proposal/refusal", "patient"), Proposed, &["doctor"]),
        step(("confirmation", "patient"), Scheduled, &["doctor"]),
        step(("arrival", "admin"), Scheduled, &["doctor"]),
        step(("arrival", "patient"), Confirmed, &["doctor"]),
        step(("start", "doctor"), Waiting, &[]),
        step(("outcome:completed", "doctor"), InProgress, &[]),
        step(("outcome:no_show", "doctor"), Waiting, &["patient"]),
        step(("modality", "doctor"), InProgress, &[]),
        step(("rescheduling", "admin"), Scheduled, &["doctor", "patient"]),
        step(("rescheduling", "doctor"), Confirmed, &["patient"]),
        step(("correction", "doctor"), InProgress, &[]),
        step(("correction", "doctor"), Completed, &[]),
        step(("correction", "admin"), Waiting, &["doctor"]),
        step(("correction", "admin"), NoShow, &["doctor", "patient"]),
        step(("cancellation", "admin"), Requested, &["doctor", "patient"]),
        step(("cancellation", "doctor"), Confirmed, &["patient"]),
        step(("cancellation", "patient"), Proposed, &["doctor"]),
    ]
}

impl Step {
    async fn visit(&self, app: &TestApp, people: &People, minutes: i64) -> Appointment {
        let patient = if self.of_newcomer { &people.newcomer } else { &people.patient };
        let visit = appointment().of(&people.doctor).with(patient).at(app.in_minutes(minutes)).status(self.from);
        let visit = if self.told.contains(&"admin") { visit.requested_by(&people.admin) } else { visit };
        let visit = visit.create(app).await;
        // What those were told before who call a visit off: its sentence changes, though they are told nothing new.
        let earlier = match (self.noun, self.by) {
            ("cancellation", "doctor") => Some((&people.doctor.person, NotificationKind::AppointmentCancelled)),
            ("cancellation", "patient") => Some((&people.patient.person, NotificationKind::AppointmentProposed)),
            // That somebody waits is read when they do no more.
            ("start", "doctor") => Some((&people.doctor.person, NotificationKind::PatientArrived)),
            _ => None,
        };
        if let Some((person, kind)) = earlier {
            notification(person).of_kind(kind).about(&visit).create(app).await;
        }
        visit
    }

    /// The pages that show it.
    fn changes(&self) -> Vec<(&'static str, &'static str)> {
        let patient = if self.of_newcomer { "newcomer" } else { "patient" };
        let mut changes: Vec<_> = ["doctor", "admin", patient].map(|name| (name, "/appointments")).into();
        changes.extend(["doctor", "admin", patient].map(|name| (name, "/appointments/{id}/standing")));
        changes.extend(["doctor", "admin"].map(|name| (name, "/dashboard")));
        changes.extend(self.told.iter().map(|name| (*name, "/notifications")));
        if self.of_newcomer {
            changes.push(("doctor", "/patients"));
        }
        if (self.noun == "cancellation" && self.by != "admin") || self.noun == "start" {
            changes.push((self.by, "/notifications"));
        }
        changes
    }
}

#[tokio::test]
async fn no_page_is_stale_after_any_step_of_a_visit() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    works_daily(&world.app, &people.doctor, (9, 17)).await;
    let steps = steps();
    let mut visits = Vec::new();
    for (number, step) in (0..).zip(&steps) {
        // Nobody has missed a visit before its time.
        let minutes = match step.from {
            AppointmentStatus::NoShow => -120,
            _ if step.noun == "outcome:no_show" => -60,
            _ => 20 + 33 * number,
        };
        visits.push(step.visit(&world.app, &people, minutes).await);
    }
    people.sign_in(&mut world).await;
    for (step, visit) in steps.iter().zip(&visits) {
        let (noun, outcome) = step.noun.split_once(':').unwrap_or((step.noun, ""));
        let mut fields = vec![("version", "0")];
        match noun {
            "outcome" => fields.push(("outcome", outcome)),
            "proposal" => fields.push(("starts_at", "2026-11-26T10:00")),
            "rescheduling" if step.by == "admin" => fields.push(("starts_at", "2026-11-26T11:00")),
            "rescheduling" => fields.push(("starts_at", "2026-11-26T12:00")),
            "modality" => fields.extend([("modality", "phone"), ("reason", "No picture.")]),
            "correction" | "rejection" | "cancellation" => fields.push(("reason", "The ward needs everybody.")),
            _ => {}
        }
        let path = format!("{}/{noun}", visit.path());
        world.look_into_the_room_of(visit);
        let what = format!("{} by the {}", step.noun, step.by);
        world.after(&what, &step.changes(), world.post(step.by, &path, &fields)).await;
    }
}
