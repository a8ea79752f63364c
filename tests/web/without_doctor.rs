//! Visits whose doctor is not there: an account that was shut, an absence, hours that are gone. They are counted before, listed after, marked
//! everywhere, and nobody is sent to them.

mod shut_patients;

use chrono::TimeDelta;

use crate::support::*;

use AppointmentStatus as Status;

/// A hospital with its desk, a doctor with hours from 9 to 12, and a patient who is to come in two days, at 10:00.
struct Ward {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
    admin: Person,
    desk: Client,
    surgery: Client,
    home: Client,
    visit: Appointment,
}

impl Ward {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).named("Asha", "Rai").create(&app).await;
        let patient = patient(&hospital).named("Maya", "Gurung").create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        works_daily(&app, &doctor, (9, 12)).await;
        let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(48)).create(&app).await;
        let (desk, surgery, home) =
            (app.sign_in(&admin).await, app.sign_in(&doctor).await, app.sign_in(&patient).await);
        Self { app, hospital, doctor, patient, admin, desk, surgery, home, visit }
    }

    async fn shut_the_doctor(&self) -> Page {
        let form = self.desk.get(&format!("/doctors/{}/edit", self.doctor.id)).await.ok();
        let shut = self.desk.submit(&form, "form[action$=\"/deactivation\"]", &[]).await.expect(303);
        self.desk.follow(shut).await.ok()
    }

    /// The doctor is away that day, as they say themselves: their hours then.
    async fn take_the_day_off(&self) -> Page {
        let fields = [("starts_at", "2026-11-26T00:00"), ("ends_at", "2026-11-27T00:00"), ("reason", "")];
        let path = format!("/doctors/{}", self.doctor.id);
        self.surgery.post_form(&format!("{path}/time-off"), &fields).await.expect(303);
        self.surgery.get(&format!("{path}/availability")).await.ok()
    }

    /// So late that nobody is signed in any more: the desk comes in again.
    async fn hours_later(&mut self, hours: i64) {
        self.app.clock.advance(TimeDelta::hours(hours));
        self.desk = self.app.sign_in(&self.admin).await;
    }

    async fn other_visit(&self, hours: i64, status: Status) -> Appointment {
        let other = patient(&self.hospital).create(&self.app).await;
        let visit = appointment().of(&self.doctor).with(&other).at(self.app.in_hours(hours)).status(status);
        visit.create(&self.app).await
    }
}

#[tokio::test]
async fn shutting_a_doctor_counts_the_visits_to_come_and_leads_to_exactly_those() {
    let ward = Ward::open().await;
    ward.other_visit(-48, Status::Completed).await;
    let request = ward.other_visit(72, Status::Requested).await;
    let form = ward.desk.get(&format!("/doctors/{}/edit", ward.doctor.id)).await.ok();
    assert!(form.says("Visits to come: 2."), "{}", form.words());
    let list = form.links().into_iter().find(|link| link.starts_with("/appointments?")).expect("their list");
    assert_eq!(ward.desk.get(&list).await.ok().appointments("main"), [ward.visit.id, request.id]);
    assert!(ward.shut_the_doctor().await.says("Visits that are planned stay until somebody cancels them"));

    let board = ward.desk.get("/dashboard").await.ok();
    assert_eq!(board.appointments("#without-doctor"), [ward.visit.id, request.id]);
    assert!(board.text("#without-doctor h2").contains('2'));
    let list = ward.desk.get("/appointments?status=without_doctor").await.ok();
    assert_eq!(list.appointments("main"), [ward.visit.id, request.id]);
    assert!(list.says("No doctor: the account is shut"));
    // With the doctor back, all is as it was.
    ward.desk.post_form(&format!("/doctors/{}/reactivation", ward.doctor.id), &[]).await.expect(303);
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
}

#[tokio::test]
async fn the_patient_of_a_doctor_who_is_gone_is_told_and_is_neither_reminded_nor_asked_to_come() {
    let ward = Ward::open().await;
    ward.shut_the_doctor().await;
    for path in [ward.visit.path(), "/dashboard".to_owned(), "/appointments".to_owned()] {
        assert!(ward.home.get(&path).await.ok().says("No doctor: the account is shut"), "{path}");
    }
    let page = ward.home.get(&ward.visit.path()).await.ok();
    assert!(page.says("The doctor does not practise here any more") && !page.has("form[action$=\"/confirmation\"]"));
    let confirm = format!("{}/confirmation", ward.visit.path());
    ward.home.post_form(&confirm, &[("version", "0")]).await.expect(409);
}

/// For a visit that was booked in the usual way, with its reminder, and whose doctor then is gone or away.
#[tokio::test]
async fn nobody_is_reminded_of_a_visit_without_a_doctor() {
    for how in ["shut", "away", "there"] {
        let ward = Ward::open().await;
        let (doctor, patient) = (ward.doctor.id.to_string(), ward.patient.id.to_string());
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", "2026-11-26T11:00")];
        ward.desk.post_form("/appointments", &fields).await.expect(303);
        match how {
            "shut" => drop(ward.shut_the_doctor().await),
            "away" => drop(ward.take_the_day_off().await),
            _ => {}
        }
        ward.app.clock.advance(TimeDelta::hours(26));
        let emails = ward.app.emails_to(&ward.patient.email).await;
        let reminders = emails.iter().filter(|email| email.subject == "Reminder of your visit").count();
        assert_eq!(reminders, usize::from(how == "there"), "{how}");
    }
}

#[tokio::test]
async fn who_runs_the_hospital_answers_for_a_doctor_who_cannot_and_for_no_other() {
    let mut ward = Ward::open().await;
    let outcome = format!("{}/outcome", ward.visit.path());
    ward.hours_later(49).await;
    let fields = [("version", "0"), ("outcome", "completed")];
    ward.desk.post_form(&outcome, &fields).await.expect(403);
    assert!(!ward.desk.get(&ward.visit.path()).await.ok().has("form[action$=\"/outcome\"]"));
    ward.shut_the_doctor().await;
    let page = ward.desk.get(&ward.visit.path()).await.ok();
    assert!(page.has("form[action$=\"/outcome\"]") && page.has("form[action$=\"/cancellation\"]"));
    assert_eq!(ward.desk.get("/dashboard").await.ok().appointments("#without-doctor"), [ward.visit.id]);
    ward.desk.post_form(&outcome, &fields).await.expect(303);
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
}

#[tokio::test]
async fn an_absence_lists_exactly_the_visits_that_it_breaks_and_marks_them_everywhere() {
    let mut ward = Ward::open().await;
    // The same day, and done; the day after.
    let done = ward.other_visit(47, Status::Completed).await;
    let after = ward.other_visit(72, Status::Scheduled).await;
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
    let hours = ward.take_the_day_off().await;
    assert!(hours.says("1 visit lies in it"));
    assert_eq!(hours.appointments("#broken"), [ward.visit.id]);
    assert!(hours.says("Visits that are planned in it: 1."), "and its removal tells it too");

    let board = ward.desk.get("/dashboard").await.ok();
    assert_eq!(board.appointments("#without-doctor"), [ward.visit.id]);
    for (client, mark) in
        [(&ward.desk, "The doctor is away"), (&ward.surgery, "You are away then"), (&ward.home, "The doctor is away")]
    {
        let list = client.get("/appointments").await.ok();
        let marked = list.texts("main [data-appointment]").into_iter().filter(|row| row.contains(mark)).count();
        assert_eq!(marked, 1, "{}: {}", client.who, list.words());
        assert!(client.get(&ward.visit.path()).await.ok().says(mark), "{}", client.who);
    }
    for visit in [done, after] {
        assert!(!ward.desk.get(&visit.path()).await.ok().says("The doctor is away"));
    }
    ward.hours_later(49).await;
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"), "what is over needs an outcome instead");
}

#[tokio::test]
async fn hours_are_removed_with_a_look_at_the_visits_in_them() {
    let ward = Ward::open().await;
    let path = format!("/doctors/{}/availability", ward.doctor.id);
    let page = ward.surgery.get(&path).await.ok();
    let asked: Vec<String> =
        page.texts("details form").into_iter().filter(|text| text.contains("Remove the hours")).collect();
    assert_eq!(asked.len(), 7, "each is asked once");
    assert!(asked[3].contains("Thursday") && asked[3].contains("Visits that are planned in them: 1."), "{}", asked[3]);
    assert!(asked[0].contains("No visit is planned in them."));
    let of = |page: &Page, day: usize| page.attributes("input[name=remove]", "value")[day].clone();
    let removed = ward.surgery.post_form(&path, &[("remove", &of(&page, 0))]).await.expect(303);
    let page = ward.surgery.follow(removed).await.ok();
    assert!(page.says("The hours are removed.") && !page.has("#broken"));
    let removed = ward.surgery.post_form(&path, &[("remove", &of(&page, 2))]).await.expect(303);
    let page = ward.surgery.follow(removed).await.ok();
    assert!(page.says("Visits are planned in them"));
    assert_eq!(page.appointments("#broken"), [ward.visit.id]);
    assert!(page.has("#visits-outside"));
}

#[tokio::test]
async fn the_visits_of_a_patient_are_theirs_alone() {
    let ward = Ward::open().await;
    let namesake = patient(&ward.hospital).named("Gita", "Gurung").create(&ward.app).await;
    appointment().of(&ward.doctor).with(&namesake).at(ward.app.in_hours(72)).create(&ward.app).await;
    for client in [&ward.desk, &ward.surgery] {
        let record = client.get(&format!("/patients/{}", ward.patient.id)).await.ok();
        let list = record.links().into_iter().find(|link| link.starts_with("/appointments?")).expect("their visits");
        assert_eq!(client.get(&list).await.ok().appointments("main"), [ward.visit.id], "{}", client.who);
    }
    let list = format!("/appointments?patient={}", namesake.id);
    ward.home.get(&list).await.expect(404);
    ward.desk.get("/appointments?patient=x").await.expect(422);
    let form = ward.desk.get(&format!("/patients/{}/edit", ward.patient.id)).await.ok();
    let list = form.links().into_iter().find(|link| link.starts_with("/appointments?")).expect("what is to come");
    assert_eq!(ward.desk.get(&list).await.ok().appointments("main"), [ward.visit.id]);
}

/// A shut account may leave any number behind: the dashboard reads and counts so many, and the list has them all, page by page.
#[tokio::test]
async fn however_many_there_are_the_dashboard_counts_two_hundred_and_says_so() {
    let ward = Ward::open().await;
    for number in 0..199 {
        let visit = appointment().of(&ward.doctor).with(&ward.patient).at(ward.app.in_hours(72 + number));
        visit.status(Status::Requested).create(&ward.app).await;
    }
    ward.shut_the_doctor().await;
    let board = ward.desk.get("/dashboard").await.ok();
    assert_eq!(board.text("#without-doctor h2 .count"), "200");
    assert!(!board.has("#without-doctor [data-left-out]"));

    let late = appointment().of(&ward.doctor).with(&ward.patient).at(ward.app.in_hours(300));
    late.status(Status::Requested).create(&ward.app).await;
    let board = ward.desk.get("/dashboard").await.ok();
    assert!(!board.has("#without-doctor h2 .count"), "no count that is not true");
    assert!(board.text("#without-doctor [data-left-out]").contains("more than 200"));
    assert_eq!(board.appointments("#without-doctor").len(), 10);
    assert_eq!(board.appointments("#without-doctor").first(), Some(&ward.visit.id), "the earliest first");
    assert!(ward.desk.get("/appointments?status=without_doctor").await.ok().says("of 201"));
}
