//! What a unit of work promises, on both backends.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use entity::hospital;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use telemedicine::db::{Database, UnitOfWork, ViolationKind, violation};

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named};

/// Each promise is kept on SQLite and, where there is one, on Postgres.
macro_rules! on_both {
    ($($name:ident)*) => { $(mod $name {
        use super::*;

        #[tokio::test]
        async fn on_sqlite() {
            super::$name(&TestDatabase::sqlite().await.db).await;
        }

        #[tokio::test]
        async fn on_postgres() {
            if let Some(test) = TestDatabase::postgres().await {
                super::$name(&test.db).await;
            }
        }
    })* };
}

on_both! {
    what_is_written_is_there
    an_error_undoes_everything
    a_failure_that_was_overlooked_undoes_everything
    what_follows_a_commit_is_done_once_and_after_it
    compare_and_set_tells_who_was_first
    many_rows_are_stored_in_batches
    a_read_cannot_write
    a_broken_constraint_is_named
}

async fn count(db: &Database) -> u64 {
    db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().count(conn).await).await.unwrap()
}

async fn what_is_written_is_there(db: &Database) {
    let row = db
        .write_unrecorded(NO_ACT, async |unit| {
            let row = unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            let seen = unit.read(async |conn| hospital::Entity::find_by_id(row.id).one(conn).await).await?;
            assert_eq!(seen.as_ref(), Some(&row), "a unit of work sees its own writes");
            let change = hospital::Entity::update_many()
                .col_expr(hospital::Column::Phone, Expr::value("1"))
                .filter(hospital::Column::Id.eq(row.id));
            assert_eq!(unit.update_where(change, NO_PAGE).await?, 1);
            unit.read(async |conn| hospital::Entity::find_by_id(row.id).one(conn).await).await
        })
        .await
        .unwrap();
    assert_eq!(row.unwrap().phone, "1");
    let removed = db
        .write_unrecorded(NO_ACT, async |unit| unit.delete_where(hospital::Entity::delete_many(), NO_PAGE).await)
        .await
        .unwrap();
    assert_eq!((removed, count(db).await), (1, 0));
}

async fn an_error_undoes_everything(db: &Database) {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Full,
        Database(DbErr),
    }
    impl From<DbErr> for Refusal {
        fn from(error: DbErr) -> Self {
            Self::Database(error)
        }
    }
    let attempts = AtomicU32::new(0);
    let result: Result<(), Refusal> = db
        .write_unrecorded(NO_ACT, async |unit| {
            attempts.fetch_add(1, Ordering::Relaxed);
            unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            Err(Refusal::Full)
        })
        .await;
    assert_eq!(result, Err(Refusal::Full), "a service's error keeps its type");
    assert_eq!((attempts.into_inner(), count(db).await), (1, 0));
}

async fn a_failure_that_was_overlooked_undoes_everything(db: &Database) {
    let result: Result<(), DbErr> = db
        .write_unrecorded(NO_ACT, async |unit| {
            unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            let second = unit.insert(hospital_named("Bir"), NO_PAGE).await;
            assert!(second.is_err());
            Ok(())
        })
        .await;
    assert_eq!(violation(&result.unwrap_err()).map(|broken| broken.kind), Some(ViolationKind::Unique));
    assert_eq!(count(db).await, 0);
}

async fn what_follows_a_commit_is_done_once_and_after_it(db: &Database) {
    let done = Arc::new(AtomicU32::new(0));
    let once = |unit: &UnitOfWork| {
        let done = done.clone();
        unit.once_committed(move || {
            done.fetch_add(1, Ordering::Relaxed);
        });
    };
    let lost: Result<(), DbErr> = db
        .write_unrecorded(NO_ACT, async |unit| {
            once(unit);
            Err(DbErr::Custom("no".to_owned()))
        })
        .await;
    lost.unwrap_err();
    let overlooked: Result<(), DbErr> = db
        .write_unrecorded(NO_ACT, async |unit| {
            once(unit);
            unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            unit.insert(hospital_named("Bir"), NO_PAGE).await.unwrap_err();
            Ok(())
        })
        .await;
    overlooked.unwrap_err();
    assert_eq!(done.load(Ordering::Relaxed), 0, "nothing was committed");
    let kept: Result<(), DbErr> = db
        .write_unrecorded(NO_ACT, async |unit| {
            once(unit);
            unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            assert_eq!(done.load(Ordering::Relaxed), 0, "it is not committed yet");
            Ok(())
        })
        .await;
    kept.unwrap();
    assert_eq!((done.load(Ordering::Relaxed), count(db).await), (1, 1));
}

async fn compare_and_set_tells_who_was_first(db: &Database) {
    db.write_unrecorded(NO_ACT, async |unit| unit.insert(hospital_named("Bir"), NO_PAGE).await).await.unwrap();
    let close = async || {
        db.write_unrecorded(NO_ACT, async |unit| {
            let update = hospital::Entity::update_many()
                .col_expr(hospital::Column::Active, Expr::value(false))
                .filter(hospital::Column::Active.eq(true));
            unit.update_where(update, NO_PAGE).await
        })
        .await
    };
    assert_eq!((close().await, close().await), (Ok(1), Ok(0)));
}

async fn many_rows_are_stored_in_batches(db: &Database) {
    let rows = (0..5_000).map(|n| hospital_named(format!("Hospital {n}"))).collect::<Vec<_>>();
    let stored = db.write_unrecorded(NO_ACT, async |unit| unit.insert_many(rows.clone(), NO_PAGE).await).await;
    assert_eq!((stored, count(db).await), (Ok(5_000), 5_000));
    let none: Vec<hospital::ActiveModel> = Vec::new();
    assert_eq!(db.write_unrecorded(NO_ACT, async |unit| unit.insert_many(none.clone(), NO_PAGE).await).await, Ok(0));
}

async fn a_read_cannot_write(db: &Database) {
    let refused = db
        .reader()
        .run(NO_PAGE, async |conn| {
            hospital::Entity::insert(hospital_named("Bir")).exec_with_returning(conn).await.map(|_| ())
        })
        .await;
    assert!(matches!(refused, Err(DbErr::Custom(_))), "{refused:?}");
    let refused =
        db.reader().run(NO_PAGE, async |conn| hospital::Entity::delete_many().exec(conn).await.map(|_| ())).await;
    assert!(matches!(refused, Err(DbErr::Custom(_))), "{refused:?}");
    let sql = "( WITH one AS (SELECT 1 AS n) SELECT n FROM one )".trim_matches(['(', ')', ' ']).to_owned();
    let statement = Statement::from_string(db.backend(), sql);
    let row =
        db.reader().run(NO_PAGE, async |conn| conn.query_one_raw(statement.clone()).await).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i32>("", "n"), Ok(1));
}

async fn a_broken_constraint_is_named(db: &Database) {
    let twice = [hospital_named("Bir"), hospital_named("Bir")];
    let error =
        db.write_unrecorded(NO_ACT, async |unit| unit.insert_many(twice.clone(), NO_PAGE).await).await.unwrap_err();
    let broken = violation(&error).unwrap();
    assert_eq!(broken.kind, ViolationKind::Unique);
    assert!(broken.constraint.contains("name"), "{broken:?}");
}
