//! The sheets that are printed of the book.

use super::*;

fn cells(page: &Page, doctor: &Doctor) -> Vec<String> {
    page.texts(&format!("[data-sheet=\"{}\"] tbody tr :is(th, td)", doctor.id))
}

#[tokio::test]
async fn each_doctor_has_a_sheet_with_whom_they_see_the_earliest_first() {
    let ward = Ward::open().await;
    let (app, doctor) = (&ward.app, &ward.doctor);
    let other = super::doctor(&ward.hospital).named("Asha", "Adhikari").create(app).await;
    let idle = super::doctor(&ward.hospital).named("Idle", "Rai").create(app).await;
    let born = chrono::NaiveDate::from_ymd_opt(1990, 4, 23).unwrap();
    let maya = patient(&ward.hospital).named("Maya", "Gurung").born(born).create(app).await;
    let home = app.sign_in(&maya).await;
    let reached = [("first_name", "Maya"), ("last_name", "Gurung"), ("phone", "+977 1 5550123")];
    home.post_form("/profile", &reached).await.expect(303);
    let later = appointment().of(doctor).with(&maya).at(app.in_minutes(60)).create(app).await;
    ward.visit((doctor, "Early"), Status::Completed, -60).await;
    ward.visit((&other, "Hari"), Status::Scheduled, 30).await;

    let surgery = app.sign_in(doctor).await;
    let own = keeping(surgery.get("/schedule").await.ok());
    let symptoms = later.texts.iter().find(|text| text.starts_with("Symptoms")).unwrap();
    let line = ["11:00–11:30", "Maya Gurung", "23 April 1990", "+977 1 5550123", symptoms, "Scheduled"];
    assert_eq!(cells(&own, doctor)[6..], line);
    assert_eq!(cells(&own, doctor)[0], "09:00–09:30");
    assert!(own.text("[data-sheet] h2").starts_with("Dr Tara Pandey, Tuesday 24 November 2026"));

    // The desk is told who comes, and not what ails them.
    let desk = ward.book("").await;
    assert_eq!(desk.attributes("[data-sheet]", "data-sheet"), [other.id, doctor.id].map(|id| id.to_string()));
    assert!(!desk.has(&format!("[data-sheet=\"{}\"]", idle.id)), "no paper is wasted on who has no visits");
    assert_eq!(cells(&desk, doctor)[5..], [&line[..4], &line[5..]].concat());
    assert!(!desk.body.contains(symptoms.as_str()) && !desk.body.contains("Symptoms"));
    assert_eq!(desk.header("cache-control"), "no-store", "browsers keep nothing of it");

    // Another number is on the next sheet.
    let reached = [("first_name", "Maya"), ("last_name", "Gurung"), ("phone", "+977 1 5550199")];
    home.post_form("/profile", &reached).await.expect(303);
    for page in [ward.book("").await, surgery.get("/schedule").await.ok()] {
        assert!(page.body.contains("+977 1 5550199") && !page.body.contains("+977 1 5550123"));
    }
}

#[tokio::test]
async fn a_week_has_a_sheet_for_each_day_and_a_part_of_the_doctors_says_so() {
    let ward = Ward::open().await;
    ward.visit((&ward.doctor, "Maya"), Status::Scheduled, 30).await;
    ward.visit((&ward.doctor, "Hari"), Status::Scheduled, 24 * 60).await;
    let week = ward.book("?view=week").await;
    let days = week.texts("[data-sheet] h2");
    assert_eq!(days, ["Dr Tara Pandey, Tuesday 24 November 2026", "Dr Tara Pandey, Wednesday 25 November 2026"]);
    assert!(!week.says("are printed"));
    for number in 1..9 {
        doctor(&ward.hospital).named(&format!("Zoya {number}"), "Rai").create(&ward.app).await;
    }
    let part = ward.book("").await;
    assert!(
        part.text("[data-sheet] > p").ends_with("doctors 1 to 8 of 9 are printed"),
        "{}",
        part.text("[data-sheet] > p")
    );
}
