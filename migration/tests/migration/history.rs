//! The table of the history of visits is made anew on SQLite when it gets another word, and changed on Postgres.

use migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::support::{connect, on_each};

pub(crate) const VISIT: [&str; 5] = [
    "INSERT INTO hospital (id, name, address, phone, email) VALUES (1, 'Patan', 'A', '1', 'a@b')",
    "INSERT INTO \"user\" (id, email, password_hash, role, hospital_id, first_name, last_name)
     VALUES (1, 'a@b', 'x', 'doctor', 1, 'A', 'B'), (2, 'c@d', 'x', 'patient', 1, 'C', 'D')",
    "INSERT INTO doctor (id, user_id, license_number, specialization) VALUES (1, 1, 'N1', 'Skin')",
    "INSERT INTO patient (id, user_id) VALUES (1, 2)",
    "INSERT INTO appointment (id, hospital_id, doctor_id, patient_id, starts_at, ends_at, status, requested_by)
     VALUES (1, 1, 1, 1, '2026-03-02T09:00:00+00:00', '2026-03-02T09:30:00+00:00', 'waiting', 2)",
];

fn step(id: i64, kind: &str) -> String {
    format!(
        "INSERT INTO appointment_event
           (id, appointment_id, actor_id, kind, to_status, note, at, local_starts_at, proposed_local_starts_at)
         VALUES ({id}, 1, 1, '{kind}', 'waiting', 'Why', '2026-03-01T09:00:00+00:00', '2026-03-02 14:45:00', '2026-03-03 14:45:00')"
    )
}

/// Each step with the times that it was about.
async fn steps(db: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT CAST(id AS text) || ' ' || kind || ' ' || note || ' ' || CAST(local_starts_at AS text) || ' '
                 || CAST(proposed_local_starts_at AS text) AS line FROM appointment_event ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

#[tokio::test]
async fn what_is_in_the_history_stays_with_its_times_when_it_gets_another_word() {
    const TIMES: &str = "Why 2026-03-02 14:45:00 2026-03-03 14:45:00";
    on_each(async |url| {
        let db = connect(url).await;
        let all = migration::up(&db).await.unwrap();
        let since = all.iter().position(|name| name == "m0073_history_words").unwrap();
        let after = u32::try_from(all.len() - since).unwrap();
        migration::down(&db, after).await.unwrap();
        for sql in VISIT {
            db.execute_unprepared(sql).await.unwrap();
        }
        db.execute_unprepared(&step(7, "proposed")).await.unwrap();
        db.execute_unprepared(&step(8, "modality_changed")).await.unwrap_err();
        migration::up(&db).await.unwrap();
        assert_eq!(steps(&db).await, [format!("7 proposed {TIMES}")]);
        db.execute_unprepared(&step(8, "modality_changed")).await.unwrap();
        db.execute_unprepared(&step(9, "walked_in")).await.unwrap_err();
        for refused in [
            "UPDATE appointment_event SET local_starts_at = NULL",
            "UPDATE appointment_event SET note = NULL",
            "DELETE FROM appointment_event",
        ] {
            db.execute_unprepared(refused).await.unwrap_err();
        }
        migration::down(&db, after).await.unwrap();
        assert_eq!(steps(&db).await.first(), Some(&format!("7 proposed {TIMES}")));
        db.execute_unprepared(&step(10, "modality_changed")).await.unwrap_err();
        db.execute_unprepared("UPDATE appointment_event SET proposed_local_starts_at = NULL").await.unwrap_err();
        db.close().await.unwrap();
    })
    .await;
}
