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

use super::outcome::Ticket;
use super::{Database, UnitOfWork};
use crate::cache::{Coherence, Hold, Topic, Topics};
use crate::integrations::clock::Clock;

const NO_PAGE: Topics = Topics::exempt("the outbox is no page");

/// How often the outbox is read.
const EVERY: Duration = Duration::from_secs(1);
/// How many of its rows at once.
const ROWS: usize = 1_000;
/// How often topics are put into it before they are given up: a connection may just have been lost.
const TRIES: u32 = 3;
/// How often, [`EVERY`] so long, the database is asked whether a transaction is over. By then a database that cannot tell is
/// another one than that which ran it.
const QUESTIONS: u32 = 3600;

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
        unit.insert_many(rows(topics.iter().copied()), NO_PAGE).await?;
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
    pub(super) async fn lift(self, database: &Database) {
        match self {
            Self::Held(hold) => {
                let topics = rows(hold.topics());
                if !hold.release().await {
                    database.put_into_outbox(topics).await;
                }
            }
            Self::Outbox(Some(coherence), topics) => coherence.make_up(&topics).await,
            Self::None | Self::Outbox(None, _) => {}
        }
    }

    /// Nobody knows what became of it, and it may still be committed: what is held stays so, behind the answer, until the
    /// database can tell that it is over. With `ticket` it is asked.
    pub(super) fn leave(self, database: &Database, ticket: Option<Ticket>) {
        let (Self::Held(hold), Some(ticket)) = (self, ticket) else { return };
        log::warn!("{} topics stay held: nobody knows whether their change was committed", hold.topics().count());
        let database = database.clone();
        tokio::spawn(async move {
            for _ in 0..QUESTIONS {
                tokio::time::sleep(EVERY).await;
                if ticket.is_over(&database).await {
                    break;
                }
                hold.prolong().await;
            }
            Self::Held(hold).lift(&database).await;
        });
    }
}

/// What stands in the outbox for these topics.
fn rows(topics: impl Iterator<Item = Topic>) -> Vec<ActiveModel> {
    let now = Clock::system().now();
    let row = |topic: Topic| ActiveModel {
        topic: Set(topic.to_string()),
        created_at: Set(now),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    topics.map(row).collect()
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

    /// Puts topics into the outbox after the COMMIT of what touched them. By itself, not as a unit of work: it belongs to one
    /// that is just ending, and has its turn to write.
    async fn put_into_outbox(&self, topics: Vec<ActiveModel>) {
        for _ in 0..TRIES {
            match self.bounded(Entity::insert_many(topics.clone()).exec_without_returning(self.bare())).await {
                Ok(_) => return,
                Err(error) => {
                    self.learn_from(&error);
                    log::warn!("topics that could not be renewed do not get into the outbox: {error}");
                }
            }
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
