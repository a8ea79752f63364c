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
    /// A link that proves, changes or restores an address.
    #[sea_orm(string_value = "address_link")]
    AddressLink,
    /// What was done to somebody's account, to its owner.
    #[sea_orm(string_value = "security")]
    Security,
    /// That there are messages which somebody has not read.
    #[sea_orm(string_value = "messages")]
    Messages,
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

/// What a link to an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum AddressLinkPurpose {
    /// To prove the address that an account was made with.
    #[sea_orm(string_value = "proof")]
    Proof,
    /// To make this the address of the account.
    #[sea_orm(string_value = "change")]
    Change,
    /// To make this the address of the account again.
    #[sea_orm(string_value = "way_back")]
    WayBack,
}

/// What was done to an account, and its owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
pub enum SecurityEvent {
    /// It has another password.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// A browser signed in that had not been seen with it.
    #[sea_orm(string_value = "new_device")]
    NewDevice,
    /// An administrator ended its sessions.
    #[sea_orm(string_value = "sessions_ended")]
    SessionsEnded,
    /// It asks for codes of an app from now on.
    #[sea_orm(string_value = "second_factor_set_up")]
    SecondFactorSetUp,
    /// It asks for no codes any more.
    #[sea_orm(string_value = "second_factor_removed")]
    SecondFactorRemoved,
    /// An administrator took its second factor away.
    #[sea_orm(string_value = "second_factor_reset")]
    SecondFactorReset,
    /// It has other recovery codes.
    #[sea_orm(string_value = "recovery_codes_made")]
    RecoveryCodesMade,
    /// Somebody got in with one of its recovery codes.
    #[sea_orm(string_value = "recovery_code_used")]
    RecoveryCodeUsed,
    /// It has one more passkey.
    #[sea_orm(string_value = "passkey_added")]
    PasskeyAdded,
    /// One of its passkeys was removed.
    #[sea_orm(string_value = "passkey_removed")]
    PasskeyRemoved,
    /// A passkey was refused of which there may be a copy.
    #[sea_orm(string_value = "passkey_copied")]
    PasskeyCopied,
    /// An address was made at which its calendar can be read.
    #[sea_orm(string_value = "calendar_address_made")]
    CalendarAddressMade,
}
