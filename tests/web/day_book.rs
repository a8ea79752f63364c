//! The day book: doctors side by side or the week of one, what is free in it, what is in the way, and the sheets that are printed of it.

mod columns;
mod edges;
mod paper;

use chrono::{DateTime, Utc};

use crate::support::*;

use AppointmentStatus as Status;

/// A hospital in Kathmandu on a Tuesday at ten, with its desk and one doctor who works from nine to noon every day.
struct Ward {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    desk: Client,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl Ward {
    async fn open() -> Self {
        Self::open_with(&[]).await
    }

    async fn open_with(settings: &[(&str, &str)]) -> Self {
        // People stay signed in when the clock goes on to the next day.
        let for_a_day = [("SESSION_IDLE_MINUTES", "1440"), ("SESSION_MAX_HOURS", "24")];
        let app = TestApp::start_with(&[&for_a_day, settings].concat()).await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).named("Tara", "Pandey").create(&app).await;
        let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
        let ward = Self { app, hospital, doctor, desk };
        ward.works(&ward.doctor).await;
        ward
    }

    async fn works(&self, doctor: &Doctor) {
        works_daily(&self.app, doctor, (9, 12)).await;
    }

    async fn visit(&self, (doctor, name): (&Doctor, &str), status: Status, minutes: i64) -> Appointment {
        let patient = patient(&self.hospital).named(name, "Gurung").create(&self.app).await;
        let visit = appointment().of(doctor).with(&patient).at(self.app.in_minutes(minutes)).status(status);
        visit.create(&self.app).await
    }

    async fn book(&self, query: &str) -> Page {
        keeping(self.desk.get(&format!("/schedule{query}")).await.ok())
    }
}

/// The page, which keeps the rules of every page.
#[track_caller]
fn keeping(page: Page) -> Page {
    assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    page
}

/// The visits and the free times of a doctor.
fn visits_of(page: &Page, doctor: &Doctor) -> Vec<i64> {
    page.appointments(&format!("td[data-doctor=\"{}\"]", doctor.id))
}

fn free_of(page: &Page, doctor: &Doctor) -> Vec<String> {
    page.attributes(&format!("td[data-doctor=\"{}\"] [data-free]", doctor.id), "data-free")
}

fn text_of(page: &Page, visit: &Appointment) -> String {
    page.text(&format!("#book [data-appointment=\"{}\"]", visit.id))
}

#[tokio::test]
async fn the_desk_sees_its_doctors_beside_each_other_with_what_is_free() {
    let ward = Ward::open().await;
    let other = doctor(&ward.hospital).named("Asha", "Adhikari").create(&ward.app).await;
    ward.works(&other).await;
    let elsewhere = doctor(&hospital().create(&ward.app).await).create(&ward.app).await;
    let over = ward.visit((&ward.doctor, "Maya"), Status::Completed, -60).await;
    let now = ward.visit((&ward.doctor, "Hari"), Status::InProgress, 0).await;
    let later = ward.visit((&other, "Mina"), Status::Confirmed, 60).await;
    ward.visit((&ward.doctor, "Tomorrow"), Status::Scheduled, 24 * 60).await;
    ward.visit((&ward.doctor, "Off"), Status::Cancelled, 90).await;
    ward.visit((&ward.doctor, "Declined"), Status::Rejected, 90).await;

    let book = ward.book("").await;
    assert_eq!(
        book.attributes("#book th[data-doctor]", "data-doctor"),
        [other.id, ward.doctor.id].map(|id| id.to_string())
    );
    assert_eq!(book.texts("#book thead a:not([data-absence])"), ["Dr Asha Adhikari", "Dr Tara Pandey"], "by name");
    assert!(!book.has(&format!("[data-doctor=\"{}\"]", elsewhere.id)));
    assert_eq!((visits_of(&book, &ward.doctor), visits_of(&book, &other)), (vec![over.id, now.id], vec![later.id]));
    assert_eq!(text_of(&book, &over), "09:00 Maya Gurung Completed");
    assert_eq!(text_of(&book, &now), "10:00 Hari Gurung In visit");
    assert_eq!(book.attributes(&format!("[data-appointment=\"{}\"]", now.id), "href"), [now.path()]);
    assert!(book.text("#book-count").starts_with("3 visits."), "{}", book.text("#book-count"));
    // What is over cannot be booked, nor what is taken.
    assert_eq!(free_of(&book, &ward.doctor), ["2026-11-24T10:30", "2026-11-24T11:00", "2026-11-24T11:30"]);
    assert_eq!(free_of(&book, &other), ["2026-11-24T10:00", "2026-11-24T10:30", "2026-11-24T11:30"]);
    assert_eq!(book.texts("#book tbody th"), ["09:00", "09:30", "10:00", "Now", "10:30", "11:00", "11:30"]);

    let booking = book.attributes("[data-free=\"2026-11-24T11:30\"]", "href").remove(0);
    assert_eq!(booking, format!("/appointments/new?doctor_id={}&starts_at=2026-11-24T11:30", other.id));
    let form = ward.desk.get(&booking).await.ok();
    assert_eq!(form.attributes("[name=starts_at][checked]", "value"), ["2026-11-24T11:30"], "it is filled in");
}

#[tokio::test]
async fn a_doctor_has_their_own_book_alone() {
    let ward = Ward::open().await;
    let other = doctor(&ward.hospital).named("Asha", "Rai").create(&ward.app).await;
    let own = ward.visit((&ward.doctor, "Maya"), Status::Waiting, 30).await;
    let theirs = ward.visit((&other, "Hari"), Status::Scheduled, 30).await;
    let surgery = ward.app.sign_in(&ward.doctor).await;

    let book = keeping(surgery.get("/schedule").await.ok());
    assert_eq!(book.texts("#book thead a:not([data-absence])"), ["Dr Tara Pandey"]);
    assert_eq!(visits_of(&book, &ward.doctor), [own.id]);
    assert!(!book.shows_appointment(theirs.id) && !book.has("select[name=doctor]"));
    let href = book.attributes("[data-free]", "href").remove(0);
    assert_eq!(href, "/appointments/new?starts_at=2026-11-24T10:00");
    keeping(surgery.get(&format!("/schedule?doctor={}&view=week", ward.doctor.id)).await.ok());
    for doctor in [other.id.to_string(), "x".to_owned()] {
        let refused = keeping(surgery.get(&format!("/schedule?doctor={doctor}")).await.expect(422));
        assert!(!refused.has("[data-appointment]") && refused.says("Choose a doctor from the list."));
    }
    let patient = patient(&ward.hospital).create(&ward.app).await;
    ward.app.sign_in(&patient).await.get("/schedule").await.expect(403);
    assert_eq!(ward.app.visitor().get("/schedule").await.expect(303).location(), "/sign-in?next=%2Fschedule");
}

#[tokio::test]
async fn what_is_in_the_way_is_said_in_words() {
    let ward = Ward::open().await;
    let (app, doctor) = (&ward.app, &ward.doctor);
    let away = time_off(app, doctor, (app.in_minutes(30), app.in_minutes(90)), "").await;
    let absent = ward.visit((doctor, "Absent"), Status::Scheduled, 30).await;
    let evening = ward.visit((doctor, "Evening"), Status::Scheduled, 8 * 60 + 10).await;
    let second = patient(&ward.hospital).named("Second", "Gurung").create(app).await;
    let first = ward.visit((doctor, "First"), Status::Scheduled, 90).await;
    let beside = appointment().of(doctor).with(&second).at(app.in_minutes(90)).overbooked().create(app).await;
    let asked = ward.visit((doctor, "Asks"), Status::Requested, 0).await;

    let book = ward.book("").await;
    let head = format!("th[data-doctor=\"{}\"] [data-absence=\"{away}\"]", doctor.id);
    assert_eq!(book.text(&head), "Away 10:30–11:30");
    assert_eq!(
        book.texts("#book td.away .book-away"),
        ["Away"],
        "where it begins; the rows below say it to those who hear the page"
    );
    assert_eq!(book.texts("#book td.away").len(), 2);
    assert_eq!(text_of(&book, &absent), "10:30 Absent Gurung Scheduled The doctor is away");
    assert_eq!(text_of(&book, &evening), "18:10 Evening Gurung Scheduled Outside the hours");
    assert_eq!(text_of(&book, &first), "11:30 First Gurung Scheduled");
    assert_eq!(text_of(&book, &beside), "11:30 Second Gurung Scheduled Overbooked");
    assert_eq!(text_of(&book, &asked), "10:00 Asks Gurung Requested");
    // A request takes no time, an absence does.
    assert_eq!(free_of(&book, doctor), ["2026-11-24T10:00"]);
    // Between noon and the evening nobody has anything.
    assert_eq!(book.texts("#book tbody th").last().map(String::as_str), Some("18:10"));
    assert_eq!(book.texts("#book tr.book-gap th"), ["18:10"]);

    let called_off = [("version", first.version.as_str()), ("reason", "Came yesterday.")];
    ward.desk.post_form(&format!("{}/cancellation", first.path()), &called_off).await.expect(303);
    ward.desk.get("/dashboard").await.ok();
    assert_eq!(text_of(&ward.book("").await, &beside), "11:30 Second Gurung Scheduled", "nobody is beside it any more");
    let surgery = app.sign_in(doctor).await;
    let own = surgery.get("/schedule").await.ok();
    assert_eq!(text_of(&own, &absent), "10:30 Absent Gurung Scheduled You are away then");
}

#[tokio::test]
async fn a_visit_that_lasts_longer_is_not_offered_over_and_says_until_when() {
    let ward = Ward::open().await;
    let patient = patient(&ward.hospital).named("Long", "Gurung").create(&ward.app).await;
    let long =
        appointment().of(&ward.doctor).with(&patient).at(ward.app.in_minutes(30)).lasting(60).create(&ward.app).await;
    let book = ward.book("").await;
    assert_eq!(text_of(&book, &long), "10:30–11:30 Long Gurung Scheduled");
    assert_eq!(book.texts("#book .book-on"), ["The visit above goes on"]);
    assert_eq!(free_of(&book, &ward.doctor), ["2026-11-24T10:00", "2026-11-24T11:30"]);
}

#[tokio::test]
async fn the_week_of_a_doctor_begins_on_monday() {
    let ward = Ward::open().await;
    let first = doctor(&ward.hospital).named("Asha", "Adhikari").create(&ward.app).await;
    availability(&ward.app, &first, 2, (hour(14), hour(15))).await;
    time_off(&ward.app, &first, (at("2026-11-26T18:15:00Z"), at("2026-11-28T04:00:00Z")), "").await;
    let monday = ward.visit((&first, "Maya"), Status::Completed, -24 * 60).await;
    let sunday = ward.visit((&first, "Mina"), Status::Scheduled, 5 * 24 * 60).await;
    ward.visit((&first, "Next week"), Status::Scheduled, 6 * 24 * 60).await;
    ward.visit((&ward.doctor, "Colleague"), Status::Scheduled, 30).await;

    let week = ward.book("?view=week").await;
    assert!(week.text("#book-count").starts_with("Dr Asha Adhikari: 2 visits."), "{}", week.text("#book-count"));
    let days = ["Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov"];
    assert_eq!(week.texts("#book thead a:not([data-absence])")[..5], days);
    assert_eq!(week.texts("#book thead a:not([data-absence])").len(), 7);
    assert_eq!(week.appointments("#book"), [monday.id, sunday.id]);
    assert_eq!(free_of(&week, &first), ["2026-11-25T14:00", "2026-11-25T14:30"]);
    assert_eq!(week.texts("#book [data-absence]"), ["Away all day", "Away until 09:45"]);
    assert_eq!(week.texts("#book .book-today"), ["Today"]);
    assert_eq!(week.attributes("select[name=doctor] [selected]", "value"), [first.id.to_string()]);
    for date in ["2026-11-23", "2026-11-29"] {
        let same = ward.book(&format!("?view=week&date={date}&doctor={}", first.id)).await;
        assert_eq!(
            same.texts("#book thead a:not([data-absence])"),
            week.texts("#book thead a:not([data-absence])"),
            "{date}"
        );
    }
    // Each day leads to itself, each way on keeps the doctor.
    let wednesday = week.attributes("#book thead a:not([data-absence])", "href").remove(2);
    assert_eq!(wednesday, format!("/schedule?date=2026-11-25&doctor={}", first.id));
    let next = week.attributes("[rel=next]", "href").remove(0);
    assert_eq!(next, format!("/schedule?date=2026-12-01&doctor={}&view=week", first.id));
    assert!(ward.desk.get(&next).await.ok().says("Next week Gurung"));
    let own = ward.app.sign_in(&ward.doctor).await.get("/schedule?view=week").await.ok();
    assert!(own.text("#book-count").starts_with("Dr Tara Pandey: 1 visit."), "{}", own.text("#book-count"));
}

#[tokio::test]
async fn no_doctor_of_many_is_left_out_without_a_word() {
    let ward = Ward::open().await;
    let mut last = None;
    for number in 1..10 {
        let doctor = doctor(&ward.hospital).named(&format!("Zoya {number}"), "Rai").create(&ward.app).await;
        ward.visit((&doctor, "Maya"), Status::Scheduled, 30).await;
        last = Some(doctor);
    }
    let last = last.unwrap();
    let book = ward.book("?date=2026-11-24").await;
    assert_eq!(book.texts("#book thead a:not([data-absence])").len(), 8);
    assert!(
        book.text("#book-count").starts_with("Doctors 1 to 8 of 10, by name, with 7 of 9 visits."),
        "{}",
        book.words()
    );
    assert!(book.text("#pages").starts_with("1–8 of 10 doctors"));
    let rest = book.attributes("#pages [rel=next]", "href").remove(0);
    let rest = keeping(ward.desk.get(&rest).await.ok());
    assert_eq!(rest.texts("#book thead a:not([data-absence])"), ["Dr Zoya 8 Rai", "Dr Zoya 9 Rai"]);
    ward.desk.get("/schedule?date=2026-11-24&page=3").await.expect(404);
    let alone = ward.book(&format!("?doctor={}", last.id)).await;
    assert_eq!(alone.texts("#book thead a:not([data-absence])"), ["Dr Zoya 9 Rai"]);
    assert!(alone.text("#book-count").starts_with("1 visit.") && !alone.has("#pages"));
    assert_eq!(alone.attributes("select[name=doctor] option", "value").len(), 11, "all can be chosen still");
}

#[tokio::test]
async fn a_doctor_who_has_left_is_there_as_long_as_somebody_comes_to_them() {
    let ward = Ward::open().await;
    let gone = doctor(&ward.hospital).named("Gone", "Rai").deactivated().create(&ward.app).await;
    ward.works(&gone).await;
    assert_eq!(ward.book("").await.texts("#book thead a:not([data-absence])"), ["Dr Tara Pandey"]);
    let visit = ward.visit((&gone, "Maya"), Status::Scheduled, 30).await;
    let book = ward.book("").await;
    assert_eq!(text_of(&book, &visit), "10:30 Maya Gurung Scheduled No doctor: the account is shut");
    assert!(book.text(&format!("th[data-doctor=\"{}\"]", gone.id)).contains("The account is shut"));
    assert_eq!(free_of(&book, &gone), Vec::<String>::new(), "nobody is booked with them");
    // Who is asked for is shown on a day without visits as well, so that no way on leads nowhere.
    let tomorrow = ward.book(&format!("?date=2026-11-25&doctor={}", gone.id)).await;
    assert_eq!(tomorrow.texts("#book thead a:not([data-absence])"), ["Dr Gone Rai"]);
    assert_eq!(ward.book("?date=2026-11-25").await.texts("#book thead a:not([data-absence])"), ["Dr Tara Pandey"]);
}
