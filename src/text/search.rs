//! What somebody searches for.

use chrono::NaiveDate;

use super::{
    date::typed_date,
    key::{folded, phone_digits, plain, search_key},
};

/// Fewer digits than these are a part of nearly every phone number.
const DIGITS: usize = 3;

/// What was typed into a search, in terms each of which must be found, in whatever order. Nothing is looked for when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText(Vec<Term>);

/// A part of a search. It is found where one of these is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Words as they stand in a [`search_key`], all of which must be in it.
    pub words: Vec<String>,
    /// What may be a part of an address or of a phone number.
    pub contact: Option<Contact>,
    /// What may be a date of birth.
    pub born: Option<NaiveDate>,
}

/// A part of a [`super::contact_key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// With its `@`, in lower case.
    Address(String),
    /// At least three digits, without zeros before them: these are dialled or not, depending on from where.
    Digits(String),
}

impl SearchText {
    /// What `typed` looks for. "Dr" is no name.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let typed = plain(typed);
        let parts: Vec<&str> = match is_one(&typed) {
            true => vec![&typed],
            false => typed.split_whitespace().collect(),
        };
        let is_name = |term: &Term| term.words != ["dr"] && !(term.words.is_empty() && term.contact.is_none());
        Self(parts.into_iter().map(Term::new).filter(is_name).collect())
    }

    /// The terms.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.0
    }
}

/// A date and a phone number are one thing, however they are spaced.
fn is_one(typed: &str) -> bool {
    typed_date(typed).is_some() || (is_dialled(typed) && phone_digits(typed).len() > DIGITS)
}

fn is_dialled(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || "+-() ./".contains(c))
}

impl Term {
    fn new(part: &str) -> Self {
        let words = search_key(part);
        let digits = phone_digits(part);
        let digits = digits.trim_start_matches('0');
        let contact = if part.contains('@') {
            Some(Contact::Address(folded(part.trim_matches([',', ';']))))
        } else if is_dialled(part) && digits.len() >= DIGITS {
            Some(Contact::Digits(digits.to_owned()))
        } else {
            None
        };
        Self { words: words.split_whitespace().map(str::to_owned).collect(), contact, born: typed_date(part) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(typed: &str) -> Vec<Vec<String>> {
        SearchText::new(typed).0.into_iter().map(|term| term.words).collect()
    }

    #[test]
    fn names_in_any_order_and_form() {
        assert_eq!(words("Zimmer, Di"), [["zimmer"], ["di"]]);
        assert_eq!(words(" Dr. Šimůnková "), [["simunkova"]]);
        assert_eq!(words("Anne-Marie"), [vec!["anne", "marie"]]);
        assert_eq!(words("Dr"), Vec::<Vec<String>>::new());
        assert_eq!(words(" \u{200B}\u{A0}"), Vec::<Vec<String>>::new());
    }

    #[test]
    fn addresses_numbers_and_dates() {
        let only = |typed: &str| SearchText::new(typed).0.into_iter().next().map(|term| (term.contact, term.born));
        let address = Contact::Address("maya@example.org".to_owned());
        assert_eq!(only("Maya@Example.org,"), Some((Some(address), None)));
        for typed in ["981 319", "0981-319", "\u{202A}९८१ ३१९\u{202C}"] {
            assert_eq!(only(typed), Some((Some(Contact::Digits("981319".to_owned())), None)), "{typed}");
        }
        let born = NaiveDate::from_ymd_opt(1955, 10, 3);
        for typed in
            ["1955-10-03", "3 October 1955", "3 Oct 1955", "03.10.1955", "3/10/1955", "3 10 1955", "१९५५-१०-०३"]
        {
            assert_eq!(only(typed).and_then(|(_, date)| date), born, "{typed}");
        }
        assert_eq!(only("12"), Some((None, None)));
    }
}
