//! The trail and the history can be added to and read, nothing else, but for what an erasure takes out of them.

use entity::{appointment_event, audit_entry};
use sea_orm::{ActiveModelTrait, DatabaseConnection, DbBackend, IdenStatic, IntoActiveModel, Iterable};

use crate::erasure_rows;
use crate::rows;
use crate::support::{clinic, insert, on_each, run, tamper};

#[tokio::test]
async fn the_trail_and_the_history_cannot_be_changed() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        insert!(db, rows::event((visit.id, clinic.doctor), clinic.patient_user));
        insert!(db, rows::audit_entry(&clinic));
        insert!(db, erasure_rows::redaction());
        for table in ["audit_entry", "appointment_event", "audit_redaction"] {
            tamper(db, &format!("UPDATE {table} SET id = id")).await;
            tamper(db, &format!("DELETE FROM {table}")).await;
            if db.get_database_backend() == DbBackend::Postgres {
                tamper(db, &format!("TRUNCATE {table}")).await;
            }
        }
    })
    .await;
}

const EMPTIED: &str = "actor_name = '-', ip = NULL";

#[tokio::test]
async fn only_an_erasure_takes_something_out_and_only_what_is_personal() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        let event = insert!(db, rows::event((visit.id, clinic.doctor), clinic.patient_user));
        let entry = insert!(db, rows::audit_entry(&clinic));
        let redact = format!("UPDATE audit_entry SET {EMPTIED} WHERE id = {entry}");
        let empty = format!("UPDATE appointment_event SET note = NULL WHERE id = {event}");
        // Without an erasure; without a note of it; of an erasure that is over.
        tamper(db, &redact).await;
        tamper(db, &empty).await;
        insert!(db, entity::erasure::Model { finished_at: None, ..erasure_rows::erasure(clinic.patient_user) });
        tamper(db, &redact).await;
        insert!(db, entity::audit_redaction::Model { entry_id: entry, ..erasure_rows::redaction() });
        for over in ["finished_at = created_at", "finished_at = NULL"] {
            run(db, &format!("UPDATE erasure SET {over}")).await;
            if over.ends_with("created_at") {
                tamper(db, &redact).await;
                tamper(db, &empty).await;
            }
        }
        nothing_else_beside_it(db, (entry, event)).await;
        tamper(db, &format!("UPDATE appointment_event SET note = 'Another' WHERE id = {event}")).await;
        // Somebody else's.
        run(db, &format!("UPDATE erasure SET user_id = (SELECT user_id FROM patient WHERE id = {})", clinic.stranger))
            .await;
        tamper(db, &redact).await;
        tamper(db, &empty).await;
        run(db, &format!("UPDATE erasure SET user_id = {}", clinic.patient_user)).await;
        run(db, &redact).await;
        run(db, &empty).await;
        tamper(db, "DELETE FROM audit_entry").await;
    })
    .await;
}

/// Another name, or one without the other; anything else beside it, column by column.
async fn nothing_else_beside_it(db: &DatabaseConnection, (entry, event): (i64, i64)) {
    for other in ["actor_name = 'Somebody Else', ip = NULL", "actor_name = '-'", "ip = NULL"] {
        tamper(db, &format!("UPDATE audit_entry SET {other} WHERE id = {entry}")).await;
    }
    for column in audit_entry::Column::iter().map(|column| column.as_str()) {
        if !["actor_name", "ip"].contains(&column) {
            tamper(db, &format!("UPDATE audit_entry SET {EMPTIED}, {} WHERE id = {entry}", otherwise(db, column)))
                .await;
        }
    }
    for column in appointment_event::Column::iter().map(|column| column.as_str()).filter(|name| *name != "note") {
        let sql = format!("UPDATE appointment_event SET note = NULL, {} WHERE id = {event}", otherwise(db, column));
        tamper(db, &sql).await;
    }
}

/// The column with another value than it has.
fn otherwise(db: &DatabaseConnection, column: &str) -> String {
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let value = match column {
        "at" | "created_at" | "updated_at" => "'2020-01-01T00:00:00+00:00'",
        "local_starts_at" | "proposed_local_starts_at" => "'2020-01-01 00:00:00'",
        "actor_role" => "'doctor'",
        "action" => "'opened'",
        "subject_kind" => "'user'",
        "kind" => "'cancelled'",
        "from_status" | "to_status" => "'rejected'",
        "detail" if is_postgres => "'{\"a\": 1}'::jsonb",
        "detail" => "'{\"a\": 1}'",
        _ => return format!("{column} = {column} + 1"),
    };
    format!("{column} = {value}")
}
