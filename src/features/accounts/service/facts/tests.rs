//! Whose word stands in a record.

use super::*;

#[test]
fn what_was_confirmed_last_stays_beside_whatever_the_patient_says() {
    let (first, later) = (DateTime::from_timestamp_nanos(0), DateTime::from_timestamp_nanos(1));
    let recorded = Word { now: Some("Penicillin"), said_at: None, before: None };
    let emptied = recorded.followed_by(None, first);
    assert_eq!(emptied, Word { now: None, said_at: Some(first), before: Some("Penicillin") });
    let again = emptied.followed_by(Some("Nuts"), later);
    assert_eq!(again, Word { now: Some("Nuts"), said_at: Some(later), before: Some("Penicillin") });
    let back = again.followed_by(Some("Penicillin"), later);
    assert_eq!(back, Word { now: Some("Penicillin"), said_at: Some(later), before: Some("Penicillin") });
    let nothing = Word { now: None, said_at: None, before: None };
    let said = nothing.followed_by(Some("Nuts"), first);
    assert_eq!(said, Word { now: Some("Nuts"), said_at: Some(first), before: None });
    assert_eq!(said.followed_by(None, later), Word { now: None, said_at: Some(later), before: None });
}
