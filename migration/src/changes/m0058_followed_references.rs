//! What erasing a person follows: their mails, links and sessions, of which only the open ones could be found by an index. Each was a look at a
//! whole table. By itself, so that nobody waits while they are built.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 4] = ["mail_recipient", "password_link_of_user", "address_link_of_user", "user_session_of_user"];

pub(crate) const CHANGE: Change = Change { name: "m0058_followed_references", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        "CREATE INDEX mail_recipient ON mail (recipient_id)",
        "CREATE INDEX password_link_of_user ON password_link (user_id)",
        "CREATE INDEX address_link_of_user ON address_link (user_id)",
        "CREATE INDEX user_session_of_user ON user_session (user_id)",
    ]
    .map(str::to_owned)
    .to_vec()
}
