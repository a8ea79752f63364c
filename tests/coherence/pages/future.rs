//! What nobody can change through a form yet: hospitals, a doctor's hours, whether a doctor takes patients. Whoever will must
//! touch the topics that are written here, and pages depend on them now.

use chrono::NaiveTime;
use entity::{availability, doctor as doctor_row, hospital as hospital_row};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait, QueryFilter as _, UpdateMany};
use telemedicine::cache::{Topic, Topics};

use super::{clinic::People, world::World};
use crate::support::*;

#[tokio::test]
async fn no_page_is_stale_after_a_hospital_gets_another_name() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let change = hospital_row::ActiveModel { name: Set("Another name".to_owned()), ..Default::default() };
    let update = hospital_row::Entity::update_many().set(change);
    let update = update.filter(hospital_row::Column::Id.eq(people.hospital.id));
    let changes = [
        ("visitor", "/hospitals"),
        ("visitor", "/hospitals/{id}"),
        ("super", "/dashboard"),
        ("super", "/hospitals"),
        ("super", "/hospitals/{id}"),
        ("super", "/admins"),
        ("doctor", "/dashboard"),
    ];
    world.after("another name of the hospital", &changes, write(&world, update, Topic::Hospitals.into())).await;
}

#[tokio::test]
async fn no_page_is_stale_after_a_doctor_changes() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let window = availability(&world.app, &people.doctor, 1, (at(9), at(17))).await;
    people.sign_in(&mut world).await;

    let change = availability::ActiveModel { start_time: Set(at(11)), ..Default::default() };
    let update = availability::Entity::update_many().set(change).filter(availability::Column::Id.eq(window));
    let changes = ["admin", "doctor", "patient"].map(|name| (name, "/doctors/{id}"));
    world.after("other hours", &changes, write(&world, update, Topic::Schedule(people.doctor.id).into())).await;

    let change = doctor_row::ActiveModel { accepting: Set(false), ..Default::default() };
    let update = doctor_row::Entity::update_many().set(change);
    let update = update.filter(doctor_row::Column::Id.eq(people.doctor.id));
    let topics = Topics::of_person(Some(people.doctor.user_id), Role::Doctor, Some(people.hospital.id));
    let changes = [("visitor", "/hospitals"), ("visitor", "/hospitals/{id}"), ("admin", "/doctors")];
    world.after("a doctor who takes nobody any more", &changes, write(&world, update, topics)).await;
}

/// Changes one row as the server does.
async fn write<E: EntityTrait>(world: &World, update: UpdateMany<E>, topics: Topics) {
    let done = world.app.state.db.write(async |uow| uow.update_where(update.clone(), topics.clone()).await);
    assert_eq!(done.await.unwrap_or_else(|error: DbErr| panic!("{error}")), 1);
}

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}
