//! What removing old rows reads: each of these was a look at a whole table, and the first one for each row that is removed.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 3] = ["mail_password_link", "user_session_revoked", "notification_read"];

pub(crate) const CHANGE: Change = Change { name: "m0049_sweep_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        // The mails of a link that is removed: the reference looks for them.
        "CREATE INDEX mail_password_link ON mail (password_link_id) WHERE password_link_id IS NOT NULL",
        // Sessions that were ended long ago; those that ran out have an index of their own.
        "CREATE INDEX user_session_revoked ON user_session (revoked_at) WHERE revoked_at IS NOT NULL",
        // Notifications that were read long ago.
        "CREATE INDEX notification_read ON notification (read_at) WHERE read_at IS NOT NULL",
    ]
    .map(str::to_owned)
    .to_vec()
}
