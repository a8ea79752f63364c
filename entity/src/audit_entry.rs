//! `audit_entry`: who did or opened what, when, from where. Append-only: the database refuses
//! changes. Written in the transaction of what it tells about.

use super::enums::{AuditAction, AuditSubject, Role};
use sea_orm::entity::prelude::*;

/// What stands in the place of a name: who did it is told by `actor_id` alone.
pub const NO_NAME: &str = "-";

/// One line of the trail. The actor's role is kept as it was at that moment.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When it happened.
    pub at: DateTimeUtc,
    /// The user who did it.
    pub actor_id: i64,
    /// [`NO_NAME`]. In lines of releases before, what they were called then.
    pub actor_name: String,
    pub actor_role: Role,
    /// The hospital it concerns; null for what concerns the platform.
    pub hospital_id: Option<i64>,
    /// The peer's address, at most 45 characters; null when done from the command line.
    pub ip: Option<String>,
    pub action: AuditAction,
    pub subject_kind: AuditSubject,
    /// The subject's id in its own table.
    pub subject_id: i64,
    /// What changed, without clinical text or secrets.
    pub detail: Json,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "actor_id", to = "id")]
    pub actor: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<Option<super::hospital::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
