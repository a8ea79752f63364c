//! `GET /appointments/{id}`: what is shown to whom, and that its opening is recorded.

use entity::{enums::AuditSubject, user};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::*;

#[tokio::test]
async fn the_record_says_who_when_and_what() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Scheduled).await;
    for client in [&practice.surgery, &practice.home, &practice.desk] {
        let page = client.get(&visit.path()).await.ok();
        let banner = page.text("section.person");
        assert!(banner.contains("Maya Gurung") && banner.contains("14 March 1985 (41 y)"), "{banner}");
        assert!(banner.contains("O−") && banner.contains("Allergies"), "{banner}");
        assert!(page.says("Dr Asha Rai"));
        assert!(page.says("Wednesday 25 November 2026, 10:00–10:30 (Asia/Kathmandu)"), "{}", page.words());
        assert_eq!(page.text(".definitions .status"), "Scheduled");
        for text in &visit.texts {
            assert!(page.says(text), "{}: {text}", client.who);
        }
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.statements(), 3);
    }
}

#[tokio::test]
async fn history_is_told_in_words_and_says_you_to_whoever_did_it() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Confirmed).await;
    let steps = |page: Page| page.texts(".history li > p:first-child");
    let to_doctor = steps(practice.surgery.get(&visit.path()).await.ok());
    assert_eq!(to_doctor.len(), 2);
    assert!(to_doctor[0].starts_with("Maya Gurung asked for the visit Sunday 22 November 2026"), "{to_doctor:?}");
    assert!(to_doctor[1].starts_with("You confirmed the visit Tuesday 24 November 2026, 10:00"), "{to_doctor:?}");
    let to_patient = steps(practice.home.get(&visit.path()).await.ok());
    assert!(to_patient[0].starts_with("You asked for the visit"), "{to_patient:?}");
    assert!(to_patient[1].starts_with("Dr Asha Rai confirmed the visit"), "{to_patient:?}");
}

#[tokio::test]
async fn each_reason_is_told_where_there_is_one() {
    let practice = Practice::open().await;
    for (status, term) in
        [(AppointmentStatus::Rejected, "Declined because"), (AppointmentStatus::Cancelled, "Cancelled because")]
    {
        let visit = practice.visit(status).await;
        assert!(practice.home.get(&visit.path()).await.ok().texts(".definitions dt").contains(&term.to_owned()));
    }
    let proposed = practice.visit(AppointmentStatus::Proposed).await;
    let page = practice.home.get(&proposed.path()).await.ok();
    assert!(page.says("Proposed instead") && page.says("Thursday 26 November 2026, 10:00"));
    let overbooked = appointment().of(&practice.doctor).with(&practice.patient).overbooked();
    let overbooked = overbooked.create(&practice.app).await;
    assert!(practice.desk.get(&overbooked.path()).await.ok().says("Overbooked because"));
    assert!(!practice.home.get(&overbooked.path()).await.ok().says("Overbook"), "why is for staff");
}

#[tokio::test]
async fn who_waits_has_waited_since() {
    let practice = Practice::open().await;
    let visit = appointment().of(&practice.doctor).with(&practice.patient).status(AppointmentStatus::Waiting);
    let visit = visit.since(practice.app.in_minutes(-25)).create(&practice.app).await;
    let page = practice.surgery.get(&visit.path()).await.ok();
    assert_eq!(page.attributes(".definitions time[data-relative=since]", "datetime"), ["2026-11-24T03:50:00Z"]);
    assert!(page.says("The patient is here and waits for you."));
}

#[tokio::test]
async fn opening_it_is_recorded_and_what_is_not_shown_is_not() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Scheduled).await;
    practice.desk.get(&visit.path()).await.ok();
    let there = hospital().create(&practice.app).await;
    let stranger = doctor(&there).create(&practice.app).await;
    practice.app.sign_in(&stranger).await.get(&visit.path()).await.expect(404);
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    practice.app.sign_in(&colleague).await.get(&visit.path()).await.expect(404);
    let opened = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Opened));
    let opened = opened.all(&practice.app.db).await.unwrap();
    assert_eq!(opened.len(), 1);
    let entry = &opened[0];
    assert_eq!((entry.subject_kind, entry.subject_id), (AuditSubject::Appointment, visit.id));
    assert_eq!((entry.actor_id, entry.hospital_id), (practice.admin.user_id, Some(practice.hospital.id)));
}

#[tokio::test]
async fn nobody_is_led_to_a_page_they_may_not_see() {
    let practice = Practice::open().await;
    let rejected = practice.visit(AppointmentStatus::Rejected).await;
    let scheduled = practice.visit(AppointmentStatus::Scheduled).await;
    let patient_page = format!("/patients/{}", practice.patient.id);
    let doctor_page = format!("/doctors/{}", practice.doctor.id);
    let links = async |client: &Client, visit: &Appointment| client.get(&visit.path()).await.ok().links();
    assert!(links(&practice.surgery, &scheduled).await.contains(&patient_page));
    assert!(!links(&practice.surgery, &rejected).await.contains(&patient_page), "declined is no relationship");
    assert!(links(&practice.desk, &rejected).await.contains(&patient_page));
    assert!(!links(&practice.home, &scheduled).await.contains(&patient_page));

    assert!(links(&practice.home, &scheduled).await.contains(&doctor_page));
    let gone = user::ActiveModel { id: Set(practice.doctor.user_id), active: Set(false), ..Default::default() };
    gone.update(&practice.app.db).await.unwrap();
    assert!(!links(&practice.home, &scheduled).await.contains(&doctor_page));
    assert!(links(&practice.desk, &scheduled).await.contains(&doctor_page));
}
