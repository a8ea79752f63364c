//! Each step of an appointment's life: what it changes, whom it tells, when it is refused.

use sea_orm::Iterable;

use super::*;

use AppointmentStatus as Status;

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Doctor,
    Patient,
    Desk,
}

/// A step: its address, who takes it from which state, what comes of it, and who is told what.
struct Step {
    noun: &'static str,
    fields: &'static [(&'static str, &'static str)],
    by: By,
    from: &'static [Status],
    to: Status,
    event: EventKind,
    told: &'static [(NotificationKind, By)],
}

const WHY: (&str, &str) = ("reason", "The ward needs everybody.");
const OPEN: &[Status] =
    &[Status::Requested, Status::Proposed, Status::Scheduled, Status::Confirmed, Status::Waiting, Status::InProgress];
const EXPECTED: &[Status] = &[Status::Scheduled, Status::Confirmed];

#[rustfmt::skip]
const STEPS: [Step; 14] = {
    use NotificationKind as Kind;
    const fn step(noun: &'static str, by: By, (from, to): (&'static [Status], Status), (event, told): (EventKind, &'static [(Kind, By)])) -> Step {
        Step { noun, fields: &[], by, from, to, event, told }
    }
    const fn with(fields: &'static [(&'static str, &'static str)], step: Step) -> Step {
        Step { fields, ..step }
    }
    const REQUESTED: &[Status] = &[Status::Requested];
    const PROPOSED: &[Status] = &[Status::Proposed];
    const NOT_BEGUN: &[Status] = &[Status::Scheduled, Status::Confirmed, Status::Waiting];
    [
        step("approval", By::Doctor, (REQUESTED, Status::Scheduled), (EventKind::Approved, &[(Kind::AppointmentApproved, By::Patient)])),
        with(&[WHY], step("rejection", By::Doctor, (REQUESTED, Status::Rejected), (EventKind::Rejected, &[(Kind::AppointmentRejected, By::Patient)]))),
        step("proposal/acceptance", By::Patient, (PROPOSED, Status::Scheduled), (EventKind::ProposalAccepted, &[(Kind::ProposalAccepted, By::Doctor)])),
        step("proposal/acceptance", By::Desk, (PROPOSED, Status::Scheduled), (EventKind::ProposalAccepted, &[(Kind::ProposalAccepted, By::Doctor), (Kind::ProposalAccepted, By::Patient)])),
        step("proposal/refusal", By::Patient, (PROPOSED, Status::Requested), (EventKind::ProposalRefused, &[(Kind::ProposalRefused, By::Doctor)])),
        step("confirmation", By::Patient, (&[Status::Scheduled], Status::Confirmed), (EventKind::Confirmed, &[(Kind::AppointmentConfirmed, By::Doctor)])),
        step("arrival", By::Patient, (EXPECTED, Status::Waiting), (EventKind::Arrived, &[(Kind::PatientArrived, By::Doctor)])),
        step("arrival", By::Desk, (EXPECTED, Status::Waiting), (EventKind::Arrived, &[(Kind::PatientArrived, By::Doctor)])),
        step("start", By::Doctor, (&[Status::Waiting], Status::InProgress), (EventKind::Started, &[])),
        with(&[("outcome", "completed")], step("outcome", By::Doctor, (&[Status::InProgress], Status::Completed), (EventKind::Completed, &[]))),
        with(&[("outcome", "no_show")], step("outcome", By::Doctor, (NOT_BEGUN, Status::NoShow), (EventKind::NoShow, &[(Kind::AppointmentNoShow, By::Patient)]))),
        with(&[WHY], step("cancellation", By::Doctor, (OPEN, Status::Cancelled), (EventKind::Cancelled, &[(Kind::AppointmentCancelled, By::Patient)]))),
        with(&[WHY], step("cancellation", By::Patient, (OPEN, Status::Cancelled), (EventKind::Cancelled, &[(Kind::AppointmentCancelled, By::Doctor)]))),
        with(&[WHY], step("cancellation", By::Desk, (OPEN, Status::Cancelled), (EventKind::Cancelled, &[(Kind::AppointmentCancelled, By::Doctor), (Kind::AppointmentCancelled, By::Patient)]))),
    ]
};

impl Practice {
    fn client(&self, by: By) -> &Client {
        match by {
            By::Doctor => &self.surgery,
            By::Patient => &self.home,
            By::Desk => &self.desk,
        }
    }

    fn user_id(&self, by: By) -> i64 {
        match by {
            By::Doctor => self.doctor.user_id,
            By::Patient => self.patient.user_id,
            By::Desk => self.admin.user_id,
        }
    }

    async fn take(&self, step: &Step, id: i64, version: &str) -> Page {
        let mut fields = vec![("version", version)];
        fields.extend(step.fields);
        self.client(step.by).post_form(&format!("/appointments/{id}/{}", step.noun), &fields).await
    }
}

#[tokio::test]
async fn every_step_changes_the_state_and_is_written_down_and_told() {
    let practice = Practice::open().await;
    let (mut hours, mut later, mut earlier) = (24, 0, 0);
    for step in &STEPS {
        for from in step.from {
            // Who is there is there on the day, and who is missed is missed afterwards.
            let at = match step.event {
                EventKind::Arrived | EventKind::Started => {
                    later += 1;
                    later
                }
                EventKind::NoShow => {
                    earlier -= 1;
                    earlier
                }
                _ => {
                    hours += 24 * 2;
                    hours
                }
            };
            let visit = practice.visit_at(*from, at).await;
            let place = format!("{} by {:?} from {from:?}", step.noun, step.by);
            let before = practice.stored(visit.id).await;
            let answer = practice.take(step, visit.id, "0").await.expect(303);
            assert_eq!(answer.location(), visit.path(), "{place}");
            // What asked for an answer is read with it, and that somebody waits.
            let asks = [Status::Requested, Status::Proposed, Status::Waiting].contains(from);
            let most = if asks { 9 } else { 8 };
            assert!(answer.statements() <= most, "{place}: {} statements", answer.statements());

            let after = practice.stored(visit.id).await;
            assert_eq!((after.status, after.version), (step.to, 1), "{place}");
            assert_eq!(after.proposed_starts_at, None, "{place}");
            let starts_at = before.proposed_starts_at.filter(|_| step.event == EventKind::ProposalAccepted);
            assert_eq!(after.starts_at, starts_at.unwrap_or(before.starts_at), "{place}");
            assert_eq!(after.ends_at - after.starts_at, before.ends_at - before.starts_at, "{place}");
            let reason = step.fields.iter().find(|(name, _)| *name == "reason").map(|(_, reason)| (*reason).to_owned());
            let kept = after.rejection_reason.or(after.cancellation_reason);
            assert_eq!(kept, reason, "{place}");

            assert_stored_counts(&practice.app).await;

            let history = practice.history(visit.id).await;
            let last = history.last().unwrap();
            assert_eq!((last.kind, last.actor_id), (step.event, practice.user_id(step.by)), "{place}");
            assert_eq!((last.from_status, last.to_status), (Some(*from), step.to), "{place}");
            assert_eq!((last.at, last.note.clone()), (practice.app.now(), reason), "{place}");

            let mut told: Vec<_> = step.told.iter().map(|(kind, whom)| (*kind, practice.user_id(*whom))).collect();
            told.sort_by_key(|(_, user_id)| *user_id);
            assert_eq!(practice.told(visit.id).await, told, "{place}: nobody else, and nobody of their own act");

            let trail = practice.trail(visit.id).await;
            assert_eq!(trail.len(), 1, "{place}");
            assert_eq!(trail[0].actor_id, practice.user_id(step.by), "{place}");
            assert_eq!(trail[0].hospital_id, Some(practice.hospital.id), "{place}");
            assert!(!trail[0].detail.to_string().contains("ward"), "{place}: no text of people in the trail");
        }
    }
}

#[tokio::test]
async fn a_step_from_another_state_answers_with_the_state_it_is_in() {
    let practice = Practice::open().await;
    let mut hours = 24;
    for status in Status::iter() {
        hours += 24 * 2;
        let visit = practice.visit_at(status, hours).await;
        let before = practice.stored(visit.id).await;
        for step in STEPS.iter().filter(|step| !step.from.contains(&status)) {
            let place = format!("{} by {:?} from {status:?}", step.noun, step.by);
            let page = practice.take(step, visit.id, "0").await.expect(409);
            assert_eq!(page.text(".definitions .status"), label(status), "{place}");
            let said = page.text(".error-summary li");
            assert!(said.contains(&label(status).to_lowercase()), "{place}: {said}");
            assert_eq!(page.header("cache-control"), "no-store", "{place}");
        }
        assert_eq!(practice.stored(visit.id).await, before);
        assert!(practice.trail(visit.id).await.is_empty());
        assert_eq!(practice.told(visit.id).await, Vec::new());
    }
}

fn label(status: Status) -> &'static str {
    match status {
        Status::Requested => "Requested",
        Status::Proposed => "Time proposed",
        Status::Scheduled => "Scheduled",
        Status::Confirmed => "Confirmed",
        Status::Waiting => "Waiting",
        Status::InProgress => "In visit",
        Status::Completed => "Completed",
        Status::NoShow => "Did not attend",
        Status::Rejected => "Declined",
        Status::Cancelled => "Cancelled",
    }
}

#[tokio::test]
async fn a_form_made_before_a_change_is_refused_and_keeps_what_was_typed() {
    let practice = Practice::open().await;
    let visit = practice.visit(Status::Scheduled).await;
    let page = practice.surgery.get(&visit.path()).await.ok();
    practice.home.post_form(&format!("{}/confirmation", visit.path()), &[("version", "0")]).await.expect(303);

    let form = format!("form[action=\"{}/cancellation\"]", visit.path());
    let late = practice.surgery.submit(&page, &form, &[("reason", "Ill today <b>")]).await.expect(409);
    assert!(late.says("confirmed"), "{}", late.words());
    assert_eq!(late.texts(&format!("{form} textarea")), ["Ill today <b>"], "nothing typed is lost");
    assert!(late.has("details[open]"));
    // The page shown instead is up to date: it can be sent as it is.
    practice.surgery.submit(&late, &form, &[]).await.expect(303);
    assert_eq!(practice.stored(visit.id).await.cancellation_reason.as_deref(), Some("Ill today <b>"));
}

#[tokio::test]
async fn a_form_that_says_too_little_or_too_much_is_shown_again() {
    let practice = Practice::open().await;
    let visit = practice.visit(Status::Requested).await;
    let long = "a".repeat(501);
    let id = format!("reason-rejection-{}", visit.id);
    for reason in ["", "  \n ", long.as_str(), "bell\u{7}"] {
        let fields = [("version", "0"), ("reason", reason)];
        let page = practice.surgery.post_form(&format!("{}/rejection", visit.path()), &fields).await.expect(422);
        assert_eq!(page.attributes(".error-summary a", "href"), [format!("#{id}")], "{reason:?}");
        assert_eq!(page.attributes("[aria-invalid=true]", "id"), [id.as_str()], "{reason:?}");
        assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    }
    for (noun, fields) in [
        ("approval", vec![]),
        ("approval", vec![("version", "")]),
        ("approval", vec![("version", "x")]),
        ("approval", vec![("version", "99999999999")]),
        ("approval", vec![("version", "0"), ("status", "completed")]),
        ("approval", vec![("version", "0"), WHY]),
        ("outcome", vec![("version", "0")]),
        ("outcome", vec![("version", "0"), ("outcome", "cancelled")]),
    ] {
        let page = practice.surgery.post_form(&format!("{}/{noun}", visit.path()), &fields).await.expect(422);
        assert!(page.has("[role=alert]"), "{noun} {fields:?}");
        assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    }
    assert_eq!(practice.stored(visit.id).await.status, Status::Requested);
}

#[tokio::test]
async fn a_time_that_was_taken_meanwhile_is_said_in_words() {
    let practice = Practice::open().await;
    let other_patient = patient(&practice.hospital).create(&practice.app).await;
    let other_doctor = doctor(&practice.hospital).create(&practice.app).await;
    let at = practice.app.in_hours(48);
    appointment().of(&practice.doctor).with(&other_patient).at(at).create(&practice.app).await;
    let visit = appointment().of(&practice.doctor).with(&practice.patient).at(at).status(Status::Requested);
    let visit = visit.create(&practice.app).await;
    let page = practice.surgery.post_form(&format!("{}/approval", visit.path()), &[("version", "0")]).await.expect(409);
    assert!(page.says("You already have another visit at that time."), "{}", page.words());
    assert!(!page.body.contains(&other_patient.last_name));

    // The proposed time is a day later: there the patient is with somebody else.
    let proposed = practice.visit(Status::Proposed).await;
    let elsewhere = appointment().of(&other_doctor).with(&practice.patient).at(at);
    elsewhere.create(&practice.app).await;
    let stranger = practice.stored(proposed.id).await;
    assert_eq!(stranger.proposed_starts_at, Some(at));
    let path = format!("{}/proposal/acceptance", proposed.path());
    let page = practice.home.post_form(&path, &[("version", "0")]).await.expect(409);
    assert!(page.says("You already have another visit at that time."), "{}", page.words());
    assert_eq!(practice.stored(proposed.id).await.status, Status::Proposed);
    assert_eq!(practice.told(proposed.id).await, Vec::new());
}

#[tokio::test]
async fn an_administrator_who_asked_is_told_what_became_of_it() {
    let practice = Practice::open().await;
    let booked = appointment().of(&practice.doctor).with(&practice.patient).requested_by(&practice.admin);
    let booked = booked.status(Status::Scheduled).create(&practice.app).await;
    let fields = [("version", "0"), WHY];
    practice.surgery.post_form(&format!("{}/cancellation", booked.path()), &fields).await.expect(303);
    let told: Vec<i64> = practice.told(booked.id).await.into_iter().map(|(_, user_id)| user_id).collect();
    let mut expected = [practice.admin.user_id, practice.patient.user_id];
    expected.sort_unstable();
    assert_eq!(told, expected);
    let sentence = practice.desk.get("/notifications").await.ok();
    assert!(sentence.says("The visit of Maya Gurung with Dr Asha Rai on Wednesday 25 November 2026, 10:00 was cancelled. Reason: The ward needs everybody."), "{}", sentence.words());
}
