//! `mail`: e-mails to be sent, written in the transaction of what they tell. No text is kept, and no address but that of a link which
//! proves one: both are read at the moment it is sent, so a corrected address or a moved visit is right.

use super::enums::{MailKind, MailStatus, NotificationKind, SecurityEvent};
use sea_orm::entity::prelude::*;

/// An e-mail to one person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The user it is for.
    pub recipient_id: i64,
    pub kind: MailKind,
    /// Of a notice: the news.
    pub notice: Option<NotificationKind>,
    /// Of a notice, a reminder or unread messages: the visit.
    pub appointment_id: Option<i64>,
    /// Of a notice: the visit's version that it tells of; another one makes it old.
    pub appointment_version: Option<i32>,
    /// Of a reminder: when the visit was to be; another time makes it old.
    pub visit_starts_at: Option<DateTimeUtc>,
    /// Of a mail that carries a link: the link.
    pub password_link_id: Option<i64>,
    /// Of a mail that carries a link to an address: the link …
    pub address_link_id: Option<i64>,
    /// … and the address, which may not be the account's.
    pub address: Option<String>,
    /// Of one that tells what was done to an account: what.
    pub security_event: Option<SecurityEvent>,
    pub status: MailStatus,
    /// Not before this instant. While it is being sent: when it is tried again if nobody says what became of it.
    pub due_at: DateTimeUtc,
    /// How often its sending was begun.
    pub attempts: i32,
    /// Why it was not sent at the last try, for the operator; null if there was none. Never a word of the mail.
    pub last_error: Option<String>,
    /// When it stopped waiting.
    pub finished_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "recipient_id", to = "id")]
    pub recipient: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<Option<super::appointment::Entity>>,
    #[sea_orm(belongs_to, from = "password_link_id", to = "id")]
    pub password_link: BelongsTo<Option<super::password_link::Entity>>,
    #[sea_orm(belongs_to, from = "address_link_id", to = "id")]
    pub address_link: BelongsTo<Option<super::address_link::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
