//! Recovery codes: for the day on which the telephone is lost.

use sha2::{Digest as _, Sha256};

use super::base32;

/// How many somebody has.
pub(in crate::features::accounts) const COUNT: usize = 10;
/// Letters in a code: 120 random bits, which nobody guesses, so that a plain digest keeps them (OWASP ASVS 6.5.2: 112 at least).
const LETTERS: usize = 24;

/// Ten new ones, each six groups of letters like `ABCD EFGH IJKL MNOP QRST UVWX`.
pub(in crate::features::accounts) fn make() -> Vec<String> {
    std::iter::repeat_with(|| base32::grouped(&rand::random::<[u8; 15]>())).take(COUNT).collect()
}

/// What is kept of a code of this person: nobody's else has the same.
pub(in crate::features::accounts) fn digest(user_id: i64, code: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"recovery code")
        .chain_update(user_id.to_be_bytes())
        .chain_update(normal(code))
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What somebody typed where a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum TypedCode {
    /// Six digits, as an app shows them.
    OfTheApp(String),
    /// A recovery code.
    Recovery(String),
    /// Neither.
    Neither,
}

impl TypedCode {
    /// `text` as it is read: spaces and hyphens count for nothing, nor does case.
    pub(in crate::features::accounts) fn read(text: &str) -> Self {
        let code = normal(text);
        if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Self::OfTheApp(code);
        }
        if code.len() == LETTERS && code.chars().all(base32::has) {
            return Self::Recovery(code);
        }
        Self::Neither
    }
}

fn normal(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_one_of_its_own_and_is_read_however_it_is_typed() {
        let codes = make();
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), COUNT);
        for code in &codes {
            let typed = code.to_lowercase().replace(' ', "-");
            assert_eq!(TypedCode::read(&typed), TypedCode::Recovery(code.replace(' ', "")));
            assert_eq!(digest(7, &typed), digest(7, code));
            assert_ne!(digest(8, code), digest(7, code), "another person's");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        assert_eq!(TypedCode::read(" 012 345 "), TypedCode::OfTheApp("012345".to_owned()));
        for text in ["", "12345", "1234567", "ABCD EFGH IJKL MNOP QRST UVW1", "ABCD EFGH IJKL MNOP", "ABCD", "٠١٢٣٤٥"]
        {
            assert_eq!(TypedCode::read(text), TypedCode::Neither, "{text:?}");
        }
    }
}
