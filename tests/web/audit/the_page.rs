//! `GET /audit`: who did or opened what, for those who answer for it.

use chrono::TimeDelta;
use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ActiveModelTrait, Set};

use crate::support::*;

/// An entry of `actor`, `minutes` from now.
async fn entry(
    app: &TestApp,
    actor: &Person,
    (action, kind, id): (AuditAction, AuditSubject, i64),
    minutes: i64,
) -> i64 {
    let at = app.now() + TimeDelta::minutes(minutes);
    let row = audit_entry::ActiveModel {
        at: Set(at),
        actor_id: Set(actor.user_id),
        actor_name: Set(actor.name()),
        actor_role: Set(actor.role),
        hospital_id: Set(actor.hospital_id),
        ip: Set(Some("203.0.113.9".to_owned())),
        action: Set(action),
        subject_kind: Set(kind),
        subject_id: Set(id),
        detail: Set(serde_json::json!({"changed": ["first_name"]})),
        created_at: Set(at),
        updated_at: Set(at),
        ..Default::default()
    };
    row.insert(&app.db).await.unwrap().id
}

/// How many entries the page says there are.
fn total(page: &Page) -> String {
    page.texts(".pagination p").concat()
}

#[tokio::test]
async fn an_entry_says_who_did_what_to_which_record_when_and_from_where() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (admin, maya) = (hospital_admin(&house).create(&app).await, patient(&house).create(&app).await);
    let desk = app.sign_in(&admin).await;
    desk.get(&format!("/patients/{}", maya.id)).await.ok();
    let page = desk.get("/audit").await.ok();
    let rows = page.texts("tbody tr");
    assert_eq!(rows.len(), 2, "the opening and the signing in: {rows:?}");
    for part in [admin.name(), "opened the record".to_owned(), format!("Patient {}", maya.id), "127.0.0.1".to_owned()] {
        assert!(rows[0].contains(&part), "{part} in {rows:?}");
    }
    assert!(rows[0].contains("10:00") && rows[0].contains("Tuesday 24 November 2026"), "in Kathmandu: {rows:?}");
    assert!(rows[1].contains("signed in"), "{rows:?}");
}

#[tokio::test]
async fn addresses_of_patients_are_told_to_their_hospital_as_they_are_and_not_to_the_platform() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { admin, patient, .. } = &clinic.here;
    let (maya, desk) = (app.sign_in(patient).await, app.sign_in(admin).await);
    let (theirs, typed, others) = ("maya_rai@example.test", "maya_r@example.test", "the_desk@example.test");
    for (browser, new) in [(&maya, theirs), (&desk, others)] {
        browser.post_form("/profile/email", &[("email", new)]).await.expect(303);
    }
    let path = format!("/patients/{}", patient.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action='{path}']"), &[("email", typed)]).await.expect(303);

    let told = desk.get("/audit?action=updated").await.ok();
    for address in [theirs, typed, others, patient.email.as_str()] {
        assert!(told.says(address), "{address} in {:?}", told.texts("tbody tr"));
    }
    let told = app.sign_in(&clinic.super_admin).await.get("/audit?action=updated").await.ok();
    assert!(told.says(others), "{:?}", told.texts("tbody tr"));
    for address in [theirs, typed, patient.email.as_str()] {
        assert!(!told.says(address), "{address} in {:?}", told.texts("tbody tr"));
    }
}

#[tokio::test]
async fn an_administrator_reads_of_their_own_hospital_and_the_platform_of_all() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let here = app.sign_in(&clinic.here.admin).await.get("/audit").await.ok();
    assert!(here.says(&clinic.here.admin.last_name) && !here.says(&clinic.there.admin.last_name));
    let all = app.sign_in(&clinic.super_admin).await.get("/audit").await.ok();
    for text in [&clinic.here.admin.last_name, &clinic.there.admin.last_name, &clinic.there.hospital.name] {
        assert!(all.says(text), "{text}");
    }
    // Nor by the number of somebody elsewhere.
    let by_number = format!("/audit?person={}", clinic.there.admin.user_id);
    let page = app.sign_in(&clinic.here.admin).await.get(&by_number).await.ok();
    assert!(page.says("No entry matches") && !page.says(&clinic.there.admin.last_name));
}

#[tokio::test]
async fn the_trail_is_narrowed_by_person_record_act_and_day() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let admin = hospital_admin(&house).create(&app).await;
    let doctor = doctor(&house).named("Asha", "Shrestha").create(&app).await;
    let desk = app.sign_in(&admin).await;
    let opened = (AuditAction::Opened, AuditSubject::Patient, 71);
    entry(&app, &doctor, opened, -10).await;
    entry(&app, &doctor, (AuditAction::Updated, AuditSubject::Patient, 71), -9).await;
    entry(&app, &doctor, (AuditAction::Opened, AuditSubject::Appointment, 71), -8).await;
    // 10:00 in Kathmandu now: ten hours and a minute ago it was yesterday.
    entry(&app, &doctor, opened, -601).await;
    let id = doctor.user_id;
    let email = doctor.email.replace('@', "%40").replace('+', "%2B");
    for (query, expected) in [
        (format!("person={id}"), 4),
        ("person=shrest".to_owned(), 4),
        ("person=Asha+Shrestha".to_owned(), 4),
        (format!("person={email}"), 4),
        ("subject=patient&id=71".to_owned(), 3),
        ("subject=appointment".to_owned(), 1),
        ("person=Asha&action=opened".to_owned(), 3),
        ("action=updated&subject=patient&id=71".to_owned(), 1),
        (format!("person={id}&from=2026-11-24"), 3),
        (format!("person={id}&to=2026-11-23"), 1),
        (format!("person={id}&from=2026-11-23&to=2026-11-24"), 4),
    ] {
        let page = desk.get(&format!("/audit?{query}")).await.ok();
        assert_eq!(total(&page), format!("1–{expected} of {expected} entries"), "{query}");
        assert_eq!(page.texts("tbody tr").len(), expected, "{query}");
    }
    for query in ["id=71", "subject=nonsense", "action=x", "from=2026-02-30", "from=2026-11-24&to=2026-11-23", "id=-1"]
    {
        let page = desk.get(&format!("/audit?{query}")).await.expect(422);
        assert!(page.has("[aria-invalid=true]"), "{query}");
    }
    desk.get("/audit?actor=1").await.expect(422);
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    platform.get("/audit?person=Asha").await.expect(422);
    assert_eq!(total(&platform.get(&format!("/audit?person={email}")).await.ok()), "1–4 of 4 entries");
}

#[tokio::test]
async fn a_long_trail_comes_in_pages_the_latest_first() {
    let app = TestApp::start_with(&[("PAGE_SIZE", "3")]).await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let desk = app.sign_in(&admin).await;
    for number in 1..=6 {
        entry(&app, &admin, (AuditAction::Opened, AuditSubject::Patient, number), -number).await;
    }
    let records = async |address: &str| desk.get(address).await.ok().texts("tbody td[data-label=Record] a");
    assert_eq!(records("/audit?action=opened").await, ["Patient 1", "Patient 2", "Patient 3"]);
    assert_eq!(records("/audit?action=opened&page=2").await, ["Patient 4", "Patient 5", "Patient 6"]);
    assert_eq!(total(&desk.get("/audit?page=3").await.ok()), "7–7 of 7 entries");
    desk.get("/audit?page=4").await.expect(404);
}
