//! Patients make their accounts.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, Role},
    patient, user,
};
use sea_orm::{DbErr, Set};

use crate::{
    coherence::Topics,
    db::{Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        accounts::{
            forms::SignUp,
            hashing,
            pending::PendingSignIn,
            queries,
            service::sign_in::{self, Admission, sign_in},
        },
        audit::{self, Actor, AuditEvent},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// Why an account was not stored.
enum SignUpRefusal {
    Taken,
    Failed(AppError),
}

impl From<DbErr> for SignUpRefusal {
    /// The only uniqueness these rows can break is that of the address: two sign-ups at one moment meet here too.
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(violation) if violation.kind == ViolationKind::Unique => Self::Taken,
            _ => Self::Failed(error.into()),
        }
    }
}

/// Makes a patient's account, user and patient together or neither, and lets its person in as far as a sign-in does: where everybody must
/// have a second factor, they set it up now. When the address is somebody's and the password is that account's own (the form was sent
/// twice, or they had forgotten it), this is a sign-in to it; refused when the address is taken.
///
/// # Errors
/// `TooManyRequests` after too many tries from one address.
pub(in crate::features::accounts) async fn sign_up(
    state: &AppState,
    from: IpAddr,
    person: &SignUp,
) -> Result<Admission, AppError> {
    let attempt = state.kit.rate_limiter.attempt(&Key::sign_up(from)).await;
    let attempt = attempt.map_err(|wait| AppError::TooManyRequests(wait.seconds()))?;
    let cost = state.settings.security.password_hashing;
    let hash = hashing::hash(&person.password, cost).await?;
    let now = state.clock.now();
    let stored = state.db.write(async |uow| store(uow, now, (person, &hash), from).await);
    // A new account stays counted: accounts are not to be made by the hundred from one address.
    let admission = match stored.await {
        Ok(user_id) => return admit(state, user_id).await,
        Err(SignUpRefusal::Failed(error)) => return Err(error),
        Err(SignUpRefusal::Taken) => {
            let try_ = sign_in::with(person.email.as_str(), person.password.expose());
            sign_in(state, from, &try_).await?
        }
    };
    if admission != Admission::Refused {
        attempt.succeeded().await;
    }
    Ok(admission)
}

/// How far somebody comes whose account was just made.
async fn admit(state: &AppState, user_id: i64) -> Result<Admission, AppError> {
    let account = queries::credentials_by_id(&state.db.reader(), user_id).await?;
    let must_have = account.filter(|account| account.must_have_factor(state.settings.environment));
    Ok(must_have.map_or(Admission::Whole(user_id), |account| {
        Admission::Pending(PendingSignIn::begin(&state.settings.secret_key, &account, state.clock.now()))
    }))
}

async fn store(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (person, hash): (&SignUp, &str),
    from: IpAddr,
) -> Result<Recorded<i64>, SignUpRefusal> {
    let topics = Topics::of_person(None, Role::Patient, Some(person.hospital_id));
    let account = user::ActiveModel {
        email: Set(person.email.as_str().to_owned()),
        password_hash: Set(hash.to_owned()),
        role: Set(Role::Patient),
        hospital_id: Set(Some(person.hospital_id)),
        first_name: Set(person.first_name.clone()),
        last_name: Set(person.last_name.clone()),
        phone: Set(person.phone.clone()),
        date_of_birth: Set(Some(person.date_of_birth)),
        active: Set(true),
        last_sign_in_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        ..user::ActiveModel::default()
    };
    let account = uow.insert(account, topics.clone()).await?;
    let clinical = patient::ActiveModel {
        user_id: Set(account.id),
        created_at: Set(now),
        updated_at: Set(now),
        ..patient::ActiveModel::default()
    };
    uow.insert_many([clinical], topics).await?;
    let actor = Actor {
        id: account.id,
        name: format!("{} {}", person.first_name, person.last_name),
        role: Role::Patient,
        hospital_id: Some(person.hospital_id),
        address: Some(from),
    };
    let event = AuditEvent::new(AuditAction::SignedUp, AuditSubject::User, account.id);
    Ok(audit::record(uow, now, actor, event).await?.with(account.id))
}
