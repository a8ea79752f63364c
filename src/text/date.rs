//! Dates as people type them.

use chrono::NaiveDate;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A day as somebody writes it who knows it by heart: day, month and year with anything usual between them (`3 4 1990`, `3.4.1990`, `03/04/1990`), the month
/// as a number or by its English name, wherever that stands; or the year first, `1990-04-03`. A year has four digits.
#[must_use]
pub fn typed_date(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "./-,".contains(c)).filter(|part| !part.is_empty()).collect();
    let (day, month, year) = match parts[..] {
        [year, month, day] if year.len() == 4 => (day, month, year),
        [month, day, year] if named(month).is_some() => (day, month, year),
        [day, month, year] => (day, month, year),
        _ => return None,
    };
    let month = named(month).or_else(|| number(month, 2))?;
    let year = number(year, 4).filter(|_| year.len() == 4)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, number(day, 2)?)
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let is_one = text.len() <= digits && text.bytes().all(|c| c.is_ascii_digit());
    is_one.then(|| text.parse().ok()).flatten()
}

/// The month that is called so, in at least three letters.
fn named(text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    let place = MONTHS.iter().position(|name| text.len() >= 3 && name.starts_with(&text))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_month_and_year_however_they_are_written() {
        let third_of_april = NaiveDate::from_ymd_opt(1990, 4, 3);
        for typed in [
            "3 4 1990",
            "03 04 1990",
            "3.4.1990",
            "3. 4. 1990",
            "3/4/1990",
            "03-04-1990",
            "1990-04-03",
            "1990-4-3",
            "3 April 1990",
            "3 apr 1990",
            "April 3, 1990",
        ] {
            assert_eq!(typed_date(typed), third_of_april, "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_or_not_clear_is_none() {
        for typed in [
            "",
            "3",
            "3 4",
            "3 4 90",
            "30 2 2001",
            "2001-02-29",
            "+1990-01-01",
            "19900403",
            "1990-04-03T00",
            "3 4 1990 5",
            "3 ma 1990",
            "981 31 9000",
            "0 1 1990",
            "३ ४ १९९०",
        ] {
            assert_eq!(typed_date(typed), None, "{typed}");
        }
    }
}
