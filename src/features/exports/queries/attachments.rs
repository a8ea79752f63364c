//! What was attached to messages, in an export.

use chrono::{DateTime, SecondsFormat, Utc};
use entity::{
    attachment::{self, Column},
    attachment_data,
    enums::AttachmentState,
    message,
};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::SelectStatement,
};
use serde_json::{Map, Value};

use super::{ExportSink, Exporter, SinkError};
use crate::features::exports::format::Subject;

impl<S: ExportSink> Exporter<'_, S> {
    /// What a patient is shown: nothing of messages that were taken back. `visits`: `appointment.id`.
    pub(super) async fn attachments_of_patient(&mut self, id: i64, visits: SelectStatement) -> Result<(), SinkError> {
        let standing = message::Entity::find().filter(message::Column::RetractedAt.is_null());
        let standing = standing.select_only().column(message::Column::Id).into_query();
        let theirs = attachment::Entity::find()
            .filter(Column::AppointmentId.in_subquery(visits))
            .filter(Column::MessageId.in_subquery(standing));
        self.attachments(Subject::Patient(id), theirs).await
    }

    /// All there is.
    pub(super) async fn attachments_of_hospital(&mut self, id: i64) -> Result<(), SinkError> {
        self.attachments(Subject::Hospital(id), attachment::Entity::find().filter(Column::HospitalId.eq(id))).await
    }

    async fn attachments(&mut self, subject: Subject, theirs: Select<attachment::Entity>) -> Result<(), SinkError> {
        self.table(subject, theirs.clone()).await?;
        // Files that nobody may open are in no copy.
        let clean = theirs.filter(Column::State.eq(AttachmentState::Clean));
        let ids = clean.select_only().column(Column::Id).into_query();
        let files = attachment_data::Entity::find().filter(attachment_data::Column::AttachmentId.in_subquery(ids));
        self.begin(attachment_data::Entity.table_name())?;
        if S::TAKES_FILES {
            // Each may be as large as a whole table of anything else.
            self.rows_by((1, subject), files, |_| ()).await?;
        } else {
            self.without_data(files).await?;
        }
        self.end()
    }

    /// That there are files.
    async fn without_data(&mut self, files: Select<attachment_data::Entity>) -> Result<(), SinkError> {
        use attachment_data::Column as File;
        let files = files.select_only().columns([File::Id, File::AttachmentId, File::CreatedAt, File::UpdatedAt]);
        let files = files.order_by_asc(File::Id).into_tuple();
        let found: Vec<(i64, i64, DateTime<Utc>, DateTime<Utc>)> = files.all(self.conn).await?;
        let instant = |at: DateTime<Utc>| Value::from(at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        for (id, attachment_id, created_at, updated_at) in found {
            self.put(Map::from_iter([
                ("id".to_owned(), id.into()),
                ("attachment_id".to_owned(), attachment_id.into()),
                ("data".to_owned(), Value::Null),
                ("created_at".to_owned(), instant(created_at)),
                ("updated_at".to_owned(), instant(updated_at)),
            ]))?;
        }
        Ok(())
    }
}
