//! What is refused: forms that mean nothing, and visits and absences of others.

use super::*;

#[tokio::test]
async fn to_cancel_needs_a_word_for_the_patient_and_until_then_nothing_is_done() {
    let ward = Ward::open().await;
    let (one, other) = (ward.visit(0, Status::Scheduled).await, ward.visit(1, Status::Scheduled).await);
    let answer = ward.choose(&[(&one, "cancel"), (&other, "2026-11-27T09:30")], " ").await.expect(422);
    assert!(answer.says("Say why visits are cancelled"), "{}", answer.words());
    for (visit, chosen) in [(&one, "cancel"), (&other, "2026-11-27T09:30")] {
        assert_eq!(answer.attributes(&format!("input[name=visit_{}][checked]", visit.id), "value"), [chosen]);
        assert_eq!(ward.stored(visit).await.version, 0);
    }
}

#[tokio::test]
async fn a_form_that_means_nothing_does_nothing() {
    let ward = Ward::open().await;
    let visit = ward.visit(0, Status::Scheduled).await;
    let (field, version) = (format!("visit_{}", visit.id), format!("version_{}", visit.id));
    let (field, version) = (field.as_str(), version.as_str());
    for fields in [
        vec![],
        vec![("message", "Ill.")],
        vec![(field, "tomorrow"), (version, "0"), ("message", "Ill.")],
        vec![(field, "cancel"), ("message", "Ill.")],
        vec![(field, "cancel"), (version, "x"), ("message", "Ill.")],
        vec![(field, "cancel"), (version, "0"), ("message", "Ill."), ("visit_x", "cancel")],
        vec![(field, "cancel"), (version, "0"), ("message", "Ill."), ("nonsense", "")],
    ] {
        let answer = ward.desk.post_form(&ward.path(), &fields).await.expect(422);
        assert!(answer.has("[role=alert]"), "{fields:?}: says nothing");
    }
    let many: Vec<(String, &str)> =
        (0..41).flat_map(|id| [(format!("visit_{id}"), "leave"), (format!("version_{id}"), "0")]).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let answer = ward.desk.post_form(&ward.path(), &many).await.expect(422);
    assert_eq!(answer.texts("[role=alert] li").len(), 1, "what is wrong is said once: {}", answer.words());
    assert!(answer.says("at most 40 visits"));
    assert_eq!(ward.stored(&visit).await.version, 0);
}

#[tokio::test]
async fn what_was_typed_is_shown_where_the_absence_is_gone_by_now() {
    let ward = Ward::open().await;
    let visit = ward.visit(0, Status::Scheduled).await;
    let removal = format!("/doctors/{}/time-off/{}/removal", ward.doctor.id, ward.absence);
    ward.desk.post_form(&removal, &[]).await.expect(303);
    let answer = ward.choose(&[(&visit, "cancel")], "Dr Rai is ill until Friday.").await.expect(404);
    assert!(answer.says("Dr Rai is ill until Friday."), "{}", answer.words());
}

#[tokio::test]
async fn nobody_clears_the_absence_of_somebody_elses_doctor_or_touches_other_visits_by_it() {
    let ward = Ward::open().await;
    let own = ward.visit(0, Status::Scheduled).await;
    let colleague = doctor(&ward.hospital).create(&ward.app).await;
    let of_colleague = appointment().of(&colleague).with(&ward.patient).at(ward.app.in_hours(48));
    let of_colleague = of_colleague.create(&ward.app).await;
    let answer = ward.choose(&[(&own, "cancel"), (&of_colleague, "cancel")], "Ill.").await.expect(409);
    assert!(answer.text("[role=alert]").contains("not with this doctor any more") && !answer.has("#results"));
    assert_eq!(answer.appointments("#visits"), [own.id]);
    assert_eq!(answer.attributes(&format!("input[name=visit_{}][checked]", own.id), "value"), ["cancel"]);
    assert_eq!(answer.text("textarea[name=message]"), "Ill.", "nothing that was said is lost");
    for visit in [&own, &of_colleague] {
        assert_eq!(ward.stored(visit).await.status, Status::Scheduled);
    }
    let elsewhere = hospital().create(&ward.app).await;
    let stranger = ward.app.sign_in(&hospital_admin(&elsewhere).create(&ward.app).await).await;
    let beside = ward.app.sign_in(&colleague).await;
    let (chosen, version) = (format!("visit_{}", own.id), format!("version_{}", own.id));
    let fields = [(chosen.as_str(), "cancel"), (version.as_str(), "0"), ("message", "No.")];
    for (browser, expected) in [(&stranger, 404), (&beside, 404), (&ward.home, 403)] {
        browser.get(&ward.path()).await.expect(expected);
        browser.post_form(&ward.path(), &fields).await.expect(expected);
    }
    let wrong = format!("/doctors/{}/time-off/{}/visits", colleague.id, ward.absence);
    ward.desk.get(&wrong).await.expect(404);
    assert_eq!(ward.stored(&own).await.status, Status::Scheduled);
}

#[tokio::test]
async fn patients_of_a_doctor_whose_account_is_shut_are_not_moved_and_can_be_cancelled() {
    let ward = Ward::open().await;
    let visit = ward.meet_in(47 * 60, Status::Scheduled).await;
    ward.desk.post_form(&format!("/doctors/{}/deactivation", ward.doctor.id), &[]).await.expect(303);
    let page = ward.desk.get(&ward.path()).await.ok();
    assert!(times(&page, &visit).is_empty() && page.says("does not practise here any more"));
    ward.choose(&[(&visit, "2026-11-27T09:00")], "").await.expect(409);
    let answer = ward.choose(&[(&visit, "cancel")], "The doctor has left.").await.ok();
    assert_eq!(told(&answer, &visit).0, "cancelled");
}
