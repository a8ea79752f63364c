//! By what a page of a record, which nobody keeps, is told that what it shows is not so any more.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

use super::{Kit, Pages};

/// So many bytes of the MAC are told.
const LENGTH: usize = 16;

/// Makes marks of what is shown of a record: another one as soon as anything of it is another. Without the site's key nobody can tell from one what
/// it is of, nor try out what it may be.
#[derive(Clone)]
pub struct RecordMarks(Hmac<Sha256>);

impl RecordMarks {
    /// With a key that all instances derive from `SECRET_KEY`.
    pub(super) fn new(key: &[u8; 64]) -> Self {
        Self(Hmac::new(key.into()))
    }

    /// The mark of what is shown: 32 hexadecimal digits.
    pub fn of(&self, shown: &impl Serialize) -> String {
        // What cannot be told from what it was is taken for something else.
        let text = serde_json::to_vec(shown).unwrap_or_else(|_| rand::random::<u128>().to_be_bytes().into());
        let mut mac = self.0.clone();
        mac.update(&text);
        mac.finalize().into_bytes().iter().take(LENGTH).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<S: AsRef<Kit>> Pages<S> {
    /// Marks what is shown of records.
    pub fn record_marks(&self) -> &RecordMarks {
        &self.kit().record_marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_what_is_shown_and_of_the_site() {
        let (marks, others) = (RecordMarks::new(&[1; 64]), RecordMarks::new(&[2; 64]));
        let mark = marks.of(&("Latex", 1));
        assert_eq!(mark.len(), 2 * LENGTH);
        assert_eq!(mark, marks.clone().of(&("Latex", 1)));
        assert_ne!(mark, marks.of(&("Latex", 2)));
        assert_ne!(mark, others.of(&("Latex", 1)));
    }
}
