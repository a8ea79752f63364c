//! What stands in the place of the e-mail address of somebody who has none: an address that is nobody's, and will never be.
//!
//! An account has one address, which the database keeps unique and never empty, and which servers of the release before read with every person. So whoever
//! has none has one that says so, in place of an empty one: such a server goes on reading everybody, no table that others hang on is made anew,
//! and a mail that would be sent there all the same is taken by no mail server. It is drawn at random, so that nobody can type it and be somebody.

/// Reserved by RFC 2606: no mailbox is ever there.
const NOBODYS: &str = "@no-address.invalid";

/// Another one for somebody who has no address.
#[must_use]
pub fn no_address() -> String {
    format!("{:032x}{NOBODYS}", rand::random::<u128>())
}

/// What `LIKE` finds of them: the same words stand in the index of people without an address.
pub const WITHOUT_ADDRESS: &str = "%@no-address.invalid";

/// The `address` that is stored of somebody, if it is one at which they can be written to. Whoever shows it, writes to it, searches by it or lets
/// somebody in by it asks here.
#[must_use]
pub fn given_address(address: &str) -> Option<&str> {
    let ending = address.len().checked_sub(NOBODYS.len()).and_then(|start| address.get(start..));
    let is_nobodys = ending.is_some_and(|ending| ending.eq_ignore_ascii_case(NOBODYS));
    (!is_nobodys && !address.is_empty()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_the_address_of_somebody_without_one() {
        let (one, other) = (no_address(), no_address());
        assert_ne!(one, other);
        assert_eq!(WITHOUT_ADDRESS.strip_prefix('%'), Some(NOBODYS));
        for none in [one.as_str(), &one.to_uppercase(), NOBODYS, ""] {
            assert_eq!(given_address(none), None, "{none}");
        }
        for given in ["maya@example.org", "no-address.invalid@example.org", "maya@no-address.invalid.example", "é"] {
            assert_eq!(given_address(given), Some(given));
        }
    }
}
