//! Messages: what one lets happen to it, and how far somebody has read.

use entity::{erasure, limits, message, message_read};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbBackend, IdenStatic, IntoActiveModel, Iterable,
};

use crate::erasure_rows;
use crate::rows::{changed, made, proposed};
use crate::support::{at, clinic, insert, on_each, refused, run, tamper};

pub(crate) fn message(appointment: i64, sender: i64) -> message::Model {
    message::Model {
        id: 0,
        appointment_id: appointment,
        sender_id: sender,
        body: "घाउ दुख्छ।\nSince yesterday.".to_owned(),
        token: "a word of the form".to_owned(),
        retracted_at: Some(at(5)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn read(appointment: i64, user: i64, message: i64) -> message_read::Model {
    message_read::Model {
        id: 0,
        appointment_id: appointment,
        user_id: user,
        last_read_id: message,
        read_at: Some(at(6)),
        newest_id: message,
        latest_id: message + 1,
        created_at: made(),
        updated_at: changed(),
    }
}

/// A message that stands, which was read: the patient's `user.id`.
async fn written(db: &DatabaseConnection) -> i64 {
    let clinic = clinic(db).await;
    let visit = insert!(db, proposed(&clinic));
    let said = insert!(db, message::Model { retracted_at: None, ..message(visit, clinic.patient_user) });
    insert!(db, read(visit, clinic.patient_user, said));
    clinic.patient_user
}

#[tokio::test]
async fn a_message_changes_in_no_column_and_is_taken_back_once() {
    on_each(async |db| {
        written(db).await;
        let columns = message::Column::iter().map(|column| column.as_str());
        for column in columns.filter(|column| *column != "retracted_at") {
            tamper(db, &format!("UPDATE message SET {}", otherwise(column))).await;
        }
        tamper(db, "DELETE FROM message").await;
        let back = "retracted_at = '2026-03-02T09:10:00+00:00', updated_at = '2026-03-02T09:10:00+00:00'";
        for column in ["id", "appointment_id", "sender_id", "body", "token", "created_at"] {
            tamper(db, &format!("UPDATE message SET {back}, {}", otherwise(column))).await;
        }
        run(db, &format!("UPDATE message SET {back}")).await;
        for again in [back, "retracted_at = NULL", "retracted_at = '2026-03-02T09:20:00+00:00'"] {
            tamper(db, &format!("UPDATE message SET {again}")).await;
        }
        if db.get_database_backend() == DbBackend::Postgres {
            tamper(db, "TRUNCATE message CASCADE").await;
        }
    })
    .await;
}

#[tokio::test]
async fn only_an_erasure_empties_a_message() {
    on_each(async |db| {
        let patient_user = written(db).await;
        let empty = "UPDATE message SET body = '(erased)'";
        tamper(db, empty).await;
        insert!(db, erasure::Model { finished_at: None, ..erasure_rows::erasure(patient_user) });
        run(db, "UPDATE erasure SET finished_at = created_at").await;
        tamper(db, empty).await;
        run(db, "UPDATE erasure SET finished_at = NULL").await;
        for column in ["id", "appointment_id", "sender_id", "token", "retracted_at", "created_at", "updated_at"] {
            tamper(db, &format!("{empty}, {}", otherwise(column))).await;
        }
        tamper(db, "UPDATE message SET body = 'Another'").await;
        tamper(db, "DELETE FROM message").await;
        run(db, empty).await;
    })
    .await;
}

#[tokio::test]
async fn how_far_somebody_has_read_only_grows() {
    on_each(async |db| {
        written(db).await;
        for set in ["last_read_id = last_read_id - 1", "user_id = user_id + 1", "appointment_id = appointment_id + 1"] {
            let outcome = db.execute_unprepared(&format!("UPDATE message_read SET {set}")).await;
            assert!(outcome.expect_err(set).to_string().contains("only grows"), "{set}");
        }
        run(db, "UPDATE message_read SET last_read_id = last_read_id + 1, latest_id = latest_id + 1").await;
        let above = db.execute_unprepared("UPDATE message_read SET newest_id = latest_id + 1").await;
        refused(above, "message_read_latest");
        let second = "INSERT INTO message_read (appointment_id, user_id, last_read_id, newest_id, latest_id)
            SELECT appointment_id, user_id, 0, 0, 0 FROM message_read";
        let error = db.execute_unprepared(second).await.expect_err("one for each of them").to_string();
        assert!(error.to_lowercase().contains("unique constraint"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn messages_have_limits_and_each_form_makes_one() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = insert!(db, proposed(&clinic));
        let plain = message(visit, clinic.patient_user);
        for (more, fits) in [(1, false), (0, true)] {
            let long = message::Model { body: "é".repeat(limits::MESSAGE + more), ..plain.clone() };
            let long = message::Model { token: format!("{more}"), ..long };
            assert_eq!(made_of(db, long).await, fits);
            let token = message::Model { token: "é".repeat(limits::MESSAGE_TOKEN + more), ..plain.clone() };
            assert_eq!(made_of(db, token).await, fits);
        }
        assert!(made_of(db, plain.clone()).await && !made_of(db, plain.clone()).await, "the same form");
        assert!(!made_of(db, message::Model { body: String::new(), token: "x".to_owned(), ..plain }).await);
    })
    .await;
}

async fn made_of(db: &DatabaseConnection, row: message::Model) -> bool {
    let mut row = row.into_active_model().reset_all();
    row.not_set(message::Column::Id);
    row.insert(db).await.is_ok()
}

/// The column with another value than it has.
fn otherwise(column: &str) -> String {
    let value = match column {
        "retracted_at" | "created_at" | "updated_at" => "'2020-01-01T00:00:00+00:00'",
        "body" | "token" => "'x'",
        _ => return format!("{column} = {column} + 1"),
    };
    format!("{column} = {value}")
}
