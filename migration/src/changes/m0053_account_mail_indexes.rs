//! What telling the owners of accounts reads, and what removing a link looks for. By itself, so that nobody waits while they are built.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 2] = ["mail_security", "mail_of_address_link"];

pub(crate) const CHANGE: Change = Change { name: "m0053_account_mail_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        // How many a person was told lately.
        "CREATE INDEX mail_security ON mail (recipient_id, finished_at) WHERE kind = 'security'",
        // The mails of a link that is removed: the reference looks for them.
        "CREATE INDEX mail_of_address_link ON mail (address_link_id) WHERE address_link_id IS NOT NULL",
    ]
    .map(str::to_owned)
    .to_vec()
}
