//! `telemedicine restored`: a database that was put back from a backup, made fit to serve.
//!
//! What is beside the database does not go back with it: Redis keeps pages, copies of sessions and what they stand on, all from after the backup,
//! and the mail server has sent what waits in the backup. Nobody can be shown a page of that time, nor come in with a session of it, when this has been
//! run: all of ours is removed from Redis, every session is ended, and mail that may have been sent is given up.
//!
//! No server may run meanwhile: it would keep what it has in its own memory.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;

use super::{Failure, cache, migrations, output, shared};
use crate::db::Database;
use crate::features::mail;
use crate::integrations::Clock;
use crate::redis::Redis;
use crate::session;
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(super) struct RestoredOptions {
    /// When the last server stopped that ran on what was lost, such as 2026-03-01T09:30:00Z: mail that was due by then may have been
    /// sent, and is given up; what was due later is sent [default: now]
    #[arg(long, value_name = "TIME")]
    stopped_at: Option<DateTime<Utc>>,
}

/// Does it, and says what was done. A second time does no harm.
///
/// # Errors
/// When the database is away or not migrated; or Redis is: then it may hold pages of the future when it is back.
pub(super) async fn run(settings: &Settings, options: RestoredOptions) -> Result<(), Failure> {
    let db = Database::connect(&settings.database, "telemedicine restored").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    forget(settings).await?;
    let now = Clock::system().now();
    let until = options.stopped_at.unwrap_or(now);
    shared::tell(&db, settings).await?;
    let done = put_right(&db, until, now).await;
    shared::wait(&db, settings).await;
    db.close().await;
    let (sessions, mails) = done?;
    output::line(format!("sessions  {sessions} ended: everybody signs in again"))?;
    let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    output::line(format!("mail      {mails} given up, due by {until}; what is due later is sent"))
}

async fn put_right(db: &Database, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(u64, u64), Failure> {
    let sessions = session::end_all(db, now).await.map_err(Failure::new)?;
    let mails = mail::give_up_due(db, until, now).await.map_err(Failure::new)?;
    Ok((sessions, mails))
}

/// Removes all that is ours from Redis. Nothing of it is needed: that it may be emptied at any time is what everything there is made for.
async fn forget(settings: &Settings) -> Result<(), Failure> {
    let Some(options) = &settings.redis else {
        return output::line("redis     not configured: pages were kept in the server's process, and are gone with it");
    };
    let prefix = &settings.cache.key_prefix;
    let redis = Redis::open(options, prefix).map_err(Failure::new)?;
    let removed = cache::remove(&redis, &format!("{prefix}:*")).await?;
    output::line(format!("redis     {removed} keys removed"))
}
