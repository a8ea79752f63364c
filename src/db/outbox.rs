//! What a unit of work tells the cache, and the table that carries it when the cache cannot be told.
//!
//! Before COMMIT the topics of a unit of work are held in the cache's store. Where that is not possible (Redis is away or
//! takes no writes, or a command runs that knows no cache) they are written into `cache_outbox` within the same
//! transaction, and the commit waits until nobody counts on being told ([`crate::coherence::Membership`]). Every server reads that table
//! once a second, more often while a process is missing, and gives the topics it finds new stamps. Owns the table `cache_outbox`.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use entity::cache_outbox::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
};

use super::identity::{Identity, identity};
use super::invalidation::rows;
use super::{Database, Unrecorded, instances};
use crate::coherence::{Coherence, Membership, Topic, Topics};

pub(super) const NO_PAGE: Topics = Topics::exempt("the outbox is no page");
const TOLD: Unrecorded = Unrecorded::of(&["cache_outbox"], "what caches were told is removed");

/// How often the outbox is read, …
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// … and how often at most.
const SOONEST: Duration = Duration::from_millis(50);
/// While a process is missing, what is read of it counts for less than [`EVERY`].
const WHILE_MISSING: Duration = Duration::from_millis(300);
/// How many of its rows at once.
const ROWS: usize = 1_000;
/// How often topics are put into it before they are given up: a connection may just have been lost.
const TRIES: u32 = 3;
/// By hand: in one statement who the server is, though no row may be there, and at most [`ROWS`] rows.
const LOOK: &str = concat!(
    "SELECT server.system, server.timeline, cache_outbox.id, cache_outbox.topic FROM (SELECT ",
    identity!(),
    ") AS server LEFT JOIN cache_outbox ON true ORDER BY cache_outbox.id LIMIT 1000"
);

/// Since when something has stood in the outbox that cannot be taken out.
#[derive(Debug, Default)]
pub(super) struct OutboxWait {
    since: Mutex<Option<Instant>>,
    /// The rows that this process was told of.
    announced: Mutex<BTreeSet<i64>>,
}

impl OutboxWait {
    fn note(&self, is_empty: bool) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if is_empty {
            *since = None;
        } else {
            since.get_or_insert_with(Instant::now);
        }
    }

    /// The topics of those `rows` that this process was not told of before.
    fn news(&self, rows: &[(i64, String)]) -> Vec<Topic> {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let news = rows.iter().filter(|(id, _)| !announced.contains(id)).map(topic).collect();
        *announced = rows.iter().map(|(id, _)| *id).collect();
        news
    }
}

impl Database {
    /// For how long topics have stood in the outbox that nobody can be told of; `None`: there are none.
    #[must_use]
    pub fn outbox_age(&self) -> Option<Duration> {
        self.outbox_wait().since.lock().unwrap_or_else(PoisonError::into_inner).map(|since| since.elapsed())
    }

    /// Reads the outbox again and again, and keeps account of the processes that share the store: for a task of its own, one a process.
    /// Calls `succeeded` after each round in which it could.
    pub async fn drain_outbox_forever(self, succeeded: impl Fn()) {
        let mut watch = instances::Watch::default();
        loop {
            let pause = self.attend(&mut watch).await.inspect(|_| succeeded()).unwrap_or_else(|error| {
                log::warn!("the cache's outbox cannot be read: {error}");
                EVERY
            });
            let wanted = async {
                match self.membership() {
                    Some(membership) => membership.reading_requested().await,
                    None => std::future::pending().await,
                }
            };
            tokio::time::sleep(SOONEST).await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = wanted => {}
            }
        }
    }

    /// One round; how long to pause after it.
    async fn attend(&self, watch: &mut instances::Watch) -> Result<Duration, DbErr> {
        if let Some(membership) = self.membership() {
            watch.look(self, membership).await?;
        }
        let is_empty = self.read_outbox().await? == 0;
        self.outbox_wait().note(is_empty);
        let Some(membership) = self.membership() else { return Ok(EVERY) };
        if is_empty && membership.is_silent() && self.store_is_back().await {
            if instances::stand_apart(self, membership, false).await? == 0 {
                watch.was_struck_off(membership);
            } else if let Some(silences) = membership.silences()
                // What was committed until just now, here or by those who relied on its standing apart.
                && self.read_outbox().await? == 0
            {
                membership.resume(silences);
            }
        }
        let is_missing =
            membership.is_silent() || !membership.missing().is_empty() || membership.unconfirmed().is_some();
        Ok(if is_missing { WHILE_MISSING } else { EVERY })
    }

    pub(super) async fn store_is_back(&self) -> bool {
        match self.coherence() {
            Some(coherence) => coherence.is_reachable().await,
            None => false,
        }
    }

    /// Puts this process into the table of processes: for commands, which do not read the outbox.
    ///
    /// # Errors
    /// The database's.
    pub async fn join(&self) -> Result<(), DbErr> {
        match self.membership() {
            Some(membership) => instances::join(self, membership).await,
            None => Ok(()),
        }
    }

    /// Takes this process out of the registry, when it ends in order: all it has written has been told. First out of the registry, which the others wait
    /// for, if nothing can be left in the outbox: the database may be away.
    pub async fn leave(&self) {
        let Some((coherence, membership)) = self.coherence().zip(self.membership()) else { return };
        let has_told_all = membership.retire();
        if has_told_all {
            coherence.leave().await;
        }
        if let Err(error) = instances::remove(self, membership.process()).await {
            log::debug!("this process stays in the table of processes: {error}");
        }
        // What it has left in the outbox would not be looked for any more.
        if !has_told_all && self.read_outbox().await.is_ok_and(|left| left == 0) {
            coherence.leave().await;
        }
    }

    pub(super) fn membership(&self) -> Option<&std::sync::Arc<Membership>> {
        self.coherence().and_then(Coherence::membership)
    }

    /// Reads the outbox until nothing is left in it, as far as it can be taken out; how many rows are left.
    pub(super) async fn read_outbox(&self) -> Result<usize, DbErr> {
        loop {
            let (found, taken) = self.drain_outbox().await?;
            if taken < ROWS {
                return Ok(found - taken);
            }
        }
    }

    /// Puts topics into the outbox after the COMMIT of what touched them. By itself, not as a unit of work: it belongs to one
    /// that is just ending, and has its turn to write. `false`: they do not stand there, or nobody will look for them there.
    pub(super) async fn put_into_outbox(&self, topics: &[Topic]) -> bool {
        let rows = rows(topics.iter().copied());
        for _ in 0..TRIES {
            match self.bounded(Entity::insert_many(rows.clone()).exec_without_returning(self.bare())).await {
                Ok(_) => return self.is_looked_for().await,
                Err(error) => {
                    self.learn_from(&error);
                    log::warn!("topics that could not be renewed do not get into the outbox: {error}");
                }
            }
        }
        false
    }

    /// Whether this process would be missed, so that the others look into the outbox: whoever was taken for dead and struck off is not, nor
    /// who was never registered.
    async fn is_looked_for(&self) -> bool {
        match self.membership() {
            Some(membership) if membership.was_registered() => {
                instances::is_there(self, membership.process()).await.unwrap_or(false)
            }
            Some(_) => false,
            None => true,
        }
    }

    /// Renews topics in the outbox and takes them out: how many there were, and how many are gone. Nothing is taken out while the
    /// store cannot be reached, nor before every process has heard of the new stamps.
    ///
    /// A server that took the place of the one that was known may lack what pages were made of: then everything is renewed.
    ///
    /// # Errors
    /// The database's.
    pub async fn drain_outbox(&self) -> Result<(usize, usize), DbErr> {
        let Some(coherence) = self.coherence() else { return Ok((0, 0)) };
        let began = coherence.begin_reading();
        let (found, rows) = self.look_into_outbox().await?;
        // What is too much for one reading is everything.
        let mut topics: BTreeSet<Topic> = rows.iter().map(topic).collect();
        let is_new = found.is_some_and(|found| self.servers().is_new(found));
        if is_new {
            log::warn!(
                "the database is another server than before, or lost what it had: nothing that was kept is believed"
            );
        }
        if rows.len() >= ROWS || is_new {
            topics.insert(Topic::Everything);
        }
        let topics = coherence.outbox_was_read(began, topics);
        let left = rows.len() + usize::from(is_new);
        if !topics.is_empty() && coherence.renew(&topics).await.is_err() {
            coherence.announce(&self.outbox_wait().news(&rows));
            return Ok((left, 0));
        }
        if let Some(found) = found {
            self.servers().note(found);
        }
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        if !ids.is_empty() {
            self.write_idempotent(TOLD, async |uow| {
                let done = Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied()));
                uow.delete_where(done, NO_PAGE).await
            })
            .await?;
        }
        Ok((left, left))
    }

    /// Who the server is, if it tells, and the id and topic of each row.
    async fn look_into_outbox(&self) -> Result<(Option<Identity>, Vec<(i64, String)>), DbErr> {
        let reader = self.reader();
        if self.discloses_identity().await? {
            let question = Statement::from_string(DbBackend::Postgres, LOOK);
            let found = reader.run(NO_PAGE, async |conn| conn.query_all_raw(question.clone()).await).await?;
            let identity = found.first().map(Identity::of).transpose()?;
            let rows = found.iter().filter_map(|row| row.try_get("", "id").ok().flatten().map(|id: i64| (id, row)));
            let rows = rows.map(|(id, row)| Ok((id, row.try_get("", "topic")?))).collect::<Result<_, DbErr>>()?;
            return Ok((identity, rows));
        }
        let find = Entity::find().order_by_asc(Column::Id).limit(u64::try_from(ROWS).unwrap_or(u64::MAX));
        let rows: Vec<Model> = reader.run(NO_PAGE, async |conn| find.clone().all(conn).await).await?;
        Ok((None, rows.into_iter().map(|row| (row.id, row.topic)).collect()))
    }

    /// Waits until the outbox is empty, a little longer than servers leave it alone at most: for commands, which have told nobody else. `false`: it is not.
    ///
    /// # Errors
    /// The database's.
    pub async fn wait_until_announced(&self) -> Result<bool, DbErr> {
        for _ in 0..13 {
            let find = Entity::find().limit(1);
            let left = self.reader().run(NO_PAGE, async |conn| find.clone().all(conn).await).await?;
            if left.is_empty() {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(false)
    }
}

/// What a row is about. A name that nobody here knows is one of a newer release: to be safe, everything.
fn topic((_, name): &(i64, String)) -> Topic {
    Topic::parse(name).unwrap_or(Topic::Everything)
}
