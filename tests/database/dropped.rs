//! Every Postgres backend is terminated under load: nobody reads an error, and no write is lost or done twice.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use entity::hospital;
use sea_orm::{DbErr, EntityTrait};
use tokio::task::{JoinSet, LocalSet};

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named, terminate_all};

const ROUNDS: usize = 20;

/// What the workers of a test share.
#[derive(Clone, Default)]
struct Load {
    finished: Rc<Cell<bool>>,
    done: Rc<Cell<u32>>,
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.finished.get()
    }

    fn count(&self) {
        self.done.set(self.done.get() + 1);
    }

    /// Terminates every backend again and again, each time after the workers have got something done.
    async fn terminate_backends(&self, test: &TestDatabase) -> i64 {
        let mut beside = test.beside().await;
        let mut terminated = 0;
        for _ in 0..ROUNDS {
            let enough = self.done.get() + 40;
            while self.done.get() < enough {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            terminated += terminate_all(&mut beside).await;
        }
        self.finished.set(true);
        terminated
    }
}

#[tokio::test]
async fn readers_see_no_error_when_every_backend_is_terminated() {
    if let Some(test) = TestDatabase::postgres_with(&[("DB_MAX_CONNECTIONS", "20")]).await {
        LocalSet::new().run_until(read_under_fire(&test)).await;
    }
}

async fn read_under_fire(test: &TestDatabase) {
    let load = Load::default();
    let mut readers = JoinSet::new();
    for _ in 0..16 {
        let (reader, load) = (test.db.reader(), load.clone());
        readers.spawn_local(async move {
            while load.goes_on() {
                reader.run(NO_PAGE, async |conn| hospital::Entity::find().all(conn).await).await?;
                load.count();
            }
            Ok::<(), DbErr>(())
        });
    }
    let terminated = load.terminate_backends(test).await;
    while let Some(reader) = readers.join_next().await {
        reader.unwrap().expect("a reader saw an error");
    }
    assert!(terminated > 0);
}

#[tokio::test]
async fn a_pool_full_of_dead_connections_is_no_obstacle() {
    if let Some(test) = TestDatabase::postgres_with(&[("DB_MAX_CONNECTIONS", "20")]).await {
        LocalSet::new().run_until(rest_and_die(&test)).await;
    }
}

async fn rest_and_die(test: &TestDatabase) {
    for _ in 0..5 {
        let mut readers = JoinSet::new();
        for _ in 0..40 {
            let reader = test.db.reader();
            readers.spawn_local(async move {
                reader.run(NO_PAGE, async |conn| hospital::Entity::find().all(conn).await).await
            });
        }
        while let Some(result) = readers.join_next().await {
            result.unwrap().unwrap();
        }
        while test.db.pool_state().idle < test.db.pool_state().open {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        terminate_all(&mut test.beside().await).await;
        test.db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().all(conn).await).await.unwrap();
    }
}

#[tokio::test]
async fn writers_lose_nothing_and_repeat_nothing_when_every_backend_is_terminated() {
    if let Some(test) = TestDatabase::postgres().await {
        LocalSet::new().run_until(write_under_fire(&test)).await;
    }
}

async fn write_under_fire(test: &TestDatabase) {
    let load = Load::default();
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let (db, load) = (test.db.clone(), load.clone());
        writers.spawn_local(async move {
            let mut written = Vec::new();
            while load.goes_on() {
                let name = format!("{writer}-{}", written.len());
                db.write_unrecorded(NO_ACT, async |unit| {
                    unit.insert(hospital_named(name.clone()), NO_PAGE).await.map(|_| ())
                })
                .await?;
                written.push(name);
                load.count();
            }
            Ok::<_, DbErr>(written)
        });
    }
    load.terminate_backends(test).await;
    let mut acknowledged = HashSet::new();
    while let Some(writer) = writers.join_next().await {
        // The names are unique, so a write that was done twice is an error here.
        acknowledged.extend(writer.unwrap().expect("a writer saw an error"));
    }
    let stored = test.db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().all(conn).await).await.unwrap();
    let stored: HashSet<String> = stored.into_iter().map(|row| row.name).collect();
    assert_eq!(stored, acknowledged);
}
