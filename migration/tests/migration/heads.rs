//! Documents that are there already get a head, and it is kept as they are; and a mail about a calendar has a word.

use migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::history::VISIT;
use crate::support::{connect, on_each};

const DOCUMENT: &str =
    "INSERT INTO document (id, hospital_id, appointment_id, kind, number, body, issued_at, issued_by)
     VALUES (7, 1, 1, 'letter', 1, 'Dear colleague', '2026-03-02T10:00:00+00:00', 1)";

async fn lines(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// Back to before the change of this name: how many changes that takes.
async fn before(db: &DatabaseConnection, name: &str) -> u32 {
    let all = migration::up(db).await.unwrap();
    let since = all.iter().position(|known| known == name).unwrap();
    let steps = u32::try_from(all.len() - since).unwrap();
    migration::down(db, steps).await.unwrap();
    steps
}

#[tokio::test]
async fn documents_get_the_head_that_they_have_today_and_keep_it() {
    on_each(async |url| {
        let db = connect(url).await;
        let steps = before(&db, "m0096_document_heads").await;
        let born = "UPDATE \"user\" SET date_of_birth = '1990-03-02' WHERE id = 2";
        for sql in VISIT.into_iter().chain([born, DOCUMENT]) {
            db.execute_unprepared(sql).await.unwrap();
        }
        db.execute_unprepared("UPDATE document SET body = 'Another'").await.unwrap_err();
        migration::up(&db).await.unwrap();
        let heads = "SELECT hospital_name || ', ' || doctor_name || ', ' || doctor_field || ', ' || doctor_license || ', ' || patient_name
                       || ', ' || CAST(patient_born AS text) AS line FROM document";
        assert_eq!(lines(&db, heads).await, ["Patan, Dr A B, Skin, N1, C D, 1990-03-02"]);
        for refused in [
            "UPDATE document SET patient_name = 'Another'",
            "UPDATE document SET doctor_license = NULL",
            "UPDATE document SET body = 'Another'",
            "DELETE FROM document",
        ] {
            db.execute_unprepared(refused).await.unwrap_err();
        }
        migration::down(&db, steps).await.unwrap();
        db.execute_unprepared("UPDATE document SET body = 'Another'").await.unwrap_err();
        let revoke =
            "UPDATE document SET revoked_at = issued_at, revoked_by = 1, revoked_reason = 'x', version = version + 1";
        db.execute_unprepared(revoke).await.unwrap();
        assert_eq!(lines(&db, "SELECT body AS line FROM document").await, ["Dear colleague"]);
        db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_owners_were_told_stays_when_there_is_a_word_for_calendars() {
    on_each(async |url| {
        let db = connect(url).await;
        let steps = before(&db, "m0097_calendar_word").await;
        let mail = |id: i64, event: &str| {
            format!(
                "INSERT INTO mail (id, recipient_id, kind, status, due_at, attempts, security_event)
                 VALUES ({id}, 2, 'security', 'waiting', '2026-03-02T09:00:00+00:00', 0, '{event}')"
            )
        };
        for sql in &VISIT[..2] {
            db.execute_unprepared(sql).await.unwrap();
        }
        db.execute_unprepared(&mail(7, "passkey_added")).await.unwrap();
        db.execute_unprepared(&mail(8, "calendar_address_made")).await.unwrap_err();
        migration::up(&db).await.unwrap();
        db.execute_unprepared(&mail(8, "calendar_address_made")).await.unwrap();
        db.execute_unprepared(&mail(9, "calendar_burned")).await.unwrap_err();
        let told = "SELECT CAST(id AS text) || ' ' || security_event AS line FROM mail ORDER BY id";
        assert_eq!(lines(&db, told).await, ["7 passkey_added", "8 calendar_address_made"]);
        migration::down(&db, steps).await.unwrap();
        assert_eq!(lines(&db, told).await, ["7 passkey_added"]);
        db.execute_unprepared(&mail(8, "calendar_address_made")).await.unwrap_err();
        db.close().await.unwrap();
    })
    .await;
}
