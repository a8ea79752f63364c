//! What the catalog of Postgres says of the schema: references that a deletion follows, and how tables that are written all day are kept.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::support::*;

/// References to rows that nothing deletes, nor looks for by them: an index would be written all day and read never.
const NOT_FOLLOWED: [&str; 17] = [
    "address_link.asked_by",
    "appointment.requested_by",
    "appointment_event.actor_id",
    "appointment_event.from_doctor_id",
    "attachment.uploader_id",
    "call.started_by",
    "call_peer.guest_id",
    "call_peer.user_id",
    "document.revoked_by",
    "erasure.requested_by",
    "mail.appointment_id",
    "note.author_id",
    "note.signed_by",
    "note_addendum.author_id",
    "notification.appointment_id",
    "visit.checked_by",
    "visit_guest.admitted_by",
];

/// Those without an index that finds all rows which refer to one: whole, or leaving out only those that refer to none.
const WITHOUT_INDEX: &str = "SELECT reference.conrelid::regclass::text || '.' || attribute.attname
   FROM pg_constraint AS reference
   JOIN pg_attribute AS attribute ON attribute.attrelid = reference.conrelid AND attribute.attnum = reference.conkey[1]
  WHERE reference.contype = 'f' AND NOT EXISTS (
    SELECT 1 FROM pg_index AS index
     WHERE index.indrelid = reference.conrelid AND index.indisvalid AND index.indkey[0] = reference.conkey[1]
       AND (index.indpred IS NULL
            OR pg_get_expr(index.indpred, index.indrelid) = '(' || attribute.attname || ' IS NOT NULL)'))";

/// Tables that rows are written to at each visit, with a word that their settings must have.
const WRITTEN: [(&str, &str); 12] = [
    ("appointment", "fillfactor=90"),
    ("mail", "autovacuum_vacuum_scale_factor=0.02"),
    ("notification", "fillfactor=90"),
    ("user_session", "fillfactor=90"),
    ("audit_entry", "autovacuum_vacuum_insert_scale_factor=0.02"),
    ("appointment_event", "autovacuum_vacuum_insert_scale_factor=0.02"),
    ("call", "fillfactor=90"),
    ("call_peer", "fillfactor=50"),
    ("visit", "fillfactor=90"),
    ("visit_guest", "fillfactor=90"),
    ("visit_presence", "fillfactor=50"),
    ("note_revision", "autovacuum_vacuum_insert_scale_factor=0.02"),
];

async fn found(app: &TestApp, sql: &str) -> BTreeSet<String> {
    let rows = app.state.db.bare().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn each_reference_that_a_deletion_follows_has_an_index() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let known: BTreeSet<String> = NOT_FOLLOWED.map(str::to_owned).into();
    assert_eq!(found(&app, WITHOUT_INDEX).await, known);
    let planted = "CREATE TABLE planted (id bigint PRIMARY KEY, link_id bigint REFERENCES password_link (id))";
    app.state.db.bare().execute_unprepared(planted).await.unwrap();
    assert!(found(&app, WITHOUT_INDEX).await.contains("planted.link_id"));
}

#[tokio::test]
async fn tables_that_are_written_all_day_are_tidied_by_what_was_written() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    for (table, setting) in WRITTEN {
        let settings = format!("SELECT unnest(reloptions) FROM pg_class WHERE oid = '{table}'::regclass");
        let settings = found(&app, &settings).await;
        assert!(settings.contains(setting), "{table}: {settings:?}");
    }
}
