//! Query strings, as typed structs: an unusable one is a page with 422, never Actix's plain text.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::future::{Ready, ready};

use crate::web::{Kit, Pages, Paging, error::AppError, moment::parse_date};

/// The query string as a `T`. Use `#[serde(deny_unknown_fields)]` on it: a parameter nobody reads
/// is a mistake or a probe.
#[derive(Clone, Debug)]
pub struct Filter<T>(pub T);

impl<T: DeserializeOwned> Filter<T> {
    /// Reads a query string, for a handler that has no argument to spare.
    ///
    /// # Errors
    /// [`AppError::Unprocessable`] for what `T` has no place for.
    pub fn parse(query: &str) -> Result<Self, AppError> {
        let parsed = actix_web::web::Query::<T>::from_query(query);
        parsed.map(|query| Self(query.into_inner())).map_err(|error| {
            log::debug!("unusable query string: {error}");
            AppError::Unprocessable("The address holds a filter that cannot be used.")
        })
    }
}

impl<T: DeserializeOwned> FromRequest for Filter<T> {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

/// The query string of a list that is searched by name: `?q=&state=&page=`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    page: Option<String>,
    q: Option<String>,
    state: Option<String>,
}

/// Which of a list are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// Those that are active.
    Active,
    /// Those whom the viewer has seen.
    Seen,
}

impl ListState {
    /// The value in the address.
    fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Seen => "seen",
        }
    }

    /// The words people read.
    fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Seen => "Seen by you",
        }
    }
}

/// One entry of its select.
#[derive(Clone, Debug, Serialize)]
struct StateChoice {
    value: ListState,
    label: &'static str,
}

/// What a list is narrowed by, and can be.
#[derive(Clone, Debug, Serialize)]
pub struct ListSearch {
    /// What was typed to be searched for; empty when nothing was.
    pub q: String,
    /// Which are wanted; none for all.
    pub state: Option<ListState>,
    states: Vec<StateChoice>,
    is_narrowed: bool,
}

impl ListSearch {
    /// The same as parameters, for the links of its pages.
    #[must_use]
    pub fn query(&self) -> [(&str, &str); 2] {
        [("q", &self.q), ("state", self.state.map_or("", ListState::code))]
    }
}

impl ListQuery {
    /// The parameters, for the policy of a cached list.
    pub const PARAMETERS: &'static [&'static str] = &["q", "state", "page"];

    /// The page asked for, of `PAGE_SIZE` rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is no page number.
    pub fn paging(&self, pages: &Pages<impl AsRef<Kit>>) -> Result<Paging, AppError> {
        Paging::parse(self.page.as_deref(), pages.kit().page_size)
    }

    /// What was typed to be searched for, and which of those `on_offer` was chosen.
    ///
    /// # Errors
    /// [`AppError::Unprocessable`] for what cannot be part of a name, or is not offered.
    pub fn search(&self, on_offer: &[ListState]) -> Result<ListSearch, AppError> {
        let q = search(self.q.as_deref())?;
        let code = self.state.as_deref().filter(|code| !code.is_empty());
        let state = on_offer.iter().copied().find(|state| code == Some(state.code()));
        if code.is_some() && state.is_none() {
            return Err(AppError::Unprocessable("Choose a state from the list."));
        }
        let states = on_offer.iter().map(|state| StateChoice { value: *state, label: state.label() }).collect();
        Ok(ListSearch { is_narrowed: state.is_some() || !q.is_empty(), q, state, states })
    }
}

/// A day to search by, as a date field sends it.
///
/// # Errors
/// The sentence to show beside the field.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    parse_date(text)
        .filter(|date| (1900..=2200).contains(&date.year()))
        .ok_or_else(|| "Enter a date such as 2026-11-24.".to_owned())
}

/// What a list's `q` searches for: trimmed, at most 100 characters.
///
/// # Errors
/// [`AppError::Unprocessable`] for longer ones and for control characters.
pub fn search(q: Option<&str>) -> Result<String, AppError> {
    let search = q.unwrap_or_default().trim();
    if search.chars().count() > 100 || search.chars().any(char::is_control) {
        return Err(AppError::Unprocessable("Search for a part of a name, at most 100 characters."));
    }
    Ok(search.to_owned())
}
