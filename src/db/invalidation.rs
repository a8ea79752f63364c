//! What one unit of work invalidates: its topics are held while it is committed, and have new stamps before its writer is answered.

use std::collections::BTreeSet;

use entity::cache_outbox::ActiveModel;
use sea_orm::{ActiveValue::Set, DbErr};

use super::outbox::{EVERY, NO_PAGE};
use super::outcome::TransactionId;
use super::{Database, UnitOfWork, instances};
use crate::coherence::{Coherence, Hold, Silence, Topic};
use crate::integrations::clock::Clock;

/// How often, [`EVERY`] so long, the database is asked whether a transaction is over. By then a database that cannot tell is
/// another one than that which ran it.
const QUESTIONS: u32 = 3600;

/// See the module.
pub(super) enum Invalidation {
    /// It touched none.
    None,
    /// They are held.
    Held(Hold),
    /// They could not be held, and stand in the outbox; nobody counts on being told by this process.
    Unannounced(Hold, Option<Silence>),
    /// No cache is known here: they stand in the outbox.
    Outbox,
}

/// After the end of a unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Completion {
    /// Nobody will be shown what was before.
    Announced,
    /// Somebody may.
    Unannounced,
}

impl Invalidation {
    /// Holds what `unit` touched: the last thing before its COMMIT.
    ///
    /// # Errors
    /// The database's, when the outbox cannot be written; or that this process may write nothing just now, because others could not
    /// know of it. Then nothing may be committed.
    pub(super) async fn prepare(database: &Database, unit: &UnitOfWork) -> Result<Self, DbErr> {
        let topics = unit.touched();
        if topics.is_empty() {
            return Ok(Self::None);
        }
        let Some(coherence) = database.coherence() else {
            unit.insert_many(rows(topics.iter().copied()), NO_PAGE).await?;
            return Ok(Self::Outbox);
        };
        match coherence.hold(&topics).await {
            Ok(hold) => Ok(Self::Held(hold)),
            Err(hold) => Self::prepare_unannounced(unit, coherence, (hold, &topics)).await,
        }
    }

    async fn prepare_unannounced(
        unit: &UnitOfWork,
        coherence: &Coherence,
        (hold, topics): (Hold, &BTreeSet<Topic>),
    ) -> Result<Self, DbErr> {
        let silence = coherence.silence().await;
        if let Some(membership) = coherence.membership() {
            instances::allow_unannounced(unit, membership).await?;
        }
        unit.insert_many(rows(topics.iter().copied()), NO_PAGE).await?;
        Ok(Self::Unannounced(hold, silence))
    }

    /// Whether there is time left to COMMIT.
    pub(super) fn is_fresh(&self) -> bool {
        match self {
            Self::Held(hold) => hold.is_fresh(),
            Self::None | Self::Outbox | Self::Unannounced(..) => true,
        }
    }

    /// The unit of work is over: committed (`is_written`) or rolled back. Returns when its writer may be answered.
    pub(super) async fn complete(self, database: &Database, is_written: bool) -> Completion {
        match self {
            Self::Held(hold) => {
                let topics: Vec<Topic> = hold.topics().collect();
                if hold.release().await || !is_written {
                    return Completion::Announced;
                }
                Self::after_lost_release(database, &topics).await
            }
            Self::Unannounced(hold, silence) => {
                if !hold.release().await
                    && is_written
                    && let Some(coherence) = database.coherence()
                {
                    coherence.pause().await;
                }
                drop(silence);
                Completion::Announced
            }
            Self::None | Self::Outbox => Completion::Announced,
        }
    }

    /// They were held, and cannot be renewed: the server that knows of the hold may be the one that is gone.
    async fn after_lost_release(database: &Database, topics: &[Topic]) -> Completion {
        let Some(coherence) = database.coherence() else { return Completion::Announced };
        let silence = coherence.silence().await;
        let is_there = database.put_into_outbox(topics).await;
        coherence.pause().await;
        drop(silence);
        if is_there { Completion::Announced } else { Completion::Unannounced }
    }

    /// Nobody knows what became of it, and it may still be committed: what is held stays so, behind the answer, until the
    /// database can tell that it is over. With `transaction_id` it is asked.
    pub(super) fn complete_later(self, database: &Database, transaction_id: Option<TransactionId>) {
        let (Self::Held(mut hold), Some(transaction_id)) = (self, transaction_id) else { return };
        log::warn!("{} topics stay held: nobody knows whether their change was committed", hold.topics().count());
        let database = database.clone();
        tokio::spawn(async move {
            for _ in 0..QUESTIONS {
                tokio::time::sleep(EVERY).await;
                if transaction_id.is_over(&database).await {
                    break;
                }
                hold.prolong().await;
            }
            Self::Held(hold).complete(&database, true).await;
        });
    }
}

/// What stands in the outbox for these topics.
pub(super) fn rows(topics: impl Iterator<Item = Topic>) -> Vec<ActiveModel> {
    let now = Clock::system().now();
    let row = |topic: Topic| ActiveModel {
        topic: Set(topic.to_string()),
        created_at: Set(now),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    topics.map(row).collect()
}
