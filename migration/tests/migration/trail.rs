//! The table of the trail is made anew on SQLite when it gets other words, and changed on Postgres.

use migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::support::{connect, on_each};

const PERSON: [&str; 2] = [
    "INSERT INTO hospital (id, name, address, phone, email) VALUES (1, 'Patan', 'A', '1', 'a@b')",
    "INSERT INTO \"user\" (id, email, password_hash, role, hospital_id, first_name, last_name)
     VALUES (1, 'a@b', 'x', 'doctor', 1, 'A', 'B')",
];

fn line(id: i64, action: &str) -> String {
    format!(
        "INSERT INTO audit_entry (id, at, actor_id, actor_name, actor_role, hospital_id, ip, action, subject_kind, subject_id, detail)
         VALUES ({id}, '2026-03-01T09:00:00+00:00', 1, '-', 'doctor', 1, '192.0.2.1', '{action}', 'user', 1, '{{}}')"
    )
}

async fn lines(db: &DatabaseConnection) -> Vec<String> {
    let sql =
        "SELECT CAST(id AS text) || ' ' || action || ' ' || coalesce(ip, '-') AS line FROM audit_entry ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// An erasure alone takes something out of a line, and says so beforehand.
async fn nothing_is_changed(db: &DatabaseConnection) {
    for refused in
        ["UPDATE audit_entry SET ip = NULL", "UPDATE audit_entry SET action = 'updated'", "DELETE FROM audit_entry"]
    {
        db.execute_unprepared(refused).await.unwrap_err();
    }
}

async fn an_erasure_takes_an_address_out(db: &DatabaseConnection, id: i64) {
    for sql in [
        "UPDATE \"user\" SET active = false WHERE id = 1".to_owned(),
        "INSERT INTO erasure (id, user_id, requested_by, reason) VALUES (1, 1, 1, 'Asked for')".to_owned(),
        format!("INSERT INTO audit_redaction (id, entry_id, sealed, redacted, digest) VALUES (1, {id}, 'a', 'b', 'c')"),
        format!("UPDATE audit_entry SET ip = NULL WHERE id = {id}"),
    ] {
        db.execute_unprepared(&sql).await.unwrap();
    }
    let another = format!("UPDATE audit_entry SET ip = NULL WHERE id <> {id}");
    db.execute_unprepared(&another).await.unwrap_err();
}

#[tokio::test]
async fn what_is_in_the_trail_stays_as_protected_as_it_was_when_it_gets_other_words() {
    on_each(async |url| {
        let db = connect(url).await;
        let all = migration::up(&db).await.unwrap();
        let since = all.iter().position(|name| name == "m0080_factor_words").unwrap();
        let after = u32::try_from(all.len() - since).unwrap();
        migration::down(&db, after).await.unwrap();
        for sql in PERSON {
            db.execute_unprepared(sql).await.unwrap();
        }
        db.execute_unprepared(&line(7, "signed_in")).await.unwrap();
        db.execute_unprepared(&line(8, "second_factor_added")).await.unwrap_err();
        migration::up(&db).await.unwrap();
        db.execute_unprepared(&line(8, "second_factor_added")).await.unwrap();
        db.execute_unprepared(&line(9, "looked_away")).await.unwrap_err();
        assert_eq!(lines(&db).await, ["7 signed_in 192.0.2.1", "8 second_factor_added 192.0.2.1"]);
        nothing_is_changed(&db).await;
        an_erasure_takes_an_address_out(&db, 8).await;
        migration::down(&db, after).await.unwrap();
        assert_eq!(lines(&db).await.first().map(String::as_str), Some("7 signed_in 192.0.2.1"));
        db.execute_unprepared(&line(10, "second_factor_added")).await.unwrap_err();
        nothing_is_changed(&db).await;
        db.close().await.unwrap();
    })
    .await;
}
