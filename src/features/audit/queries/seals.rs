//! Reading for sealing and verifying: always in the order of ids, a bounded number of rows at a time. Each takes the chain it
//! is about: a hospital's id, or none for what concerns the platform.

use chrono::{DateTime, Utc};
use entity::{audit_chain_head, audit_entry, audit_redaction, audit_seal, hospital};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, Statement, Value,
};

use crate::{
    coherence::Topics,
    db::{ReadConnection, Reader},
};

const NO_PAGE: Topics = Topics::exempt("no page shows seals");

/// What `audit_chain_head.chain` holds for the platform, whose entries have no hospital.
const PLATFORM: i64 = 0;

/// How far entries are there, and who may still add some before that.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::audit) struct Horizon {
    /// The highest `audit_entry.id`.
    pub(in crate::features::audit) last_id: i64,
    /// The transactions that have begun to write entries and are not over, each as a word.
    writers: String,
}

/// A transaction that was prepared for a commit in two steps: it has no session, and another name than before.
const PREPARED: &str = "prepared";

impl Horizon {
    /// Whether one of those that were writing then still is.
    pub(in crate::features::audit) fn is_awaited(&self, now: &Self) -> bool {
        let then: Vec<&str> = self.writers.split_whitespace().collect();
        !then.is_empty() && now.writers.split_whitespace().any(|writer| writer == PREPARED || then.contains(&writer))
    }
}

/// Looks how far entries are there. The statement sees what was committed before it began; only then does it look who writes. An INSERT
/// locks its table before it is given an id, and lets go of it after its COMMIT can be seen: so whoever has an id below `last_id` and
/// was not seen has the lock, or has just been committed. Transactions that write to other tables, or in other databases, hold
/// nothing up. By hand, for no entity tells of locks. On SQLite writers take turns, so nobody is.
const HORIZON: &str = "SELECT coalesce((SELECT max(id) FROM audit_entry), 0) AS last_id, coalesce((SELECT \
string_agg(CASE WHEN pid IS NULL THEN 'prepared' ELSE virtualtransaction END, ' ') FROM pg_locks \
WHERE locktype = 'relation' AND granted AND mode = 'RowExclusiveLock' AND relation = 'audit_entry'::regclass \
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())), '') AS writers";
const SQLITE_HORIZON: &str = "SELECT coalesce(max(id), 0) AS last_id, '' AS writers FROM audit_entry";

pub(in crate::features::audit) async fn horizon(reader: &Reader) -> Result<Horizon, DbErr> {
    let found = reader
        .run(NO_PAGE, async |conn| {
            let backend = conn.get_database_backend();
            let sql = if backend == DbBackend::Postgres { HORIZON } else { SQLITE_HORIZON };
            Horizon::find_by_statement(Statement::from_string(backend, sql)).one(conn).await
        })
        .await?;
    found.ok_or_else(|| DbErr::RecordNotFound("the last entry of the trail".to_owned()))
}

/// For each chain its first entry that is not sealed, and no other: `LIMIT` keeps the search from becoming a join of all with all, which
/// is what `EXISTS` became with some thousand seals.
const UNSEALED: &str = "SELECT hospital.id AS chain FROM hospital \
LEFT JOIN audit_chain_head AS head ON head.chain = hospital.id \
WHERE (SELECT entry.id FROM audit_entry AS entry WHERE entry.hospital_id = hospital.id \
AND entry.id > coalesce(head.last_entry_id, 0) ORDER BY entry.id LIMIT 1) <= $1 \
UNION ALL SELECT 0 WHERE (SELECT entry.id FROM audit_entry AS entry WHERE entry.hospital_id IS NULL \
AND entry.id > coalesce((SELECT last_entry_id FROM audit_chain_head WHERE chain = 0), 0) ORDER BY entry.id LIMIT 1) <= $1";

/// The chains that have entries to seal up to `last_id`.
pub(in crate::features::audit) async fn unsealed(reader: &Reader, last_id: i64) -> Result<Vec<Option<i64>>, DbErr> {
    chains(reader, (UNSEALED, &[last_id])).await
}

/// Entries by their ids: those after one, up to another.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::audit) struct EntryRange {
    /// `audit_entry.id` of the one before the first.
    pub(in crate::features::audit) after: i64,
    /// `audit_entry.id` of the last.
    pub(in crate::features::audit) last_id: i64,
}

const NEW: &str =
    "SELECT DISTINCT coalesce(hospital_id, 0) AS chain FROM audit_entry WHERE id > $1 AND id <= $2 ORDER BY chain";

/// The chains that have entries in this range: reads these entries alone.
pub(in crate::features::audit) async fn with_entries_within(
    reader: &Reader,
    EntryRange { after, last_id }: EntryRange,
) -> Result<Vec<Option<i64>>, DbErr> {
    chains(reader, (NEW, &[after, last_id])).await
}

async fn chains(reader: &Reader, (sql, ids): (&str, &[i64])) -> Result<Vec<Option<i64>>, DbErr> {
    let read = reader.run(NO_PAGE, async |conn| {
        let values = ids.iter().map(|id| Value::from(*id));
        conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await
    });
    let chain = |row: &QueryResult| row.try_get("", "chain").map(|chain: i64| (chain != PLATFORM).then_some(chain));
    read.await?.iter().map(chain).collect()
}

/// When the first entry after the id `after` was written.
pub(in crate::features::audit) async fn first_after(
    reader: &Reader,
    after: i64,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let first = audit_entry::Entity::find()
        .select_only()
        .column(audit_entry::Column::At)
        .filter(audit_entry::Column::Id.gt(after))
        .order_by_asc(audit_entry::Column::Id)
        .limit(1);
    reader.run(NO_PAGE, async |conn| first.clone().into_tuple().one(conn).await).await
}

/// The ids first, by the index of each chain; with the moment beside it the search would go through the entries of all chains.
const FIRST_UNSEALED: &str = "SELECT at FROM audit_entry WHERE id = (SELECT min(waiting.id) FROM (\
SELECT (SELECT entry.id FROM audit_entry AS entry WHERE entry.hospital_id = hospital.id \
AND entry.id > coalesce(head.last_entry_id, 0) ORDER BY entry.id LIMIT 1) AS id \
FROM hospital LEFT JOIN audit_chain_head AS head ON head.chain = hospital.id \
UNION ALL SELECT (SELECT entry.id FROM audit_entry AS entry WHERE entry.hospital_id IS NULL \
AND entry.id > coalesce((SELECT last_entry_id FROM audit_chain_head WHERE chain = 0), 0) \
ORDER BY entry.id LIMIT 1)) AS waiting)";

/// When the first entry was written that no seal is about, as the ends of the chains tell: looks at each of them, as [`unsealed`] does.
pub(in crate::features::audit) async fn first_unsealed(reader: &Reader) -> Result<Option<DateTime<Utc>>, DbErr> {
    let read = reader.run(NO_PAGE, async |conn| {
        conn.query_one_raw(Statement::from_string(conn.get_database_backend(), FIRST_UNSEALED)).await
    });
    read.await?.map_or(Ok(None), |row| row.try_get("", "at"))
}

/// Every hospital's id.
pub(in crate::features::audit) async fn hospitals(reader: &Reader) -> Result<Vec<i64>, DbErr> {
    let ids = hospital::Entity::find().select_only().column(hospital::Column::Id).order_by_asc(hospital::Column::Id);
    reader.run(NO_PAGE, async |conn| ids.clone().into_tuple().all(conn).await).await
}

/// Where a chain ends; nothing before its first seal.
pub(in crate::features::audit) async fn head(
    conn: &ReadConnection<'_>,
    chain: Option<i64>,
) -> Result<Option<audit_chain_head::Model>, DbErr> {
    let chain = chain.unwrap_or(PLATFORM);
    audit_chain_head::Entity::find().filter(audit_chain_head::Column::Chain.eq(chain)).one(conn).await
}

/// The same outside of a transaction.
pub(in crate::features::audit) async fn stored_head(
    reader: &Reader,
    chain: Option<i64>,
) -> Result<Option<audit_chain_head::Model>, DbErr> {
    reader.run(NO_PAGE, async |conn| head(conn, chain).await).await
}

/// The last seal of a chain that was made before `instant`.
pub(in crate::features::audit) async fn last_before(
    reader: &Reader,
    chain: Option<i64>,
    instant: DateTime<Utc>,
) -> Result<Option<audit_seal::Model>, DbErr> {
    let seals = audit_seal::Entity::find()
        .filter(of(audit_seal::Column::HospitalId, chain))
        .filter(audit_seal::Column::SealedAt.lt(instant))
        .order_by_desc(audit_seal::Column::Sequence);
    reader.run(NO_PAGE, async |conn| seals.clone().one(conn).await).await
}

/// What erasures have noted of these entries.
pub(in crate::features::audit) async fn redactions(
    reader: &Reader,
    entry_ids: Vec<i64>,
) -> Result<Vec<audit_redaction::Model>, DbErr> {
    let noted = audit_redaction::Entity::find().filter(audit_redaction::Column::EntryId.is_in(entry_ids));
    reader.run(NO_PAGE, async |conn| noted.clone().all(conn).await).await
}

/// At most `limit` seals of a chain that come after `sequence`.
pub(in crate::features::audit) async fn seals_after(
    reader: &Reader,
    (chain, sequence): (Option<i64>, i64),
    limit: u64,
) -> Result<Vec<audit_seal::Model>, DbErr> {
    let seals = audit_seal::Entity::find()
        .filter(of(audit_seal::Column::HospitalId, chain))
        .filter(audit_seal::Column::Sequence.gt(sequence))
        .order_by_asc(audit_seal::Column::Sequence)
        .limit(limit);
    reader.run(NO_PAGE, async |conn| seals.clone().all(conn).await).await
}

/// At most `limit` entries of a chain, of those in this range.
pub(in crate::features::audit) async fn entries_within(
    conn: &ReadConnection<'_>,
    chain: Option<i64>,
    EntryRange { after, last_id }: EntryRange,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    let entries = audit_entry::Entity::find()
        .filter(of(audit_entry::Column::HospitalId, chain))
        .filter(audit_entry::Column::Id.gt(after))
        .filter(audit_entry::Column::Id.lte(last_id))
        .order_by_asc(audit_entry::Column::Id)
        .limit(limit);
    entries.all(conn).await
}

/// The same outside of a transaction.
pub(in crate::features::audit) async fn stored_within(
    reader: &Reader,
    chain: Option<i64>,
    range: EntryRange,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    reader.run(NO_PAGE, async |conn| entries_within(conn, chain, range, limit).await).await
}

/// How many entries a chain has after the id `after`.
pub(in crate::features::audit) async fn count_after(
    reader: &Reader,
    chain: Option<i64>,
    after: i64,
) -> Result<u64, DbErr> {
    let entries = audit_entry::Entity::find()
        .filter(of(audit_entry::Column::HospitalId, chain))
        .filter(audit_entry::Column::Id.gt(after));
    reader.run(NO_PAGE, async |conn| entries.clone().count(conn).await).await
}

fn of(column: impl ColumnTrait, chain: Option<i64>) -> Condition {
    let is_it = match chain {
        Some(hospital_id) => column.eq(hospital_id),
        None => column.is_null(),
    };
    Condition::all().add(is_it)
}
