//! Whether the instances that share a cache agree on their secret and on their version.
//!
//! Each writes its version and a fingerprint of its secret into its row of `cache_instance`. One whose secret is another than that of
//! the instance that has been there the longest would sign out whoever it is asked by and seal the trail with a key that nobody verifies it
//! with. So it is not ready and seals nothing, until it has the same secret or is alone with the other. Without Redis there are no rows, and one
//! instance only.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::TimeDelta;
use entity::cache_instance::{Column, Entity};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::Database;
use super::outbox::NO_PAGE;
use crate::integrations::clock::Clock;

/// One that has shown no sign of life for so long is not counted; it shows one every ten seconds.
const SILENT: TimeDelta = TimeDelta::seconds(60);

/// What an instance tells the others of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The program's version, of which each build is another.
    pub version: String,
    /// Tells its secret from another one, and nothing about it.
    pub key_fingerprint: String,
}

/// What was last seen of all instances that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many there are, this one included.
    pub instances: i64,
    /// How many of them have another secret than this one.
    pub with_another_key: i64,
    /// Whether the one that has been there the longest is among these.
    pub is_latecomer: bool,
    /// Their versions.
    pub versions: BTreeSet<String>,
}

/// What this process tells, and what it has seen.
#[derive(Debug, Default)]
pub(super) struct Acquaintance {
    introduction: OnceLock<Introduction>,
    seen: Mutex<Option<Agreement>>,
}

/// Those that are alike.
#[derive(Debug, FromQueryResult)]
struct Alike {
    version: Option<String>,
    key_fingerprint: String,
    instances: i64,
    first: i64,
}

impl Agreement {
    fn of(own: &Introduction, found: &[Alike]) -> Self {
        let is_other = |alike: &&Alike| alike.key_fingerprint != own.key_fingerprint;
        let first = found.iter().min_by_key(|alike| alike.first);
        Self {
            instances: found.iter().map(|alike| alike.instances).sum(),
            with_another_key: found.iter().filter(is_other).map(|alike| alike.instances).sum(),
            is_latecomer: first.as_ref().is_some_and(is_other),
            versions: found.iter().filter_map(|alike| alike.version.clone()).collect(),
        }
    }

    fn tell(&self, before: Option<&Self>) {
        let key = |agreement: &Self| (agreement.with_another_key > 0, agreement.is_latecomer);
        if before.map_or((false, false), key) != key(self) {
            let (instances, others) = (self.instances, self.with_another_key);
            match key(self) {
                (_, true) => log::error!(
                    instances, others;
                    "SECRET_KEY is another one than that of the instance that was here first: this one serves nobody and seals nothing"
                ),
                (true, false) => {
                    log::error!(instances, others; "there are instances with another SECRET_KEY: they serve nobody")
                }
                _ => log::info!(instances; "all instances have the same SECRET_KEY again"),
            }
        }
        if self.versions.len() > 1 && before.is_none_or(|before| before.versions != self.versions) {
            log::warn!(versions = self.told_versions().as_str(); "instances of several versions are there");
        }
    }

    /// All versions, in a sentence.
    #[must_use]
    pub fn told_versions(&self) -> String {
        self.versions.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl Acquaintance {
    /// What this process tells of itself; `None` of commands, which serve nobody.
    pub(super) fn introduction(&self) -> Option<&Introduction> {
        self.introduction.get()
    }
}

impl Database {
    /// From now on the process's row says this of it. The first one stays.
    pub fn introduce(&self, introduction: Introduction) {
        let _ = self.acquaintance().introduction.set(introduction);
    }

    /// Looks at what all instances say of themselves, and tells the log what has changed since the last look.
    ///
    /// # Errors
    /// The database's; what was seen before still counts.
    pub async fn compare_instances(&self) -> Result<(), DbErr> {
        let Some(own) = self.acquaintance().introduction().filter(|_| self.membership().is_some()) else {
            return Ok(());
        };
        let find = Entity::find()
            .select_only()
            .columns([Column::Version, Column::KeyFingerprint])
            .column_as(Column::Id.count(), "instances")
            .column_as(Column::Id.min(), "first")
            .filter(Column::KeyFingerprint.is_not_null())
            .filter(Column::UpdatedAt.gt(Clock::system().now() - SILENT))
            .group_by(Column::Version)
            .group_by(Column::KeyFingerprint);
        let found = self.reader().run(NO_PAGE, async |conn| find.clone().into_model::<Alike>().all(conn).await).await?;
        let agreement = Agreement::of(own, &found);
        let mut seen = self.acquaintance().seen.lock().unwrap_or_else(PoisonError::into_inner);
        agreement.tell(seen.as_ref());
        *seen = Some(agreement);
        Ok(())
    }

    /// How many instances have shown a sign of life within a minute; only those that share Redis are known.
    ///
    /// # Errors
    /// The database's.
    pub async fn known_instances(&self) -> Result<u64, DbErr> {
        let find = Entity::find().filter(Column::UpdatedAt.gt(Clock::system().now() - SILENT));
        self.reader().run(NO_PAGE, async |conn| find.clone().count(conn).await).await
    }

    /// What the last look has shown; `None` where nothing is shared, or before the first one.
    #[must_use]
    pub fn agreement(&self) -> Option<Agreement> {
        self.acquaintance().seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this process has the secret of the instance that was here first.
    #[must_use]
    pub fn has_the_common_key(&self) -> bool {
        self.agreement().is_none_or(|agreement| !agreement.is_latecomer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(version: &str, key: &str, (instances, first): (i64, i64)) -> Alike {
        Alike { version: Some(version.to_owned()), key_fingerprint: key.to_owned(), instances, first }
    }

    #[test]
    fn the_secret_of_whoever_was_there_first_is_the_right_one() {
        let own = |key: &str| Introduction { version: "2.0.0".to_owned(), key_fingerprint: key.to_owned() };
        let found = [alike("2.0.0", "new", (1, 7)), alike("2.0.0", "old", (3, 8)), alike("1.0.0", "old", (2, 4))];
        let [new, old] = ["new", "old"].map(|key| Agreement::of(&own(key), &found));
        assert_eq!((new.instances, new.with_another_key, new.is_latecomer), (6, 5, true));
        assert_eq!((old.instances, old.with_another_key, old.is_latecomer), (6, 1, false));
        assert_eq!(old.told_versions(), "1.0.0, 2.0.0");
        let alone = Agreement::of(&own("new"), &found[..1]);
        assert_eq!((alone.with_another_key, alone.is_latecomer), (0, false));
        assert!(!Agreement::of(&own("new"), &[]).is_latecomer);
    }
}
