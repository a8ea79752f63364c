//! What is attached to messages changes in nothing but that it is let in or refused, and goes when its patient is erased alone.

use entity::{
    attachment, attachment_data,
    enums::{AttachmentState, MediaType},
    erasure, limits, message,
};
use sea_orm::{ActiveModelTrait, DatabaseConnection, DbBackend, IdenStatic, IntoActiveModel, Iterable};

use crate::rows::{changed, made, proposed};
use crate::support::{Clinic, clinic, insert, on_each, run, tamper};
use crate::{erasure_rows, messages};

pub(crate) fn attachment(clinic: &Clinic, visit: i64, message: i64) -> attachment::Model {
    attachment::Model {
        id: 0,
        hospital_id: clinic.hospital,
        appointment_id: visit,
        message_id: message,
        uploader_id: clinic.patient_user,
        name: "बायाँ हात.jpg".to_owned(),
        media_type: MediaType::Jpeg,
        bytes: 3,
        sha256: Some(vec![9; 32]),
        state: AttachmentState::Clean,
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn file(attachment: i64) -> attachment_data::Model {
    attachment_data::Model {
        id: 0,
        attachment_id: attachment,
        data: vec![0, 255, 7],
        created_at: made(),
        updated_at: changed(),
    }
}

/// An attachment with its file.
async fn attached(db: &DatabaseConnection, state: AttachmentState) -> (Clinic, attachment::Model) {
    let clinic = clinic(db).await;
    let visit = insert!(db, proposed(&clinic));
    let said = insert!(db, message::Model { retracted_at: None, ..messages::message(visit, clinic.patient_user) });
    let row = attachment::Model { state, ..attachment(&clinic, visit, said) };
    let id = insert!(db, row.clone());
    insert!(db, file(id));
    (clinic, row)
}

const EMPTY: &str = "UPDATE attachment SET name = '(erased)', sha256 = NULL";

#[tokio::test]
async fn an_attachment_changes_in_no_column_and_is_not_removed() {
    on_each(async |db| {
        attached(db, AttachmentState::Clean).await;
        for column in attachment::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE attachment SET {}", otherwise(column))).await;
        }
        for column in attachment_data::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE attachment_data SET {}", otherwise(column))).await;
        }
        for table in ["attachment_data", "attachment"] {
            tamper(db, &format!("DELETE FROM {table}")).await;
            if db.get_database_backend() == DbBackend::Postgres {
                tamper(db, &format!("TRUNCATE {table} CASCADE")).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_apart_is_let_in_or_refused_once() {
    for (one, other) in [("clean", "refused"), ("refused", "clean")] {
        on_each(async |db| {
            attached(db, AttachmentState::Quarantined).await;
            let becomes = |state: &str| format!("UPDATE attachment SET state = '{state}', updated_at = created_at");
            tamper(db, &becomes("quarantined")).await;
            let columns = attachment::Column::iter().map(|column| column.as_str());
            for column in columns.filter(|column| !["state", "updated_at"].contains(column)) {
                tamper(db, &format!("UPDATE attachment SET state = '{one}', {}", otherwise(column))).await;
            }
            run(db, &becomes(one)).await;
            for again in [one, other, "quarantined"] {
                tamper(db, &becomes(again)).await;
            }
            tamper(db, "DELETE FROM attachment_data").await;
        })
        .await;
    }
}

#[tokio::test]
async fn only_an_erasure_takes_a_file_away() {
    on_each(async |db| {
        let (clinic, _) = attached(db, AttachmentState::Clean).await;
        tamper(db, EMPTY).await;
        insert!(db, erasure::Model { finished_at: None, ..erasure_rows::erasure(clinic.patient_user) });
        run(db, "UPDATE erasure SET finished_at = created_at").await;
        tamper(db, EMPTY).await;
        tamper(db, "DELETE FROM attachment_data").await;
        run(db, "UPDATE erasure SET finished_at = NULL").await;
        let columns = attachment::Column::iter().map(|column| column.as_str());
        for column in columns.filter(|column| !["name", "sha256"].contains(column)) {
            tamper(db, &format!("{EMPTY}, {}", otherwise(column))).await;
        }
        tamper(db, "UPDATE attachment SET name = 'Another', sha256 = NULL").await;
        tamper(db, "UPDATE attachment SET name = '(erased)'").await;
        run(db, "DELETE FROM attachment_data").await;
        run(db, EMPTY).await;
        tamper(db, "DELETE FROM attachment").await;
    })
    .await;
}

#[tokio::test]
async fn an_attachment_has_limits_and_a_message_one_attachment() {
    on_each(async |db| {
        let (clinic, row) = attached(db, AttachmentState::Clean).await;
        assert!(!is_taken(db, row.clone()).await, "a message has one");
        let another =
            message::Model { retracted_at: None, ..messages::message(row.appointment_id, clinic.patient_user) };
        let another = insert!(db, message::Model { token: "of another form".to_owned(), ..another });
        let row = attachment::Model { message_id: another, ..row };
        let name = |length| "é".repeat(length);
        assert!(!is_taken(db, attachment::Model { name: name(limits::ATTACHMENT_NAME + 1), ..row.clone() }).await);
        assert!(!is_taken(db, attachment::Model { name: String::new(), ..row.clone() }).await);
        assert!(!is_taken(db, attachment::Model { bytes: 0, ..row.clone() }).await);
        assert!(!is_taken(db, attachment::Model { sha256: Some(vec![9; 31]), ..row.clone() }).await);
        assert!(is_taken(db, attachment::Model { name: name(limits::ATTACHMENT_NAME), ..row }).await);
    })
    .await;
}

async fn is_taken(db: &DatabaseConnection, row: attachment::Model) -> bool {
    let mut row = row.into_active_model().reset_all();
    row.not_set(attachment::Column::Id);
    row.insert(db).await.is_ok()
}

/// The column with another value than it has.
fn otherwise(column: &str) -> String {
    let value = match column {
        "created_at" | "updated_at" => "'2020-01-01T00:00:00+00:00'",
        "name" => "'x'",
        "state" => "'quarantined'",
        "media_type" => "'image/png'",
        "sha256" | "data" => "NULL",
        _ => return format!("{column} = {column} + 1"),
    };
    format!("{column} = {value}")
}
