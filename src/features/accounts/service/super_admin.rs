//! The first account of an installation, made on the server itself: there is no built-in one.

use entity::{
    enums::{AuditAction, AuditSubject, Role},
    user,
};
use sea_orm::{DbErr, Set};

use crate::{
    coherence::Topics,
    db::{Database, PersonTexts, Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        accounts::{EmailAddress, HashingRules, Password, PasswordNotHashed, PasswordOwner, hash_password},
        audit::{self, Actor, AuditEvent},
    },
    integrations::clock::Clock,
};

const FIRST_NAME: &str = "Platform";
const LAST_NAME: &str = "Administrator";

/// Why no account was made; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CreateSuperAdminError {
    /// Not an address, or not a fit password.
    #[error("{0}")]
    Unfit(String),
    /// Somebody has it, whatever their role: an existing account is never promoted, nor its password reset.
    #[error("there is already an account with this e-mail address; nothing was changed")]
    Taken,
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
    /// The database's.
    #[error("the account could not be stored: {0}")]
    Database(DbErr),
}

impl From<DbErr> for CreateSuperAdminError {
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(violation) if violation.kind == ViolationKind::Unique => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

/// Makes a super admin with this address and password, and returns `user.id`. The same rules hold as for every password.
///
/// # Errors
/// [`CreateSuperAdminError`], each a sentence.
pub async fn create_super_admin(
    db: &Database,
    clock: &Clock,
    rules: HashingRules<'_>,
    login: (&str, &str),
) -> Result<i64, CreateSuperAdminError> {
    let (email, password) = login;
    let email = EmailAddress::parse(email.trim()).map_err(CreateSuperAdminError::Unfit)?;
    let owner = PasswordOwner { email: email.as_str(), ..PasswordOwner::default() };
    let password = Password::choose(password, &owner).map_err(CreateSuperAdminError::Unfit)?;
    let hash = hash_password(&password, rules).await.map_err(|not_hashed| match not_hashed {
        PasswordNotHashed::Breached => CreateSuperAdminError::Unfit(not_hashed.to_string()),
        PasswordNotHashed::Failed(error) => CreateSuperAdminError::Hashing(error.to_string()),
    })?;
    db.write(async |uow| store(uow, clock, &email, &hash).await).await
}

async fn store(
    uow: &UnitOfWork,
    clock: &Clock,
    email: &EmailAddress,
    hash: &str,
) -> Result<Recorded<i64>, CreateSuperAdminError> {
    let now = clock.now();
    let texts = PersonTexts { first_name: FIRST_NAME, last_name: LAST_NAME, email: email.as_str(), phone: None };
    let account = user::ActiveModel {
        email: Set(email.as_str().to_owned()),
        password_hash: Set(hash.to_owned()),
        role: Set(Role::SuperAdmin),
        hospital_id: Set(None),
        first_name: Set(FIRST_NAME.to_owned()),
        last_name: Set(LAST_NAME.to_owned()),
        active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..texts.keys()
    };
    let account = uow.insert(account, Topics::of_person(None, Role::SuperAdmin, None)).await?;
    // Whoever sits at the server has no account yet: the new person stands for them, without an address.
    let actor = Actor { id: account.id, role: Role::SuperAdmin, hospital_id: None, address: None };
    let event = AuditEvent::new(AuditAction::Created, AuditSubject::User, account.id);
    Ok(audit::record(uow, now, actor, event).await?.with(account.id))
}
