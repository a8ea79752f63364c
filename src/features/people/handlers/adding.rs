//! Adding somebody once: whoever is there already is not made again.

use super::management::STALE;
use crate::{
    access::Viewer,
    features::people::{
        forms::NewPerson,
        service::{self, Already, Namesake, PersonNotSaved, PersonRecord},
    },
    state::AppState,
    web::AppError,
};

/// What became of the wish to add somebody.
pub(super) enum AddedPerson {
    New(i64),
    /// By the same form, a moment ago.
    Before(i64),
    Refused(&'static str, &'static str),
    /// It may be this one.
    Asks(Namesake),
}

/// Adds somebody, unless the same form did, or it may be somebody who is there. At most three statements beside the act's.
///
/// # Errors
/// The database's.
pub(super) async fn add<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    person: &NewPerson<R>,
    hospital_id: i64,
) -> Result<AddedPerson, AppError> {
    let whom = async || service::already(&state.db.reader(), &person.record, (hospital_id, state.clock.now())).await;
    match whom().await? {
        Some(Already::Made(id)) => return Ok(AddedPerson::Before(id)),
        Some(Already::Namesake(namesake)) if !person.duplicate_ok => return Ok(AddedPerson::Asks(namesake)),
        _ => {}
    }
    match service::create(state, viewer, (&person.record, person.password.as_ref()), hospital_id).await {
        Ok(id) => Ok(AddedPerson::New(id)),
        // Perhaps by the same form, sent at the same moment.
        Err(PersonNotSaved::Field(field, sentence)) => Ok(match whom().await? {
            Some(Already::Made(id)) => AddedPerson::Before(id),
            _ => AddedPerson::Refused(field, sentence),
        }),
        Err(PersonNotSaved::Stale) => Ok(AddedPerson::Refused("", STALE)),
        Err(PersonNotSaved::Failed(error)) => Err(error),
    }
}
