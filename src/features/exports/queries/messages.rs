//! What was written about visits, in an export.

use entity::{message, message_read};
use sea_orm::{ColumnTrait, EntityName, EntityTrait, QueryFilter, sea_query::SelectStatement};
use serde_json::Value;

use super::{ExportSink, Exporter, SinkError};
use crate::features::exports::format::Subject;

impl<S: ExportSink> Exporter<'_, S> {
    /// What a patient may read: of what was taken back only that there was something. `visits`: `appointment.id`.
    pub(super) async fn messages_of_patient(
        &mut self,
        (id, user_id): (i64, i64),
        visits: SelectStatement,
    ) -> Result<(), SinkError> {
        let subject = Subject::Patient(id);
        let messages = message::Entity::find().filter(message::Column::AppointmentId.in_subquery(visits));
        self.begin(message::Entity.table_name())?;
        self.rows(subject, messages, |entry| {
            if entry.get("retracted_at").is_some_and(|at| !at.is_null()) {
                entry.insert("body".to_owned(), Value::Null);
            }
        })
        .await?;
        self.end()?;
        self.table(subject, message_read::Entity::find().filter(message_read::Column::UserId.eq(user_id))).await
    }

    /// All there is. `visits`: `appointment.id`.
    pub(super) async fn messages_of_hospital(
        &mut self,
        id: i64,
        visits: impl Fn() -> SelectStatement,
    ) -> Result<(), SinkError> {
        let subject = Subject::Hospital(id);
        let messages = message::Column::AppointmentId.in_subquery(visits());
        self.table(subject, message::Entity::find().filter(messages)).await?;
        let marks = message_read::Column::AppointmentId.in_subquery(visits());
        self.table(subject, message_read::Entity::find().filter(marks)).await
    }
}
