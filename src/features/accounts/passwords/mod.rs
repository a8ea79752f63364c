//! What may be chosen as a password. Used by every place that sets one: sign-up, the profile, the
//! accounts that administrators make, and `create-super-admin`.
//!
//! The rules are those of NIST SP 800-63B-4: long enough, not a common one, not about its owner, not one from a breach.
//! There are no rules of composition, and any character may be used. The last rule needs files to be read, so it is asked where a password is hashed
//! ([`super::hash_password`]): nothing is stored without it.

mod common;

use secrecy::{ExposeSecret, SecretString};

use crate::text::{folded, nfkc};

/// Fewest characters.
pub const MIN_CHARACTERS: usize = 12;
/// Most bytes; a longer one only makes hashing slow.
const MAX_BYTES: usize = 512;

/// More common passwords of at least [`MIN_CHARACTERS`] than [`common`] has, lower case, one a line: few people had to choose long ones when those of
/// published breaches were chosen.
const BY_HAND: &str = include_str!("by_hand.txt");
/// Words that make a common password with however many digits and signs.
const WORDS: &str = include_str!("words.txt");
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

/// A password that was chosen and found fit, in the form in which keyboards agree (NFKC). Never shown, not even in `Debug`.
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
        let text = &*nfkc(text);
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

/// A password as it is compared, without regard to case and accents: with and without what separates its words.
struct Text {
    folded: String,
    squeezed: String,
}

impl Text {
    fn of(password: &str) -> Self {
        let folded = folded(password);
        Self { squeezed: squeeze(&folded), folded }
    }

    /// Whether `about` is in it. A name of three letters or fewer counts only as a word of its own:
    /// "Uma" is no reason to refuse "human".
    fn holds(&self, about: &str) -> bool {
        let about = squeeze(&folded(about));
        match about.chars().count() {
            0 | 1 => false,
            2 | 3 => self.folded.split(|c: char| !c.is_alphabetic()).any(|word| word == about),
            _ => self.squeezed.contains(&about),
        }
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_common(password: &str) -> bool {
    let folded = folded(password);
    let squeezed = squeeze(&folded);
    [&folded, &squeezed].into_iter().any(|text| common::holds(text) || BY_HAND.lines().any(|common| common == text))
        || is_run(&squeezed)
        || is_repetition(&folded)
        || is_word_with_trimmings(&folded)
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

/// `P@ssw0rd2026!`: a common word in disguise, with digits and signs around it, or a common password in disguise.
fn is_word_with_trimmings(text: &str) -> bool {
    let plain: String = text.chars().map(undisguised).collect();
    let trimmed = text.trim_matches(|c: char| !c.is_alphabetic());
    let core: String = trimmed.chars().map(undisguised).filter(|c| c.is_alphabetic()).collect();
    let few = text.chars().count() - trimmed.chars().count() <= common::TRIMMINGS;
    WORDS.lines().any(|word| word == core)
        || common::holds(&plain)
        || (few && [trimmed, &core].into_iter().any(common::holds))
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
            "sunshine over dragon hill",
            "elephant 8271 0394 5561",
            "liverpool-40928374617",
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
            "ｐａｓｓｗｏｒｄ１２３４",
            "PÀSSWÖRD-1234",
            "Liverpool-2026!",
            "1qaz2wsx3edc",
            "QWERTY 123456",
            "l3av3m3al0n3",
            "maya-likes-mangoes",
            "tea-with-li-always",
            "M.Gurung-2026-x",
            "mgurungexampleorg",
            "in-patan-it-rains",
            "patanvalleyhospital",
            "in-pátan-it-rains",
            "MÂYA likes mangoes",
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
