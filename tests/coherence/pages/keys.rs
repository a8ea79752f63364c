//! A server of an older version wrote names and numbers: the keys by which they are searched and put in order are made later.

use entity::{doctor as doctor_row, hospital as hospital_row, user as user_row};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use telemedicine::features;

use super::{clinic::People, world::World};
use crate::support::*;

const SEARCH: &str = "/doctors?q=cafe";

const BETWEEN: &str = "Mmm";

/// Takes the patient's key away, and with it the place among others.
async fn rename_patient(app: &TestApp, people: &People) {
    use user_row::Column;
    let patient = user_row::Entity::update_many().col_expr(Column::FirstName, Expr::value(BETWEEN));
    let patient = patient.col_expr(Column::LastName, Expr::value(BETWEEN));
    patient.filter(Column::Id.eq(people.patient.user_id)).exec(&app.db).await.unwrap();
}

/// The same of what the doctor is found by.
async fn change_doctor(app: &TestApp, people: &People) {
    use doctor_row::Column;
    let doctor = doctor_row::Entity::update_many().col_expr(Column::LicenseNumber, Expr::value("NMC 77-1"));
    let doctor = doctor.col_expr(Column::Specialization, Expr::value("Café care"));
    doctor.filter(Column::Id.eq(people.doctor.id)).exec(&app.db).await.unwrap();
}

async fn rename_hospital(app: &TestApp, people: &People) {
    use hospital_row::Column;
    let hospital = hospital_row::Entity::update_many().col_expr(Column::Name, Expr::value(BETWEEN));
    hospital.filter(Column::Id.eq(people.hospital.id)).exec(&app.db).await.unwrap();
}

#[tokio::test]
async fn no_page_is_stale_after_keys_are_made() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    for name in ["Aaa", "Zzz"] {
        hospital().named(name).create(&world.app).await;
        patient(&people.hospital).named(name, name).create(&world.app).await;
    }
    world.look_also_at(SEARCH);
    people.sign_in(&mut world).await;
    let make = async || assert!(features::key_maker(&world.app.state).round().await.is_ok());
    rename_patient(&world.app, &people).await;
    world.after("the keys of a person", &[("admin", "/patients")], make()).await;
    change_doctor(&world.app, &people).await;
    world.after("the keys of a doctor", &[("admin", SEARCH)], make()).await;
    rename_hospital(&world.app, &people).await;
    let seen = [("visitor", "/hospitals"), ("super", "/hospitals")];
    world.after("the keys of a hospital", &seen, make()).await;
}
