//! Booking: by whom, which times, what is refused and how it is said.

mod found;
mod sent_again;

use entity::appointment;
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::support::*;

/// The next Monday on which everybody can book: 30 November 2026.
const MONDAY: &str = "2026-11-30";

/// A doctor who works Mondays to Fridays from 9 to 12, with somebody of each role signed in.
struct Desk {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
    surgery: Client,
    home: Client,
    desk: Client,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        for weekday in 0..5 {
            availability(&app, &doctor, weekday, (hour(9), hour(12))).await;
        }
        let surgery = app.sign_in(&doctor).await;
        let home = app.sign_in(&patient).await;
        let desk = app.sign_in(&admin).await;
        Self { app, hospital, doctor, patient, surgery, home, desk }
    }

    /// Books for the patient at that time of the Monday, as the desk, with more fields.
    async fn book(&self, patient: &Patient, time: &str, more: &[(&str, &str)]) -> Page {
        self.book_at(&format!("{MONDAY}T{time}"), patient, more).await
    }

    async fn book_at(&self, starts_at: &str, patient: &Patient, more: &[(&str, &str)]) -> Page {
        let (doctor, patient) = (self.doctor.id.to_string(), patient.id.to_string());
        let mut fields = vec![("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", starts_at)];
        fields.extend_from_slice(more);
        self.desk.post_form("/appointments", &fields).await
    }

    async fn ask(&self, starts_at: &str) -> Page {
        let fields = [("doctor_id", self.doctor.id.to_string()), ("starts_at", starts_at.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.home.post_form("/appointments", &fields).await
    }

    async fn visits(&self) -> Vec<appointment::Model> {
        let of_doctor = appointment::Column::DoctorId.eq(self.doctor.id);
        appointment::Entity::find().filter(of_doctor).all(&self.app.db).await.unwrap()
    }
}

#[tokio::test]
async fn a_patient_finds_a_free_time_and_asks_for_it() {
    let clinic = Desk::open().await;
    let search = clinic.home.get("/appointments/new").await.ok();
    let doctor = clinic.doctor.id.to_string();
    let fields = [("doctor_id", doctor.as_str()), ("date", MONDAY)];
    let offered = clinic.home.submit(&search, "#find form", &fields).await.ok();
    let times = offered.attributes("input[name=starts_at]", "value");
    assert_eq!(&times[..2], ["2026-11-30T09:00", "2026-11-30T09:30"]);
    let fields = [("starts_at", "2026-11-30T09:30"), ("symptoms", "A cough since Friday.")];
    let asked = clinic.home.submit(&offered, "#times form", &fields).await.expect(303);
    let visit = clinic.home.follow(asked).await.ok();
    assert!(visit.says("Your request is sent.") && visit.says("Requested") && visit.says("09:30"));
    assert!(visit.says("You asked for the visit"), "the history tells it");

    let board = clinic.surgery.get("/dashboard").await.ok();
    assert_eq!((board.figure("requests"), board.figure("unread")), (1, 1));
    assert!(board.says("A cough since Friday."));
    assert_eq!(clinic.home.get("/dashboard").await.ok().figure("requests"), 1);
    assert_eq!(clinic.home.get("/dashboard").await.ok().figure("unread"), 0, "nobody is notified of their own act");
}

#[tokio::test]
async fn staff_book_and_the_others_are_told() {
    let clinic = Desk::open().await;
    let booked = clinic.book(&clinic.patient, "09:00", &[]).await.expect(303);
    assert!(clinic.desk.follow(booked).await.ok().says("Scheduled"));
    assert_eq!(clinic.home.get("/dashboard").await.ok().figure("upcoming"), 1);
    for client in [&clinic.home, &clinic.surgery] {
        assert_eq!(client.get("/dashboard").await.ok().figure("unread"), 1);
    }
    // A doctor books for a patient of theirs, and is not asked with whom.
    let patient = clinic.patient.id.to_string();
    let fields = [("patient_id", patient.as_str()), ("starts_at", "2026-12-01T09:00")];
    clinic.surgery.post_form("/appointments", &fields).await.expect(303);
    let stranger = patient_of(&clinic).await.id.to_string();
    let fields = [("patient_id", stranger.as_str()), ("starts_at", "2026-12-01T10:00")];
    let refused = clinic.surgery.post_form("/appointments", &fields).await.expect(422);
    assert!(refused.says("Choose a patient from the list."), "nobody they have nothing to do with");
}

async fn patient_of(clinic: &Desk) -> Patient {
    patient(&clinic.hospital).create(&clinic.app).await
}

#[tokio::test]
async fn each_time_that_cannot_be_had_is_refused_in_its_own_words() {
    let clinic = Desk::open().await;
    time_off(&clinic.app, &clinic.doctor, (clinic.app.in_hours(24 * 7), clinic.app.in_hours(24 * 8)), "").await;
    let own = appointment().of(&doctor(&clinic.hospital).create(&clinic.app).await).with(&clinic.patient);
    // 10:30 on the Monday, with another doctor.
    own.at("2026-11-30T04:45:00Z".parse().unwrap()).create(&clinic.app).await;
    for (starts_at, sentence) in [
        ("2026-11-24T09:00", "That time is over."),
        ("2026-11-25T09:30", "Book at least 24 hours ahead."),
        ("2026-11-29T09:00", "The doctor does not work on that day."),
        ("2026-11-30T14:00", "outside the doctor's hours"),
        ("2026-11-30T11:45", "outside the doctor's hours"),
        ("2026-11-30T09:10", "do not begin at that minute"),
        ("2026-12-01T10:30", "The doctor is away then."),
        ("2026-11-30T10:30", "You already have another visit at that time."),
        ("2026-11-30", "Choose a time"),
        ("2026-11-30T9:00", "Choose a time"),
        ("", "Enter the time."),
    ] {
        let page = clinic.ask(starts_at).await.expect(422);
        assert!(page.says(sentence), "{starts_at}: {}", page.words());
        assert!(page.has("#starts_at-error, [role=alert]"), "{starts_at}");
    }
    assert!(clinic.visits().await.is_empty());
    // The last time that is not too soon.
    clinic.ask("2026-11-25T10:00").await.expect(303);
}

#[tokio::test]
async fn nobody_books_across_hospitals_or_with_whom_they_cannot() {
    let clinic = Desk::open().await;
    let elsewhere = hospital().create(&clinic.app).await;
    let other = doctor(&elsewhere).create(&clinic.app).await;
    let gone = doctor(&clinic.hospital).deactivated().create(&clinic.app).await;
    for (doctor, sentence) in
        [(&other, "Choose a doctor of your hospital."), (&gone, "does not practise here any more")]
    {
        let id = doctor.id.to_string();
        let fields = [("doctor_id", id.as_str()), ("starts_at", "2026-11-30T09:00")];
        let refused = clinic.home.post_form("/appointments", &fields).await.expect(422);
        assert!(refused.says(sentence), "{}", refused.words());
        assert!(!other.texts.iter().any(|text| refused.body.contains(text)));
    }
    let outsider = patient(&elsewhere).create(&clinic.app).await;
    assert!(clinic.book(&outsider, "09:00", &[]).await.expect(422).says("Choose a patient from the list."));
    // Fields that are not the role's are refused, not ignored.
    let (doctor, patient) = (clinic.doctor.id.to_string(), outsider.id.to_string());
    let time = ("starts_at", "2026-11-30T09:00");
    clinic.home.post_form("/appointments", &[("doctor_id", &doctor), ("patient_id", &patient), time]).await.expect(422);
    clinic.home.post_form("/appointments", &[("doctor_id", &doctor), ("overbook_reason", "x"), time]).await.expect(422);
    assert!(clinic.visits().await.is_empty());
}

#[tokio::test]
async fn a_taken_time_is_told_with_the_free_ones_and_staff_overbook_it_with_a_reason() {
    let clinic = Desk::open().await;
    let urgent = patient_of(&clinic).await;
    clinic.book(&clinic.patient, "09:00", &[]).await.expect(303);
    let refused = clinic.book(&urgent, "09:00", &[]).await.expect(409);
    assert!(refused.says("That time is taken."));
    let times = refused.attributes("input[name=starts_at]", "value");
    assert!(times.contains(&"2026-11-30T09:30".to_owned()), "the nearest free times are offered: {times:?}");
    // The second click: the same form with a reason.
    let fields = [("starts_at", "2026-11-30T09:00"), ("overbook_reason", "Chest pain.")];
    let booked = clinic.desk.submit(&refused, "#times form", &fields).await.expect(303);
    let visit = clinic.desk.follow(booked).await.ok();
    assert!(visit.says("Overbooked because") && visit.says("Chest pain."));
    // A patient gets no such offer.
    let other = clinic.ask("2026-11-30T09:00").await.expect(422);
    assert!(other.says("You already have another visit"));
    // A reason for a time that is free is no overbooking.
    clinic.book(&urgent, "10:00", &[("overbook_reason", "Just in case.")]).await.expect(303);
    let overbooked = clinic.visits().await.into_iter().filter(|visit| visit.overbook_reason.is_some()).count();
    assert_eq!(overbooked, 1);
}

#[tokio::test]
async fn of_32_who_want_one_time_one_gets_it() {
    let clinic = Desk::open().await;
    let mut patients = Vec::new();
    for _ in 0..32 {
        patients.push(patient_of(&clinic).await);
    }
    let answers = join_all(patients.iter().map(|patient| clinic.book(patient, "09:00", &[]))).await;
    let won = answers.iter().filter(|page| page.status == 303).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|page| page.status != 303) {
        assert_eq!(lost.status, 409, "{}", lost.words());
        assert!(lost.says("Choose one of the free times below, or say why it must be then."));
        assert!(lost.attributes("input[name=starts_at]", "value").contains(&"2026-11-30T09:30".to_owned()));
    }
    assert_eq!(clinic.visits().await.len(), 1);
}

#[tokio::test]
async fn of_32_requests_for_one_time_one_is_approved() {
    let clinic = Desk::open().await;
    let mut requests = Vec::new();
    for number in 0..32 {
        let asker = patient_of(&clinic).await;
        // Each overlaps all others: ten minutes apart at most, half an hour long, and within the hours.
        let at = clinic.app.in_hours(48) + chrono::TimeDelta::seconds(number * 10);
        let request = appointment().of(&clinic.doctor).with(&asker).at(at).status(AppointmentStatus::Requested);
        requests.push(request.create(&clinic.app).await);
    }
    let approve = |visit: &Appointment| {
        let path = format!("{}/approval", visit.path());
        let surgery = &clinic.surgery;
        async move { surgery.post_form(&path, &[("version", "0")]).await }
    };
    let answers = join_all(requests.iter().map(approve)).await;
    assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1);
    for lost in answers.iter().filter(|page| page.status != 303) {
        assert_eq!(lost.status, 409, "{}", lost.words());
        assert!(lost.says("You already have another visit at that time."));
    }
    let busy = clinic.visits().await.into_iter().filter(|visit| visit.status == AppointmentStatus::Scheduled).count();
    assert_eq!(busy, 1);
}

#[tokio::test]
async fn another_time_is_proposed_and_accepted() {
    let clinic = Desk::open().await;
    let asked = clinic.ask("2026-11-30T09:00").await.expect(303);
    let path = asked.location();
    let propose = async |starts_at: &str| {
        let visit = clinic.surgery.get(&path).await.ok();
        assert!(visit.links().contains(&format!("{path}/rescheduling")), "{:?}", visit.links());
        let page = clinic.surgery.get(&format!("{path}/rescheduling")).await.ok();
        clinic.surgery.submit(&page, &format!("form[action=\"{path}/proposal\"]"), &[("starts_at", starts_at)]).await
    };
    let offered = clinic.surgery.get(&format!("{path}/rescheduling")).await.ok();
    let times = offered.attributes("form input[name=starts_at]", "value");
    assert!(times.contains(&"2026-12-01T10:00".to_owned()), "{times:?}");
    assert!(!times.contains(&"2026-11-30T09:00".to_owned()), "that which was asked for is approved, not proposed");
    assert!(!offered.has("select[name=doctor_id], textarea[name=overbook_reason]"));
    let refused = propose("2026-11-30T14:00").await.expect(422);
    assert!(refused.says("outside the doctor's hours") && refused.says("Free are: Monday 30 November, 09:00"));
    // The times are there again, to choose one.
    assert!(refused.attributes("form input[name=starts_at]", "value").contains(&"2026-12-01T10:00".to_owned()));
    assert!(propose("2026-11-30T09:00").await.expect(422).says("approve the request instead"));
    let proposed = propose("2026-12-01T10:00").await.expect(303);
    assert!(clinic.surgery.follow(proposed).await.ok().says("Time proposed"));

    let board = clinic.home.get("/dashboard").await.ok();
    assert_eq!((board.figure("proposed"), board.figure("unread")), (1, 1));
    let accept = format!("form[action=\"{path}/proposal/acceptance\"]");
    clinic.home.submit(&board, &accept, &[]).await.expect(303);
    let visit = clinic.home.get(&path).await.ok();
    assert!(visit.says("Scheduled") && visit.says("Tuesday 1 December 2026, 10:00"));
    assert_eq!(clinic.home.get("/dashboard").await.ok().figure("upcoming"), 1);
}
