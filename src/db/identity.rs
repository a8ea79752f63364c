//! Which Postgres it is that answers, and on which timeline: after a failover the same address may lead to another.
//!
//! The system identifier is made with the cluster, and its copies have the same one. The timeline is another one as soon as a copy is
//! promoted, or a backup recovered: both may lack what had been committed, and both give out the numbers of transactions anew that they
//! lack. So what one server said of a transaction holds on its timeline alone, and a new timeline may mean that the clinic came back with less.
//!
//! The timeline is taken from the name of the log that is being written. The one in the control file is that of the last checkpoint, which for
//! a while after a promotion is still the old one. While a server recovers it writes no log and has no timeline of its own.
//!
//! Everybody may call these functions on Postgres 14 to 17, unless an operator or a provider has withdrawn that. Then nothing is known of the
//! server, and answers are believed whoever gives them: the log says so once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Statement};
use tokio::sync::OnceCell;

use super::Database;
use super::errors::{is_dropped, is_silent};

/// The columns by which a server is known: `system`, a number, and `timeline`, eight hexadecimal digits.
macro_rules! identity {
    () => {
        "(SELECT system_identifier FROM pg_control_system()) AS system, \
         CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS timeline"
    };
}
pub(super) use identity;

/// A right that is missing would fail whatever asks for the columns, a transaction with it.
pub(super) const ALLOWED: &str = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE') \
AND has_function_privilege('pg_is_in_recovery()', 'EXECUTE') \
AND has_function_privilege('pg_current_wal_lsn()', 'EXECUTE') \
AND has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE') AS allowed";

/// A server, as far as it matters to what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    system: i64,
    /// `None`: it is still recovering.
    timeline: Option<u32>,
}

impl Identity {
    /// Whose row this is that holds the columns.
    pub(super) fn of(row: &QueryResult) -> Result<Self, DbErr> {
        let timeline: Option<String> = row.try_get("", "timeline")?;
        Ok(Self::new(row.try_get("", "system")?, timeline.as_deref()))
    }

    pub(super) fn new(system: i64, timeline: Option<&str>) -> Self {
        Self { system, timeline: timeline.and_then(|digits| u32::from_str_radix(digits, 16).ok()) }
    }

    /// Whether a copy that recovers has the log of this server: of the same system, on the timeline that is being written.
    pub(super) fn leads(self, system: i64, timeline: Option<i32>) -> bool {
        let timeline = timeline.and_then(|timeline| u32::try_from(timeline).ok());
        self.system == system && timeline.is_some() && self.timeline == timeline
    }

    /// Whether it is of this cluster.
    pub(super) fn is_of(self, system: i64) -> bool {
        self.system == system
    }

    /// Whether it writes a log, and so a copy may follow it.
    pub(super) fn is_primary(self) -> bool {
        self.timeline.is_some()
    }

    /// Whether it may be asked about what this one did.
    pub(super) fn compare(self, other: Self) -> Kinship {
        match other.timeline {
            _ if self.system != other.system => Kinship::Stranger,
            None => Kinship::Recovering,
            timeline if timeline == self.timeline => Kinship::Same,
            Some(_) => Kinship::Stranger,
        }
    }
}

/// What another answer's server is to one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    /// It knows.
    Same,
    /// It may be promoted at any moment.
    Recovering,
    /// It knows nothing of the transactions there, whatever it says.
    Stranger,
}

/// What is known of the servers behind one address.
#[derive(Debug, Default)]
pub(super) struct Servers {
    discloses: OnceCell<bool>,
    last: Mutex<Option<Identity>>,
}

impl Servers {
    /// Whether the server may be asked who it is, as far as that was found out ([`Database::discloses_identity`]).
    pub(super) fn may_be_identified(&self) -> bool {
        self.discloses.get().is_some_and(|discloses| *discloses)
    }

    /// Whether this is another server than the one that was noted last, or another timeline of it. One that recovers may still become
    /// the one that was.
    pub(super) fn is_new(&self, found: Identity) -> bool {
        self.last().is_some_and(|last| last.compare(found) == Kinship::Stranger)
    }

    /// From now on this is the one that is known.
    pub(super) fn note(&self, found: Identity) {
        if found.timeline.is_some() {
            *self.last() = Some(found);
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Identity>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Whether the server may be asked who it is. Asked once.
    ///
    /// # Errors
    /// The connection was lost over it.
    pub(super) async fn discloses_identity(&self) -> Result<bool, DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(false);
        }
        self.servers().discloses.get_or_try_init(|| self.ask_whether_it_discloses()).await.copied()
    }

    async fn ask_whether_it_discloses(&self) -> Result<bool, DbErr> {
        let question = Statement::from_string(DbBackend::Postgres, ALLOWED);
        let discloses = match self.bounded(self.bare().query_one_raw(question)).await {
            Ok(row) => row.map_or(Ok(false), |row| row.try_get("", "allowed"))?,
            Err(error) if is_dropped(&error) || is_silent(&error) => {
                self.learn_from(&error);
                return Err(error);
            }
            // Something like Postgres, without these functions.
            Err(error) => {
                log::debug!("the database does not say what it is: {error}");
                false
            }
        };
        if !discloses {
            log::warn!(
                "the database does not tell this role which server it is, so a failover cannot be told from a lost connection; \
                 to allow it: GRANT EXECUTE ON FUNCTION pg_control_system(), pg_is_in_recovery(), pg_current_wal_lsn(), \
                 pg_walfile_name(pg_lsn) TO …"
            );
        }
        Ok(discloses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_server_on_the_same_timeline_knows() {
        let mine = Identity::new(7, Some("0000000A"));
        assert_eq!(mine.compare(Identity::new(7, Some("0000000A"))), Kinship::Same);
        assert_eq!(mine.compare(Identity::new(7, Some("0000000B"))), Kinship::Stranger);
        assert_eq!(mine.compare(Identity::new(7, None)), Kinship::Recovering);
        assert_eq!(mine.compare(Identity::new(8, Some("0000000A"))), Kinship::Stranger);
        assert_eq!(mine.compare(Identity::new(8, None)), Kinship::Stranger);
    }

    #[test]
    fn a_copy_is_one_of_the_same_system_on_the_same_timeline() {
        let mine = Identity::new(7, Some("0000000A"));
        assert!(mine.leads(7, Some(10)));
        for (system, timeline) in [(7, Some(9)), (7, Some(11)), (7, None), (8, Some(10))] {
            assert!(!mine.leads(system, timeline), "{system} {timeline:?}");
        }
        assert!(!Identity::new(7, None).leads(7, None), "what recovers itself is followed by nobody here");
    }

    #[test]
    fn the_first_server_is_not_new_and_one_that_recovers_is_not_noted() {
        let servers = Servers::default();
        let (first, promoted) = (Identity::new(7, Some("00000001")), Identity::new(7, Some("00000002")));
        assert!(!servers.is_new(first));
        servers.note(first);
        servers.note(Identity::new(7, None));
        assert!(!servers.is_new(first) && !servers.is_new(Identity::new(7, None)));
        assert!(servers.is_new(promoted));
        servers.note(promoted);
        assert!(!servers.is_new(promoted) && servers.is_new(first));
    }
}
