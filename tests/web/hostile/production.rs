//! What only a server for the public insists on.

use entity::second_factor;
use sea_orm::EntityTrait as _;

use super::*;

/// Where a password leads on a server for the public.
fn enters(app: &TestApp, email: &str) -> String {
    let body = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
    let answer = app.raw(format!(
        "POST /sign-in HTTP/1.1\r\nHost: clinic.test\r\nConnection: close\r\nOrigin: https://clinic.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").to_owned()
}

#[tokio::test]
async fn whoever_administers_sets_up_a_second_factor_before_anything_else() {
    let app = TestApp::start_with(&PRODUCTION).await;
    let clinic = Clinic::create(&app).await;
    for person in [&clinic.super_admin, &clinic.here.admin] {
        assert!(enters(&app, &person.email).starts_with("/sign-in/second-factor"), "{}", person.email);
    }
    for person in [&*clinic.here.doctor, &*clinic.here.patient] {
        assert!(
            enters(&app, &person.email).starts_with("/dashboard"),
            "{}: the hospital has no such rule",
            person.email
        );
    }
}

#[tokio::test]
async fn what_an_app_knows_is_not_what_the_database_holds() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let telephone = App::set_up(&app, &app.sign_in(&maya).await).await;
    let row = second_factor::Entity::find().one(&app.db).await.unwrap().unwrap();
    let sealed = row.secret.unwrap();
    assert!(sealed.len() > telephone.secret().len());
    assert!(
        !sealed.windows(8).any(|part| telephone.secret().windows(8).any(|known| known == part)),
        "it lies there as it is"
    );
}
