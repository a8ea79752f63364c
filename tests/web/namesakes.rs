//! A second patient of one name and date of birth: asked about, to staff of that hospital alone, and refused to nobody.

use crate::support::*;

const BORN: &str = "1990-05-17";

fn fields(email: &str) -> Vec<(&'static str, String)> {
    let typed = [
        ("first_name", "Maya"),
        ("last_name", "Gurung"),
        ("email", email),
        ("phone", ""),
        ("date_of_birth", BORN),
        ("password", "seven slow boats at noon"),
    ];
    typed.map(|(name, value)| (name, value.to_owned())).into()
}

async fn add(desk: &Client, email: &str, more: &[(&'static str, &str)]) -> Page {
    let mut fields = fields(email);
    for (name, value) in more {
        fields.retain(|(other, _)| other != name);
        fields.push((*name, (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.post_form("/patients", &fields).await
}

async fn desk(app: &TestApp, hospital: &Hospital) -> Client {
    app.sign_in(&hospital_admin(hospital).create(app).await).await
}

#[tokio::test]
async fn a_patient_of_the_same_name_and_date_of_birth_is_shown_and_added_all_the_same_if_that_is_said() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = desk(&app, &hospital).await;
    let first = patient(&hospital).named("Maya", "Gurung").born(BORN.parse().unwrap()).create(&app).await;
    // However it is typed.
    let asked = add(&desk, "maya@example.test", &[("first_name", "MAYA"), ("last_name", "Gurung ")]).await.expect(409);
    assert!(asked.text("#namesake").contains("There is already Maya Gurung, born 17 May 1990. Add anyway?"));
    assert!(asked.links().contains(&format!("/patients/{}", first.id)));
    assert!(
        asked.attributes("input[name=email]", "value").contains(&"maya@example.test".to_owned()),
        "typed text stays"
    );
    assert_eq!(desk.get("/patients?q=gurung").await.ok().texts("main tbody tr").len(), 1, "nobody was added");
    let more = [("duplicate_ok", "on"), ("password", "seven slow boats at noon")];
    let made = desk.submit(&asked, "form[action=\"/patients\"]", &more).await.expect(303);
    assert_ne!(made.location(), format!("/patients/{}", first.id));
    assert_eq!(desk.get("/patients?q=gurung").await.ok().texts("main tbody tr").len(), 2);
}

#[tokio::test]
async fn another_day_another_name_another_hospital_and_doctors_ask_nothing() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let elsewhere = super::support::hospital().create(&app).await;
    let desk = desk(&app, &hospital).await;
    let born = BORN.parse().unwrap();
    patient(&elsewhere).named("Maya", "Gurung").born(born).create(&app).await;
    doctor(&hospital).named("Maya", "Gurung").born(born).create(&app).await;
    add(&desk, "one@example.test", &[]).await.expect(303);
    add(&desk, "two@example.test", &[("date_of_birth", "1990-05-18")]).await.expect(303);
    add(&desk, "three@example.test", &[("first_name", "Mira")]).await.expect(303);
}

/// Whoever signs up is told nothing of who is a patient there.
#[tokio::test]
async fn nobody_who_signs_up_learns_of_a_namesake() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    patient(&hospital).named("Maya", "Gurung").born(BORN.parse().unwrap()).create(&app).await;
    app.visitor().post_form("/sign-up", &sign_up(&hospital.id.to_string())).await.expect(303);
}
