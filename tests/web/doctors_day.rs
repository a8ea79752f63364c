//! The doctor's dashboard: who is there stands first, the day is one list, and the present is marked in it.

use crate::support::*;

use AppointmentStatus as Status;

struct Surgery {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    client: Client,
}

impl Surgery {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let client = app.sign_in(&doctor).await;
        Self { app, hospital, doctor, client }
    }

    /// A visit of somebody new, so many minutes from now.
    async fn visit(&self, status: Status, minutes: i64) -> Appointment {
        let patient = patient(&self.hospital).create(&self.app).await;
        self.visit_of(&patient, status, minutes).await
    }

    async fn visit_of(&self, patient: &Patient, status: Status, minutes: i64) -> Appointment {
        let at = self.app.in_minutes(minutes);
        let visit = appointment().of(&self.doctor).with(patient).at(at).status(status).overbooked();
        visit.since(self.app.in_minutes(-15)).create(&self.app).await
    }

    async fn board(&self) -> Page {
        let board = self.client.get("/dashboard").await.ok();
        assert_eq!(rules::broken(&board.body), Vec::<String>::new());
        board
    }
}

#[tokio::test]
async fn who_waits_longest_is_before_the_doctor_until_a_visit_goes_on() {
    let surgery = Surgery::open().await;
    let born = chrono::NaiveDate::from_ymd_opt(1955, 10, 3).unwrap();
    let patient = patient(&surgery.hospital).named("Maya", "Gurung").born(born).create(&surgery.app).await;
    let at = surgery.app.in_minutes(30);
    let first =
        appointment().of(&surgery.doctor).with(&patient).at(at).status(Status::Waiting).saying("Coughs at night");
    let first = first.since(surgery.app.in_minutes(-25)).create(&surgery.app).await;
    let second = surgery.visit(Status::Waiting, -60).await;

    let board = surgery.board().await;
    assert_eq!(board.attributes("#waiting [data-now]", "data-now"), ["waiting"]);
    assert_eq!(board.appointments("#waiting"), [first.id, second.id], "the longest first, each once");
    let card = board.text("[data-now]");
    for said in
        ["Maya Gurung", "born 3 October 1955 (71 y)", "Coughs at night", "Waiting since 09:35", "Booked for 10:30"]
    {
        assert!(card.contains(said), "{said}: {card}");
    }
    assert_eq!(board.attributes("[data-now] .buttons .primary:not(.small)", "class").len(), 1, "one act is the next");

    let start = format!("[data-now] form[action=\"{}/start\"]", first.path());
    surgery.client.submit(&board, &start, &[]).await.expect(303);
    let board = surgery.board().await;
    assert_eq!(board.attributes("[data-now]", "data-now"), ["in_progress"]);
    assert_eq!(board.attributes("[data-now]", "data-appointment"), [first.id.to_string()]);
    assert!(board.text("[data-now]").contains("Since 10:00"), "{}", board.text("[data-now]"));
    assert_eq!(board.appointments("#waiting"), [first.id, second.id]);
    assert!(board.has(&format!("[data-now] form[action=\"{}/outcome\"]", first.path())));
}

#[tokio::test]
async fn the_day_is_one_list_with_what_is_over_folded_and_the_present_marked() {
    let surgery = Surgery::open().await;
    let missed = surgery.visit(Status::NoShow, -120).await;
    let done = surgery.visit(Status::Completed, -90).await;
    let late = surgery.visit(Status::Confirmed, -20).await;
    let there = surgery.visit(Status::Waiting, 10).await;
    let next = surgery.visit(Status::Scheduled, 20).await;
    let tomorrow = surgery.visit(Status::Scheduled, 23 * 60).await;
    surgery.visit(Status::Scheduled, 30 * 60).await;

    let board = surgery.board().await;
    assert_eq!(board.appointments("#day"), [missed.id, done.id, late.id, there.id, next.id, tomorrow.id]);
    assert_eq!(board.texts("#day h3"), ["Today, Tuesday 24 November 2026", "Wednesday 25 November 2026"]);
    assert_eq!(board.appointments("#day details.fold"), [missed.id, done.id]);
    assert_eq!(board.text("#day details.fold summary"), "Over: 1 completed, 1 did not attend");
    assert!(!board.has("#day details.fold form"), "nothing is done with what is over");
    assert_eq!(board.texts("#day .now-mark").len(), 1);
    let below = |board: &Page| board.attributes("#day .now-mark ~ li", "data-appointment");
    assert_eq!(below(&board), [there.id, next.id].map(|id| id.to_string()), "what began is above it");
    assert!(!board.has(&format!("#day [data-appointment=\"{}\"] form", there.id)), "who is there is dealt with above");
    assert!(board.has(&format!("#day [data-appointment=\"{}\"] form", late.id)));

    surgery.app.clock.set(surgery.app.in_minutes(20) + chrono::TimeDelta::microseconds(1));
    assert_eq!(below(&surgery.board().await), Vec::<String>::new(), "it moves with the time");
}

#[tokio::test]
async fn nothing_stands_there_for_a_zero() {
    let surgery = Surgery::open().await;
    assert!(surgery.board().await.has("#first-run"));
    // Planned for the week after: somebody has begun to work here.
    let far = surgery.visit(Status::Scheduled, 7 * 24 * 60).await;
    let board = surgery.board().await;
    assert!(!board.has("#first-run") && !board.shows_appointment(far.id));
    assert!(board.text("#waiting").contains("Nobody is waiting."));
    for panel in ["#requests", "#needs-outcome", "#notes-to-sign"] {
        assert!(board.has(&format!("{panel}[hidden][data-live-region]")), "{panel} keeps its place");
    }
    let request = surgery.visit(Status::Requested, 8 * 24 * 60).await;
    let soon = surgery.visit(Status::Confirmed, 45).await;
    let board = surgery.board().await;
    assert!(board.has("#requests:not([hidden])"));
    assert_eq!(board.appointments("#requests"), [request.id]);
    assert!(board.text("#waiting").contains("Next: "));
    assert_eq!(board.attributes("#waiting a", "href"), [soon.path()]);
}

/// What somebody is allergic to stands in their record, whose opening is recorded; that there is something, before the doctor's eyes.
#[tokio::test]
async fn the_doctor_is_told_that_there_are_allergies_as_soon_as_they_are_recorded() {
    let surgery = Surgery::open().await;
    let patient = patient(&surgery.hospital).with_nothing_recorded().create(&surgery.app).await;
    surgery.visit_of(&patient, Status::Waiting, 0).await;
    let admin = hospital_admin(&surgery.hospital).create(&surgery.app).await;
    let desk = surgery.app.sign_in(&admin).await;
    assert!(
        surgery.board().await.text("[data-now]").contains("No allergies recorded."),
        "which is not that there are none"
    );
    let path = format!("/patients/{}", patient.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action=\"{path}\"]"), &[("allergies", "Penicillin")]).await.expect(303);
    let board = surgery.board().await;
    assert!(board.text("[data-now]").contains("Allergies are recorded"), "{}", board.text("[data-now]"));
    assert!(!board.says("Penicillin"));
}

#[tokio::test]
async fn a_day_that_is_too_long_says_what_it_leaves_out() {
    let surgery = Surgery::open().await;
    let patient = patient(&surgery.hospital).create(&surgery.app).await;
    for number in 0..101 {
        surgery.visit_of(&patient, Status::Scheduled, number).await;
    }
    let board = surgery.board().await;
    assert_eq!(board.appointments("#day").len(), 100);
    assert!(board.text("#day [data-left-out]").contains("100 of 101 are shown."));
}
