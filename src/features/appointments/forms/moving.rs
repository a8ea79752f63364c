//! Moving a visit to another time.

use chrono::{NaiveDate, NaiveDateTime};
use entity::limits;
use serde::Deserialize;

use super::{local, overbook_reason, version};
use crate::web::{FormReader, FormView, forms::Fields, parse_local, query::day};

/// The query string of the page that moves a visit.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct MoveQuery {
    date: Option<String>,
}

/// From when on times are looked for; nothing of it is binding.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct MoveDraft {
    /// The first day to be shown.
    pub(in super::super) date: Option<NaiveDate>,
    /// What the form shows.
    pub(in super::super) form: FormView,
}

impl MoveQuery {
    /// What is looked for. What cannot be understood is asked for again.
    pub(in super::super) fn draft(self) -> MoveDraft {
        MoveDraft { date: self.date.as_deref().and_then(|date| day(date).ok()), form: FormView::default() }
    }
}

impl MoveDraft {
    /// What the form that was sent and refused was about.
    pub(in super::super) fn again(form: FormView) -> Self {
        let local = form.values.get("starts_at").and_then(|text| parse_local(text));
        Self { date: local.map(|local| local.date()), form }
    }
}

/// Another time for a visit that stands.
#[derive(Clone, Debug)]
pub(in super::super) struct Move {
    /// The version of the appointment that they saw.
    pub(in super::super) version: i32,
    /// When it is from now on, on the hospital's clock.
    pub(in super::super) local: NaiveDateTime,
    /// Why it must be then although the time is taken.
    pub(in super::super) overbook_reason: Option<String>,
    /// What is said of it to the others.
    pub(in super::super) note: Option<String>,
}

/// The form that moves a visit. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn moving(fields: Fields) -> Result<(Move, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = version(&reader);
    let local = local(&reader);
    let overbook_reason = overbook_reason(&reader);
    let note = reader.multiline("note", "What you say of it", limits::APPOINTMENT_REASON);
    let typed = reader.view();
    let change = version.zip(local).map(|(version, local)| Move { version, local, overbook_reason, note });
    reader.finish(change.map(|change| (change, typed)))
}
