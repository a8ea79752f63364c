//! `call`: one call of the two who meet, from the first page that is there to its end. Of a visit at most one goes on; the next is another row.

use super::enums::{CallEnd, CallPath, CallState, Modality};
use sea_orm::entity::prelude::*;

/// A call.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    /// How the visit was held when it began.
    pub modality: Modality,
    pub state: CallState,
    /// `user.id` of whoever was there first.
    pub started_by: i64,
    pub started_at: DateTimeUtc,
    /// When one of the two said that they see or hear the other; null of a call in which nobody did.
    pub connected_at: Option<DateTimeUtc>,
    /// Given when, and only when, it is over.
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<CallEnd>,
    /// The last that a page told of.
    pub path: Option<CallPath>,
    /// From the connection to the end; 0 until then.
    pub connected_seconds: i32,
    /// How often a page had to look for another way: the most that one told of.
    pub restarts: i32,
    /// Of what was sent, lost, in per cent: the most that a page told of.
    pub loss: Option<i32>,
    /// There and back, in milliseconds: the most that a page told of.
    pub rtt: Option<i32>,
    /// From when a page began to connect to the first picture, in milliseconds: the most that one told of.
    pub first_frame: Option<i32>,
    /// Each change of its state adds one.
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, from = "started_by", to = "id")]
    pub starter: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)]
    pub peers: HasMany<super::call_peer::Entity>,
    #[sea_orm(has_many)]
    pub signals: HasMany<super::call_signal::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
