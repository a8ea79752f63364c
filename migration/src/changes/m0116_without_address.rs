//! The people without an e-mail address, who are few among all: whom the clinic tells by telephone is shown to its desk.
//!
//! Nothing else changes for them. An address stays unique and is never empty: SQLite cannot take that from a column, to make the table anew on which
//! almost all others hang would stop the clinic, and servers of the release before cannot read a person without one. So whoever has none has an
//! address that says so and is nobody's, `…@no-address.invalid` (RFC 2606). A release that does not know it shows it as any other, and no mail server takes
//! mail for it; so these people stay when this is taken back.

use crate::change::Change;
use crate::dialect::drop_indexes;

const NAMES: [&str; 1] = ["user_without_address"];

pub(crate) const CHANGE: Change =
    Change { name: "m0116_without_address", up: |_| up(), down: |_| drop_indexes(&NAMES) };

fn up() -> Vec<String> {
    let without = "email LIKE '%@no-address.invalid'";
    vec![format!("CREATE INDEX user_without_address ON \"user\" (hospital_id) WHERE {without}")]
}
