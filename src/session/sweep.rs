//! Removing, once an hour, what is left of sessions that ended long ago.

use std::time::Duration;

use sea_orm::DbErr;

use super::Sessions;
use crate::background::Job;

impl Job for Sessions {
    const NAME: &'static str = "session_sweep";
    const EVERY: Duration = Duration::from_secs(3600);
    /// Not at once, when everything else is starting.
    const FIRST: Duration = Duration::from_secs(60);
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        let count = self.sweep().await?;
        if count > 0 {
            log::info!("rows of sessions that ended long ago were deleted: {count}");
        }
        Ok(Self::EVERY)
    }
}
