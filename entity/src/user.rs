//! `user`: one person who can sign in. What a doctor or a patient has more is in their own table.

use super::enums::{MailChoice, Role};
use sea_orm::entity::prelude::*;

/// A person and how they sign in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Unique without regard to case: the index is on `lower(email)`, so look up by that.
    pub email: String,
    /// argon2id, PHC string.
    pub password_hash: String,
    pub role: Role,
    /// Null for super admins, and for nobody else.
    pub hospital_id: Option<i64>,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub date_of_birth: Option<Date>,
    /// A deactivated person cannot sign in; nobody is ever deleted.
    pub active: bool,
    pub last_sign_in_at: Option<DateTimeUtc>,
    /// Since when nobody has shown that the address is theirs; null once somebody has, and of accounts that others made.
    pub address_unproved_since: Option<DateTimeUtc>,
    /// When all browsers that were known for the account were forgotten last; null as long as none was.
    pub browsers_forgotten_at: Option<DateTimeUtc>,
    /// When what is personal of them was removed for good; null in everybody else. Who was erased is never active again.
    pub erased_at: Option<DateTimeUtc>,
    /// By what people are put in order and searched by name, made of both names by the server. Null until it is made.
    pub name_key: Option<String>,
    /// By what staff search people besides: e-mail address and phone number. Null until it is made.
    pub contact_key: Option<String>,
    /// Which mail about visits they want; mail about their account always comes.
    pub mail_choice: MailChoice,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<Option<super::hospital::Entity>>,
    #[sea_orm(has_one)]
    pub doctor: HasOne<super::doctor::Entity>,
    #[sea_orm(has_one)]
    pub patient: HasOne<super::patient::Entity>,
    #[sea_orm(has_one)]
    pub second_factor: HasOne<super::second_factor::Entity>,
    #[sea_orm(has_many)]
    pub passkeys: HasMany<super::passkey::Entity>,
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::user_session::Entity>,
    #[sea_orm(has_many)]
    pub notifications: HasMany<super::notification::Entity>,
    /// Appointments this person asked for or booked, whoever they are for.
    #[sea_orm(has_many)]
    pub requested_appointments: HasMany<super::appointment::Entity>,
    #[sea_orm(has_many)]
    pub appointment_events: HasMany<super::appointment_event::Entity>,
    #[sea_orm(has_many)]
    pub audit_entries: HasMany<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
