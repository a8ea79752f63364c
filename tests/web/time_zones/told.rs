//! Who is told of a corrected clock: those whom it shows another time than they were promised, and the desk of what could not move with it.

use super::*;

/// Visits of the doctor with that patient, at these times of the first of December.
async fn visits(ward: &Ward, patient: &Patient, times: &[&str]) -> Vec<i64> {
    let (doctor, patient) = (ward.doctor.id.to_string(), patient.id.to_string());
    let mut made = Vec::new();
    for time in times {
        let at = format!("2026-12-01T{time}");
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", &at)];
        let booked = ward.desk.post_form("/appointments", &fields).await.expect(303);
        made.push(booked.location().rsplit('/').next().unwrap().parse().unwrap());
    }
    made
}

async fn moved(ward: &Ward, person: &Person) -> usize {
    ward.app.emails_to(&person.email).await.iter().filter(|email| email.subject == "A visit was moved").count()
}

#[tokio::test]
async fn whom_the_clock_shows_another_time_is_told_of_each_visit_and_by_one_mail() {
    let ward = Ward::open().await;
    let other = patient(&ward.hospital).create(&ward.app).await;
    visits(&ward, &ward.patient, &["09:00", "11:00"]).await;
    visits(&ward, &other, &["13:00"]).await;
    ward.change_zone("Asia/Kolkata", Some("instant")).await.expect(303);
    for (person, times) in [
        (&ward.patient.person, &["10:45", "08:45"][..]),
        (&other.person, &["12:45"]),
        (&ward.doctor.person, &["12:45", "10:45", "08:45"]),
    ] {
        let client = ward.app.sign_in(person).await;
        let told = client.get("/notifications").await.ok().texts("main [data-notification] a");
        let told: Vec<&String> = told.iter().filter(|text| text.contains("was moved to")).collect();
        assert_eq!(told.len(), times.len(), "{}: {told:?}", client.who);
        for time in times {
            let end = format!("was moved to Tuesday 1 December 2026, {time}.");
            assert_eq!(told.iter().filter(|text| text.ends_with(&end)).count(), 1, "{time}: {told:?}");
        }
        assert_eq!(moved(&ward, person).await, 1, "{}: one mail", client.who);
    }
    let page = ward.home.get("/appointments").await.ok().links();
    let visit = page.into_iter().find(|link| link.starts_with("/appointments/") && !link.ends_with("/new")).unwrap();
    assert!(ward.home.get(&visit).await.ok().says("the moment stays, and the clock shows another time"));
}

#[tokio::test]
async fn nobody_is_told_where_the_clock_shows_what_was_promised() {
    let ward = Ward::open().await;
    visits(&ward, &ward.patient, &["09:00"]).await;
    ward.change_zone("Asia/Kolkata", Some("clock")).await.expect(303);
    assert_eq!(moved(&ward, &ward.patient.person).await + moved(&ward, &ward.doctor.person).await, 0);
    assert!(!ward.home.get("/notifications").await.ok().says("was moved to"));
    assert!(!ward.desk.get("/dashboard").await.ok().has("#without-doctor"));
}

/// Two visits were promised for one time of the clock: neither can be moved there.
#[tokio::test]
async fn a_visit_that_could_not_move_with_the_clock_is_shown_to_the_desk_until_somebody_has_seen_to_it() {
    let ward = Ward::open().await;
    let made = visits(&ward, &ward.patient, &["12:00", "14:00"]).await;
    let promised = visit_row::ActiveModel {
        id: Set(made[1]),
        local_starts_at: Set(Some(local("2026-12-01T12:15:00"))),
        ..Default::default()
    };
    promised.update(&ward.app.db).await.unwrap();
    let saved = ward.change_zone("Asia/Kolkata", Some("clock")).await.expect(303);
    assert!(ward.desk.follow(saved).await.ok().says("among the visits that need somebody"));
    let board = ward.desk.get("/dashboard").await.ok();
    assert_eq!(board.appointments("#without-doctor"), made);
    assert!(board.says("Not at the time that was promised"), "{}", board.words());
    let list = "/appointments?status=without_doctor";
    for client in [&ward.desk, &ward.surgery] {
        assert_eq!(client.get(list).await.ok().appointments("main"), made, "{}", client.who);
    }
    let path = format!("/appointments/{}", made[1]);
    assert!(ward.surgery.get(&path).await.ok().says("this one is at another time than was promised"));
    let why = [("version", "0"), ("reason", "Booked anew.")];
    ward.desk.post_form(&format!("{path}/cancellation"), &why).await.expect(303);
    assert_eq!(ward.desk.get("/dashboard").await.ok().appointments("#without-doctor"), made[..1]);
}
