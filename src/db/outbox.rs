//! What a unit of work tells the cache, and the table that carries it when the cache cannot be told.
//!
//! Before COMMIT the topics of a unit of work are held in the cache's store. Where that is not possible (Redis is away or
//! takes no writes, or a command runs that knows no cache) they are written into `cache_outbox` within the same
//! transaction. Every server reads that table once a second and renews the topics it finds. Owns the table
//! `cache_outbox`.

use std::collections::BTreeSet;
use std::time::Duration;

use entity::cache_outbox::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Database, UnitOfWork};
use crate::cache::{Coherence, Hold, Topic, Topics};
use crate::integrations::clock::Clock;

const NO_PAGE: Topics = Topics::exempt("the outbox is no page");

/// How often the outbox is read.
const EVERY: Duration = Duration::from_secs(1);
/// How many of its rows at once.
const ROWS: usize = 1_000;

/// How the topics of one unit of work are marked while it is committed.
pub(super) enum Marks {
    /// It touched none.
    None,
    /// They are held.
    Held(Hold),
    /// They could not be held, and stand in the outbox.
    Outbox(Option<Coherence>, BTreeSet<Topic>),
}

impl Marks {
    /// Marks what `unit` touched: the last thing before its COMMIT.
    ///
    /// # Errors
    /// The database's, when the outbox cannot be written; then nothing may be committed.
    pub(super) async fn set(database: &Database, unit: &UnitOfWork) -> Result<Self, DbErr> {
        let topics = unit.touched();
        if topics.is_empty() {
            return Ok(Self::None);
        }
        let coherence = database.coherence();
        if let Some(coherence) = coherence {
            match coherence.hold(&topics).await {
                Ok(hold) => return Ok(Self::Held(hold)),
                Err(error) => log::debug!("topics go into the outbox: {error}"),
            }
        }
        let now = Clock::system().now();
        let rows = topics.iter().map(|topic| ActiveModel {
            topic: Set(topic.to_string()),
            created_at: Set(now),
            updated_at: Set(now),
            ..ActiveModel::default()
        });
        unit.insert_many(rows.collect::<Vec<_>>(), NO_PAGE).await?;
        Ok(Self::Outbox(coherence.cloned(), topics))
    }

    /// Whether there is time left to COMMIT.
    pub(super) fn are_fresh(&self) -> bool {
        match self {
            Self::Held(hold) => hold.is_fresh(),
            Self::None | Self::Outbox(..) => true,
        }
    }

    /// The unit of work is over: committed or rolled back.
    pub(super) async fn lift(self) {
        match self {
            Self::Held(hold) => hold.release().await,
            Self::Outbox(Some(coherence), topics) => coherence.make_up(&topics).await,
            Self::None | Self::Outbox(None, _) => {}
        }
    }

    /// Nobody knows what became of it.
    pub(super) fn leave(self) {
        match self {
            Self::Held(hold) => hold.abandon(),
            Self::Outbox(..) | Self::None => {}
        }
    }
}

impl Database {
    /// Renews the topics in the outbox once a second, for ever: for a task of its own, one a process.
    pub async fn drain_outbox_forever(self) {
        loop {
            tokio::time::sleep(EVERY).await;
            while self.drain_outbox().await.unwrap_or_else(|error| {
                log::warn!("the cache's outbox cannot be read: {error}");
                0
            }) >= ROWS
            {}
        }
    }

    /// Renews the topics in the outbox and takes them out; how many rows there were. Nothing is taken out while the store
    /// cannot be reached.
    ///
    /// # Errors
    /// The database's.
    pub async fn drain_outbox(&self) -> Result<usize, DbErr> {
        let Some(coherence) = self.coherence() else { return Ok(0) };
        let find = Entity::find().order_by_asc(Column::Id).limit(u64::try_from(ROWS).unwrap_or(u64::MAX));
        let rows: Vec<Model> = self.reader().run(NO_PAGE, async |conn| find.clone().all(conn).await).await?;
        // A name that nobody here knows is one of a newer release: to be safe, everything.
        let topic = |row: &Model| Topic::parse(&row.topic).unwrap_or(Topic::Everything);
        let topics: BTreeSet<Topic> = rows.iter().map(topic).collect();
        if topics.is_empty() || coherence.renew(&topics).await.is_err() {
            return Ok(0);
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        self.write_idempotent(async |uow| {
            let done = Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied()));
            uow.delete_where(done, NO_PAGE).await
        })
        .await?;
        Ok(rows.len())
    }
}
