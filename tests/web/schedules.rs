//! When doctors work, when they are away, and which times are free.

mod whole_week;

use crate::support::*;

fn times(page: &Page) -> Vec<String> {
    page.attributes("[data-time]", "data-time")
}

#[tokio::test]
async fn a_day_shows_its_free_times_or_says_why_there_is_none() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    availability(&app, &doctor, 0, (hour(9), hour(10))).await;
    availability(&app, &doctor, 0, (hour(14), hour(15))).await;
    availability(&app, &doctor, 1, (hour(9), hour(10))).await;
    let home = app.sign_in(&patient).await;
    let on = async |date: &str| home.get(&format!("/doctors/{}/times?date={date}", doctor.id)).await.ok();
    let monday = ["2026-11-30T09:00", "2026-11-30T09:30", "2026-11-30T14:00", "2026-11-30T14:30"];
    assert_eq!(times(&on("2026-11-30").await), monday);
    assert!(on("2026-12-02").await.says("The doctor does not work on that day."));
    assert!(on("2026-11-24").await.says("can no longer be booked"), "too soon for a patient");
    assert!(on("2026-12-02").await.says("The next free time is on Monday 7 December 2026"));

    // 9:15 to 9:45 is taken: it is in the way of both slots of that hour.
    let visit = appointment().of(&doctor).with(&patient).at("2026-11-30T03:30:00Z".parse().unwrap());
    visit.create(&app).await;
    assert_eq!(times(&on("2026-11-30").await), monday[2..]);
    time_off(&app, &doctor, ("2026-12-01T00:00:00Z".parse().unwrap(), "2026-12-02T00:00:00Z".parse().unwrap()), "")
        .await;
    assert!(on("2026-12-01").await.says("The doctor is away on that day."));
    home.get(&format!("/doctors/{}/times?date=2026-02-30", doctor.id)).await.expect(422);
    home.get(&format!("/doctors/{}/times?day=1", doctor.id)).await.expect(422);
}

#[tokio::test]
async fn a_time_that_begins_to_be_too_soon_leaves_the_page_at_that_moment() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    availability(&app, &doctor, 2, (hour(10), hour(11))).await;
    let home = app.sign_in(&patient).await;
    let page = format!("/doctors/{}/times?date=2026-11-25", doctor.id);
    // It is 10:00 the day before, and 24 hours are asked for.
    assert_eq!(times(&home.get(&page).await.ok()), ["2026-11-25T10:00", "2026-11-25T10:30"]);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(times(&home.get(&page).await.ok()), ["2026-11-25T10:30"]);
}

/// By the browser's own fields an afternoon is "PM" in many of them.
#[tokio::test]
async fn times_of_day_are_typed_by_24_hours_everywhere() {
    let app = TestApp::start().await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let path = format!("/doctors/{}/availability", doctor.id);
    surgery.post_form(&path, &[("weekday", "0"), ("start_time", "9"), ("end_time", "1730")]).await.expect(303);
    let page = surgery.get(&path).await.ok();
    assert!(page.says("09:00–17:30"), "{}", page.words());
    assert!(!page.has("input[type=time], input[type=datetime-local]"));
    // Nothing is cut off before it is read: half past two in the afternoon is not half past two.
    assert!(page.attributes("#start_time, #starts_at_time, #from_0_0", "maxlength").iter().all(|most| most == "16"));
    let refused =
        surgery.post_form(&path, &[("weekday", "1"), ("start_time", "2:30 PM"), ("end_time", "17")]).await.expect(422);
    assert!(refused.says("Enter a time such as 09:00."), "{}", refused.words());
    let away =
        [("starts_at", "2026-12-24"), ("starts_at_time", "13.30"), ("ends_at", "2026-12-27"), ("ends_at_time", "")];
    let refused = surgery.submit(&page, "form[action$=time-off]", &away).await.expect(422);
    assert!(refused.says("Enter a day, and a time such as 09:00."), "{}", refused.words());
    assert_eq!(refused.attributes("#starts_at", "value"), ["2026-12-24"]);
    assert_eq!(refused.attributes("#starts_at_time", "value"), ["13:30"], "what was typed stays");
    surgery.submit(&refused, "form[action$=time-off]", &[("ends_at_time", "8")]).await.expect(303);
    let page = surgery.get(&path).await.ok();
    assert!(page.says("24 December 2026, 13:30") && page.says("27 December 2026, 08:00"), "{}", page.words());
}

#[tokio::test]
async fn hours_are_added_and_removed_by_those_who_keep_them() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let colleague = super::support::doctor(&hospital).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let path = format!("/doctors/{}/availability", doctor.id);
    let public = format!("/doctors/{}", doctor.id);
    let add = async |client: &Client, day: &str, from: &str, to: &str| {
        client.post_form(&path, &[("weekday", day), ("start_time", from), ("end_time", to)]).await
    };
    add(&surgery, "0", "09:00", "12:00").await.expect(303);
    add(&surgery, "0", "14:00", "17:00").await.expect(303);
    assert!(surgery.get(&public).await.ok().says("09:00–12:00, 14:00–17:00"));
    for (day, from, to, sentence) in [
        ("0", "11:00", "13:00", "These hours overlap others of that day."),
        ("0", "13:00", "13:00", "The end must be after the beginning"),
        ("7", "09:00", "10:00", "Choose a day of the week."),
        ("1", "nine", "10:00", "Enter a time such as 09:00."),
    ] {
        let page = add(&surgery, day, from, to).await.expect(422);
        assert!(page.says(sentence), "{}", page.words());
    }
    let page = surgery.get(&path).await.ok();
    let first = page.attributes("input[name=remove]", "value")[0].clone();
    surgery.post_form(&path, &[("remove", &first)]).await.expect(303);
    assert!(!surgery.get(&public).await.ok().says("09:00–12:00"));
    // Nobody else: not a colleague, not with another's window.
    let other = app.sign_in(&colleague).await;
    add(&other, "2", "09:00", "10:00").await.expect(404);
    other.post_form(&format!("/doctors/{}/availability", colleague.id), &[("remove", "2")]).await.expect(303);
    assert!(surgery.get(&public).await.ok().says("14:00–17:00"));
}

#[tokio::test]
async fn hours_last_until_midnight_or_over_it() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let admin = hospital_admin(&hospital).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let path = format!("/doctors/{}/availability", doctor.id);
    let add = async |day: &str, from: &str, to: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("weekday", day), ("start_time", from), ("end_time", to)];
        fields.extend(more);
        surgery.post_form(&path, &fields).await
    };
    let next_day = [("next_day", "on")];
    // A Saturday until midnight, written in both ways; the next two hours go on over midnight, the last of them into the Monday.
    add("5", "22:30", "00:00", &[]).await.expect(303);
    add("4", "23:00", "24:00", &[]).await.expect(303);
    add("6", "23:00", "01:00", &next_day).await.expect(303);
    for (day, from, to, more, sentence) in [
        ("0", "00:30", "02:00", &[][..], "These hours overlap those of the day before or after."),
        ("5", "23:00", "02:00", &next_day[..], "These hours overlap others of that day."),
        ("2", "22:00", "02:00", &[][..], "say that they end on the next day"),
        ("2", "09:00", "10:00", &next_day[..], "Hours are at most a day long."),
    ] {
        let page = add(day, from, to, more).await.expect(422);
        assert!(page.says(sentence), "{day} {from} {to}: {}", page.words());
    }
    add("0", "01:00", "01:30", &[]).await.expect(303);
    let week = surgery.get(&path).await.ok();
    for said in ["22:30–24:00", "23:00–24:00", "23:00–01:00 of the next day"] {
        assert!(week.says(said), "{}", week.words());
    }
    assert!(surgery.get(&format!("/doctors/{}", doctor.id)).await.ok().says("23:00–01:00 of the next day"));

    let home = app.sign_in(&patient).await;
    let on = async |date: &str| times(&home.get(&format!("/doctors/{}/times?date={date}", doctor.id)).await.ok());
    assert_eq!(on("2026-11-28").await, ["2026-11-28T22:30", "2026-11-28T23:00", "2026-11-28T23:30"]);
    assert_eq!(on("2026-11-29").await, ["2026-11-29T23:00", "2026-11-29T23:30"]);
    let monday = ["2026-11-30T00:00", "2026-11-30T00:30", "2026-11-30T01:00"];
    assert_eq!(on("2026-11-30").await, monday);
    // The last visit of the Saturday and the first of the Monday can be had, and are in nobody's way twice.
    let desk = app.sign_in(&admin).await;
    let (doctor_id, patient_id) = (doctor.id.to_string(), patient.id.to_string());
    let book = async |at: &str| {
        let fields = [("doctor_id", doctor_id.as_str()), ("patient_id", patient_id.as_str()), ("starts_at", at)];
        desk.post_form("/appointments", &fields).await
    };
    book("2026-11-28T23:30").await.expect(303);
    book("2026-11-30T00:00").await.expect(303);
    assert_eq!(on("2026-11-28").await, ["2026-11-28T22:30", "2026-11-28T23:00"]);
    assert_eq!(on("2026-11-30").await, monday[1..]);
    // Away from Monday's midnight on: the visit that would begin before it and end at it can be had.
    time_off(&app, &doctor, ("2026-12-05T18:15:00Z".parse().unwrap(), "2026-12-06T18:15:00Z".parse().unwrap()), "")
        .await;
    assert_eq!(on("2026-12-05").await.last().map(String::as_str), Some("2026-12-05T23:30"));
    assert_eq!(on("2026-12-06").await, Vec::<String>::new());
    assert_eq!(on("2026-12-07").await, ["2026-12-07T00:00", "2026-12-07T00:30", "2026-12-07T01:00"]);

    // 90 + 60 + 60 minutes of those days, of which two visits took one each; and of the Monday 60 and 30.
    let report = desk.get("/reports/doctors.csv?from=2026-11-27&to=2026-11-29").await.ok();
    assert!(report.body.contains(",30,210,"), "{}", report.body);
    let monday = desk.get("/reports/doctors.csv?from=2026-11-30&to=2026-11-30").await.ok();
    assert!(monday.body.contains(",30,90,"), "{}", monday.body);
}

#[tokio::test]
async fn an_absence_takes_the_times_away_and_tells_of_the_visits_in_it() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let admin = hospital_admin(&hospital).create(&app).await;
    works_daily(&app, &doctor, (9, 10)).await;
    let visit = appointment().of(&doctor).with(&patient).at("2026-12-01T03:15:00Z".parse().unwrap());
    visit.create(&app).await;
    let desk = app.sign_in(&admin).await;
    let path = format!("/doctors/{}/time-off", doctor.id);
    let away = |from, to| [("starts_at", from), ("ends_at", to), ("reason", "A conference.")];
    for (from, to) in [("2026-12-01T09:00", "2026-12-01T09:00"), ("2026-11-01T09:00", "2026-11-02T09:00"), ("x", "y")] {
        desk.post_form(&path, &away(from, to)).await.expect(422);
    }
    let recorded = desk.post_form(&path, &away("2026-12-01T00:00", "2026-12-02T00:00")).await.expect(303);
    assert!(desk.follow(recorded).await.ok().says("Visits are planned in it"));
    let page = desk.get(&format!("/doctors/{}/availability", doctor.id)).await.ok();
    assert!(page.says("A conference.") && page.says("1 visit lies in it"));
    let day = format!("/doctors/{}/times?date=2026-12-01", doctor.id);
    assert!(desk.get(&day).await.ok().says("The doctor is away on that day."));
    let home = app.sign_in(&patient).await;
    assert!(!home.get(&day).await.ok().says("A conference."), "why is nobody else's business");

    desk.submit(&page, "form[action$=\"/removal\"]", &[]).await.expect(303);
    assert_eq!(times(&desk.get(&day).await.ok()), ["2026-12-01T09:30"]);
}
