//! What the role of the servers may do: work with rows, and neither alter the schema nor change the trail.
//!
//! The changes are applied by the owner of the tables, whom no trigger binds: an owner can take it away. A server that is
//! another role cannot, whoever has taken it over. Postgres only; a SQLite file belongs to whoever can write it.
//!
//! The role is there, or is made: then it can connect with the password that the servers are given, and with no other.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};

use crate::dialect::Dialect;
use crate::lock::AdvisoryLock;
use crate::scram;

/// As whom the servers connect.
pub struct ServerRole {
    /// Its name in Postgres.
    pub name: String,
    /// What it connects with from now on; the role is made if it is missing. Without one it must be there, and keeps its own.
    pub password: Option<String>,
}

/// Tables of which rows are added and read, nothing else.
const APPEND_ONLY: [&str; 5] = ["audit_entry", "audit_seal", "appointment_event", "note_addendum", "attachment_data"];
/// Notes are written until they are signed, messages can be taken back, documents revoked, attachments let in, calls end; none is removed.
const KEPT: [&str; 6] = ["note", "message", "document", "attachment", "call", "call_peer"];
/// The versions of a note: removed when it has long been signed, never changed.
const REVISIONS: &str = "note_revision";
/// Where chains of seals end: moved, never taken away.
const HEADS: &str = "audit_chain_head";
/// Which changes were applied, who was erased, and what of the trail: the servers read it. An erasure is done by the owner.
const READ_ONLY: [&str; 3] = ["seaql_migrations", "erasure", "audit_redaction"];

/// Tables of the schema that belong to no extension.
const TABLES: &str = "SELECT relname AS name FROM pg_class
  WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
  ORDER BY relname";

/// Whether the role is there, and whether a grant would not bind it. One row.
const STANDING: &str = "SELECT rolname IS NOT NULL AS is_there,
    coalesce(rolsuper, false) OR EXISTS (SELECT 1 FROM pg_class
      WHERE relname = 'audit_entry' AND relnamespace = current_schema()::regnamespace
        AND pg_has_role(pg_roles.oid, relowner, 'MEMBER')) AS is_unbound, current_schema() AS schema
  FROM (VALUES (1)) AS one_row LEFT JOIN pg_roles ON rolname = $1";

/// The statements that let `role` work with the tables that are there now, and with rows of those that later changes make. What it could do
/// before is taken from it first. With a password it is made, or given that one: the statement holds what Postgres stores of it.
///
/// # Errors
/// The database's; or that it is no Postgres, that there is no such role, or that it is one that nothing can be kept from.
pub async fn grants(db: &DatabaseConnection, role: &ServerRole) -> Result<Vec<String>, DbErr> {
    if Dialect::of(db.get_database_backend())? == Dialect::Sqlite {
        return Err(refused("SQLite has no roles".to_owned()));
    }
    let name = &role.name;
    let standing = Statement::from_sql_and_values(DbBackend::Postgres, STANDING, [name.as_str().into()]);
    let standing = db.query_one_raw(standing).await?.ok_or_else(|| refused("no answer about the role".to_owned()))?;
    if standing.try_get("", "is_unbound")? {
        return Err(refused(format!(
            "{name} is a superuser, or may act as the owner of the tables: nothing can be kept from it; make another role"
        )));
    }
    let login = match (standing.try_get("", "is_there")?, &role.password) {
        (false, None) => {
            return Err(refused(format!("there is no role {name}: CREATE ROLE it first, with LOGIN and a password")));
        }
        (true, None) => None,
        (false, Some(password)) => Some(login("CREATE", name, password)),
        (true, Some(password)) => Some(login("ALTER", name, password)),
    };
    let schema = quoted(&standing.try_get::<String>("", "schema")?);
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, TABLES)).await?;
    let tables: Vec<String> = rows.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?;
    Ok(login.into_iter().chain(statements(&schema, &tables, &quoted(name))).collect())
}

/// Runs what [`grants`] says, all of it or nothing, after a migration that is running. Returns what it ran.
///
/// # Errors
/// As [`grants`].
pub async fn grant(db: &DatabaseConnection, role: &ServerRole) -> Result<Vec<String>, DbErr> {
    if Dialect::of(db.get_database_backend())? == Dialect::Sqlite {
        return grants(db, role).await;
    }
    // Two at once would collide over the rows that hold the rights.
    let lock = AdvisoryLock::take(db).await?;
    let done = run(db, role).await;
    lock.release().await?;
    done
}

async fn run(db: &DatabaseConnection, role: &ServerRole) -> Result<Vec<String>, DbErr> {
    let statements = grants(db, role).await?;
    let transaction = db.begin().await?;
    for statement in &statements {
        transaction.execute_unprepared(statement).await?;
    }
    transaction.commit().await?;
    Ok(statements)
}

/// The statement that makes or changes a role so that it connects with a password.
fn login(verb: &str, name: &str, password: &str) -> String {
    // What cannot be hashed here the server hashes.
    let stored = scram::verifier(password, rand::random()).unwrap_or_else(|| password.replace('\'', "''"));
    format!("{verb} ROLE {} LOGIN PASSWORD '{stored}'", quoted(name))
}

fn statements(schema: &str, tables: &[String], role: &str) -> Vec<String> {
    let mut statements = vec![
        format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"),
        format!("REVOKE ALL ON SCHEMA {schema} FROM {role}"),
        format!("GRANT USAGE ON SCHEMA {schema} TO {role}"),
        format!("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"),
    ];
    statements.extend(tables.iter().map(|table| {
        let may = match table.as_str() {
            table if READ_ONLY.contains(&table) => "SELECT",
            HEADS => "SELECT, INSERT, UPDATE",
            table if KEPT.contains(&table) => "SELECT, INSERT, UPDATE",
            REVISIONS => "SELECT, INSERT, DELETE",
            table if APPEND_ONLY.contains(&table) => "SELECT, INSERT",
            _ => "SELECT, INSERT, UPDATE, DELETE",
        };
        format!("GRANT {may} ON {schema}.{} TO {role}", quoted(table))
    }));
    // Until it is granted anew after a later change, what that one makes is worked with all the same: triggers write there at once.
    statements.push(format!(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
    ));
    statements
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn refused(why: String) -> DbErr {
    DbErr::Migration(why)
}
