//! The trail and the history can be added to and read, nothing else.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbBackend, IntoActiveModel};

use crate::rows;
use crate::support::{clinic, insert, on_each, refused};

#[tokio::test]
async fn the_trail_and_the_history_cannot_be_changed() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        insert!(db, rows::event(visit.id, clinic.patient_user));
        insert!(db, rows::audit_entry(&clinic));
        for table in ["audit_entry", "appointment_event"] {
            tamper(db, &format!("UPDATE {table} SET actor_id = actor_id")).await;
            tamper(db, &format!("DELETE FROM {table}")).await;
            if db.get_database_backend() == DbBackend::Postgres {
                tamper(db, &format!("TRUNCATE {table}")).await;
            }
        }
    })
    .await;
}

async fn tamper(db: &DatabaseConnection, sql: &str) {
    refused(db.execute_unprepared(sql).await, "is append-only");
}
