//! Reading for sealing and verifying: always in the order of ids, a bounded number of rows at a time. Each takes the chain it
//! is about: a hospital's id, or none for what concerns the platform.

use entity::{audit_entry, audit_seal, hospital};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};

use crate::{
    coherence::Topics,
    db::{ReadConnection, Reader},
};

const NO_PAGE: Topics = Topics::exempt("no page shows seals");

/// How far entries are there, and which transactions may still add some before that.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in crate::features::audit) struct Horizon {
    /// The highest `audit_entry.id`.
    pub(in crate::features::audit) last_id: i64,
    /// Every transaction that had begun to write by then has a number below this.
    pub(in crate::features::audit) next: i64,
    /// Every transaction with a number below this is over.
    pub(in crate::features::audit) oldest: i64,
}

/// Looks how far entries are there. The statement sees what was committed before it; only then does it take a number of its
/// own, so that whoever is still writing below `last_id` has a lower one: a unit of work takes its number when it
/// begins, before it is given the id of an entry. On SQLite writers take turns, so nobody is.
const HORIZON: &str = "SELECT coalesce((SELECT max(id) FROM audit_entry), 0) AS last_id, txid_current() AS next, \
txid_snapshot_xmin(txid_current_snapshot()) AS oldest";
const SQLITE_HORIZON: &str = "SELECT coalesce(max(id), 0) AS last_id, 0 AS next, 0 AS oldest FROM audit_entry";

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

const UNSEALED: &str = "SELECT hospital.id AS id FROM hospital WHERE EXISTS (SELECT 1 FROM audit_entry \
WHERE audit_entry.hospital_id = hospital.id AND audit_entry.id <= $1 AND audit_entry.id > coalesce( \
(SELECT max(last_entry_id) FROM audit_seal WHERE audit_seal.hospital_id = hospital.id), 0)) ORDER BY hospital.id";

/// The hospitals that have entries to seal up to `last_id`.
pub(in crate::features::audit) async fn unsealed(reader: &Reader, last_id: i64) -> Result<Vec<i64>, DbErr> {
    let read = reader.run(NO_PAGE, async |conn| {
        let unsealed = Statement::from_sql_and_values(conn.get_database_backend(), UNSEALED, [last_id.into()]);
        conn.query_all_raw(unsealed).await
    });
    read.await?.iter().map(|row| row.try_get("", "id")).collect()
}

/// Every hospital's id.
pub(in crate::features::audit) async fn hospitals(reader: &Reader) -> Result<Vec<i64>, DbErr> {
    let ids = hospital::Entity::find().select_only().column(hospital::Column::Id).order_by_asc(hospital::Column::Id);
    reader.run(NO_PAGE, async |conn| ids.clone().into_tuple().all(conn).await).await
}

/// The last seal of a chain.
pub(in crate::features::audit) async fn head(
    conn: &ReadConnection<'_>,
    chain: Option<i64>,
) -> Result<Option<audit_seal::Model>, DbErr> {
    let head = audit_seal::Entity::find().filter(of(audit_seal::Column::HospitalId, chain));
    head.order_by_desc(audit_seal::Column::Sequence).one(conn).await
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

/// At most `limit` entries of a chain after the id `after`, up to `last_id`.
pub(in crate::features::audit) async fn entries_within(
    conn: &ReadConnection<'_>,
    chain: Option<i64>,
    (after, last_id): (i64, i64),
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
    range: (i64, i64),
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
