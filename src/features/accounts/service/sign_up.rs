//! Patients make their accounts.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, Role},
    patient, user,
};
use sea_orm::{DbErr, Set};

use crate::{
    coherence::Topics,
    db::{PersonTexts, Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        accounts::{
            forms::SignUp,
            hashing::{self, PasswordNotHashed},
            pending::PendingSignIn,
            queries,
            request_session::Origin,
            service::{
                addresses,
                sign_in::{self, Admission, Entered, sign_in},
            },
        },
        audit::{self, Actor, AuditEvent},
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::{ClientNetwork, Key},
    },
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
/// `TooManyRequests` after too many tries from one address; a password that was in a breach.
pub(in crate::features::accounts) async fn sign_up(
    state: &AppState,
    from: &Origin,
    person: &SignUp,
) -> Result<Admission, PasswordNotHashed> {
    let attempt = state.kit.rate_limiter.attempt(&Key::sign_up(from.address)).await;
    let attempt = attempt.map_err(AppError::from)?;
    let hash = hashing::hash_chosen(state, ClientNetwork::of(from.address), &person.password).await?;
    let now = state.clock.now();
    let asks_for_proof = state.outgoing_mail.is_on();
    let new = NewAccount { person, hash: &hash, from, asks_for_proof };
    let stored = state.db.write(async |uow| store(state, uow, now, &new).await);
    // A new account stays counted: accounts are not to be made by the hundred from one address.
    let admission = match stored.await {
        Ok(admission) => return Ok(admission),
        Err(SignUpRefusal::Failed(error)) => return Err(error.into()),
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

/// How far somebody comes whose account was just made: whoever is in has a session.
async fn admit(state: &AppState, uow: &UnitOfWork, user_id: i64, from: &Origin) -> Result<Admission, DbErr> {
    let account = uow.read(async |conn| queries::credentials_now(conn, user_id).await).await?;
    if let Some(account) = account.filter(|account| account.must_have_factor(state.settings.environment)) {
        let pending = PendingSignIn::begin(&state.settings.secret_key, &account, state.clock.now());
        return Ok(Admission::Pending(pending));
    }
    state.sessions.open(uow, user_id, from.new_session()).await?;
    Ok(Admission::Whole(Entered { user_id, browsers_forgotten_at: None }))
}

/// An account that is to be made.
struct NewAccount<'a> {
    person: &'a SignUp,
    hash: &'a str,
    from: &'a Origin,
    /// Whether the address is to be proved, which takes mail: where none is sent it is believed.
    asks_for_proof: bool,
}

async fn store(
    state: &AppState,
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    new: &NewAccount<'_>,
) -> Result<Recorded<Admission>, SignUpRefusal> {
    let NewAccount { person, hash, from, asks_for_proof } = *new;
    let topics = Topics::of_person(None, Role::Patient, Some(person.hospital_id));
    let SignUp { first_name, last_name, phone, .. } = person;
    let texts = PersonTexts { first_name, last_name, email: person.email.as_str(), phone: phone.as_deref() };
    let account = user::ActiveModel {
        email: Set(person.email.as_str().to_owned()),
        password_hash: Set(hash.to_owned()),
        role: Set(Role::Patient),
        hospital_id: Set(Some(person.hospital_id)),
        first_name: Set(first_name.clone()),
        last_name: Set(last_name.clone()),
        phone: Set(phone.clone()),
        date_of_birth: Set(Some(person.date_of_birth)),
        active: Set(true),
        last_sign_in_at: Set(Some(now)),
        address_unproved_since: Set(asks_for_proof.then_some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        ..texts.keys()
    };
    let account = uow.insert(account, topics.clone()).await?;
    let clinical = patient::ActiveModel {
        user_id: Set(account.id),
        created_at: Set(now),
        updated_at: Set(now),
        ..patient::ActiveModel::default()
    };
    uow.insert_many([clinical], topics).await?;
    if asks_for_proof {
        addresses::ask_for_proof(uow, now, (account.id, &account.email)).await?;
    }
    let hospital_id = Some(person.hospital_id);
    let actor = Actor { id: account.id, role: Role::Patient, hospital_id, address: Some(from.address) };
    let event = AuditEvent::new(AuditAction::SignedUp, AuditSubject::User, account.id);
    let admission = admit(state, uow, account.id, from).await?;
    Ok(audit::record(uow, now, actor, event).await?.with(admission))
}
