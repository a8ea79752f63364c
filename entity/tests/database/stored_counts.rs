//! What the database counts of visits and people is what is there, whoever writes, and however many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use entity::appointment::{self, Column};
use entity::care_relation::Entity as CareRelation;
use entity::enums::{AppointmentStatus as Status, Role};
use entity::{doctor_tally, hospital_tally, user};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
    QueryFilter,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::support::{Clinic, clinic, hospital, on_each, user};

/// Doctor, patient, visits and completed ones of each pair that has any; beside it, the same counted.
async fn relations(db: &DatabaseConnection) -> [Vec<(i64, i64, i64, i64)>; 2] {
    let rows = CareRelation::find().all(db).await.unwrap();
    let rows = rows.into_iter().filter(|row| row.visits > 0);
    let mut kept: Vec<_> = rows.map(|row| (row.doctor_id, row.patient_id, row.visits, row.completed)).collect();
    let mut counted: Vec<(i64, i64, i64, i64)> = Vec::new();
    for visit in appointment::Entity::find().filter(Column::Status.ne(Status::Rejected)).all(db).await.unwrap() {
        let completed = i64::from(visit.status == Status::Completed);
        let pair = (visit.doctor_id, visit.patient_id);
        match counted.iter_mut().find(|row| (row.0, row.1) == pair) {
            Some(row) => (row.2, row.3) = (row.2 + 1, row.3 + completed),
            None => counted.push((pair.0, pair.1, 1, completed)),
        }
    }
    kept.sort_unstable();
    counted.sort_unstable();
    [kept, counted]
}

async fn assert_counts(db: &DatabaseConnection, what: &str) {
    let [kept, counted] = relations(db).await;
    assert_eq!(kept, counted, "{what}");
    let tallies = doctor_tally::Entity::find().all(db).await.unwrap();
    let doctors: BTreeSet<i64> =
        counted.iter().map(|row| row.0).chain(tallies.iter().map(|row| row.doctor_id)).collect();
    for doctor in doctors {
        let seen = counted.iter().filter(|row| row.0 == doctor && row.3 > 0).count();
        let kept = tallies.iter().find(|tally| tally.doctor_id == doctor).map_or(0, |tally| tally.patients_seen);
        assert_eq!(kept, i64::try_from(seen).unwrap(), "{what}");
    }
}

fn in_state(visit: appointment::ActiveModel, status: Status) -> appointment::ActiveModel {
    appointment::ActiveModel {
        status: Set(status),
        rejection_reason: Set((status == Status::Rejected).then(|| "No time".to_owned())),
        cancellation_reason: Set((status == Status::Cancelled).then(|| "Travelling".to_owned())),
        proposed_starts_at: Set((status == Status::Proposed).then(|| crate::support::at(6000))),
        ..visit
    }
}

#[tokio::test]
async fn a_visit_counts_in_whatever_state_it_comes_and_goes() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let mut from = 0;
        for before in Status::iter() {
            for after in Status::iter() {
                let visit = in_state(clinic.visit(from, from + 30), before).insert(db).await.unwrap();
                assert_counts(db, &format!("{before:?}")).await;
                in_state(visit.into_active_model(), after).update(db).await.unwrap();
                assert_counts(db, &format!("{before:?} to {after:?}")).await;
                from += 30;
            }
        }
        let tally = doctor_tally::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!((tally.doctor_id, tally.patients_seen), (clinic.doctor, 1));
        for visit in appointment::Entity::find().all(db).await.unwrap() {
            appointment::Entity::delete_by_id(visit.id).exec(db).await.unwrap();
            assert_counts(db, "a visit that was taken out").await;
        }
        assert_eq!(doctor_tally::Entity::find().one(db).await.unwrap().unwrap().patients_seen, 0);
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_goes_to_others_counts_with_them() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = in_state(clinic.visit(0, 30), Status::Completed).insert(db).await.unwrap();
        let to = |change: appointment::ActiveModel| appointment::ActiveModel { id: Set(visit.id), ..change };
        let doctor = appointment::ActiveModel { doctor_id: Set(clinic.other_doctor), ..Default::default() };
        to(doctor).update(db).await.unwrap();
        assert_counts(db, "another doctor").await;
        let patient = appointment::ActiveModel { patient_id: Set(clinic.other_patient), ..Default::default() };
        to(patient).update(db).await.unwrap();
        assert_counts(db, "another patient").await;
        assert_eq!(relations(db).await[0], [(clinic.other_doctor, clinic.other_patient, 1, 1)]);
    })
    .await;
}

/// All at once, of one pair: none of them is lost.
#[tokio::test]
async fn visits_that_change_at_once_all_count() {
    on_each(async |db| {
        let clinic = Arc::new(clinic(db).await);
        at_once(db, &clinic, async |db, clinic, number| {
            let visit = clinic.visit(number * 30, number * 30 + 30).insert(&db).await.unwrap();
            in_state(visit.into_active_model(), Status::Completed).update(&db).await.unwrap();
        })
        .await;
        assert_eq!(relations(db).await[0], [(clinic.doctor, clinic.patient, 12, 12)]);
        assert_counts(db, "twelve at once").await;
        at_once(db, &clinic, async |db, clinic, number| {
            let person = user(&format!("new{number}@clinic.test"), Role::Patient, Some(clinic.hospital));
            person.insert(&db).await.unwrap();
        })
        .await;
        assert_people(db, "twelve new people at once").await;
    })
    .await;
}

async fn at_once<F: Future<Output = ()> + Send + 'static>(
    db: &DatabaseConnection,
    clinic: &Arc<Clinic>,
    act: impl Fn(DatabaseConnection, Arc<Clinic>, i64) -> F,
) {
    let barrier = Arc::new(Barrier::new(12));
    let mut tasks = JoinSet::new();
    for number in 0..12 {
        let (barrier, act) = (Arc::clone(&barrier), act(db.clone(), Arc::clone(clinic), number));
        tasks.spawn(async move {
            barrier.wait().await;
            act.await;
        });
    }
    tasks.join_all().await;
}

/// The counts of each hospital are those of its active people.
async fn assert_people(db: &DatabaseConnection, what: &str) {
    let people = user::Entity::find().filter(user::Column::Active.eq(true)).all(db).await.unwrap();
    let of = |hospital: i64, role: Role| {
        let count = people.iter().filter(|person| person.hospital_id == Some(hospital) && person.role == role).count();
        i64::try_from(count).unwrap()
    };
    let tallies = hospital_tally::Entity::find().all(db).await.unwrap();
    for tally in &tallies {
        let counted = [Role::HospitalAdmin, Role::Doctor, Role::Patient].map(|role| of(tally.hospital_id, role));
        assert_eq!([tally.admins, tally.doctors, tally.patients], counted, "{what}");
    }
    let counted: i64 = tallies.iter().map(|tally| tally.admins + tally.doctors + tally.patients).sum();
    assert_eq!(counted, i64::try_from(people.iter().filter(|person| person.hospital_id.is_some()).count()).unwrap());
}

#[tokio::test]
async fn people_count_while_they_are_active_where_they_are() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        assert_people(db, "a clinic").await;
        user("super@clinic.test", Role::SuperAdmin, None).insert(db).await.unwrap();
        let closed =
            user::ActiveModel { active: Set(false), ..user("closed@clinic.test", Role::Doctor, Some(clinic.hospital)) };
        closed.insert(db).await.unwrap();
        assert_people(db, "somebody without a hospital, and somebody whose account is closed").await;
        let id = user("admin@clinic.test", Role::HospitalAdmin, Some(clinic.hospital)).insert(db).await.unwrap().id;
        let changed = |change: user::ActiveModel| user::ActiveModel { id: Set(id), ..change };
        for (what, change) in [
            (
                "another hospital",
                user::ActiveModel { hospital_id: Set(Some(clinic.other_hospital)), ..Default::default() },
            ),
            ("closed", user::ActiveModel { active: Set(false), ..Default::default() }),
            ("another role while closed", user::ActiveModel { role: Set(Role::Patient), ..Default::default() }),
            ("open again", user::ActiveModel { active: Set(true), ..Default::default() }),
            ("another role", user::ActiveModel { role: Set(Role::Doctor), ..Default::default() }),
            ("another name", user::ActiveModel { first_name: Set("Mina".to_owned()), ..Default::default() }),
        ] {
            changed(change).update(db).await.unwrap();
            assert_people(db, what).await;
        }
        user::Entity::delete_by_id(id).exec(db).await.unwrap();
        assert_people(db, "taken out").await;
        let third = hospital("Dhulikhel").insert(db).await.unwrap().id;
        user("only@clinic.test", Role::Doctor, Some(third)).insert(db).await.unwrap();
        assert_people(db, "the first of a hospital").await;
        assert_eq!(hospital_tally::Entity::find().count(db).await.unwrap(), 3);
    })
    .await;
}
