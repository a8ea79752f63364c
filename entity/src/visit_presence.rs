//! `visit_presence`: who is in the room of a visit. A lease that each sign of life renews.

use sea_orm::entity::prelude::*;

/// One person in one room; they are there until `here_until`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_presence")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    pub user_id: i64,
    /// When they came, the last time.
    pub here_since: DateTimeUtc,
    /// When they are gone unless they are heard of before: the later of both leases.
    pub here_until: DateTimeUtc,
    /// When they said that they go; null while they have not.
    pub left_at: Option<DateTimeUtc>,
    /// `user_session.id` they were heard of from the last time; null in rows from before it was noted. The session may be gone.
    pub session_id: Option<i64>,
    /// The same of another device of theirs, of which nobody has said that it goes.
    pub other_session_id: Option<i64>,
    /// When that one is gone unless it is heard of before.
    pub other_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
