//! Another Postgres answers under the same address, and lacks what the one before had committed.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use entity::{cache_outbox, hospital};
use sea_orm::sqlx::{self, PgConnection};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, EntityTrait as _, PaginatorTrait as _, Schema, Statement};
use telemedicine::coherence::{Coherence, MemoryStore, Stamps, Store, Topic};
use telemedicine::db::{Database, UnitOfWork, is_dropped};
use tokio::task::LocalSet;

use crate::pair::{Address, Server, address, programs, until};
use crate::support::{NO_ACT, NO_PAGE, hospital_named, open, run};

#[tokio::test]
async fn a_successor_is_not_believed_about_what_it_did_not_do() {
    let Some(programs) = programs() else { return };
    let folder = tempfile::tempdir().unwrap();
    // The user of the servers makes folders in it.
    #[cfg(unix)]
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let primary = Server::primary(&programs, folder.path());
    LocalSet::new().run_until(fail_over(&primary, (&programs, folder.path()))).await;
}

async fn fail_over(primary: &Server, (programs, folder): (&Path, &Path)) {
    let way = Address::of(primary).await;
    let db = open(&address(way.port), &[]).await;
    let schema = Schema::new(DbBackend::Postgres);
    db.bare().execute(&schema.create_table_from_entity(hospital::Entity)).await.unwrap();
    db.bare().execute(&schema.create_table_from_entity(cache_outbox::Entity)).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    db.keep_coherent(Coherence::new(Arc::clone(&store), Duration::from_secs(1)));
    assert_eq!(db.drain_outbox().await.unwrap(), (0, 0));
    let everything = async || -> Stamps { store.ask(&[Topic::Everything]).await.unwrap() };
    let before = everything().await;

    let standby = primary.standby(programs, folder);
    db.write_unrecorded(NO_ACT, async |uow| uow.insert(hospital_named("Kept"), NO_PAGE).await).await.unwrap();
    let mut there = standby.connect().await;
    until("the standby follows", async || hospitals(&mut there).await == 1).await;
    cut_off(&mut there).await;

    let number = Cell::new(0);
    let (written, ()) = tokio::join!(write_in_vain(&db, &number, &way), async {
        until("it begins", async || number.get() > 0).await;
        let mut here = primary.connect().await;
        until("it is committed", async || hospitals(&mut here).await == 2).await;
        promote(&mut there, number.get()).await;
        way.move_to(&standby);
    });
    let error = written.expect_err("nothing of it is there");
    assert!(is_dropped(&error), "{error}");
    let count = async |conn: &telemedicine::db::ReadConnection<'_>| hospital::Entity::find().count(conn).await;
    assert_eq!(db.reader().run(NO_PAGE, count).await, Ok(1));

    assert_eq!(everything().await, before);
    assert_eq!(db.drain_outbox().await.unwrap(), (1, 1), "what was kept may show what is no more");
    let after = everything().await;
    assert_ne!(after, before);
    assert_eq!(db.drain_outbox().await.unwrap(), (0, 0), "once");
    assert_eq!(everything().await, after);
    db.write_unrecorded(NO_ACT, async |uow| uow.insert(hospital_named("Next"), NO_PAGE).await).await.unwrap();
}

/// Writes a hospital; the answer to COMMIT gets lost.
async fn write_in_vain(db: &Database, number: &Cell<i64>, way: &Rc<Address>) -> Result<(), DbErr> {
    db.write_unrecorded(NO_ACT, async |uow: &UnitOfWork| {
        uow.insert(hospital_named("Lost"), NO_PAGE).await?;
        let question = Statement::from_string(DbBackend::Postgres, "SELECT txid_current() AS id");
        let row = uow.read(async |conn| conn.query_one_raw(question).await).await?;
        number.set(row.unwrap().try_get("", "id")?);
        way.swallow_answers();
        Ok(())
    })
    .await
}

async fn hospitals(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM hospital").fetch_one(connection).await.unwrap_or(-1)
}

/// The standby learns no more of the primary.
async fn cut_off(standby: &mut PgConnection) {
    run(standby, "ALTER SYSTEM SET primary_conninfo = ''").await;
    run(standby, "SELECT pg_reload_conf()").await;
    until("the standby follows no more", async || {
        let receivers = "SELECT count(*) FROM pg_stat_wal_receiver";
        sqlx::query_scalar::<_, i64>(receivers).fetch_one(&mut *standby).await.unwrap() == 0
    })
    .await;
}

/// The standby takes over, and commits a transaction of its own under this number.
async fn promote(standby: &mut PgConnection, number: i64) {
    run(standby, "SELECT pg_promote()").await;
    until("another transaction has the number", async || {
        sqlx::query_scalar::<_, i64>("SELECT txid_current()").fetch_one(&mut *standby).await.unwrap() > number
    })
    .await;
    let status: String = sqlx::query_scalar("SELECT txid_status($1)").bind(number).fetch_one(standby).await.unwrap();
    assert_eq!(status, "committed");
}
