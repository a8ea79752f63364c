//! Why nothing was stored of somebody, as the form says it.

use crate::{
    db::{DbErr, ViolationKind, violation},
    features::accounts::{BREACHED, PasswordNotHashed},
    web::AppError,
};

/// Why nothing was stored.
#[derive(Debug)]
pub(in crate::features::people) enum PersonNotSaved {
    /// A field cannot stay like that: its name, and the sentence beside it.
    Field(&'static str, &'static str),
    /// Somebody changed the person after the form was made.
    Stale,
    Failed(AppError),
}

impl From<AppError> for PersonNotSaved {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<PasswordNotHashed> for PersonNotSaved {
    fn from(error: PasswordNotHashed) -> Self {
        match error {
            PasswordNotHashed::Breached => Self::Field("password", BREACHED),
            PasswordNotHashed::Failed(error) => Self::Failed(error),
        }
    }
}

impl From<DbErr> for PersonNotSaved {
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(broken) if broken.kind == ViolationKind::Unique && broken.constraint.contains("license") => {
                Self::Field("license_number", "Another doctor has this licence number.")
            }
            Some(broken) if broken.kind == ViolationKind::Unique => {
                Self::Field("email", "Somebody already has an account with this address.")
            }
            _ => Self::Failed(error.into()),
        }
    }
}
