//! What nobody can change through a form yet: hospitals, who the doctors are, their hours, whether they take patients. Whoever
//! will must touch the topics that are written here, and pages depend on them now. And what is done by a command.

use chrono::{DateTime, NaiveTime, Utc};
use entity::{availability, doctor as doctor_row, hospital as hospital_row, user};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait, QueryFilter as _, UpdateMany};
use telemedicine::{
    coherence::{Topic, Topics},
    features::accounts::{HashingRules, create_super_admin},
};

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
    world
        .after(
            "another name of the hospital",
            &changes,
            write(&world, update, Topics::of_hospital(Some(people.hospital.id))),
        )
        .await;
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

#[tokio::test]
async fn no_page_is_stale_after_somebody_is_added() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let state = &world.app.state;

    let hospital_id = Some(people.hospital.id);
    let topics = || Topics::of_person(None, Role::Doctor, hospital_id);
    let add = async || {
        let done = state.db.write_unrecorded(NO_ACT, async |uow| {
            let person = uow.insert(new_person(hospital_id, world.app.now()), topics()).await?;
            uow.insert(new_doctor(person.id, world.app.now()), topics()).await
        });
        done.await.unwrap_or_else(|error: DbErr| panic!("{error}"));
    };
    let changes = [
        ("visitor", "/hospitals"),
        ("visitor", "/hospitals/{id}"),
        ("super", "/dashboard"),
        ("super", "/hospitals/{id}"),
        ("admin", "/dashboard"),
        ("admin", "/appointments"),
        ("admin", "/doctors"),
        ("patient", "/doctors"),
    ];
    world.after("a new doctor", &changes, add()).await;

    let cost = state.settings.security.password_hashing;
    let rules = HashingRules { cost, breached: &state.breached_passwords };
    let login = ("root@example.test", "seven slow boats at noon");
    let create = async || assert!(create_super_admin(&state.db, &world.app.clock, rules, login).await.is_ok());
    world.after("a new platform administrator", &[("super", "/dashboard")], create()).await;
}

fn new_person(hospital_id: Option<i64>, now: DateTime<Utc>) -> user::ActiveModel {
    user::ActiveModel {
        email: Set("new.doctor@example.test".to_owned()),
        password_hash: Set("none".to_owned()),
        role: Set(Role::Doctor),
        hospital_id: Set(hospital_id),
        first_name: Set("Nina".to_owned()),
        last_name: Set("Newcomer".to_owned()),
        active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    }
}

fn new_doctor(user_id: i64, now: DateTime<Utc>) -> doctor_row::ActiveModel {
    doctor_row::ActiveModel {
        user_id: Set(user_id),
        license_number: Set("NMC 77001".to_owned()),
        specialization: Set("Cardiology".to_owned()),
        experience_years: Set(9),
        accepting: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// Changes one row as the server does.
async fn write<E: EntityTrait>(world: &World, update: UpdateMany<E>, topics: Topics) {
    let done =
        world.app.state.db.write_unrecorded(NO_ACT, async |uow| uow.update_where(update.clone(), topics.clone()).await);
    assert_eq!(done.await.unwrap_or_else(|error: DbErr| panic!("{error}")), 1);
}

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}
