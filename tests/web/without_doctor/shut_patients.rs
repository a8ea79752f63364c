//! The patient's account is shut: their visits are marked for doctor and desk and listed where somebody has to see to them, and nothing is promised to whoever
//! is told nothing.

use super::*;

const MARK: &str = "The patient's account is shut";

async fn shut(ward: &Ward) {
    ward.desk.post_form(&format!("/patients/{}/deactivation", ward.patient.id), &[]).await.expect(303);
}

async fn let_in(ward: &Ward) {
    ward.desk.post_form(&format!("/patients/{}/reactivation", ward.patient.id), &[]).await.expect(303);
}

async fn asked(ward: &Ward, hours: i64, status: Status) -> Appointment {
    let visit = appointment().of(&ward.doctor).with(&ward.patient).at(ward.app.in_hours(hours)).status(status);
    visit.create(&ward.app).await
}

#[tokio::test]
async fn their_visits_to_come_are_marked_and_listed_until_they_are_let_in_again() {
    let mut ward = Ward::open().await;
    let request = asked(&ward, 72, Status::Requested).await;
    let other = ward.other_visit(96, Status::Scheduled).await;
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
    shut(&ward).await;
    let theirs = [ward.visit.id, request.id];
    assert_eq!(ward.desk.get("/dashboard").await.ok().appointments("#without-doctor"), theirs);
    for client in [&ward.desk, &ward.surgery] {
        assert_eq!(client.get("/appointments?status=without_doctor").await.ok().appointments("main"), theirs);
        let list = client.get("/appointments").await.ok();
        let marked = list.texts("main [data-appointment]").into_iter().filter(|row| row.contains(MARK)).count();
        assert_eq!(marked, 2, "{}: {}", client.who, list.words());
        let page = client.get(&ward.visit.path()).await.ok();
        assert!(page.says(MARK) && page.says("they are told nothing, and are not reminded"), "{}", page.words());
        assert!(!client.get(&other.path()).await.ok().says(MARK));
    }
    let_in(&ward).await;
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
    // What is over needs an outcome, and nothing else.
    shut(&ward).await;
    ward.hours_later(73).await;
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
    assert!(ward.desk.get("/appointments?status=without_doctor").await.ok().appointments("main").is_empty());
}

#[tokio::test]
async fn nothing_is_approved_proposed_or_accepted_for_somebody_who_is_told_nothing() {
    let ward = Ward::open().await;
    let request = asked(&ward, 72, Status::Requested).await;
    let proposed = asked(&ward, 96, Status::Proposed).await;
    let page = ward.surgery.get(&request.path()).await.ok();
    assert!(page.has("form[action$=\"/approval\"]") && page.has("a[href$=\"/rescheduling\"]"));
    shut(&ward).await;
    let page = ward.surgery.get(&request.path()).await.ok();
    assert!(!page.has("form[action$=\"/approval\"]") && !page.has("a[href$=\"/rescheduling\"]"));
    assert!(page.has("form[action$=\"/rejection\"]"));
    let acts: [(&Client, String, FormFields<'_>); 3] = [
        (&ward.surgery, format!("{}/approval", request.path()), &[("version", "0")]),
        (&ward.surgery, format!("{}/proposal", request.path()), &[("version", "0"), ("starts_at", "2026-11-30T09:00")]),
        (&ward.desk, format!("{}/proposal/acceptance", proposed.path()), &[("version", "0")]),
    ];
    for (client, path, fields) in &acts {
        let refused = client.post_form(path, fields).await.expect(409);
        assert!(refused.says(MARK) && refused.says("nobody would tell them"), "{path}: {}", refused.words());
    }
    let_in(&ward).await;
    let (client, path, fields) = &acts[0];
    client.post_form(path, fields).await.expect(303);
}

#[tokio::test]
async fn nothing_is_booked_for_them_until_they_are_let_in_again() {
    let ward = Ward::open().await;
    shut(&ward).await;
    let (doctor, patient) = (ward.doctor.id.to_string(), ward.patient.id.to_string());
    let fields = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", "2026-11-27T11:00")];
    let refused = ward.desk.post_form("/appointments", &fields).await.expect(422);
    assert!(refused.says("This patient's account is shut."), "{}", refused.words());
    let_in(&ward).await;
    ward.desk.post_form("/appointments", &fields).await.expect(303);
}
