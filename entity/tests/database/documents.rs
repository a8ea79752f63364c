//! A document changes in nothing but its revocation, and is never removed.

use chrono::NaiveDate;
use entity::{document, enums::DocumentKind, erasure};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbBackend, IdenStatic, IntoActiveModel, Iterable,
};

use crate::erasure_rows;
use crate::rows::{changed, made};
use crate::support::{Clinic, at, clinic, insert, on_each, refused, run, tamper};

/// One that is revoked.
pub(crate) fn revoked(clinic: &Clinic, visit: i64) -> document::Model {
    document::Model {
        id: 0,
        hospital_id: clinic.hospital,
        appointment_id: visit,
        kind: DocumentKind::SickNote,
        number: 7,
        body: "Ill until Friday".to_owned(),
        token: Some("of the form".to_owned()),
        issued_at: at(-20),
        issued_by: clinic.patient_user,
        revoked_at: Some(at(-10)),
        revoked_by: Some(clinic.patient_user),
        revoked_reason: Some("The wrong week".to_owned()),
        version: 1,
        hospital_name: Some("Lakeside".to_owned()),
        doctor_name: Some("Dr Asha Rai".to_owned()),
        doctor_field: Some("Cardiology".to_owned()),
        doctor_license: Some("NMC-1".to_owned()),
        patient_name: Some("Maya Gurung".to_owned()),
        patient_born: NaiveDate::from_ymd_opt(1990, 3, 2),
        created_at: made(),
        updated_at: changed(),
    }
}

fn standing(clinic: &Clinic, visit: i64) -> document::Model {
    document::Model { revoked_at: None, revoked_by: None, revoked_reason: None, version: 0, ..revoked(clinic, visit) }
}

async fn issued(db: &DatabaseConnection, make: fn(&Clinic, i64) -> document::Model) -> Clinic {
    let clinic = clinic(db).await;
    let visit = insert!(db, crate::rows::proposed(&clinic));
    insert!(db, make(&clinic, visit));
    clinic
}

const REVOKE: &str =
    "UPDATE document SET revoked_at = issued_at, revoked_by = issued_by, revoked_reason = 'x', version = version + 1";

#[tokio::test]
async fn a_document_is_revoked_and_changes_in_nothing_else() {
    on_each(async |db| {
        issued(db, standing).await;
        for column in document::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE document SET {}", otherwise(column))).await;
        }
        let revocation = ["revoked_at", "revoked_by", "revoked_reason", "version", "updated_at"];
        for column in document::Column::iter().map(|column| column.as_str()).filter(|name| !revocation.contains(name)) {
            tamper(db, &format!("{REVOKE}, {}", otherwise(column))).await;
        }
        tamper(db, "DELETE FROM document").await;
        if db.get_database_backend() == DbBackend::Postgres {
            tamper(db, "TRUNCATE document").await;
        }
        run(db, REVOKE).await;
        tamper(db, REVOKE).await;
        tamper(db, "UPDATE document SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL").await;
        tamper(db, "DELETE FROM document").await;
    })
    .await;
}

#[tokio::test]
async fn only_an_erasure_empties_a_document_and_nothing_else_of_it() {
    on_each(async |db| {
        let clinic = issued(db, revoked).await;
        let empty = "UPDATE document SET body = '(erased)', revoked_reason = '(erased)', patient_name = NULL, patient_born = NULL";
        tamper(db, empty).await;
        insert!(db, erasure::Model { finished_at: None, ..erasure_rows::erasure(clinic.patient_user) });
        for column in document::Column::iter().map(|column| column.as_str()) {
            if !["body", "revoked_reason", "updated_at", "patient_name", "patient_born"].contains(&column) {
                tamper(db, &format!("{empty}, {}", otherwise(column))).await;
            }
        }
        tamper(db, "UPDATE document SET body = 'Another'").await;
        for another in ["patient_name = 'Another'", "patient_born = '2020-01-01'"] {
            tamper(db, &format!("UPDATE document SET body = '(erased)', {another}")).await;
        }
        tamper(db, "DELETE FROM document").await;
        run(db, empty).await;
        run(db, "UPDATE erasure SET finished_at = created_at").await;
        tamper(db, empty).await;
    })
    .await;
}

#[tokio::test]
async fn a_number_is_given_once_in_a_hospital_and_a_form_issues_one() {
    on_each(async |db| {
        issued(db, standing).await;
        let again = |number: &str, token: &str| {
            format!(
                "INSERT INTO document (hospital_id, appointment_id, kind, number, body, token, issued_at, issued_by)
                 SELECT hospital_id, appointment_id, kind, {number}, body, {token}, issued_at, issued_by FROM document WHERE number = 7"
            )
        };
        for twice in [again("7", "'another'"), again("8", "token")] {
            let error = db.execute_unprepared(&twice).await.expect_err("there is one already").to_string();
            assert!(error.to_lowercase().contains("unique constraint"), "{error}");
        }
        run(db, &again("8", "NULL")).await;
        run(db, &again("9", "NULL")).await;
        refused(db.execute_unprepared(&again("0", "NULL")).await, "number");
        let half = again("10", "NULL").replace("issued_by)", "issued_by, revoked_at)").replace(" FROM", ", issued_at FROM");
        refused(db.execute_unprepared(&half).await, "document_revoked");
    })
    .await;
}

/// The column with another value than it has.
fn otherwise(column: &str) -> String {
    let value = match column {
        "kind" => "'letter'",
        "issued_at" | "revoked_at" | "created_at" | "updated_at" => "'2020-01-01T00:00:00+00:00'",
        "body" | "token" | "revoked_reason" | "hospital_name" | "doctor_name" | "doctor_field" | "doctor_license"
        | "patient_name" => "'x'",
        "patient_born" => "'2020-01-01'",
        "revoked_by" => "issued_by + 1",
        _ => return format!("{column} = {column} + 1"),
    };
    format!("{column} = {value}")
}
