//! A patient is erased, in many transactions: pages are made between them, and know of each.

use std::{future::poll_fn, pin::Pin, task::Poll};

use chrono::NaiveTime;
use entity::{appointment as visit_row, user as user_row};
use sea_orm::EntityTrait;
use telemedicine::features::{
    audit::{Actor, Attribution},
    erasures::{ErasureMeans, ErasureRequest, erase},
};

use super::{clinic::People, world::World};
use crate::support::*;

/// Lets `work` go on until that is so, and no further.
async fn until(work: &mut Pin<&mut impl Future>, is_so: impl AsyncFn() -> bool) {
    while !is_so().await {
        let is_over = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await;
        assert!(!is_over, "it was never so");
    }
}

async fn status(app: &TestApp, visit: &Appointment) -> AppointmentStatus {
    visit_row::Entity::find_by_id(visit.id).one(&app.db).await.unwrap().unwrap().status
}

async fn first_name(app: &TestApp, person: &Person) -> String {
    user_row::Entity::find_by_id(person.user_id).one(&app.db).await.unwrap().unwrap().first_name
}

/// Visits of the patient in several states, and what both were told of them; the one to come.
async fn visits(app: &TestApp, people: &People) -> Appointment {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    availability(app, &people.doctor, 1, (hour(9), hour(17))).await;
    let visit = |minutes: i64, status: AppointmentStatus| {
        appointment().of(&people.doctor).with(&people.patient).at(app.in_minutes(minutes)).status(status).create(app)
    };
    let to_come = visit(90, AppointmentStatus::Scheduled).await;
    visit(-90, AppointmentStatus::Waiting).await;
    let called_off = visit(30, AppointmentStatus::Cancelled).await;
    let told = notification(&people.doctor.person).of_kind(NotificationKind::AppointmentCancelled).about(&called_off);
    told.create(app).await;
    notification(&people.patient.person).about(&to_come).create(app).await;
    to_come
}

#[tokio::test]
async fn no_page_is_stale_after_any_step_of_an_erasure() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let app = &world.app;
    let to_come = visits(app, &people).await;
    people.sign_in(&mut world).await;

    let (app, state) = (&world.app, world.app.state.clone());
    let actor = Actor { id: people.super_admin.user_id, role: Role::SuperAdmin, hospital_id: None, address: None };
    let means = ErasureMeans { secret: &state.settings.secret_key, hashing: state.settings.security.password_hashing };
    let (patient_id, reason) = (people.patient.id, "Asked for in writing".to_owned());
    let request = ErasureRequest { patient_id, reason, cancels_visits: true };
    let by = Attribution { actor: &actor, at: app.now() };
    let mut erasing = std::pin::pin!(erase(&state.db, by, means, &request));

    let is_cancelled = async || status(app, &to_come).await == AppointmentStatus::Cancelled;
    let seen = [
        ("admin", "/dashboard"),
        ("admin", "/appointments"),
        ("admin", "/doctors/{id}/times"),
        ("doctor", "/dashboard"),
        ("doctor", "/notifications"),
        ("patient", "/appointments"),
    ];
    world.after("visits of who is to be erased are called off", &seen, until(&mut erasing, is_cancelled)).await;
    let before = first_name(app, &people.patient.person).await;
    let is_nobody = async || first_name(app, &people.patient.person).await != before;
    let seen = [
        ("super", "/dashboard"),
        ("admin", "/dashboard"),
        ("admin", "/patients"),
        ("doctor", "/dashboard"),
        ("doctor", "/appointments"),
        ("patient", "/dashboard"),
    ];
    world.after("somebody is erased", &seen, until(&mut erasing, is_nobody)).await;
    // What they typed, and what was typed about them.
    let seen = [("doctor", "/dashboard"), ("doctor", "/notifications")];
    let rest = async { erasing.await.map(drop).unwrap_or_else(|error| panic!("{error}")) };
    world.after("their texts are erased", &seen, rest).await;
}
