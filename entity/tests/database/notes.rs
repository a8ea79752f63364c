//! Notes: what a signed one lets happen to it, and what stands around it.

use chrono::TimeDelta;
use entity::enums::{AddendumKind, NoteState, NoteTemplate};
use entity::{erasure, note, note_addendum, note_revision};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable,
};

use crate::erasure_rows;
use crate::support::{at, clinic, insert, on_each, refused, run, tamper};

pub(crate) fn signed(visit: i64, doctor_user: i64) -> note::Model {
    note::Model {
        id: 0,
        appointment_id: visit,
        author_id: doctor_user,
        state: NoteState::Signed,
        subjective: Some("Sees haloes\nsince a week".to_owned()),
        objective: Some("20/40".to_owned()),
        assessment: Some("मोतियाबिन्द".to_owned()),
        plan: Some("Surgery".to_owned()),
        summary: Some("The lens is cloudy.".to_owned()),
        template: Some(NoteTemplate::FollowUp),
        signed_at: Some(at(-30)),
        signed_by: Some(doctor_user),
        sha256: Some(vec![7; 32]),
        withheld_reason: Some("To be told in person".to_owned()),
        version: 3,
        created_at: at(-60) + TimeDelta::microseconds(123_456),
        updated_at: at(-30),
    }
}

pub(crate) fn draft(visit: i64, doctor_user: i64) -> note::Model {
    note::Model {
        state: NoteState::Draft,
        signed_at: None,
        signed_by: None,
        sha256: None,
        withheld_reason: None,
        ..signed(visit, doctor_user)
    }
}

pub(crate) fn revision(note: i64) -> note_revision::Model {
    note_revision::Model {
        id: 0,
        note_id: note,
        version: 2,
        subjective: Some("Sees haloes".to_owned()),
        objective: Some("20/40".to_owned()),
        assessment: Some("Cataract".to_owned()),
        plan: Some("Surgery".to_owned()),
        summary: Some("Cloudy".to_owned()),
        session_id: 4,
        created_at: at(-60),
        updated_at: at(-60),
    }
}

pub(crate) fn addendum(note: i64, doctor_user: i64) -> note_addendum::Model {
    note_addendum::Model {
        id: 0,
        note_id: note,
        author_id: doctor_user,
        kind: AddendumKind::Addition,
        text: "The left eye".to_owned(),
        reason: "Forgotten".to_owned(),
        created_at: at(-20),
        updated_at: at(-20),
    }
}

/// A note with one revision and one addendum, of the clinic's patient.
struct Written {
    note: i64,
    patient_user: i64,
}

async fn written(db: &DatabaseConnection, make: fn(i64, i64) -> note::Model) -> Written {
    let clinic = clinic(db).await;
    let visit = insert!(db, crate::rows::proposed(&clinic));
    // Whoever it is: the schema knows of people, not of roles.
    let note = insert!(db, make(visit, clinic.patient_user));
    insert!(db, revision(note));
    insert!(db, addendum(note, clinic.patient_user));
    Written { note, patient_user: clinic.patient_user }
}

#[tokio::test]
async fn a_signed_note_changes_in_no_column_and_is_never_removed() {
    on_each(async |db| {
        written(db, signed).await;
        for column in note::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE note SET {}", otherwise(column))).await;
        }
        for column in note_addendum::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE note_addendum SET {}", otherwise(column))).await;
        }
        for column in note_revision::Column::iter().map(|column| column.as_str()) {
            tamper(db, &format!("UPDATE note_revision SET {}", otherwise(column))).await;
        }
        tamper(db, "DELETE FROM note_addendum").await;
        // Of a signed note they may go.
        run(db, "DELETE FROM note_revision").await;
        tamper(db, "DELETE FROM note").await;
        if db.get_database_backend() == DbBackend::Postgres {
            for tables in ["note_addendum", "note_revision", "note CASCADE"] {
                tamper(db, &format!("TRUNCATE {tables}")).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_draft_changes_and_its_versions_do_not() {
    on_each(async |db| {
        written(db, draft).await;
        run(db, "UPDATE note SET plan = 'x', version = 4").await;
        tamper(db, "UPDATE note_revision SET plan = 'x'").await;
        tamper(db, "DELETE FROM note_revision").await;
        let note = note::Entity::find().one(db).await.unwrap().unwrap().id;
        insert!(db, note_revision::Model { version: 4, ..revision(note) });
        // What a newer one stands for may go, and the newest may not, also if they would go together.
        run(db, "DELETE FROM note_revision WHERE version < 4").await;
        tamper(db, "DELETE FROM note_revision").await;
        run(db, "UPDATE note SET state = 'signed', signed_at = created_at, signed_by = author_id").await;
        tamper(db, "UPDATE note SET state = 'draft', signed_at = NULL, signed_by = NULL").await;
    })
    .await;
}

#[tokio::test]
async fn only_an_erasure_empties_a_signed_note_and_nothing_else_of_it() {
    on_each(async |db| {
        let Written { note, patient_user } = written(db, signed).await;
        let gone = "plan = '(erased)', summary = '(erased)', sha256 = NULL";
        let empty = format!("UPDATE note SET {gone} WHERE id = {note}");
        let beneath = "UPDATE note_addendum SET text = '(erased)', reason = '(erased)'";
        tamper(db, &empty).await;
        tamper(db, beneath).await;
        insert!(db, erasure::Model { finished_at: None, ..erasure_rows::erasure(patient_user) });
        run(db, "UPDATE erasure SET finished_at = created_at").await;
        tamper(db, &empty).await;
        tamper(db, beneath).await;
        run(db, "UPDATE erasure SET finished_at = NULL").await;
        for column in ["id", "appointment_id", "author_id", "template", "signed_at", "version", "created_at"] {
            tamper(db, &format!("UPDATE note SET {gone}, {}", otherwise(column))).await;
        }
        for column in ["id", "note_id", "author_id", "kind", "created_at", "updated_at"] {
            tamper(db, &format!("{beneath}, {}", otherwise(column))).await;
        }
        // Another text, a text that is gone, one that was never there; and with the digest, which would tell.
        for other in ["plan = 'Another'", "plan = NULL", "sha256 = sha256, plan = '(erased)'"] {
            tamper(db, &format!("UPDATE note SET {other}")).await;
        }
        tamper(db, "DELETE FROM note").await;
        run(db, &empty).await;
        run(db, beneath).await;
        run(db, "DELETE FROM note_revision").await;
    })
    .await;
}

#[tokio::test]
async fn a_note_is_signed_by_somebody_and_says_something() {
    on_each(async |db| {
        written(db, draft).await;
        for (set, by) in [
            ("state = 'signed'", "note_signed"),
            ("state = 'signed', signed_at = created_at", "note_signed"),
            ("signed_by = author_id", "note_signed"),
            (
                "plan = NULL, assessment = NULL, state = 'signed', signed_at = created_at, signed_by = author_id",
                "note_says",
            ),
            ("sha256 = '00000000000000000000000000000000'", "note_draft_is_plain"),
            ("version = 0", "version"),
            ("state = 'pending'", "state"),
            ("template = 'pending'", "template"),
        ] {
            refused(db.execute_unprepared(&format!("UPDATE note SET {set}")).await, by);
        }
        let second = "INSERT INTO note (appointment_id, author_id, state, version)
            SELECT appointment_id, author_id, 'draft', 1 FROM note";
        let error = db.execute_unprepared(second).await.expect_err("a visit has one note").to_string();
        assert!(error.to_lowercase().contains("unique constraint"), "{error}");
    })
    .await;
}

/// The column with another value than it has.
fn otherwise(column: &str) -> String {
    let value = match column {
        "state" => "'draft'",
        "kind" => "'entered_in_error'",
        "template" => "'general'",
        "signed_at" | "created_at" | "updated_at" => "'2020-01-01T00:00:00+00:00'",
        "sha256" => "NULL",
        "subjective" | "objective" | "assessment" | "plan" | "summary" | "withheld_reason" | "text" | "reason" => "'x'",
        _ => return format!("{column} = {column} + 1"),
    };
    format!("{column} = {value}")
}
