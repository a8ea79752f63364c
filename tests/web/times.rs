//! Free times across doctors: who sees which, a week at a time, and how any of several doctors is booked.

mod booking;
mod kept;

use crate::support::*;

/// The next Monday on which everybody can book: 30 November 2026.
const MONDAY: &str = "2026-11-30";

/// Two doctors who work Mondays from 9 to 10, each in a field of their own, with somebody of each role signed in.
struct Clinic {
    app: TestApp,
    hospital: Hospital,
    asha: Doctor,
    bina: Doctor,
    patient: Patient,
    surgery: Client,
    home: Client,
    desk: Client,
}

impl Clinic {
    async fn open() -> Self {
        Self::open_with(&[]).await
    }

    async fn open_with(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::start_with(settings).await;
        let hospital = hospital().create(&app).await;
        let asha = doctor(&hospital).named("Asha", "Adhikari").specialized_in("Cardiology").create(&app).await;
        let bina = doctor(&hospital).named("Bina", "Bista").specialized_in("Dermatology").create(&app).await;
        for doctor in [&asha, &bina] {
            availability(&app, doctor, 0, (hour(9), hour(10))).await;
        }
        let patient = patient(&hospital).create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        let (surgery, home) = (app.sign_in(&asha).await, app.sign_in(&patient).await);
        let desk = app.sign_in(&admin).await;
        Self { app, hospital, asha, bina, patient, surgery, home, desk }
    }

    /// A visit of that doctor's on the Monday, at nine or half past.
    async fn visit(&self, doctor: &Doctor, time: &str) -> Appointment {
        let at = if time == "09:00" { "2026-11-30T03:15:00Z" } else { "2026-11-30T03:45:00Z" };
        let patient = patient(&self.hospital).create(&self.app).await;
        appointment().of(doctor).with(&patient).at(at.parse().unwrap()).create(&self.app).await
    }
}

/// Each time with how many are free then.
fn times(page: &Page) -> Vec<(String, String)> {
    let counts = page.attributes("[data-time] [data-doctors]", "data-doctors");
    let times = page.attributes("[data-time]", "data-time");
    assert_eq!(times.len(), counts.len(), "of any doctor each time says how many are free");
    times.into_iter().zip(counts).collect()
}

fn pair(time: &str, count: &str) -> (String, String) {
    (format!("{MONDAY}T{time}"), count.to_owned())
}

#[tokio::test]
async fn a_week_has_each_time_once_and_says_how_many_are_free() {
    let clinic = Clinic::open().await;
    clinic.visit(&clinic.bina, "09:30").await;
    for client in [&clinic.home, &clinic.desk, &clinic.surgery] {
        let page = client.get("/times").await.ok();
        assert_eq!(times(&page), [pair("09:00", "2"), pair("09:30", "1")], "{}", client.who);
        assert!(page.says("Tuesday 24 November 2026") && page.says("24 November 2026 to 30 November 2026"));
        assert_eq!(page.attributes(".day", "id").len(), 7, "whole days, and all of them");
        assert!(page.text("#day-2026-11-25").contains("No doctor works on that day."));
        assert_eq!(page.texts("a[href=\"/times?from=2026-12-01\"]").len(), 1, "later");
        assert!(!page.says("Earlier"), "what is over cannot be booked");
    }
    // A doctor who takes no new patients is nobody of whom any would do; the desk books with them by name.
    doctor(&clinic.hospital).not_accepting().deactivated().create(&clinic.app).await;
    let quiet = doctor(&clinic.hospital).named("Zed", "Zakir").not_accepting().create(&clinic.app).await;
    availability(&clinic.app, &quiet, 0, (hour(9), hour(10))).await;
    assert_eq!(times(&clinic.desk.get("/times").await.ok())[0], pair("09:00", "2"));
    assert!(clinic.desk.get(&format!("/times?doctor={}", quiet.id)).await.ok().has("a[data-time]"));
    let page = clinic.home.get("/times").await.ok();
    assert_eq!(times(&page)[0], pair("09:00", "2"));
    assert!(!page.says("Zakir"));
}

#[tokio::test]
async fn times_lead_to_where_they_are_booked() {
    let clinic = Clinic::open().await;
    let any = "/appointments/new?doctor_id=any&starts_at=2026-11-30T09:00";
    for client in [&clinic.home, &clinic.desk] {
        assert_eq!(client.get("/times").await.ok().attributes("a[data-time]", "href")[0], any, "{}", client.who);
        let page = client.get(&format!("/times?doctor={}", clinic.bina.id)).await.ok();
        let one = format!("/appointments/new?doctor_id={}&starts_at=2026-11-30T09:00", clinic.bina.id);
        assert_eq!(page.attributes("a[data-time]", "href")[0], one);
        assert!(!page.has("[data-doctors]"), "it is known with whom");
        let form = client.get(&one).await.ok();
        assert!(form.has("input[name=starts_at][value=\"2026-11-30T09:00\"][checked]"), "it is chosen already");
        let of_field = client.get("/times?specialization=dermatology").await.ok();
        assert_eq!(times(&of_field)[0], pair("09:00", "1"));
        let link = of_field.attributes("a[data-time]", "href").remove(0);
        assert!(of_field.has("option[value=Dermatology][selected]"), "however it is spelt");
        assert_eq!(link, "/appointments/new?doctor_id=any&specialization=Dermatology&starts_at=2026-11-30T09:00");
        let form = client.get(&link).await.ok();
        assert!(form.has("#times input[name=starts_at][value=\"2026-11-30T09:00\"][checked]"));
        assert_eq!(form.attributes("#times input[name=specialization]", "value"), ["Dermatology"]);
    }
    // A doctor books with themselves: what others have free they are told.
    clinic.visit(&clinic.asha, "09:30").await;
    let page = clinic.surgery.get("/times").await.ok();
    assert_eq!(page.attributes("a[data-time]", "href"), ["/appointments/new?starts_at=2026-11-30T09:00"]);
    assert_eq!(page.attributes("span[data-time]", "data-time"), ["2026-11-30T09:30"]);
    let others = clinic.surgery.get(&format!("/times?doctor={}", clinic.bina.id)).await.ok();
    assert!(!others.has("a[data-time]") && others.attributes("[data-time]", "data-time").len() == 2);
    assert!(others.says("The desk books visits with others."));
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_refused_in_its_own_words() {
    let clinic = Clinic::open().await;
    let elsewhere = doctor(&hospital().create(&clinic.app).await).create(&clinic.app).await;
    availability(&clinic.app, &elsewhere, 0, (hour(9), hour(10))).await;
    let asha = clinic.asha.id;
    for (query, sentence) in [
        (format!("doctor={}", elsewhere.id), "Choose a doctor from the list."),
        ("doctor=nobody".to_owned(), "Choose a doctor from the list."),
        ("specialization=Astrology".to_owned(), "Choose a field from the list."),
        (format!("doctor={asha}&specialization=Dermatology"), "This doctor works in another field."),
        ("from=2026-02-30".to_owned(), "Enter a date such as"),
    ] {
        let page = clinic.home.get(&format!("/times?{query}")).await.expect(422);
        assert!(page.says(sentence), "{query}: {}", page.words());
        assert!(page.has("form[action=\"/times\"]") && !page.has("[data-time]"), "{query}");
        assert!(!elsewhere.texts.iter().any(|text| page.body.contains(text)));
    }
    clinic.home.get("/times?page=2").await.expect(422);
    clinic.app.sign_in(&super_admin().create(&clinic.app).await).await.get("/times").await.expect(403);
    assert_eq!(times(&clinic.home.get("/times?doctor=any&specialization=&from=").await.ok()).len(), 2);
}

#[tokio::test]
async fn one_leafs_by_weeks_from_today_to_the_last_day_that_can_be_booked() {
    let all_day = [("SESSION_IDLE_MINUTES", "10080"), ("SESSION_MAX_HOURS", "168")];
    let clinic = Clinic::open_with(&[&[("BOOKING_HORIZON_DAYS", "13")][..], &all_day].concat()).await;
    availability(&clinic.app, &clinic.asha, 0, (hour(10), hour(11))).await;
    let first = clinic.desk.get("/times?from=2020-01-01").await.ok();
    assert_eq!(first.attributes("input[name=from]", "value"), ["2026-11-24"], "today, for what is over");
    let leads_to = |page: &Page, day: &str| page.links().contains(&format!("/times?from={day}"));
    let second = clinic.desk.get("/times?from=2026-12-01").await.ok();
    assert!(leads_to(&second, "2026-11-24"), "earlier");
    assert!(!leads_to(&second, "2026-12-08"), "nothing of that week can be booked");
    let near = clinic.desk.get("/times?from=2026-11-26").await.ok();
    assert!(leads_to(&near, "2026-11-24"), "today at the earliest");
    let far = clinic.desk.get("/times?from=2199-01-01").await.ok();
    assert_eq!(far.attributes("input[name=from]", "value"), ["2026-12-07"]);
    // It is ten o'clock: thirteen days on, on a Monday, visits begin until ten.
    let last = |page: &Page| page.attributes("#day-2026-12-07 a", "data-time").pop();
    assert_eq!(last(&second).as_deref(), Some("2026-12-07T10:00"));
    clinic.app.clock.advance(chrono::TimeDelta::minutes(30));
    let second = clinic.desk.get("/times?from=2026-12-01").await.ok();
    assert_eq!(last(&second).as_deref(), Some("2026-12-07T10:30"));
    // The next day can be booked from its midnight on, and so the week that begins with it.
    clinic.app.clock.advance(chrono::TimeDelta::hours(14));
    assert!(leads_to(&clinic.desk.get("/times?from=2026-12-01").await.ok(), "2026-12-08"));
    let far = clinic.desk.get("/times?from=2199-01-01").await.ok();
    assert_eq!(far.attributes("input[name=from]", "value"), ["2026-12-08"]);
}

#[tokio::test]
async fn a_day_without_times_says_why_and_a_week_without_one_leads_on() {
    let clinic = Clinic::open().await;
    let (from, to) = ("2026-11-29T18:15:00Z".parse().unwrap(), "2026-11-30T18:15:00Z".parse().unwrap());
    let day = async || clinic.home.get("/times").await.ok().text("#day-2026-11-30");
    time_off(&clinic.app, &clinic.asha, (from, to), "").await;
    clinic.visit(&clinic.bina, "09:00").await;
    clinic.visit(&clinic.bina, "09:30").await;
    assert!(day().await.contains("Every time of that day is taken."), "{}", day().await);
    let page = clinic.home.get(&format!("/times?doctor={}", clinic.asha.id)).await.ok();
    assert!(page.text("#day-2026-11-30").contains("The doctor is away on that day."));
    assert!(page.text("#day-2026-11-29").contains("The doctor does not work on that day."));
    let next = format!("/times?doctor={}&from=2026-12-07", clinic.asha.id);
    assert!(page.says("The next free time is on Monday 7 December 2026") && page.links().contains(&next));
    assert!(page.statements() <= 3, "{}: with who looks", page.statements());
    time_off(&clinic.app, &clinic.bina, (from, to), "").await;
    assert!(day().await.contains("Whoever works on that day is away."));
    // Too soon for a patient, and not for the desk.
    availability(&clinic.app, &clinic.bina, 1, (hour(11), hour(12))).await;
    let today = "#day-2026-11-24";
    assert!(clinic.home.get("/times").await.ok().text(today).contains("can no longer be booked"));
    assert!(clinic.desk.get("/times").await.ok().text(today).contains("11:30"));
    let nobody = hospital_admin(&hospital().create(&clinic.app).await).create(&clinic.app).await;
    let page = clinic.app.sign_in(&nobody).await.get("/times").await.ok();
    assert!(page.says("No doctor takes visits now") && !page.has(".day"));
}

#[tokio::test]
async fn a_time_leaves_the_week_at_the_moment_at_which_it_is_too_soon() {
    let clinic = Clinic::open().await;
    availability(&clinic.app, &clinic.bina, 2, (hour(10), hour(11))).await;
    let on_wednesday = async || clinic.home.get("/times").await.ok().attributes("#day-2026-11-25 a", "data-time");
    assert_eq!(on_wednesday().await, ["2026-11-25T10:00", "2026-11-25T10:30"]);
    clinic.app.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(on_wednesday().await, ["2026-11-25T10:30"]);
}

/// What a patient has at that time, or has asked for, is no time to ask anybody else for.
#[tokio::test]
async fn a_patients_own_visits_are_in_the_way_of_theirs_alone() {
    let clinic = Clinic::open().await;
    let elsewhere = doctor(&clinic.hospital).create(&clinic.app).await;
    let own = appointment().of(&elsewhere).with(&clinic.patient).at("2026-11-30T03:15:00Z".parse().unwrap());
    own.create(&clinic.app).await;
    let asked = appointment().of(&clinic.asha).with(&clinic.patient).at("2026-11-30T03:45:00Z".parse().unwrap());
    asked.status(AppointmentStatus::Requested).create(&clinic.app).await;
    assert_eq!(times(&clinic.home.get("/times").await.ok()), []);
    assert_eq!(times(&clinic.desk.get("/times").await.ok()), [pair("09:00", "2"), pair("09:30", "2")]);
    let other = patient(&clinic.hospital).create(&clinic.app).await;
    assert_eq!(times(&clinic.app.sign_in(&other).await.get("/times").await.ok()).len(), 2);
}

/// Where the clocks change a day has the times that its clock shows.
#[tokio::test]
async fn days_are_those_of_the_hospitals_zone() {
    let app = TestApp::start().await;
    let hospital = hospital().in_zone("America/New_York".parse().unwrap()).create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    availability(&app, &doctor, 6, (hour(1), hour(4))).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let on = async |day: &str| {
        let page = desk.get(&format!("/times?from={day}")).await.ok();
        page.attributes(&format!("#day-{day} a"), "data-time").into_iter().map(|time| time[11..].to_owned()).collect()
    };
    let usual: Vec<String> = on("2026-11-29").await;
    assert_eq!(usual, ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]);
    let spring: Vec<String> = on("2027-03-14").await;
    assert_eq!(spring, ["01:00", "01:30", "03:00", "03:30"]);
}

#[tokio::test]
async fn staff_read_who_is_free_and_patients_how_many() {
    let clinic = Clinic::open().await;
    clinic.visit(&clinic.bina, "09:30").await;
    let who = async |client: &Client| client.get("/times").await.ok().texts("[data-time] [data-doctors]");
    for client in [&clinic.desk, &clinic.surgery] {
        assert_eq!(who(client).await, ["Dr Asha Adhikari, Dr Bina Bista", "Dr Asha Adhikari"], "{}", client.who);
    }
    assert_eq!(who(&clinic.home).await, ["2 free", "1 free"]);
    // As many as there is room for; who practises no more, or takes nobody new, is not among them.
    for last_name in ["Chand", "Dahal", "Ghale", "Hamal"] {
        let doctor = doctor(&clinic.hospital).named("Chandrakanta", last_name).create(&clinic.app).await;
        availability(&clinic.app, &doctor, 0, (hour(9), hour(10))).await;
    }
    let named = who(&clinic.desk).await;
    assert_eq!(named[0], "Dr Asha Adhikari, Dr Bina Bista, Dr Chandrakanta Chand and 3 more");
    assert!(clinic.desk.get("/times").await.ok().says("Behind each stands who is free then."));
    let one = clinic.desk.get(&format!("/times?doctor={}", clinic.bina.id)).await.ok();
    assert!(!one.has("[data-doctors]") && !one.says("Behind each"));
}
