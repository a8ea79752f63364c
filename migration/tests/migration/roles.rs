//! The role of the servers.

use migration::ServerRole;
use migration::sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::support::{connect, on_each};

const ENTRY: &str =
    "INSERT INTO audit_entry (at, actor_id, actor_name, actor_role, action, subject_kind, subject_id, detail)
   VALUES ('2026-03-02T09:00:00+00:00', 1, 'A B', 'super_admin', 'opened', 'user', 1, '{}')";

#[tokio::test]
async fn the_servers_role_works_with_rows_and_changes_neither_schema_nor_trail() {
    on_each(async |url| {
        let owner = connect(url).await;
        migration::up(&owner).await.unwrap();
        if owner.get_database_backend() == DbBackend::Sqlite {
            let refused = migration::grant(&owner, &there("app")).await.unwrap_err().to_string();
            return assert!(refused.contains("SQLite has no roles"), "{refused}");
        }
        let role = format!("app_{}", std::process::id());
        let missing = migration::grant(&owner, &there(&role)).await.unwrap_err().to_string();
        assert!(missing.contains("there is no role"), "{missing}");
        run(&owner, &format!("CREATE ROLE {role}")).await;
        let printed = migration::grants(&owner, &there(&role)).await.unwrap();
        assert_eq!(migration::grant(&owner, &there(&role)).await.unwrap(), printed);
        let itself =
            owner.query_one_raw(migration::sea_orm::Statement::from_string(DbBackend::Postgres, "SELECT current_user"));
        let itself: String = itself.await.unwrap().unwrap().try_get_by_index(0).unwrap();
        assert!(migration::grant(&owner, &there(&itself)).await.unwrap_err().to_string().contains("make another role"));

        as_role(&owner, &role).await;
        owner.close().await.unwrap();
        let owner = connect(url).await;
        // What a later change makes can be worked with before anybody grants it.
        run(&owner, "CREATE TABLE of_tomorrow (id integer)").await;
        run(&owner, &format!("SET ROLE {role}; INSERT INTO of_tomorrow VALUES (1); RESET ROLE")).await;
        run(&owner, "RESET ROLE").await;
        run(&owner, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
        owner.close().await.unwrap();
    })
    .await;
}

/// The password of the servers stands in their address: that is all that has to be told.
#[tokio::test]
async fn the_role_is_made_and_connects_with_the_password_it_was_given_last() {
    on_each(async |url| {
        let owner = connect(url).await;
        migration::up(&owner).await.unwrap();
        let name = format!("servers_{}", std::process::id());
        let role = |password: &str| ServerRole { name: name.clone(), password: Some(password.to_owned()) };
        if owner.get_database_backend() == DbBackend::Sqlite {
            return assert!(migration::grant(&owner, &role("x")).await.is_err());
        }
        let opens = async |password: &str| {
            let mut url = url::Url::parse(url).unwrap();
            url.set_username(&name).unwrap();
            url.set_password(Some(password)).unwrap();
            Database::connect(url.as_str()).await.is_ok()
        };
        for password in ["first word", "second'word", "dritte Wörter"] {
            // Two at once, as when two machines are started together.
            let (one, other) = (role(password), role(password));
            let (one, other) = tokio::join!(migration::grant(&owner, &one), migration::grant(&owner, &other));
            let ran = [one.unwrap(), other.unwrap()].concat().join("\n");
            assert_eq!(ran.contains(password), !password.is_ascii(), "the password is in no statement: {ran}");
            assert!(opens(password).await && !opens("another").await, "{password}");
        }
        assert!(!opens("first word").await);
        run(&owner, &format!("DROP OWNED BY {name}; DROP ROLE {name}")).await;
        owner.close().await.unwrap();
    })
    .await;
}

fn there(name: &str) -> ServerRole {
    ServerRole { name: name.to_owned(), password: None }
}

/// What the servers' role may not do.
const FORBIDDEN: [&str; 22] = [
    "UPDATE audit_entry SET actor_name = 'C'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER USER",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
    "UPDATE audit_seal SET sequence = 2",
    "DELETE FROM audit_seal",
    "DELETE FROM audit_chain_head",
    "DELETE FROM appointment_event",
    "UPDATE appointment_event SET note = NULL",
    "DELETE FROM note",
    "DELETE FROM document",
    "UPDATE note_addendum SET text = 'x'",
    "DELETE FROM note_addendum",
    "UPDATE note_revision SET plan = NULL",
    "INSERT INTO erasure (user_id, requested_by, reason) VALUES (1, 1, 'mine')",
    "INSERT INTO audit_redaction (entry_id, sealed, redacted, digest) VALUES (1, '', '', '')",
    "TRUNCATE hospital CASCADE",
    "ALTER TABLE hospital ADD COLUMN mine integer",
    "CREATE TABLE mine (id integer)",
    "INSERT INTO seaql_migrations VALUES ('mine', 0)",
];

async fn as_role(db: &DatabaseConnection, role: &str) {
    run(
        db,
        &format!(
            "SET ROLE {role};
             INSERT INTO hospital (name, address, phone, email) VALUES ('Patan', 'A', '1', 'a@b');
             INSERT INTO \"user\" (email, password_hash, role, first_name, last_name) VALUES ('a@b', 'x', 'super_admin', 'A', 'B');
             {ENTRY};
             INSERT INTO audit_seal (sequence, first_entry_id, last_entry_id, entry_count, members, digest, sealed_at)
             VALUES (1, 1, 1, 1, '', '', now());
             UPDATE hospital SET name = 'Bir';
             SELECT * FROM seaql_migrations"
        ),
    )
    .await;
    for forbidden in FORBIDDEN {
        let sql = format!("SET ROLE {role}; {forbidden}");
        let refused = db.execute_unprepared(&sql).await.err().map(|error| error.to_string()).unwrap_or_default();
        let is_about_rights = ["permission denied", "must be owner"].iter().any(|words| refused.contains(words));
        assert!(is_about_rights, "{forbidden}: {refused}");
    }
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}
