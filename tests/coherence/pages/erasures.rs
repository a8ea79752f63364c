//! A patient is erased, in many transactions: pages are made between them, and know of each.

use std::{future::poll_fn, pin::Pin, task::Poll};

use chrono::NaiveTime;
use entity::{
    appointment as visit_row, appointment_event as event_row, document as document_row, enums::AddendumKind,
    note as note_row, note_addendum as addendum_row, user as user_row,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use telemedicine::features::{
    audit::{Actor, Attribution},
    erasures::{ErasureMeans, ErasureRequest, erase},
};

use super::{STANDING, clinic::People, world::World};
use crate::support::*;

/// Lets `work` go on until that is so, and no further.
async fn until(work: &mut Pin<&mut impl Future>, is_so: impl AsyncFn() -> bool) {
    while !is_so().await {
        let is_over = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await;
        assert!(!is_over, "it was never so");
    }
}

const NOTE: &str = "/appointments/{id}/note/now";
const DOCUMENT: &str = "/documents/{id}/now";

/// How many rows of `table` still say something.
async fn left(app: &TestApp, table: &str) -> u64 {
    const GONE: &str = "(erased)";
    let db = &app.db;
    let left = match table {
        "note_addendum" => addendum_row::Entity::find().filter(addendum_row::Column::Text.ne(GONE)).count(db).await,
        "note" => note_row::Entity::find().filter(note_row::Column::Plan.ne(GONE)).count(db).await,
        "document" => document_row::Entity::find().filter(document_row::Column::Body.ne(GONE)).count(db).await,
        "appointment" => visit_row::Entity::find().filter(visit_row::Column::Symptoms.is_not_null()).count(db).await,
        _ => event_row::Entity::find().filter(event_row::Column::Note.is_not_null()).count(db).await,
    };
    left.unwrap()
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

/// What a record says goes after the name is gone: its doctor and the desk are told of that as well.
#[tokio::test]
async fn no_page_by_which_a_record_is_told_of_changes_is_stale_after_an_erasure() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(-30));
    let visit = visit.status(AppointmentStatus::Completed).create(&world.app).await;
    note(&visit, &people.doctor).with_addendum(AddendumKind::Addition).create(&world.app).await;
    let paper = document(&world.app, (&visit, &people.doctor), false, "").await;
    world.look_into_the_room_of(&visit);
    world.look_at_document(paper.id);
    people.sign_in(&mut world).await;

    let (app, state) = (&world.app, world.app.state.clone());
    let actor = Actor { id: people.super_admin.user_id, role: Role::SuperAdmin, hospital_id: None, address: None };
    let means = ErasureMeans { secret: &state.settings.secret_key, hashing: state.settings.security.password_hashing };
    let (patient_id, reason) = (people.patient.id, "Asked for in writing".to_owned());
    let request = ErasureRequest { patient_id, reason, cancels_visits: true };
    let by = Attribution { actor: &actor, at: app.now() };
    let mut erasing = std::pin::pin!(erase(&state.db, by, means, &request));
    let before = first_name(app, &people.patient.person).await;
    until(&mut erasing, async || first_name(app, &people.patient.person).await != before).await;
    let (note, document) = ([("doctor", NOTE)], [("doctor", DOCUMENT)]);
    let visit = [("doctor", STANDING), ("admin", STANDING)];
    let parts: [(&str, &[(&str, &str)]); 5] = [
        ("note_addendum", &note),
        ("note", &note),
        ("document", &document),
        ("appointment", &visit),
        ("appointment_event", &visit),
    ];
    for (table, seen) in parts {
        world
            .after(&format!("{table} is erased"), seen, until(&mut erasing, async || left(app, table).await == 0))
            .await;
    }
    erasing.await.unwrap();
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
