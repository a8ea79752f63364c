//! What is in the database, without the entities: every table, every column, every value.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::raw_database::RawDatabase;

/// Every table of the database with its columns.
pub(crate) async fn schema(db: &RawDatabase) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text AS name, column_name::text AS col FROM information_schema.columns
             WHERE table_schema = current_schema()"
        }
        _ => {
            "SELECT tables.name AS name, columns.name AS col
             FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        let (name, column): (String, String) = (row.try_get("", "name").unwrap(), row.try_get("", "col").unwrap());
        tables.entry(name).or_default().insert(column);
    }
    tables
}

/// Every row of every table, as text, with the name of its table.
pub(crate) async fn everything(db: &RawDatabase) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (table, columns) in schema(db).await {
        let sql = match db.get_database_backend() {
            DbBackend::Postgres => format!("SELECT row_to_json(found)::text AS line FROM \"{table}\" AS found"),
            _ => {
                let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} AS line FROM \"{table}\"", columns.join(" || ' ' || "))
            }
        };
        for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap() {
            rows.push((table.clone(), row.try_get("", "line").unwrap()));
        }
    }
    rows
}
