//! No two busy appointments of one doctor, or of one patient, overlap.

use std::sync::Arc;

use entity::appointment;
use entity::enums::AppointmentStatus as Status;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::support::{Clinic, at, clinic, on_each, refused};

const DOCTOR: &str = "appointment_doctor_overlap";
const PATIENT: &str = "appointment_patient_overlap";

#[tokio::test]
async fn a_doctor_is_not_at_two_visits() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        for (from, to) in [(0, 30), (29, 59), (-29, 1), (10, 20), (-60, 600)] {
            let visit = with_other_patient(&clinic, from, to);
            refused(visit.insert(db).await, DOCTOR);
        }
    })
    .await;
}

#[tokio::test]
async fn a_patient_is_not_at_two_visits() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        let mut visit = clinic.visit(15, 45);
        visit.doctor_id = Set(clinic.other_doctor);
        refused(visit.insert(db).await, PATIENT);
    })
    .await;
}

#[tokio::test]
async fn visits_may_touch_and_others_may_go_on_beside() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        clinic.visit(30, 60).insert(db).await.unwrap();
        clinic.visit(-30, 0).insert(db).await.unwrap();
        let mut beside = with_other_patient(&clinic, 0, 30);
        beside.doctor_id = Set(clinic.other_doctor);
        beside.insert(db).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_busy_states_take_time() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        for status in Status::iter() {
            let outcome = in_status(with_other_patient(&clinic, 0, 30), status);
            match outcome.insert(db).await {
                Ok(_) => assert!(!status.is_busy(), "{}", status.to_value()),
                refusal => {
                    assert!(status.is_busy(), "{}", status.to_value());
                    refused(refusal, DOCTOR);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_visit_frees_its_time_and_cannot_come_back_into_it() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let first = clinic.visit(0, 30).insert(db).await.unwrap();
        let cancelled = in_status(first.into_active_model(), Status::Cancelled);
        let cancelled = cancelled.update(db).await.unwrap();
        let second = with_other_patient(&clinic, 0, 30);
        second.insert(db).await.unwrap();
        let back = in_status(cancelled.into_active_model(), Status::Scheduled);
        refused(back.update(db).await, DOCTOR);
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_not_moved_onto_another() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        let second = with_other_patient(&clinic, 60, 90).insert(db).await;
        let mut moved = second.unwrap().into_active_model();
        moved.starts_at = Set(at(15));
        moved.ends_at = Set(at(45));
        refused(moved.update(db).await, DOCTOR);
    })
    .await;
}

#[tokio::test]
async fn an_overbooked_visit_stands_outside() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        let mut over = with_other_patient(&clinic, 0, 30);
        over.overbook_reason = Set(Some("An emergency".to_owned()));
        let over = over.insert(db).await.unwrap();
        // It may change state beside the other, but not lose its reason.
        let waiting = in_status(over.into_active_model(), Status::Waiting);
        let mut plain = waiting.update(db).await.unwrap().into_active_model();
        plain.overbook_reason = Set(None);
        refused(plain.update(db).await, DOCTOR);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_clients_on_one_slot_exactly_one_wins() {
    on_each(async |db| {
        let clinic = Arc::new(clinic(db).await);
        let start = Arc::new(Barrier::new(32));
        let mut clients: JoinSet<bool> = JoinSet::new();
        for _ in 0..32 {
            let (db, clinic, start): (DatabaseConnection, _, _) = (db.clone(), clinic.clone(), start.clone());
            clients.spawn(async move {
                start.wait().await;
                let outcome = clinic.visit(0, 30).insert(&db).await;
                outcome.is_ok()
            });
        }
        let outcomes = clients.join_all().await;
        assert_eq!(outcomes.iter().filter(|&&won| won).count(), 1);
        assert_eq!(appointment::Entity::find().count(db).await.unwrap(), 1);
    })
    .await;
}

fn with_other_patient(clinic: &Clinic, from: i64, to: i64) -> appointment::ActiveModel {
    let mut visit = clinic.visit(from, to);
    visit.patient_id = Set(clinic.other_patient);
    visit
}

/// The row in a state, with what the state asks for and nothing of what it refuses.
fn in_status(mut row: appointment::ActiveModel, status: Status) -> appointment::ActiveModel {
    let reason = |of| (status == of).then(|| "Because".to_owned());
    let start = row.starts_at.clone().take();
    row.status = Set(status);
    row.rejection_reason = Set(reason(Status::Rejected));
    row.cancellation_reason = Set(reason(Status::Cancelled));
    row.proposed_starts_at = match status {
        Status::Proposed => Set(start),
        _ if row.id.is_not_set() => NotSet,
        _ => Set(None),
    };
    row
}
