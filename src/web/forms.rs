//! Forms: what was submitted, read field by field into domain types, or shown again with 422.
//!
//! A feature's `forms.rs` makes a [`FormReader`] of the [`Submitted`] fields, reads every field it
//! knows, and calls [`FormReader::finish`]: unknown fields, control characters and lengths are
//! refused here, so no feature can forget them.

mod parts;

use std::{cell::RefCell, collections::BTreeMap};

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::text;

pub use self::parts::padded;
pub use super::submitted::{Fields, LongSubmitted, Submitted};

/// A form as its template shows it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormView {
    /// What was typed, by field name; never a password.
    pub values: BTreeMap<String, String>,
    /// What is wrong, by field name.
    pub errors: BTreeMap<String, String>,
    /// The same in the order of the fields, for the summary on top.
    pub summary: Vec<FieldError>,
}

/// One thing that is wrong with a form.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// The field's name, or an empty text when it is about the whole form.
    pub field: String,
    /// A sentence saying what to do.
    pub message: String,
}

impl FormView {
    /// A form not yet submitted, with what its fields hold.
    pub fn filled<'a>(values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { values, ..Self::default() }
    }

    /// The same form with what is stored now beside each field that holds something else: for one that was changed meanwhile.
    #[must_use]
    pub fn beside<'a>(self, stored: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        stored.into_iter().fold(self, |form, (name, stored)| form.beside_one(name, &stored, &stored))
    }

    /// The same for one field, in which `stored` stands now and reads `shown`: a code says nothing to whoever chose a label.
    #[must_use]
    pub fn beside_one(self, name: &str, stored: &str, shown: &str) -> Self {
        if self.values.get(name).is_none_or(|typed| typed == stored) {
            return self;
        }
        self.with_error(name, format!("Stored now: {}", if shown.is_empty() { "nothing" } else { shown }))
    }

    /// The same, made from `version`: what it is compared with when it is sent once more.
    #[must_use]
    pub fn made_from(mut self, version: String) -> Self {
        self.values.insert("version".to_owned(), version);
        self
    }

    /// What was typed, for a form that was refused and is shown again: without the word by which it is known when it is sent twice, for whoever sends
    /// it once more means something else.
    #[must_use]
    pub fn anew(mut self) -> Self {
        self.values.remove("token");
        self
    }

    /// The same form with one more thing wrong, found after parsing (such as an address in use).
    #[must_use]
    pub fn with_error(mut self, field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        self.errors.entry(field.to_owned()).or_insert_with(|| message.clone());
        self.summary.push(FieldError { field: field.to_owned(), message });
        self
    }
}

/// A form that is shown again with what was typed and what is wrong with it, and the status of that answer.
#[derive(Clone, Debug)]
pub struct RedisplayedForm {
    /// Of the answer: 422, 409 for a conflict, 429 for too often.
    pub status: StatusCode,
    /// What was typed, with at least one thing wrong.
    pub form: FormView,
}

impl RedisplayedForm {
    /// Where a field is wrong: 422.
    #[must_use]
    pub fn unprocessable(form: FormView) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, form }
    }

    /// Where it cannot be done as things stand: 409.
    #[must_use]
    pub fn conflict(form: FormView) -> Self {
        Self { status: StatusCode::CONFLICT, form }
    }
}

/// Reads the fields of a submitted form and gathers everything that is wrong with them.
#[derive(Debug)]
pub struct FormReader {
    unread: RefCell<Fields>,
    view: RefCell<FormView>,
}

impl FormReader {
    /// Starts reading `fields`.
    pub fn new(fields: Fields) -> Self {
        Self { unread: RefCell::new(fields), view: RefCell::default() }
    }

    /// A line of text that must be there, at most `max` characters, trimmed. Empty when it is
    /// wrong; then [`FormReader::finish`] fails.
    pub fn required(&self, name: &str, label: &str, max: usize) -> String {
        let text = self.optional(name, label, max);
        if text.is_none() && !self.is_wrong(name) {
            self.error(name, format!("Enter the {}.", label.to_lowercase()));
        }
        text.unwrap_or_default()
    }

    /// A line of text that may be left empty.
    pub fn optional(&self, name: &str, label: &str, max: usize) -> Option<String> {
        self.text((name, label), max, |c| c.is_control() || text::is_deceptive(c))
    }

    /// Several lines of text that may be left empty. Line ends become `\n`.
    pub fn multiline(&self, name: &str, label: &str, max: usize) -> Option<String> {
        self.text((name, label), max, |c| (c.is_control() && !matches!(c, '\n' | '\t')) || text::is_deceptive(c))
    }

    /// A text that is looked for, at most `max` characters, as [`text::plain`] makes it: what nobody sees was pasted with it.
    pub fn search(&self, name: &str, label: &str, max: usize) -> Option<String> {
        let text = self.text((name, label), max, char::is_control)?;
        Some(text::plain(&text)).filter(|text| !text.is_empty())
    }

    /// A text that must be there and that `parse` turns into a domain type; its error is the
    /// sentence shown beside the field. `parse` gets it as [`text::plain`] makes it.
    pub fn parsed<T>(&self, name: &str, label: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.search(name, label, 320);
        if text.is_none() && !self.is_wrong(name) {
            self.error(name, format!("Enter the {}.", label.to_lowercase()));
        }
        self.accept(name, parse(&text?))
    }

    /// The same for a field that may be left empty.
    pub fn parsed_optional<T>(
        &self,
        name: &str,
        label: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.search(name, label, 320)?;
        self.accept(name, parse(&text))
    }

    /// A password: not trimmed, never shown again, at most 512 bytes.
    pub fn secret(&self, name: &str, label: &str) -> String {
        self.optional_secret(name, label).unwrap_or_else(|| {
            self.error(name, format!("Enter the {}.", label.to_lowercase()));
            String::new()
        })
    }

    /// The same for one that may be left empty.
    pub fn optional_secret(&self, name: &str, label: &str) -> Option<String> {
        let secret = self.unread.borrow_mut().remove(name).unwrap_or_default();
        if secret.len() > 512 {
            self.error(name, format!("{label} is too long."));
        }
        Some(secret).filter(|secret| !secret.is_empty())
    }

    /// Keeps what was typed in that field as it was understood: for a form that is shown again, or compared with what is stored.
    pub fn understood(&self, name: &str, text: String) {
        self.view.borrow_mut().values.insert(name.to_owned(), text);
    }

    /// Says that the field `name` is wrong.
    pub fn error(&self, name: &str, message: impl Into<String>) {
        self.view.replace_with(|view| std::mem::take(view).with_error(name, message));
    }

    /// Whether something is wrong with that field so far.
    pub fn is_wrong(&self, name: &str) -> bool {
        self.view.borrow().errors.contains_key(name)
    }

    /// Whether nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.view.borrow().summary.is_empty()
    }

    /// Ends the reading: `command` when everything was right and nothing unknown was sent.
    ///
    /// # Errors
    /// The form to show again, with everything that is wrong.
    pub fn finish<T>(self, command: Option<T>) -> Result<T, Box<FormView>> {
        if !self.unread.borrow().is_empty() {
            self.error("", "The form held a field that does not belong to it. Load the page again.");
        }
        match command {
            Some(command) if self.is_clean() => Ok(command),
            _ => Err(Box::new(self.view.into_inner())),
        }
    }

    /// What was typed so far, without errors: for what is found wrong later.
    pub fn view(&self) -> FormView {
        self.view.borrow().clone()
    }

    fn accept<T>(&self, name: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|message| self.error(name, message)).ok()
    }

    fn text(&self, (name, label): (&str, &str), max: usize, refused: impl Fn(char) -> bool) -> Option<String> {
        let raw = self.unread.borrow_mut().remove(name).unwrap_or_default().replace("\r\n", "\n");
        let text = text::nfc(raw.trim()).into_owned();
        self.view.borrow_mut().values.insert(name.to_owned(), text.chars().filter(|c| !refused(*c)).collect());
        if text.chars().any(&refused) {
            self.error(name, format!("{label} holds characters that cannot be stored."));
            return None;
        }
        if text.chars().count() > max {
            self.error(name, format!("{label} must be {max} characters or fewer."));
            return None;
        }
        // Marks and joiners alone are nothing that anybody could read.
        Some(text).filter(|text| text::is_readable(text))
    }
}

#[cfg(test)]
mod tests;
