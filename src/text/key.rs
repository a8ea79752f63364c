//! The keys of texts.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, Script},
};

use super::{
    invisible::{category, is_ignorable, is_mark},
    no_address::given_address,
};

/// The longest key, in bytes: two of them and a few columns more are what an index of Postgres takes.
const KEY_BYTES: usize = 1200;
/// Between the names of a person: it sorts before everything that a name can hold, so that all of one surname stand together.
const BETWEEN_NAMES: char = '\t';
/// What begins the digits of a phone number in a [`contact_key`].
pub const PHONE: &str = "\ttel:";

/// `text` in the one form that is stored: composed, and otherwise as it was typed.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// `text` in the form in which it is compared where each character counts, as passwords are: composed, with one form for what
/// is typed as one (NFKC).
#[must_use]
pub fn nfkc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text)
}

/// What is typed by sign, such as a number, a date, an address: without what nobody sees, with one kind of space and of dash, and
/// with the digits 0 to 9 for those of any script. Trimmed.
#[must_use]
pub fn plain(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    let shown = nfkc(&shown);
    let signs = shown.chars().map(|c| match c {
        c if c.is_whitespace() && !c.is_control() => ' ',
        c if is_dash(c) => '-',
        c => ascii_digit(c),
    });
    signs.collect::<String>().trim().to_owned()
}

/// By what a text is searched, put in order and compared: NFKC without regard to case; without accents on Latin, Greek and
/// Cyrillic letters, while the signs of scripts that are written with them (Devanagari's vowels among them) stay; digits of any
/// script as 0 to 9; without apostrophes, full stops and what nobody sees; one space for spaces, dashes, commas and brackets.
///
/// Its order by code points is one that people expect of a list of names, and the same on every database. At most 1200 bytes.
#[must_use]
pub fn search_key(text: &str) -> String {
    let folded = folded(text);
    let spaced: String =
        folded.chars().filter(|c| !is_elided(*c)).map(|c| if separates(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    // A name may be nothing but signs.
    bounded(if words.is_empty() { folded } else { words.join(" ") })
}

/// By what people are put in order and searched: the surname before the given name. `user.name_key`
#[must_use]
pub fn person_key(first_name: &str, last_name: &str) -> String {
    format!("{}{BETWEEN_NAMES}{}", search_key(last_name), search_key(first_name))
}

/// By what staff search for people besides their names: the address in lower case, if they have one, and the digits of the phone number.
/// `user.contact_key`
#[must_use]
pub fn contact_key(email: &str, phone: Option<&str>) -> String {
    let email = given_address(email).unwrap_or_default();
    format!("{}{PHONE}{}", email.to_lowercase(), phone_digits(phone.unwrap_or_default()))
}

/// By what numbers of licences are compared: case, spaces and dashes make no difference. `doctor.license_key`
#[must_use]
pub fn number_key(text: &str) -> String {
    let folded = folded(text);
    bounded(folded.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)).collect())
}

/// An e-mail address as an account is looked up by it, for what was typed as one: the domain in ASCII (UTS 46), all in lower case. What is no
/// address stays as it is.
#[must_use]
pub fn address_key(text: &str) -> String {
    let typed = plain(text);
    let domain = typed.split_once('@').and_then(|(local, domain)| Some((local, idna::domain_to_ascii(domain).ok()?)));
    domain.map_or(typed.clone(), |(local, domain)| format!("{local}@{domain}")).to_lowercase()
}

/// The digits of a phone number, 0 to 9.
#[must_use]
pub fn phone_digits(text: &str) -> String {
    plain(text).chars().filter(char::is_ascii_digit).collect()
}

/// NFKC without regard to case, without accents where they may be left out.
#[must_use]
pub fn folded(text: &str) -> String {
    // The acute accent by itself, which is typed for an apostrophe, would come apart into a space and a mark.
    let text = text.replace('\u{B4}', "'");
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&text);
    let mut folded = String::with_capacity(text.len());
    let mut is_bare = false;
    for c in apart.chars().filter(|c| !is_ignorable(*c)) {
        if is_mark(c) {
            if !is_bare {
                folded.push(c);
            }
            continue;
        }
        is_bare = matches!(CodePointMapData::<Script>::new().get(c), Script::Latin | Script::Greek | Script::Cyrillic);
        fold(c, &mut folded);
    }
    nfkc(&folded).into_owned()
}

/// Small letters by way of the capitals, which are what `ß` and `ss`, `ς` and `σ` have in common.
fn fold(c: char, folded: &mut String) {
    let small = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    for c in small {
        match without_stroke(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(ascii_digit(c)),
        }
    }
}

/// Letters whose strokes and ties Unicode does not count as marks, as they are typed without.
fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

/// The digit of any script as 0 to 9. The ten of a script stand one after the other, in some scripts several times.
fn ascii_digit(c: char) -> char {
    let is_digit = |c: char| category(c) == GeneralCategory::DecimalNumber;
    if c.is_ascii() || !is_digit(c) {
        return c;
    }
    let before = (1..=100).map_while(|distance| u32::from(c).checked_sub(distance).and_then(char::from_u32));
    let value = before.take_while(|c| is_digit(*c)).count() % 10;
    u32::try_from(value).ok().and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

fn is_dash(c: char) -> bool {
    c == '\u{2212}' || category(c) == GeneralCategory::DashPunctuation
}

/// What people leave out: apostrophes of all forms, and full stops.
fn is_elided(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '.' | '\u{2018}'
            ..='\u{201B}' | '\u{2032}' | '\u{2BB}' | '\u{2BC}' | '\u{2BD}' | '\u{2B9}' | '\u{A78C}'
    )
}

fn separates(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_dash(c) || matches!(c, ',' | ';' | '(' | ')' | '\u{3001}' | '\u{60C}')
}

fn bounded(mut key: String) -> String {
    if key.len() > KEY_BYTES {
        let end = (0..=KEY_BYTES).rev().find(|end| key.is_char_boundary(*end)).unwrap_or(0);
        key.truncate(end);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_take_for_one_name_has_one_key() {
        for alike in [
            ["Šimůnková", "simunkova", "S\u{30C}imu\u{30A}nkova\u{301}"],
            ["O’Brien", "o'brien", "O\u{B4}Brien"],
            ["Anne-Marie", "anne marie", "Anne\u{2011}Marie"],
            ["İpek", "ipek", "IPEK"],
            ["Ørjan", "orjan", "ØRJAN"],
            ["Groß", "GROSS", "groẞ"],
            ["Щербакова", "щербакова", "ЩЕРБАКОВА"],
            ["ΟΔΥΣΣΕΥΣ", "οδυσσευς", "Ὀδυσσεύς"],
            ["Ｍａｙａ　Ｒａｉ", "maya rai", "Maya\u{A0}\u{200B}Rai"],
            ["Ward ९", "ward 9", "WARD ９"],
            ["क\u{93C}", "\u{958}", "क\u{200D}\u{93C}"],
        ] {
            let [one, other, third] = alike.map(search_key);
            assert_eq!(one, other, "{alike:?}");
            assert_eq!(one, third, "{alike:?}");
        }
    }

    #[test]
    fn vowels_of_scripts_that_are_written_with_marks_stay() {
        assert_ne!(search_key("सीता"), search_key("सता"));
        assert_ne!(search_key("मेरी"), search_key("मारा"));
        assert_ne!(search_key("สม"), search_key("สิม"));
    }

    #[test]
    fn surnames_come_in_the_order_of_a_list() {
        let mut people = [
            ("Zoe", "Zimmer"),
            ("Asha", "adhikari"),
            ("Ana", "de Souza"),
            ("Åsa", "Ångström"),
            ("Nils", "Öberg"),
            ("Bo", "de"),
            ("Ian", "O'Neil"),
        ];
        people.sort_by_key(|(first, last)| person_key(first, last));
        let order = people.map(|(_, last)| last);
        assert_eq!(order, ["adhikari", "Ångström", "de", "de Souza", "Öberg", "O'Neil", "Zimmer"]);
    }

    #[test]
    fn keys_are_bounded_and_never_empty() {
        assert!(search_key(&"\u{FDFA}".repeat(80)).len() <= KEY_BYTES);
        assert_eq!(search_key("'."), "'.");
        assert_eq!(number_key("NMC-12 34"), number_key("nmc1234"));
        assert_eq!(number_key("\u{FF2E}MC\u{2013}१२34"), "nmc1234");
    }

    #[test]
    fn signs_are_those_of_ascii() {
        assert_eq!(plain("\u{202A}+९७७\u{A0}98–41\u{202C} "), "+977 98-41");
        assert_eq!(plain("𝟗𝟠１"), "981");
        assert_eq!(contact_key("Maya@Example.org", Some("+977 (1) 555")), "maya@example.org\ttel:9771555");
        assert_eq!(contact_key(&super::super::no_address(), Some("555")), "\ttel:555");
    }
}
