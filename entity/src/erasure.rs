//! `erasure`: that somebody was erased, or is being erased. While it is under way, and only then, the database lets names and addresses
//! of that person be taken out of the trail and the history.

use sea_orm::entity::prelude::*;

/// The erasure of one person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Who was erased; one row each.
    #[sea_orm(unique)]
    pub user_id: i64,
    /// The administrator in whose name it was done.
    pub requested_by: i64,
    /// Why, at most 500 characters; nothing personal.
    pub reason: String,
    /// Null while it is under way, or was broken off.
    pub finished_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, relation_enum = "Person", from = "user_id", to = "id")]
    pub person: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "RequestedBy", from = "requested_by", to = "id")]
    pub requester: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
