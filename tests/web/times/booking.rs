//! Booking whoever is free.

use entity::appointment;
use futures_util::future::join_all;
use sea_orm::EntityTrait;

use super::*;

const NINE: &str = "2026-11-30T09:00";

impl Clinic {
    /// The desk books any doctor for that patient on the Monday, with more fields.
    async fn book(&self, patient: &Patient, time: &str, more: &[(&str, &str)]) -> Page {
        let (patient, starts_at) = (patient.id.to_string(), format!("{MONDAY}T{time}"));
        let mut fields = vec![("doctor_id", "any"), ("patient_id", patient.as_str()), ("starts_at", &starts_at)];
        fields.extend_from_slice(more);
        self.desk.post_form("/appointments", &fields).await
    }

    async fn ask(&self, starts_at: &str, more: &[(&str, &str)]) -> Page {
        self.home.post_form("/appointments", &[&[("doctor_id", "any"), ("starts_at", starts_at)], more].concat()).await
    }

    async fn another(&self) -> Patient {
        patient(&self.hospital).create(&self.app).await
    }

    /// With whom the visits are, in the order in which they were booked.
    async fn doctors_of_visits(&self) -> Vec<i64> {
        let mut visits = appointment::Entity::find().all(&self.app.db).await.unwrap();
        visits.sort_by_key(|visit| visit.id);
        visits.into_iter().map(|visit| visit.doctor_id).collect()
    }
}

#[tokio::test]
async fn a_patient_chooses_a_time_of_any_doctor_and_is_told_whose_it_became() {
    let clinic = Clinic::open().await;
    let search = clinic.home.get("/appointments/new").await.ok();
    let offered = search.attributes("#find-doctor option", "value");
    assert_eq!(offered, ["", "any", &clinic.asha.id.to_string(), &clinic.bina.id.to_string()]);
    let page = clinic.home.submit(&search, "#find form", &[("doctor_id", "any"), ("date", MONDAY)]).await.ok();
    let offered = page.attributes("input[name=starts_at]", "value");
    assert_eq!(&offered[..2], [NINE, "2026-11-30T09:30"]);
    let fields = [("starts_at", NINE), ("symptoms", "A cough since Friday.")];
    let visit = clinic.home.follow(clinic.home.submit(&page, "#times form", &fields).await.expect(303)).await.ok();
    assert!(visit.says("Your request is sent to the doctor who is named below."));
    assert!(visit.text("#visit").contains("Dr Asha Adhikari"), "{}", visit.text("#visit"));
    assert_eq!(clinic.surgery.get("/dashboard").await.ok().figure("requests"), 1);
}

#[tokio::test]
async fn whoever_has_the_fewest_visits_of_that_day_gets_it_and_of_equals_the_first_by_name() {
    let clinic = Clinic::open().await;
    availability(&clinic.app, &clinic.asha, 0, (hour(11), hour(14))).await;
    availability(&clinic.app, &clinic.bina, 0, (hour(11), hour(14))).await;
    let mut with = Vec::new();
    for time in ["11:00", "11:30", "12:00", "12:30"] {
        clinic.book(&clinic.another().await, time, &[]).await.expect(303);
        with.push(*clinic.doctors_of_visits().await.last().unwrap());
    }
    let (asha, bina) = (clinic.asha.id, clinic.bina.id);
    assert_eq!(with, [asha, bina, asha, bina], "in turn");
    // What is asked for counts, what was cancelled does not, nor does another day, be it a minute before midnight.
    for (doctor, status, at) in [
        (&clinic.asha, AppointmentStatus::Requested, "2026-11-30T10:15:00Z"),
        (&clinic.bina, AppointmentStatus::Cancelled, "2026-11-30T10:15:00Z"),
        (&clinic.bina, AppointmentStatus::Rejected, "2026-11-30T10:15:00Z"),
        (&clinic.bina, AppointmentStatus::Scheduled, "2026-11-29T18:14:00Z"),
        (&clinic.bina, AppointmentStatus::Scheduled, "2026-11-30T18:15:00Z"),
    ] {
        let visit = appointment().of(doctor).with(&clinic.another().await).at(at.parse().unwrap()).lasting(1);
        visit.status(status).create(&clinic.app).await;
    }
    let booked = clinic.book(&clinic.another().await, "13:00", &[]).await.expect(303);
    let page = clinic.desk.follow(booked).await.ok();
    assert!(page.says("The visit is booked with the doctor who is named below, and the others are notified."));
    assert!(page.text("#visit").contains("Dr Bina Bista"));
    // Fewest or not, who is busy then is not free.
    for minutes in [0, 10, 20] {
        let at = "2026-11-30T11:15:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let visit = appointment().of(&clinic.bina).with(&clinic.another().await).lasting(5);
        visit.at(at + chrono::TimeDelta::minutes(minutes)).create(&clinic.app).await;
    }
    clinic.visit(&clinic.asha, "09:00").await;
    let booked = clinic.book(&clinic.another().await, "09:00", &[]).await.expect(303);
    assert!(clinic.desk.follow(booked).await.ok().text("#visit").contains("Dr Bina Bista"));
}

#[tokio::test]
async fn only_doctors_of_the_field_that_is_asked_for_are_chosen() {
    let clinic = Clinic::open().await;
    let of_field = [("specialization", "dermatology")];
    clinic.book(&clinic.another().await, "09:00", &of_field).await.expect(303);
    let refused = clinic.book(&clinic.another().await, "09:00", &of_field).await.expect(409);
    assert_eq!(refused.attributes("input[name=starts_at]", "value")[0], "2026-11-30T09:30");
    assert_eq!(refused.attributes("#times input[name=specialization]", "value"), ["Dermatology"]);
    let nobody = [("specialization", "Astrology")];
    let refused = clinic.book(&clinic.another().await, "09:30", &nobody).await.expect(422);
    assert!(refused.says("No doctor of that field takes visits now."), "{}", refused.words());
    assert_eq!(clinic.doctors_of_visits().await, [clinic.bina.id]);
}

#[tokio::test]
async fn where_nobody_is_free_what_was_typed_stays_and_other_times_can_be_chosen() {
    let clinic = Clinic::open().await;
    clinic.visit(&clinic.asha, "09:00").await;
    clinic.visit(&clinic.bina, "09:00").await;
    let patient = clinic.another().await;
    let typed = [("symptoms", "A rash on both hands."), ("modality", "phone")];
    let refused = clinic.book(&patient, "09:00", &typed).await.expect(409);
    assert!(refused.says("No doctor is free at that time. Choose one of the free times below."));
    assert!(!refused.has("[name=overbook_reason]"), "nobody is there to be overbooked");
    assert_eq!(refused.text("textarea[name=symptoms]"), "A rash on both hands.");
    assert!(refused.has("input[name=modality][value=phone][checked]"));
    let again = [("starts_at", "2026-11-30T09:30")];
    clinic.desk.submit(&refused, "#times form", &again).await.expect(303);
    // Of a patient as well; a reason moves nobody aside.
    let refused = clinic.ask(NINE, &typed).await.expect(409);
    assert!(refused.says("No doctor is free at that time."));
    clinic.home.submit(&refused, "#times form", &again).await.expect(303);
    let reason = [("overbook_reason", "It cannot wait.")];
    let refused = clinic.book(&clinic.another().await, "09:00", &reason).await.expect(409);
    assert_eq!(refused.text("textarea[name=overbook_reason]"), "It cannot wait.", "nothing typed is lost");
}

#[tokio::test]
async fn what_no_doctor_could_change_is_said_as_of_one() {
    let clinic = Clinic::open().await;
    for (starts_at, sentence) in [
        ("2026-11-23T09:00", "That time is over."),
        ("2040-01-02T09:00", "Visits can be booked until"),
        ("2026-11-30", "Choose a time"),
    ] {
        let refused = clinic.ask(starts_at, &[]).await.expect(422);
        assert!(refused.says(sentence), "{starts_at}: {}", refused.words());
    }
    let third = doctor(&clinic.hospital).create(&clinic.app).await;
    appointment()
        .of(&third)
        .with(&clinic.patient)
        .at("2026-11-30T03:15:00Z".parse().unwrap())
        .create(&clinic.app)
        .await;
    assert!(clinic.ask(NINE, &[]).await.expect(422).says("You already have another visit at that time."));
    let refused = clinic.book(&clinic.patient, "09:00", &[]).await.expect(422);
    assert!(refused.says("The patient already has another visit at that time."));
    // Nobody asks twice for one time, whoever it would be the second time.
    clinic.ask("2026-11-30T09:30", &[]).await.expect(303);
    let refused = clinic.ask("2026-11-30T09:30", &[]).await.expect(409);
    assert!(refused.says("You have asked for that time already"));
    // Out of hours, and at a minute at which no visit begins, nobody is free.
    for starts_at in ["2026-11-30T15:00", "2026-11-30T09:10", "2026-12-01T09:00"] {
        assert!(clinic.ask(starts_at, &[]).await.expect(409).has("input[name=starts_at]"), "{starts_at}");
    }
}

#[tokio::test]
async fn nobody_is_booked_who_cannot_be() {
    let clinic = Clinic::open().await;
    let elsewhere = doctor(&hospital().create(&clinic.app).await).create(&clinic.app).await;
    let gone = doctor(&clinic.hospital).named("Aa", "Aa").deactivated().create(&clinic.app).await;
    let closed = doctor(&clinic.hospital).named("Ab", "Ab").not_accepting().create(&clinic.app).await;
    for doctor in [&elsewhere, &gone, &closed] {
        availability(&clinic.app, doctor, 0, (hour(9), hour(10))).await;
    }
    clinic.ask(NINE, &[]).await.expect(303);
    clinic.book(&clinic.another().await, "09:00", &[]).await.expect(303);
    let with = clinic.doctors_of_visits().await;
    assert_eq!(with, [clinic.asha.id, clinic.bina.id], "who takes no new patients is booked by name alone");
    // A doctor books with themselves, and says with nobody else.
    let patient = clinic.patient.id.to_string();
    let fields = [("doctor_id", "any"), ("patient_id", patient.as_str()), ("starts_at", "2026-11-30T09:30")];
    clinic.surgery.post_form("/appointments", &fields).await.expect(422);
    let outsider = crate::support::patient(&hospital().create(&clinic.app).await).create(&clinic.app).await;
    assert!(clinic.book(&outsider, "09:30", &[]).await.expect(422).says("Choose a patient from the list."));
}

#[tokio::test]
async fn of_two_who_book_the_last_free_doctor_one_is_offered_other_times() {
    let clinic = Clinic::open().await;
    clinic.visit(&clinic.asha, "09:00").await;
    let patients = [clinic.another().await, clinic.another().await];
    let both = join_all(patients.iter().map(|patient| clinic.book(patient, "09:00", &[]))).await;
    let mut statuses: Vec<u16> = both.iter().map(|page| page.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let refused = both.iter().find(|page| page.status == 409).unwrap();
    assert_eq!(refused.attributes("input[name=starts_at]", "value")[0], "2026-11-30T09:30");
}

#[tokio::test]
async fn as_many_as_there_are_doctors_book_any_at_one_moment() {
    let clinic = Clinic::open().await;
    for _ in 0..3 {
        let more = doctor(&clinic.hospital).create(&clinic.app).await;
        availability(&clinic.app, &more, 0, (hour(9), hour(10))).await;
    }
    let mut patients = Vec::new();
    for _ in 0..6 {
        patients.push(clinic.another().await);
    }
    let all = join_all(patients.iter().map(|patient| clinic.book(patient, "09:00", &[]))).await;
    let mut statuses: Vec<u16> = all.iter().map(|page| page.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 303, 303, 303, 409], "five doctors are free");
    let mut with = clinic.doctors_of_visits().await;
    with.sort_unstable();
    with.dedup();
    assert_eq!(with.len(), 5);
}

#[tokio::test]
async fn what_is_sent_twice_is_booked_once_with_one_doctor() {
    let clinic = Clinic::open().await;
    let token = [("token", "the word of one form")];
    let first = clinic.book(&clinic.patient, "09:00", &token).await.expect(303);
    let second = clinic.book(&clinic.patient, "09:00", &token).await.expect(303);
    assert_eq!(first.location(), second.location());
    let (other, twice) = (clinic.another().await, [("token", "the word of another form")]);
    let both = join_all((0..2).map(|_| clinic.book(&other, "09:30", &twice))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    assert_eq!(both[0].location(), both[1].location());
    let asked = [("token", "a word of the patient's")];
    let first = clinic.ask("2026-12-07T09:00", &asked).await.expect(303);
    assert_eq!(first.location(), clinic.ask("2026-12-07T09:00", &asked).await.expect(303).location());
    assert_eq!(clinic.doctors_of_visits().await.len(), 3);
    // Of another field it says something else.
    let field = [("token", "the word of one form"), ("specialization", "Dermatology")];
    let page = clinic.book(&clinic.patient, "09:00", &field).await;
    assert_eq!(page.status, 422, "{}", page.words());
    assert_eq!(clinic.doctors_of_visits().await.len(), 3);
}

#[tokio::test]
async fn what_was_typed_is_there_where_no_time_is() {
    let clinic = Clinic::open().await;
    let of_nobody = [("symptoms", "A cough since Sunday."), ("specialization", "Alchemy")];
    for (starts_at, fields) in [(NINE, &of_nobody[..]), ("2040-01-02T09:00", &of_nobody[..1])] {
        let refused = clinic.ask(starts_at, fields).await.expect(422);
        let typed = refused.text("textarea[name=symptoms]");
        assert!(typed.contains("A cough since Sunday."), "{starts_at}: {}", refused.words());
    }
}

#[tokio::test]
async fn a_field_that_no_doctor_has_is_not_said_after_the_address() {
    let clinic = Clinic::open().await;
    let page = clinic.home.get("/appointments/new?doctor_id=any&specialization=Call+this+number").await.ok();
    assert!(!page.body.contains("Call this number") && page.has("input[name=starts_at]"), "{}", page.words());
    let page = clinic.home.get("/appointments/new?doctor_id=any&specialization=dermatology").await.ok();
    assert!(page.says("Any doctor of this field: Dermatology"), "{}", page.words());
}
