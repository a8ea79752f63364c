//! `GET /record-access`: a patient reads who opened their record.

use chrono::TimeDelta;

use crate::support::*;

const PATH: &str = "/record-access";

#[tokio::test]
async fn a_patient_sees_who_opened_what_of_theirs_and_when() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (asha, maya) = (doctor(&house).create(&app).await, patient(&house).create(&app).await);
    let desk = hospital_admin(&house).create(&app).await;
    let visit = appointment().of(&asha).with(&maya).at(app.in_hours(-1)).status(AppointmentStatus::Completed);
    let visit = visit.create(&app).await;
    note(&visit, &asha).signed().create(&app).await;
    let own = app.sign_in(&maya).await;
    assert!(own.get(PATH).await.ok().says("Nobody has opened your record"));
    let (doctor, admin) = (app.sign_in(&asha).await, app.sign_in(&desk).await);
    for (client, address) in [
        (&doctor, format!("/patients/{}", maya.id)),
        (&doctor, format!("{}/note", visit.path())),
        (&admin, visit.path()),
        (&doctor, format!("{}/room", visit.path())),
        // What one opens oneself is no news.
        (&own, visit.path()),
        (&own, format!("{}/summary", visit.path())),
    ] {
        app.clock.advance(TimeDelta::minutes(1));
        client.get(&address).await.ok();
    }
    let page = own.get(PATH).await.ok();
    let rows = page.texts("tbody tr");
    assert_eq!(rows.len(), 4, "{rows:?}");
    let told = [
        [format!("Dr {}", asha.name()), "Doctor".to_owned(), "The room of a visit".to_owned(), "10:04".to_owned()],
        [desk.name(), "Hospital administrator".to_owned(), "A visit:".to_owned(), "10:03".to_owned()],
        [format!("Dr {}", asha.name()), "Doctor".to_owned(), "The note of a visit".to_owned(), "10:02".to_owned()],
        [format!("Dr {}", asha.name()), "Doctor".to_owned(), "Your record".to_owned(), "10:01".to_owned()],
    ];
    for (row, parts) in rows.iter().zip(&told) {
        for part in parts {
            assert!(row.contains(part.as_str()), "{part} in {row}");
        }
    }
    assert!(page.says(house.zone.name()) && page.links().contains(&visit.path()));
    assert!(own.get("/profile").await.ok().links().contains(&PATH.to_owned()));
    assert!(own.get("/dashboard").await.ok().links().contains(&PATH.to_owned()));
}

#[tokio::test]
async fn nobody_sees_who_opened_the_record_of_another() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { doctor, patient, .. } = &clinic.here;
    app.sign_in(doctor).await.get(&format!("/patients/{}", patient.id)).await.ok();
    // The detector detects.
    assert!(app.sign_in(patient).await.get(PATH).await.ok().says(&doctor.last_name));
    let known = hospital_admin(&clinic.here.hospital).create(&app).await;
    app.sign_in(&known).await.get(&format!("/patients/{}", clinic.here.stranger.id)).await.ok();
    let other = crate::support::patient(&clinic.here.hospital).create(&app).await;
    for person in [&other.person, &clinic.there.patient.person] {
        let page = app.sign_in(person).await.get(PATH).await.ok();
        for name in [&doctor.last_name, &known.last_name] {
            assert!(!page.says(name), "{}", page.words());
        }
    }
}

#[tokio::test]
async fn there_are_as_many_pages_as_it_takes() {
    let app = TestApp::start_with(&[("PAGE_SIZE", "5")]).await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    for _ in 0..6 {
        desk.get(&format!("/patients/{}", maya.id)).await.ok();
    }
    let own = app.sign_in(&maya).await;
    let first = own.get(PATH).await.ok();
    assert_eq!(first.texts("tbody tr").len(), 5);
    let second = own.get(&format!("{PATH}?page=2")).await.ok();
    assert_eq!(second.texts("tbody tr").len(), 1);
    own.get(&format!("{PATH}?page=3")).await.expect(404);
    own.get(&format!("{PATH}?person=1")).await.expect(422);
}
