//! Erasing somebody, step by step.

mod history;
mod messages;
mod notes;
mod person;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::queries::{self, ErasedPerson, Remaining};
use crate::{
    coherence::Topics,
    db::{Database, Unrecorded},
    features::{
        accounts, appointments,
        audit::{self, Attribution},
    },
    settings::{PasswordHashing, SecretKey},
    web::rate_limit::ClientNetwork,
};

/// What stands where a person's name stood.
const FIRST_NAME: &str = "Erased";
const LAST_NAME: &str = "person";
/// What stands in the place of a reason that must be there.
pub(super) const GONE: &str = "(erased)";

/// Rows of one transaction.
const BATCH: u64 = 500;

const PARTS: Unrecorded = Unrecorded::of(
    &[
        "appointment",
        "appointment_event",
        "visit",
        "visit_guest",
        "audit_entry",
        "audit_redaction",
        "attachment",
        "attachment_data",
        "erasure",
        "message",
        "note",
        "note_addendum",
        "note_revision",
        "document",
    ],
    "the erasure that goes on with it has its line",
);

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ErasureRequest {
    /// `patient.id`
    pub patient_id: i64,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// Whether visits to come are cancelled; else they are in the way.
    pub cancels_visits: bool,
}

/// By what it is done: the secret under which the trail is sealed, and the cost of a password that nobody knows.
#[derive(Clone, Copy, Debug)]
pub struct ErasureMeans<'a> {
    /// `SECRET_KEY`
    pub secret: &'a SecretKey,
    /// What hashing costs.
    pub hashing: PasswordHashing,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureOutcome {
    /// Visits that were cancelled.
    pub cancelled: u64,
    /// What there was before, kind by kind; each is gone.
    pub found: Vec<Remaining>,
}

/// Why nobody was erased; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// There is no such patient.
    #[error("there is no patient {0}")]
    Nobody(i64),
    /// So many visits are to come.
    #[error("{0} requests and visits are still to come: --cancel-visits cancels them, and tells their doctors")]
    VisitsToCome(usize),
    /// The reason is empty or too long.
    #[error("a reason of 1 to 500 characters is needed")]
    Reason,
    /// The trail was sealed with another secret.
    #[error(
        "SECRET_KEY is not the one with which the trail was sealed last: what is taken out of it would be found wrong"
    )]
    Secret,
    /// The role may not change the trail.
    #[error(
        "the database role may not take names out of the trail: use DATABASE_URL of the owner of the tables, as for migrations"
    )]
    Role,
    /// The database's, or that a password could not be hashed.
    #[error("{0}; run it again, and it goes on")]
    Failed(String),
}

impl From<DbErr> for ErasureError {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What [`erase`] would find: how many visits are to come, and everything that is there, kind by kind. Changes nothing.
///
/// # Errors
/// Why not.
pub async fn preview(
    db: &Database,
    patient_id: i64,
    now: DateTime<Utc>,
) -> Result<(usize, Vec<Remaining>), ErasureError> {
    let person = find(db, patient_id).await?;
    let to_come = appointments::count_to_come(db, patient_id, now).await?;
    Ok((to_come, found(db, person).await?))
}

/// Erases a patient for good, in the name of `by`. Doing it again does what was left, or nothing.
///
/// # Errors
/// Why not. What was done before a failure stays done.
pub async fn erase(
    db: &Database,
    by: Attribution<'_>,
    means: ErasureMeans<'_>,
    request: &ErasureRequest,
) -> Result<ErasureOutcome, ErasureError> {
    if !(1..=500).contains(&request.reason.trim().chars().count()) {
        return Err(ErasureError::Reason);
    }
    let person = find(db, request.patient_id).await?;
    if !db.reader().run(NO_PAGE, async |conn| queries::may_erase(conn).await).await? {
        return Err(ErasureError::Role);
    }
    if !audit::is_sealed_with(db, means.secret, Some(person.hospital_id)).await? {
        return Err(ErasureError::Secret);
    }
    let to_come = appointments::count_to_come(db, request.patient_id, by.at).await?;
    if to_come > 0 && !request.cancels_visits {
        return Err(ErasureError::VisitsToCome(to_come));
    }
    let cancelled = appointments::withdraw(db, by, request.patient_id).await?;
    let found = found(db, person).await?;
    if found.iter().any(|kind| kind.rows > 0) {
        let hash = accounts::nobodys_password(ClientNetwork::of_the_server(), means.hashing).await;
        let hash = hash.map_err(|error| ErasureError::Failed(error.to_string()))?;
        person::erase(db, by, person, (request.reason.trim(), &hash)).await?;
        notes::erase(db, by.at, person).await?;
        messages::erase(db, person).await?;
        history::erase(db, (means.secret, by.at), person).await?;
    }
    db.empty_log().await?;
    Ok(ErasureOutcome { cancelled, found })
}

const NO_PAGE: Topics = Topics::exempt("a command, which keeps no page");

async fn find(db: &Database, patient_id: i64) -> Result<ErasedPerson, ErasureError> {
    let found = db.reader().run(NO_PAGE, async |conn| queries::person(conn, patient_id).await).await?;
    found.ok_or(ErasureError::Nobody(patient_id))
}

async fn found(db: &Database, person: ErasedPerson) -> Result<Vec<Remaining>, DbErr> {
    db.reader().run(NO_PAGE, async |conn| queries::found(conn, person).await).await
}
