//! What narrows the desk's board.

use serde::{Deserialize, Serialize};

use crate::{
    features::appointments::AppointmentRow,
    text::{SearchText, Term, person_key},
    web::{AppError, query},
};

/// The query string of a dashboard. Only the desk's has a use for it.
#[derive(Debug, Deserialize)]
pub(super) struct BoardQuery {
    doctor: Option<String>,
    q: Option<String>,
}

/// Whom the desk looks for on its board. A doctor who cannot be one narrows nothing.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct BoardFilter {
    /// `doctor.id`
    pub(super) doctor: Option<i64>,
    /// As it was typed.
    pub(super) q: String,
    #[serde(skip)]
    search: SearchText,
}

impl BoardQuery {
    /// The parameters, for the policy of the page.
    pub(super) const PARAMETERS: &'static [&'static str] = &["doctor", "q"];

    /// What is looked for.
    ///
    /// # Errors
    /// [`AppError::Unprocessable`] for what cannot be part of a name.
    pub(super) fn filter(self) -> Result<BoardFilter, AppError> {
        let q = query::search(self.q.as_deref())?;
        Ok(BoardFilter {
            doctor: self.doctor.and_then(|id| id.parse().ok()).filter(|id| *id > 0),
            search: SearchText::new(&q),
            q,
        })
    }
}

impl BoardFilter {
    /// Whether anybody may be left out.
    pub(super) fn is_set(&self) -> bool {
        self.doctor.is_some() || !self.search.terms().is_empty()
    }

    /// Whether `row` is one of those that are looked for.
    pub(super) fn meets(&self, row: &AppointmentRow) -> bool {
        self.doctor.is_none_or(|id| row.doctor_id == id) && self.names(row)
    }

    /// Whether its patient is: by name or date of birth, as in the list of patients.
    fn names(&self, row: &AppointmentRow) -> bool {
        let person = &row.patient.user;
        let key = person_key(&person.first_name, &person.last_name);
        let is_called =
            |term: &Term| !term.words.is_empty() && term.words.iter().all(|word| key.contains(word.as_str()));
        let is_born = |term: &Term| term.born.is_some() && term.born == person.date_of_birth;
        self.search.terms().iter().all(|term| is_called(term) || is_born(term))
    }
}
