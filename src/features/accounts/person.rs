//! What is said of a person in every form about people: name, e-mail address, phone, date of birth.
//! Parsed here once; the sentences are for beside the field.

use chrono::{Datelike, NaiveDate};

use crate::{
    text::{given_address, plain, typed_date},
    web::FormReader,
};

/// Most characters of a first or last name, as in the column.
pub(crate) const NAME_CHARACTERS: usize = 80;
const EMAIL_CHARACTERS: usize = 254;
const PHONE_CHARACTERS: usize = 32;
/// Nobody alive was born before this year.
const FIRST_YEAR: i32 = 1900;

/// An e-mail address in the form in which it is kept: the domain in ASCII and lower case, what stands before it as it was typed. Two that
/// differ only in case are one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// `text` as an address: one `@`, ASCII before it, and a domain with a dot, of any script. That mail arrives there is not known.
    /// Letters beyond ASCII before the `@` are refused: few servers take mail for them.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = plain(text);
        let address = text.split_once('@').filter(|(local, _)| is_local(local)).and_then(|(local, domain)| {
            // One form of each domain (UTS 46), which is also what browsers make of it.
            let domain = idna::domain_to_ascii(domain).ok().filter(|domain| is_domain(domain))?;
            Some(format!("{local}@{domain}"))
        });
        // Nobody takes the place of somebody who has none.
        let address = address.filter(|address| address.len() <= EMAIL_CHARACTERS && given_address(address).is_some());
        address.map(Self).ok_or_else(|| "Enter an e-mail address, like name@example.com.".to_owned())
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let has_no_gap = local.split('.').all(|part| !part.is_empty());
    (1..=64).contains(&local.len()) && has_no_gap && local.chars().all(allowed)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let allowed = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (1..=63).contains(&label.len()) && allowed && !label.starts_with('-') && !label.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

/// A phone number in the form in which it is kept: digits 0 to 9 and the signs that people put between them, an extension as ` ext. 12`.
///
/// # Errors
/// A sentence for beside the field.
pub(crate) fn parse_phone(text: &str) -> Result<String, String> {
    let typed = plain(text).to_lowercase();
    let (number, extension) = split_extension(&typed);
    let number = number.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let allowed = number.chars().all(|c| c.is_ascii_digit() || "+-() ./".contains(c));
    let phone = match extension {
        Some(extension) => format!("{number} ext. {extension}"),
        None => number,
    };
    let is_extension = |text: &str| (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = allowed && (5..=20).contains(&digits) && extension.is_none_or(is_extension);
    if fits && phone.chars().count() <= PHONE_CHARACTERS {
        Ok(phone)
    } else {
        Err("Enter a phone number, like +977 1 5550123.".to_owned())
    }
}

/// The number, and the extension if one is typed.
fn split_extension(typed: &str) -> (&str, Option<&str>) {
    for word in ["extension", "ext.", "ext", "x", "#"] {
        if let Some((number, extension)) = typed.split_once(word) {
            return (number.trim_end_matches([' ', ',', ';']), Some(extension.trim_start_matches([' ', '.', ':'])));
        }
    }
    (typed, None)
}

/// The field `date_of_birth`, however it is written; none when it is wrong, and then `reader` fails, or left empty.
pub(super) fn read_date_of_birth(reader: &FormReader, today: NaiveDate, is_required: bool) -> Option<NaiveDate> {
    let (name, label) = ("date_of_birth", "Date of birth");
    let parse = |text: &str| parse_date_of_birth(text, today);
    let born = if is_required { reader.parsed(name, label, parse) } else { reader.parsed_optional(name, label, parse) };
    // Written in another way it is not another day.
    born.inspect(|born| reader.understood(name, born.to_string()))
}

/// A date of birth as [`typed_date`] has it, not after `today`.
///
/// # Errors
/// A sentence for beside the field.
fn parse_date_of_birth(text: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let date = typed_date(text).ok_or("Enter the date of birth as day, month and year, like 23 4 1990.")?;
    if date > today {
        return Err("The date of birth must be in the past.".to_owned());
    }
    if date.year() < FIRST_YEAR {
        return Err(format!("The date of birth must be in {FIRST_YEAR} or later."));
    }
    Ok(date)
}

/// The names in the fields `first_name` and `last_name`; empty when wrong, and then `reader` fails.
pub fn read_names(reader: &FormReader) -> (String, String) {
    (
        reader.required("first_name", "First name", NAME_CHARACTERS),
        reader.required("last_name", "Last name", NAME_CHARACTERS),
    )
}

/// The field `email`.
pub fn read_email(reader: &FormReader) -> Option<EmailAddress> {
    reader.parsed("email", "E-mail address", EmailAddress::parse)
}

/// The same, where it may be left empty; `None` as well when it is wrong, and then `reader` fails.
pub(crate) fn read_optional_email(reader: &FormReader) -> Option<EmailAddress> {
    reader.parsed_optional("email", "E-mail address", EmailAddress::parse)
}

/// The field `phone`, which may be left empty: `Some(None)` then, and `None` when it is wrong.
pub fn read_phone(reader: &FormReader) -> Option<String> {
    reader.parsed_optional("phone", "Phone", parse_phone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{address_key, no_address};

    #[test]
    fn addresses() {
        for good in ["a@b.co", "Maya.Gurung+x@mail.example.org", "o'neil@example.com"] {
            assert_eq!(EmailAddress::parse(good).map(|address| address.0).as_deref(), Ok(good));
        }
        for typed in
            ["maya@bücher.example", "maya@BU\u{308}CHER.example", "\u{202A}ｍaya@xn--bcher-kva.Example\u{202C}"]
        {
            let kept = EmailAddress::parse(typed).map(|address| address.0);
            assert_eq!(kept.as_deref(), Ok("maya@xn--bcher-kva.example"), "{typed}");
            assert_eq!(address_key(typed), "maya@xn--bcher-kva.example", "{typed}");
        }
        assert_eq!(address_key(" MAYA@b.co"), "maya@b.co");
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "a",
            "a@b",
            "@b.co",
            "a@",
            "a@b@c.de",
            "a b@c.de",
            "a@b..co",
            "a@-b.co",
            "é@b.co",
            "a@b.co\n<",
            "a@bü..co",
            "<a@b.co>",
            "a..b@c.de",
            ".a@b.co",
            "a.@b.co",
            &no_address(),
            "a@No-Address.invalid",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_of_birth() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        for good in ["1900-01-01", "2000-02-29", "2026-11-24", "01-01-2000", "23 4 1990"] {
            assert!(parse_date_of_birth(good, today).is_ok(), "{good}");
        }
        for bad in ["", "1899-12-31", "2026-11-25", "2001-02-29", "+2000-01-01", "20000101", "2000-01-01T00"] {
            assert!(parse_date_of_birth(bad, today).is_err(), "{bad}");
        }
    }

    #[test]
    fn phones() {
        for good in ["+977 1 5550123", "(01) 555-0123", "98.41.00.00.00"] {
            assert_eq!(parse_phone(good).as_deref(), Ok(good));
        }
        for (typed, kept) in [
            ("\u{202A}+977\u{A0}1 5550123\u{202C}", "+977 1 5550123"),
            ("९८४१२३४५६७", "9841234567"),
            ("＋９７７　１–5550123", "+977 1-5550123"),
            ("01 5550123 ext. 12", "01 5550123 ext. 12"),
            ("01 5550123x12", "01 5550123 ext. 12"),
            ("01 5550123, Extension 12", "01 5550123 ext. 12"),
        ] {
            assert_eq!(parse_phone(typed).as_deref(), Ok(kept), "{typed}");
        }
        for bad in ["1234", "call me", "<script>55555</script>", "01 5550123 ext. twelve", "555501 x", &"5".repeat(33)]
        {
            assert!(parse_phone(bad).is_err(), "{bad}");
        }
    }
}
