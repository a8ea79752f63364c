//! What is needed to find out who asks.

use std::{sync::Arc, time::Duration};

use crate::{db::Database, web::Kit};

/// Where people and their sessions are looked up. One a process, shared by all workers as `web::Data<Authenticator>`.
pub struct Authenticator {
    pub(super) database: Database,
    pub(super) kit: Arc<Kit>,
    /// How long a session lasts if nothing is asked.
    pub(super) idle: Duration,
}

impl Authenticator {
    /// Looks people up in `database`; a session that was not used for `idle` is over.
    #[must_use]
    pub fn new(database: Database, kit: Arc<Kit>, idle: Duration) -> Self {
        Self { database, kit, idle }
    }
}
