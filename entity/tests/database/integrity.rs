//! What the database refuses, whatever the code thinks.

use entity::enums::{AppointmentStatus, Role};
use entity::{availability, hospital, limits, time_off, user};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::{Decimal, Time};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, SqlErr};

use crate::support::{self, at, clinic, on_each, refused};

#[tokio::test]
async fn a_super_admin_has_no_hospital_and_everybody_else_has() {
    on_each(async |db| {
        let here = support::hospital("Patan").insert(db).await.unwrap().id;
        let of_platform = support::user("s@clinic.test", Role::SuperAdmin, Some(here));
        refused(of_platform.insert(db).await, "user_hospital_by_role");
        for role in [Role::HospitalAdmin, Role::Doctor, Role::Patient] {
            let homeless = support::user("h@clinic.test", role, None);
            refused(homeless.insert(db).await, "user_hospital_by_role");
        }
        let fine = support::user("s@clinic.test", Role::SuperAdmin, None);
        fine.insert(db).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_typed() {
    on_each(async |db| {
        let first = support::user("Asha@Clinic.test", Role::SuperAdmin, None);
        first.insert(db).await.unwrap();
        let second = support::user("asha@clinic.TEST", Role::SuperAdmin, None);
        let refusal = second.insert(db).await.unwrap_err();
        assert!(is_taken(&refusal), "{refusal}");
    })
    .await;
}

#[tokio::test]
async fn names_licences_and_profiles_are_unique() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let twin = support::hospital("Patan").insert(db).await.unwrap_err();
        assert!(is_taken(&twin), "{twin}");
        let profile = format!("user_id = {}", clinic.patient_user);
        for (table, set) in [("doctor", "license_number = 'NMC-d1@clinic.test'"), ("patient", profile.as_str())] {
            let sql = format!("UPDATE {table} SET {set}");
            let twin = db.execute_unprepared(&sql).await.unwrap_err();
            assert!(is_taken(&twin), "{twin}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_not_booked() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let mut visit = clinic.visit(0, 30);
        visit.patient_id = Set(clinic.stranger);
        refused(visit.insert(db).await, "appointment_tenant");
        let mut visit = clinic.visit(0, 30);
        visit.hospital_id = Set(clinic.other_hospital);
        refused(visit.insert(db).await, "appointment_tenant");
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        let moved = format!("UPDATE appointment SET patient_id = {} WHERE id = {}", clinic.stranger, visit.id);
        refused(db.execute_unprepared(&moved).await, "appointment_tenant");
    })
    .await;
}

#[tokio::test]
async fn references_must_exist_and_what_is_referred_to_stays() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let nowhere = support::user("n@clinic.test", Role::Patient, Some(999));
        refers_nowhere(nowhere.insert(db).await);
        let gone = hospital::Entity::delete_by_id(clinic.hospital);
        refers_nowhere(gone.exec(db).await);
        let gone = user::Entity::delete_by_id(clinic.patient_user);
        refers_nowhere(gone.exec(db).await);
    })
    .await;
}

#[tokio::test]
async fn an_appointment_says_why_and_when() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        for (status, by) in [
            (AppointmentStatus::Rejected, "rejected_with_reason"),
            (AppointmentStatus::Cancelled, "cancelled_with_reason"),
            (AppointmentStatus::Proposed, "proposed_with_time"),
        ] {
            let mut bare = clinic.visit(0, 30);
            bare.status = Set(status);
            refused(bare.insert(db).await, by);
        }
        refused(clinic.visit(30, 30).insert(db).await, "ends_after_start");
        refused(clinic.visit(0, 1441).insert(db).await, "at_most_a_day");
        clinic.visit(0, 1440).insert(db).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_stood_before_stands_beside_a_word_of_the_patient() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let now = "'2026-11-24T04:15:00+00:00'";
        let longest = "é".repeat(limits::ALLERGIES);
        let set = async |columns: &str| {
            let sql = format!("UPDATE patient SET {columns} WHERE id = {}", clinic.patient);
            db.execute_unprepared(&sql).await
        };
        for (before, said) in [("allergies_before", "allergies_said_at"), ("blood_type_before", "blood_type_said_at")] {
            let text = if before == "allergies_before" { longest.as_str() } else { "AB-" };
            refused(set(&format!("{before} = '{text}'")).await, before);
            set(&format!("{said} = {now}")).await.unwrap();
            set(&format!("{before} = '{text}'")).await.unwrap();
            refused(set(&format!("{before} = '{text}é'")).await, before);
            refused(set(&format!("{said} = NULL")).await, before);
            set(&format!("{said} = NULL, {before} = NULL")).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn windows_and_absences_run_forwards() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let nine = Time::from_hms_opt(9, 0, 0).unwrap();
        let mut window = availability::ActiveModel {
            doctor_id: Set(clinic.doctor),
            weekday: Set(0),
            start_time: Set(nine),
            end_time: Set(nine),
            ..Default::default()
        };
        let refusal = window.clone().insert(db).await;
        refused(refusal, "availability_ends_after_start");
        window.end_time = Set(Time::from_hms_opt(12, 0, 0).unwrap());
        window.weekday = Set(7);
        refused(window.insert(db).await, "weekday");
        let absence = time_off::ActiveModel {
            doctor_id: Set(clinic.doctor),
            starts_at: Set(at(10)),
            ends_at: Set(at(10)),
            ..Default::default()
        };
        refused(absence.insert(db).await, "time_off_ends_after_start");
    })
    .await;
}

#[tokio::test]
async fn amounts_are_not_negative() {
    on_each(async |db| {
        let mut free = support::hospital("Patan");
        free.appointment_fee = Set(Decimal::new(-1, 2));
        refused(free.insert(db).await, "appointment_fee");
        let clinic = clinic(db).await;
        let sql = format!("UPDATE doctor SET experience_years = -1 WHERE id = {}", clinic.doctor);
        refused(db.execute_unprepared(&sql).await, "experience_years");
    })
    .await;
}

fn is_taken(refusal: &DbErr) -> bool {
    matches!(refusal.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

#[track_caller]
fn refers_nowhere<T: std::fmt::Debug>(outcome: Result<T, DbErr>) {
    let refusal = outcome.unwrap_err();
    assert!(matches!(refusal.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))), "{refusal}");
}
