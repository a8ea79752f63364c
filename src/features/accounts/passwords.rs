//! What may be chosen as a password. Used by every place that sets one: sign-up, the profile, the
//! accounts that administrators make, and `create-super-admin`.
//!
//! The rules are those of NIST SP 800-63B-4: long enough, not a common one, not about its owner.
//! There are no rules of composition, and any character may be used.

use secrecy::{ExposeSecret, SecretString};

/// Fewest characters.
pub const MIN_CHARACTERS: usize = 12;
/// Most bytes; a longer one only makes hashing slow.
const MAX_BYTES: usize = 512;

/// Common passwords of at least [`MIN_CHARACTERS`], lower case, one a line.
const COMMON: &str = include_str!("common_passwords.txt");
/// Words that make a common password when only digits and signs are added to them.
const COMMON_WORDS: &str = include_str!("common_words.txt");
/// What fingers run along.
const RUNS: [&str; 7] = [
    "12345678901234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];
/// Words of hospitals' names that tell nothing about one of them.
const OF_ANY_HOSPITAL: [&str; 12] = [
    "hospital",
    "clinic",
    "medical",
    "health",
    "healthcare",
    "centre",
    "center",
    "general",
    "teaching",
    "national",
    "community",
    "international",
];

/// A password that was chosen and found fit. Never shown, not even in `Debug`.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// Whose password it is to be: it must not be made of what everybody knows about them. Empty where
/// nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'a> {
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// E-mail address.
    pub email: &'a str,
    /// The name of their hospital.
    pub hospital: &'a str,
}

impl Password {
    /// `text` as the password of `owner`.
    ///
    /// # Errors
    /// A sentence for the person, to stand beside the field; it never repeats the password.
    pub fn choose(text: &str, owner: &Owner<'_>) -> Result<Self, String> {
        if text.chars().count() < MIN_CHARACTERS {
            return Err(format!("The password must have at least {MIN_CHARACTERS} characters."));
        }
        if text.len() > MAX_BYTES {
            return Err("The password is too long.".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Err("The password holds characters that cannot be typed everywhere. Choose another.".to_owned());
        }
        if is_common(text) {
            return Err("This password is one of the first that others would guess. Choose another, such as four unrelated words.".to_owned());
        }
        match owner.found_in(text) {
            Some(what) => Err(format!("The password must not contain {what}.")),
            None => Ok(Self(SecretString::from(text))),
        }
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Owner<'_> {
    /// What of the owner `password` contains.
    fn found_in(&self, password: &str) -> Option<&'static str> {
        let text = Text::of(password);
        let (local, _) = self.email.split_once('@').unwrap_or((self.email, ""));
        if [self.first_name, self.last_name].iter().any(|name| text.holds(name)) {
            return Some("your name");
        }
        if text.holds(self.email) || text.holds(local) {
            return Some("your e-mail address");
        }
        let telling =
            |word: &&str| word.chars().count() > 4 && !OF_ANY_HOSPITAL.contains(&word.to_lowercase().as_str());
        let hospital =
            text.holds(self.hospital) || self.hospital.split_whitespace().filter(telling).any(|word| text.holds(word));
        hospital.then_some("the name of your hospital")
    }
}

/// A password as it is compared: in lower case, with and without what separates its words.
struct Text {
    lower: String,
    squeezed: String,
}

impl Text {
    fn of(password: &str) -> Self {
        let lower = password.to_lowercase();
        Self { squeezed: squeeze(&lower), lower }
    }

    /// Whether `about` is in it. A name of three letters or fewer counts only as a word of its own:
    /// "Uma" is no reason to refuse "human".
    fn holds(&self, about: &str) -> bool {
        let about = squeeze(&about.to_lowercase());
        match about.chars().count() {
            0 | 1 => false,
            2 | 3 => self.lower.split(|c: char| !c.is_alphabetic()).any(|word| word == about),
            _ => self.squeezed.contains(&about),
        }
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let squeezed = squeeze(&lower);
    COMMON.lines().any(|common| common == lower || common == squeezed)
        || is_run(&squeezed)
        || is_repetition(&lower)
        || is_word_with_trimmings(&lower)
}

/// `123456789012`, `lkjhgfdsaqwe` and the like: nothing but a walk along the keys, either way.
fn is_run(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    text.is_empty() || RUNS.iter().any(|run| run.contains(text) || run.contains(&backwards))
}

/// `aaaaaaaaaaaa`, `abcabcabcabc`, `passwordpassword`: one short piece over and over.
fn is_repetition(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=characters.len() / 2).any(|length| {
        let mut pieces = characters.chunks(length);
        pieces.next().is_some_and(|first| pieces.all(|piece| first.starts_with(piece)))
    })
}

/// `P@ssw0rd2026!`: a common word in disguise, with digits and signs around it.
fn is_word_with_trimmings(text: &str) -> bool {
    let core: String = text
        .trim_matches(|c: char| !c.is_alphabetic())
        .chars()
        .map(undisguised)
        .filter(|c| c.is_alphabetic())
        .collect();
    COMMON_WORDS.lines().any(|word| word == core)
}

fn undisguised(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAYA: Owner<'_> =
        Owner { first_name: "Maya", last_name: "Li", email: "m.gurung@example.org", hospital: "Patan Valley Hospital" };

    #[test]
    fn long_and_unrelated_is_enough() {
        for fit in [
            "four unrelated words",
            "violet-harbour-41",
            "नमस्ते संसार कथा",
            "correct horse battery staple",
            "hospitality of rivers",
        ] {
            assert!(Password::choose(fit, &MAYA).is_ok(), "{fit}");
        }
    }

    #[test]
    fn short_common_and_personal_ones_are_refused() {
        for unfit in [
            "elevenchars",
            "password1234",
            "P@ssw0rd2026!",
            "123456789012",
            "098765432109",
            "qwertyuiopas",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "passwordpassword",
            "maya-likes-mangoes",
            "tea-with-li-always",
            "M.Gurung-2026-x",
            "mgurungexampleorg",
            "in-patan-it-rains",
            "patanvalleyhospital",
        ] {
            assert!(Password::choose(unfit, &MAYA).is_err(), "{unfit}");
        }
        assert!(Password::choose(&"long ".repeat(200), &MAYA).is_err());
    }

    #[test]
    fn debug_shows_nothing() {
        let password = Password::choose("violet-harbour-41", &MAYA);
        assert!(!format!("{password:?}").contains("violet"));
    }
}
