//! What people look for in the trail, as domain types.

use chrono::NaiveDate;
use entity::enums::{AuditAction, AuditSubject};
use serde::Deserialize;

use super::words;
use crate::{
    text::{SearchText, address_key},
    web::{FormReader, FormView, forms::Fields, query::day},
};

/// The longest part of a name, or address, that can be searched for.
const SEARCH_CHARACTERS: usize = 254;

/// The query string of the trail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrailQuery {
    person: Option<String>,
    subject: Option<String>,
    id: Option<String>,
    action: Option<String>,
    from: Option<String>,
    to: Option<String>,
    pub(super) page: Option<String>,
}

/// The query string of the page on which a patient sees who opened their record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpeningsQuery {
    pub(super) page: Option<String>,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// `user.id`
    Numbered(i64),
    /// By their whole e-mail address.
    Addressed(String),
    /// By parts of their name, each of which must be there.
    Named(SearchText),
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct TrailFilter {
    pub(super) person: Option<Person>,
    pub(super) subject: Option<AuditSubject>,
    /// Only together with `subject`.
    pub(super) subject_id: Option<i64>,
    pub(super) action: Option<AuditAction>,
    /// The first local day.
    pub(super) from: Option<NaiveDate>,
    /// The last local day, itself included.
    pub(super) to: Option<NaiveDate>,
}

impl TrailQuery {
    /// The filter, and what was typed. People are looked for by name in one hospital only: `by_name`.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn filter(self, by_name: bool) -> Result<(TrailFilter, FormView), Box<FormView>> {
        let reader = FormReader::new(self.fields());
        let person = reader.search("person", "Person", SEARCH_CHARACTERS).and_then(|text| {
            let person = person(&text);
            if matches!(person, Person::Named(_)) && !by_name {
                reader.error("person", "Enter a person's number or whole e-mail address.");
                return None;
            }
            Some(person)
        });
        let subject = reader.parsed_optional("subject", "Record", |code| {
            words::subject_from_code(code).ok_or_else(|| "Choose a kind of record from the list.".to_owned())
        });
        let subject_id = reader.parsed_optional("id", "Number", number);
        if subject_id.is_some() && subject.is_none() && reader.is_clean() {
            reader.error("subject", "Say of which kind the record with this number is.");
        }
        let action = reader.parsed_optional("action", "Act", |code| {
            words::action_from_code(code).ok_or_else(|| "Choose an act from the list.".to_owned())
        });
        let (from, to) = (reader.parsed_optional("from", "From", day), reader.parsed_optional("to", "To", day));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            reader.error("to", "The last day must not be before the first.");
        }
        let typed = reader.view();
        reader.finish(Some((TrailFilter { person, subject, subject_id, action, from, to }, typed)))
    }

    fn fields(self) -> Fields {
        let fields = [
            ("person", self.person),
            ("subject", self.subject),
            ("id", self.id),
            ("action", self.action),
            ("from", self.from),
            ("to", self.to),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default())).collect()
    }
}

fn person(text: &str) -> Person {
    match number(text) {
        Ok(id) => Person::Numbered(id),
        Err(_) if text.contains('@') => Person::Addressed(address_key(text)),
        Err(_) => Person::Named(SearchText::new(text)),
    }
}

fn number(text: &str) -> Result<i64, String> {
    let is_number = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or_else(|| "Enter a number such as 17.".to_owned())
}
