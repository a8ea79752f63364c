//! What is sent by e-mail, and what became of it.

use sea_orm::entity::prelude::*;

/// The text is made of this, and of what it is about, at the moment it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum MailKind {
    /// The same news as a notification.
    #[sea_orm(string_value = "notice")]
    Notice,
    /// To the patient, the day before a visit.
    #[sea_orm(string_value = "reminder")]
    Reminder,
    /// A link to choose a password.
    #[sea_orm(string_value = "password_link")]
    PasswordLink,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum MailStatus {
    /// To be sent when it is due.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// The mail server took it.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// It was not to be sent any more: what it would have said was no longer so, nobody may read it, or mail is off.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    /// The mail server refused it for good.
    #[sea_orm(string_value = "refused")]
    Refused,
}

/// What a link to choose a password is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum LinkPurpose {
    /// The first password of somebody new.
    #[sea_orm(string_value = "invitation")]
    Invitation,
    /// Another password, in place of a forgotten one.
    #[sea_orm(string_value = "reset")]
    Reset,
}
