//! What is done with messages: they are sent, read and taken back.

mod attaching;
mod checking;
mod reading;
mod sending;
mod taking_back;

pub use checking::FileChecker;
pub(super) use reading::mark_read;
pub(super) use sending::{closes_at, send};
pub(super) use taking_back::take_back;

use sea_orm::DbErr;

use super::attachments::Refused;
use crate::web::AppError;

/// Why a message is not sent.
#[derive(Debug)]
pub(super) enum Unsent {
    /// What came with it.
    File(Refused),
    /// Anything else.
    Message(AppError),
}

impl From<AppError> for Unsent {
    fn from(error: AppError) -> Self {
        Self::Message(error)
    }
}

impl From<DbErr> for Unsent {
    fn from(error: DbErr) -> Self {
        Self::Message(error.into())
    }
}
