//! A table that takes no more rows, so that an act fails in its middle.

use sea_orm::ConnectionTrait as _;

use super::{app::TestApp, database::uses_postgres};

/// From now on no row can be inserted into `table`, one at a time of all tables.
pub(crate) async fn stop_inserts(app: &TestApp, table: &str) {
    let statements = if uses_postgres() {
        vec![
            "CREATE FUNCTION stopped() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'stopped'; END$$"
                .to_owned(),
            format!("CREATE TRIGGER stopped BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION stopped()"),
        ]
    } else {
        vec![format!("CREATE TRIGGER stopped BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'stopped'); END")]
    };
    for statement in statements {
        app.db.execute_unprepared(&statement).await.unwrap();
    }
}

/// It takes rows again.
pub(crate) async fn allow_inserts(app: &TestApp, table: &str) {
    let on = if uses_postgres() { format!(" ON {table}") } else { String::new() };
    app.db.execute_unprepared(&format!("DROP TRIGGER stopped{on}")).await.unwrap();
}
