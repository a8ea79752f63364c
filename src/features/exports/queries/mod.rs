//! Reading everything about somebody, some hundred rows at a time, in the order of ids.

mod attachments;
mod messages;
mod notes;
mod rows;
mod tables;

use entity::{hospital, patient, user};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, Iterable as _, JoinType, ModelTrait, PrimaryKeyToColumn as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, sea_query,
};
use serde_json::{Map, Value};

use self::rows::json_row;
use super::{
    folder::FolderError,
    format::{ExportedFile, Subject, left_out},
};
use crate::db::ReadConnection;

/// Rows that are read at once.
const BATCH: u64 = 500;

/// Why an export was broken off.
#[derive(Debug)]
pub(super) enum SinkError {
    Folder(FolderError),
    Database(DbErr),
}

impl From<FolderError> for SinkError {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

impl From<DbErr> for SinkError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Where rows go: table after table, row after row.
pub(super) trait ExportSink {
    /// Whether it takes whole files, or holds everything in memory and is better told that there are some.
    const TAKES_FILES: bool;

    fn begin(&mut self, table: &'static str) -> Result<(), SinkError>;
    fn row(&mut self, row: Map<String, Value>) -> Result<(), SinkError>;
    fn end(&mut self) -> Result<(), SinkError>;
}

/// On the way through the tables.
pub(super) struct Exporter<'a, S> {
    conn: &'a ReadConnection<'a>,
    sink: &'a mut S,
    files: Vec<ExportedFile>,
}

impl<'a, S: ExportSink> Exporter<'a, S> {
    pub(super) fn new(conn: &'a ReadConnection<'a>, sink: &'a mut S) -> Self {
        Self { conn, sink, files: Vec::new() }
    }

    /// What was written so far.
    pub(super) fn files(self) -> Vec<ExportedFile> {
        self.files
    }

    /// All that there is about it.
    pub(super) async fn everything_about(&mut self, subject: Subject) -> Result<(), SinkError> {
        match subject {
            Subject::Patient(id) => self.patient(id).await,
            Subject::Hospital(id) => self.hospital(id).await,
        }
    }

    /// The rows of one table.
    async fn table<E: EntityTrait>(&mut self, subject: Subject, rows: Select<E>) -> Result<(), SinkError>
    where
        E::Model: ModelTrait<Entity = E>,
    {
        self.begin(E::default().table_name())?;
        self.rows(subject, rows, |_| ()).await?;
        self.end()
    }

    fn begin(&mut self, table: &'static str) -> Result<(), SinkError> {
        self.files.push(ExportedFile { table, rows: 0 });
        self.sink.begin(table)
    }

    fn end(&mut self) -> Result<(), SinkError> {
        self.sink.end()
    }

    fn put(&mut self, row: Map<String, Value>) -> Result<(), SinkError> {
        if let Some(file) = self.files.last_mut() {
            file.rows += 1;
        }
        self.sink.row(row)
    }

    /// Rows of the table that was begun, each as `changed` leaves it.
    async fn rows<E: EntityTrait>(
        &mut self,
        subject: Subject,
        rows: Select<E>,
        changed: impl Fn(&mut Map<String, Value>),
    ) -> Result<(), SinkError>
    where
        E::Model: ModelTrait<Entity = E>,
    {
        self.rows_by((BATCH, subject), rows, changed).await
    }

    /// The same, so many rows at once.
    async fn rows_by<E: EntityTrait>(
        &mut self,
        (batch_size, subject): (u64, Subject),
        rows: Select<E>,
        changed: impl Fn(&mut Map<String, Value>),
    ) -> Result<(), SinkError>
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let table = E::default().table_name();
        let left_out =
            left_out(subject).filter(|left_out| left_out.table == table).filter_map(|left_out| left_out.column);
        let left_out: Vec<&str> = left_out.collect();
        let Some(id) = E::PrimaryKey::iter().next().map(|key| key.into_column()) else { return Ok(()) };
        let mut after = 0_i64;
        loop {
            let batch = rows.clone().filter(id.gt(after)).order_by_asc(id).limit(batch_size).all(self.conn).await?;
            for row in &batch {
                if let sea_query::Value::BigInt(Some(id)) = row.get(id) {
                    after = id;
                }
                let mut row = json_row::<E>(row, &left_out)?;
                changed(&mut row);
                self.put(row)?;
            }
            if (batch.len() as u64) < batch_size {
                return Ok(());
            }
        }
    }
}

/// The hospital that it concerns; none: there is no such patient, or hospital.
pub(super) async fn hospital_of(conn: &ReadConnection<'_>, subject: Subject) -> Result<Option<i64>, DbErr> {
    match subject {
        Subject::Hospital(id) => {
            let found = hospital::Entity::find_by_id(id).select_only().column(hospital::Column::Id);
            found.into_tuple().one(conn).await
        }
        Subject::Patient(id) => {
            let found = patient::Entity::find_by_id(id)
                .select_only()
                .column(user::Column::HospitalId)
                .join(JoinType::InnerJoin, patient::Relation::User.def());
            let found: Option<Option<i64>> = found.into_tuple().one(conn).await?;
            Ok(found.flatten())
        }
    }
}
