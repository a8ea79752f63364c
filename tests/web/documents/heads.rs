//! The head of a document stays what it was when it was issued, whatever everybody is called later.

use entity::{doctor, document, hospital, user};
use sea_orm::{ActiveModelTrait, Set};

use super::*;

/// Everybody is called otherwise from now on, and was born on another day.
async fn rename(app: &TestApp, surgery: &Surgery) {
    let named = |id: i64, first_name: &str| user::ActiveModel {
        id: Set(id),
        first_name: Set(first_name.to_owned()),
        date_of_birth: Set(chrono::NaiveDate::from_ymd_opt(2001, 1, 1)),
        ..Default::default()
    };
    named(surgery.doctor.user_id, "Renamed").update(&app.db).await.unwrap();
    named(surgery.patient.user_id, "Corrected").update(&app.db).await.unwrap();
    let office = doctor::ActiveModel {
        id: Set(surgery.doctor.id),
        specialization: Set("Another field".to_owned()),
        license_number: Set("N-ANOTHER".to_owned()),
        ..Default::default()
    };
    office.update(&app.db).await.unwrap();
    let house = hospital::ActiveModel {
        id: Set(surgery.hospital.id),
        name: Set("Another house".to_owned()),
        ..Default::default()
    };
    house.update(&app.db).await.unwrap();
}

#[tokio::test]
async fn a_paper_names_everybody_as_they_were_called_when_it_was_issued() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let license = format!("N-{}", surgery.doctor.id);
    let office = doctor::ActiveModel {
        id: Set(surgery.doctor.id),
        specialization: Set("Bones and joints".to_owned()),
        license_number: Set(license.clone()),
        ..Default::default()
    };
    office.update(&app.db).await.unwrap();
    let surgeon = app.sign_in(&surgery.doctor).await;
    let issue = async |kind| {
        let fields = [("kind", kind), ("body", "As it was")];
        surgeon.post_form(&surgery.documents(), &fields).await.expect(303).location()
    };
    let (prescription, letter) = (issue("prescription").await, issue("letter").await);
    rename(&app, &surgery).await;
    let patient = app.sign_in(&surgery.patient).await;
    for path in [&prescription, &letter] {
        let paper = patient.get(path).await.ok();
        let shown = paper.text("#for") + &paper.text(".letterhead");
        for then in ["Bones and joints", &surgery.hospital.name, &surgery.patient.name(), &surgery.doctor.name()] {
            assert!(shown.contains(then), "{then} is missing in {shown}");
        }
        for now in ["Renamed", "Corrected", "Another", "2001"] {
            assert!(!shown.contains(now), "{now} is in {shown}");
        }
        assert_eq!(shown.contains(&license), path == &prescription, "of a prescription alone: {shown}");
        assert!(!shown.contains("N-ANOTHER"));
    }
    let again = patient.get(&issue("letter").await).await.ok().text("#for");
    assert!(again.contains("Renamed") && again.contains("Corrected") && again.contains("Another field"), "{again}");
}

/// As a server of the release before issued it.
#[tokio::test]
async fn what_has_no_head_of_its_own_is_headed_by_what_everybody_is_called_now() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let old = document(&app, (&surgery.visit, &surgery.doctor), false, "").await;
    let stored = document::Entity::find_by_id(old.id).one(&app.db).await.unwrap().unwrap();
    assert_eq!((stored.patient_name, stored.hospital_name), (None, None));
    rename(&app, &surgery).await;
    let paper = app.sign_in(&surgery.patient).await.get(&old.path()).await.ok();
    let shown = paper.text("#for") + &paper.text(".letterhead");
    for now in ["Renamed", "Corrected", "Another field", "Another house"] {
        assert!(shown.contains(now), "{now} is missing in {shown}");
    }
}
