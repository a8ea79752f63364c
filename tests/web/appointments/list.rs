//! `GET /appointments`: whose, which, in what order, how many a page.

use chrono::{DateTime, Utc};

use super::*;

const ROWS: &str = "main table";

#[tokio::test]
async fn everybody_lists_their_own_and_no_others() {
    let practice = Practice::open().await;
    let app = &practice.app;
    let (other_doctor, other_patient) =
        (doctor(&practice.hospital).create(app).await, patient(&practice.hospital).create(app).await);
    let elsewhere = hospital().create(app).await;
    let (doctor_there, patient_there) = (doctor(&elsewhere).create(app).await, patient(&elsewhere).create(app).await);
    let both = practice.visit(AppointmentStatus::Scheduled).await;
    let of_doctor = appointment().of(&practice.doctor).with(&other_patient).at(app.in_hours(30)).create(app).await;
    let of_patient = appointment().of(&other_doctor).with(&practice.patient).at(app.in_hours(36)).create(app).await;
    let of_others = appointment().of(&other_doctor).with(&other_patient).at(app.in_hours(42)).create(app).await;
    appointment().of(&doctor_there).with(&patient_there).create(app).await;

    let listed = async |client: &Client| client.get("/appointments").await.ok().appointments(ROWS);
    assert_eq!(listed(&practice.surgery).await, [both.id, of_doctor.id], "the earliest first");
    assert_eq!(listed(&practice.home).await, [both.id, of_patient.id]);
    assert_eq!(listed(&practice.desk).await, [both.id, of_doctor.id, of_patient.id, of_others.id]);
    app.sign_in(&super_admin().create(app).await).await.get("/appointments").await.expect(403);
}

#[tokio::test]
async fn a_list_names_the_other_party_and_nothing_clinical() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Requested).await;
    for (client, named) in
        [(&practice.surgery, "Maya Gurung"), (&practice.home, "Dr Asha Rai"), (&practice.desk, "Maya Gurung")]
    {
        let list = client.get("/appointments").await.ok();
        assert_eq!(list.text("main table tbody th a"), named);
        assert_eq!(list.attributes("main table tbody th a", "href"), [visit.path()]);
        assert_eq!(list.text("main table .status"), "Requested");
        assert!(list.says("Asia/Kathmandu"));
        assert!(visit.texts.iter().all(|text| !list.body.contains(text.as_str())), "symptoms and notes stay out");
    }
    assert!(practice.desk.get("/appointments").await.ok().says("Dr Asha Rai"));
}

#[tokio::test]
async fn a_list_is_narrowed_by_status_doctor_and_name() {
    let practice = Practice::open().await;
    let app = &practice.app;
    let other_doctor = doctor(&practice.hospital).named("Hari", "O_Neil").create(app).await;
    let other_patient = patient(&practice.hospital).named("Sita", "Rana Magar").create(app).await;
    let first = practice.visit(AppointmentStatus::Scheduled).await;
    let second = appointment()
        .of(&other_doctor)
        .with(&other_patient)
        .at(app.in_hours(48))
        .status(AppointmentStatus::Confirmed)
        .create(app)
        .await;

    let found = async |query: &str| practice.desk.get(&format!("/appointments?{query}")).await.ok().appointments(ROWS);
    assert_eq!(found("status=confirmed").await, [second.id]);
    assert_eq!(found("status=completed").await, Vec::<i64>::new());
    assert_eq!(found(&format!("doctor={}", practice.doctor.id)).await, [first.id]);
    assert_eq!(found("status=&from=&to=&doctor=&q=&page=").await, [first.id, second.id], "an empty field is no filter");
    for (part, whose) in [
        ("gurung", first.id),
        ("AYA", first.id),
        ("Dr+Asha+Rai", first.id),
        ("maya+gur", first.id),
        ("rana+magar", second.id),
        ("Hari", second.id),
        ("o_n", second.id),
    ] {
        assert_eq!(found(&format!("q={part}")).await, [whose], "{part}");
    }
    // Of one word that is the patient's and another that is the doctor's nobody is called so.
    for nobody in ["a%25a", "maya+rana", "maya+asha", "asha+gurung", "%25", "nobody"] {
        assert_eq!(found(&format!("q={nobody}")).await, Vec::<i64>::new(), "{nobody}");
    }
    // A doctor looks for patients, a patient for doctors.
    let by = async |client: &Client, part: &str| {
        client.get(&format!("/appointments?q={part}")).await.ok().appointments(ROWS)
    };
    assert_eq!(by(&practice.surgery, "Asha").await, Vec::<i64>::new());
    assert_eq!(by(&practice.surgery, "Maya").await, [first.id]);
    assert_eq!(by(&practice.home, "Asha").await, [first.id]);
}

#[tokio::test]
async fn the_form_offers_what_there_is_to_choose_and_keeps_what_was_chosen() {
    let practice = Practice::open().await;
    let there = hospital().create(&practice.app).await;
    let stranger = doctor(&there).named("Far", "Away").create(&practice.app).await;
    practice.visit(AppointmentStatus::Scheduled).await;
    let path = format!("/appointments?status=scheduled&from=2026-11-01&doctor={}&q=maya", practice.doctor.id);
    let list = practice.desk.get(&path).await.ok();
    assert_eq!(list.attributes("select[name=status] option[selected]", "value"), ["scheduled"]);
    assert_eq!(list.attributes("input[name=from]", "value"), ["2026-11-01"]);
    assert_eq!(list.attributes("input[name=q]", "value"), ["maya"]);
    assert_eq!(list.texts("select[name=doctor] option"), ["Any doctor", "Dr Asha Rai"]);
    assert_eq!(list.texts("select[name=status] option").len(), 16, "any, five kinds of work, and each of the ten");
    assert!(list.links().contains(&"/appointments".to_owned()), "there is a way back to the whole list");
    assert!(!practice.surgery.get("/appointments").await.ok().has("select[name=doctor]"));
    practice.desk.get(&format!("/appointments?doctor={}", stranger.id)).await.expect(422);
}

#[tokio::test]
async fn what_cannot_be_used_is_said_beside_the_field_and_kept() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Scheduled).await;
    for (query, field, typed) in [
        ("from=2026-02-30&q=maya", "from", "2026-02-30"),
        ("to=yesterday", "to", "yesterday"),
        ("from=2026-1-1", "from", "2026-1-1"),
        ("from=2026-12-31&to=2026-01-01", "to", "2026-01-01"),
        ("to=99999-01-01", "to", "99999-01-01"),
    ] {
        let page = practice.desk.get(&format!("/appointments?{query}")).await.expect(422);
        assert_eq!(page.attributes("[aria-invalid=true]", "name"), [field], "{query}");
        assert_eq!(page.attributes(&format!("input[name={field}]"), "value"), [typed], "{query}");
        assert_eq!(page.attributes(".error-summary a", "href"), [format!("#{field}")], "{query}");
        assert!(!page.shows_appointment(visit.id), "{query}: no list under a filter that says nothing");
    }
    for query in ["status=nonsense", "status=Scheduled", "doctor=abc", "doctor=-1", "doctor=999999"] {
        let page = practice.desk.get(&format!("/appointments?{query}")).await.expect(422);
        assert_eq!(page.texts(".error-summary li").len(), 1, "{query}");
    }
    let long = "a".repeat(101);
    for query in [format!("q={long}"), "q=%07".to_owned()] {
        practice.desk.get(&format!("/appointments?{query}")).await.expect(422);
    }
    for page in ["0", "2", "-1", "x", "1.5", "99999999999999999999"] {
        practice.desk.get(&format!("/appointments?page={page}")).await.expect(404);
    }
}

#[tokio::test]
async fn long_lists_come_in_pages_that_keep_the_filter() {
    let practice = Practice::open().await;
    for hours in 1..=25 {
        practice.visit_at(AppointmentStatus::Requested, hours).await;
    }
    practice.visit_at(AppointmentStatus::Cancelled, 100).await;
    let first = practice.home.get("/appointments?status=requested").await.ok();
    assert_eq!(first.text(".pagination p"), "1–20 of 25 visits");
    let next = first.attributes(".pagination a[rel=next]", "href");
    assert_eq!(next, ["/appointments?status=requested&page=2"]);
    let second = practice.home.get(&next[0]).await.ok();
    assert_eq!(second.text(".pagination p"), "21–25 of 25 visits");
    let mut all = first.appointments(ROWS);
    all.extend(second.appointments(ROWS));
    assert_eq!(all.len(), 25);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 25, "each is on one page");
    practice.home.get("/appointments?status=requested&page=3").await.expect(404);
    assert_eq!(first.statements(), 3);
}

#[tokio::test]
async fn nothing_to_list_says_what_comes() {
    let practice = Practice::open().await;
    let empty = practice.home.get("/appointments").await.ok();
    assert!(empty.says("No visits yet") && empty.says("0 visits"));
    practice.visit(AppointmentStatus::Scheduled).await;
    assert!(practice.home.get("/appointments?status=waiting").await.ok().says("No visit matches"));
}

/// Days are the hospital's own, both ends included, on days of 23 and of 25 hours as well.
#[tokio::test]
async fn days_are_local_days() {
    for (zone, day, inside, outside) in [
        (
            "Asia/Kathmandu".parse().unwrap(),
            "2026-11-24",
            ["2026-11-23T18:15:00Z", "2026-11-24T18:14:00Z"],
            ["2026-11-23T18:14:00Z", "2026-11-24T18:15:00Z"],
        ),
        (
            "Europe/London".parse().unwrap(),
            "2026-10-25",
            ["2026-10-24T23:00:00Z", "2026-10-25T23:59:00Z"],
            ["2026-10-24T22:59:00Z", "2026-10-26T00:00:00Z"],
        ),
        (
            "Europe/London".parse().unwrap(),
            "2026-03-29",
            ["2026-03-29T00:00:00Z", "2026-03-29T22:59:00Z"],
            ["2026-03-28T23:59:00Z", "2026-03-29T23:00:00Z"],
        ),
    ] {
        let app = TestApp::start().await;
        let hospital = hospital().in_zone(zone).create(&app).await;
        let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
        let at = async |time: &str| {
            let time: DateTime<Utc> = time.parse().unwrap();
            let visit = appointment().of(&doctor).with(&patient).at(time).status(AppointmentStatus::Cancelled);
            visit.create(&app).await.id
        };
        let (early, late) = (at(inside[0]).await, at(inside[1]).await);
        let (before, after) = (at(outside[0]).await, at(outside[1]).await);
        let client = app.sign_in(&doctor).await;
        let found = async |query: String| client.get(&format!("/appointments?{query}")).await.ok().appointments(ROWS);
        assert_eq!(found(format!("from={day}&to={day}")).await, [late, early], "{zone} {day}");
        assert_eq!(found(format!("from={day}")).await, [after, late, early], "{zone} {day}");
        assert_eq!(found(format!("to={day}")).await, [late, early, before], "{zone} {day}");
    }
}
