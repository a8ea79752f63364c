//! A fresh, migrated database for a test, and a small clinic in it.

use std::env;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use entity::enums::{AppointmentStatus, Role};
use entity::{appointment, doctor, hospital, patient, user};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};
use tempfile::TempDir;

/// Runs the test on each database there is. A Postgres database of a test that fails is kept.
pub(crate) async fn on_each(test: impl AsyncFn(&DatabaseConnection)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

pub(crate) async fn on_sqlite(test: impl AsyncFn(&DatabaseConnection)) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("clinic.db");
    let db = connect(&format!("sqlite://{}?mode=rwc", file.display())).await;
    migration::up(&db).await.unwrap();
    test(&db).await;
    db.close().await.unwrap();
}

pub(crate) async fn on_postgres(test: impl AsyncFn(&DatabaseConnection)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = env::var("TEST_DATABASE_URL") else {
        return;
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("entity_test_{}_{number}", process::id());
    let server = connect(&url).await;
    let sql = format!("CREATE DATABASE {name}");
    server.execute_unprepared(&sql).await.unwrap();
    let (before, _) = url.rsplit_once('/').unwrap();
    let db = connect(&format!("{before}/{name}")).await;
    migration::up(&db).await.unwrap();
    test(&db).await;
    db.close().await.unwrap();
    let sql = format!("DROP DATABASE {name}");
    server.execute_unprepared(&sql).await.unwrap();
    server.close().await.unwrap();
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(32).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Minutes after nine o'clock (UTC) on the day on which the tests play.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap() + TimeDelta::minutes(minutes)
}

/// Two hospitals; in the first a doctor, another doctor, a patient, another patient; in the second
/// a patient.
pub(crate) struct Clinic {
    pub(crate) hospital: i64,
    pub(crate) other_hospital: i64,
    pub(crate) doctor: i64,
    pub(crate) other_doctor: i64,
    pub(crate) patient: i64,
    pub(crate) patient_user: i64,
    pub(crate) other_patient: i64,
    pub(crate) stranger: i64,
}

pub(crate) async fn clinic(db: &DatabaseConnection) -> Clinic {
    let here = hospital("Patan").insert(db).await.unwrap().id;
    let there = hospital("Bir").insert(db).await.unwrap().id;
    let patient_user = user("p1@clinic.test", Role::Patient, Some(here));
    let patient_user = patient_user.insert(db).await.unwrap().id;
    Clinic {
        hospital: here,
        other_hospital: there,
        doctor: doctor(db, "d1@clinic.test", here).await,
        other_doctor: doctor(db, "d2@clinic.test", here).await,
        patient: patient(db, patient_user).await,
        patient_user,
        other_patient: patient_of(db, "p2@clinic.test", here).await,
        stranger: patient_of(db, "p3@clinic.test", there).await,
    }
}

pub(crate) fn hospital(name: &str) -> hospital::ActiveModel {
    hospital::ActiveModel {
        name: Set(name.to_owned()),
        address: Set("Lagankhel, Lalitpur".to_owned()),
        phone: Set("+977 1 5522278".to_owned()),
        email: Set("desk@clinic.test".to_owned()),
        ..Default::default()
    }
}

pub(crate) fn user(email: &str, role: Role, hospital: Option<i64>) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(email.to_owned()),
        password_hash: Set("$argon2id$".to_owned()),
        role: Set(role),
        hospital_id: Set(hospital),
        first_name: Set("Asha".to_owned()),
        last_name: Set("Gurung".to_owned()),
        ..Default::default()
    }
}

async fn doctor(db: &DatabaseConnection, email: &str, hospital: i64) -> i64 {
    let user = user(email, Role::Doctor, Some(hospital));
    let row = doctor::ActiveModel {
        user_id: Set(user.insert(db).await.unwrap().id),
        license_number: Set(format!("NMC-{email}")),
        specialization: Set("Cardiology".to_owned()),
        ..Default::default()
    };
    row.insert(db).await.unwrap().id
}

async fn patient_of(db: &DatabaseConnection, email: &str, hospital: i64) -> i64 {
    let user = user(email, Role::Patient, Some(hospital));
    patient(db, user.insert(db).await.unwrap().id).await
}

async fn patient(db: &DatabaseConnection, user: i64) -> i64 {
    let row = patient::ActiveModel { user_id: Set(user), ..Default::default() };
    row.insert(db).await.unwrap().id
}

impl Clinic {
    /// A visit of the first patient with the first doctor, from and to minutes after nine.
    pub(crate) fn visit(&self, from: i64, to: i64) -> appointment::ActiveModel {
        appointment::ActiveModel {
            hospital_id: Set(self.hospital),
            doctor_id: Set(self.doctor),
            patient_id: Set(self.patient),
            starts_at: Set(at(from)),
            ends_at: Set(at(to)),
            status: Set(AppointmentStatus::Scheduled),
            requested_by: Set(self.patient_user),
            ..Default::default()
        }
    }
}

/// Inserts a whole model under a new id, every column as given, and returns the id.
macro_rules! insert {
    ($db:expr, $model:expr) => {{
        let mut row = ActiveModelTrait::reset_all(IntoActiveModel::into_active_model($model));
        row.id = sea_orm::ActiveValue::NotSet;
        row.insert($db).await.unwrap().id
    }};
}
pub(crate) use insert;

/// The statement was refused, and the refusal names what refused it.
#[track_caller]
pub(crate) fn refused<T>(outcome: Result<T, DbErr>, by: &str) {
    let error = outcome.err().expect("should have been refused").to_string();
    assert!(error.contains(by), "refused, but not by {by}: {error}");
}

/// Runs what must succeed.
pub(crate) async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}

/// Runs what would change a record that is never changed.
pub(crate) async fn tamper(db: &DatabaseConnection, sql: &str) {
    let outcome = db.execute_unprepared(sql).await;
    let error = outcome.err().unwrap_or_else(|| panic!("done: {sql}")).to_string();
    assert!(error.contains("is append-only"), "{sql}: {error}");
}
