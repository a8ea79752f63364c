//! `telemedicine serve`: makes the database ready, says where the site is, and serves until told to stop.

use std::net::SocketAddr;

use super::{Failure, demo, migrations, output};
use crate::app::App;
use crate::features::accounts;
use crate::integrations::Outside;
use crate::settings::{ServerSettings, Settings};
use crate::state::AppState;
use crate::time_zone;

/// Serves until SIGTERM or SIGINT; requests under way are finished first.
///
/// # Errors
/// When the database is away or not migrated, or the address cannot be listened on.
pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    log::info!(tables:% = time_zone::tables(); "time zones");
    let outside = Outside::real(&settings).map_err(Failure::new)?;
    let state = AppState::open(settings, outside).await.map_err(Failure::new)?;
    migrations::make_ready(&state.db, &state.settings).await?;
    // Before the first write: without Redis, who has no row writes nothing.
    state.db.join().await.map_err(Failure::new)?;
    let prepared = prepare(&state).await;
    if prepared.is_err() {
        state.db.leave().await;
    }
    let app = prepared?;
    log::info!(address:% = app.address(), version = env!("CARGO_PKG_VERSION"); "serving");
    let served = app.run().await;
    state.db.close().await;
    log::info!("stopped");
    served.map_err(|error| Failure::new(format_args!("the server stopped: {error}")))
}

/// Listens, and says where.
async fn prepare(state: &AppState) -> Result<App, Failure> {
    if let Err(error) = state.clock_skew.measure(&state.db).await {
        log::warn!("the clock cannot be compared with the database's: {error}");
    }
    warn_without_redis(state).await;
    load_demo(state).await?;
    let accounts = accounts_of(state).await?;
    let app = App::build(state.clone()).map_err(Failure::new)?;
    output::line(greeting(&state.settings.server, app.address(), &accounts))?;
    Ok(app)
}

/// An embedded clinic without anybody in it, in development, is one to look around in.
async fn load_demo(state: &AppState) -> Result<(), Failure> {
    let wanted = state.settings.database.is_embedded() && !state.settings.environment.is_production();
    let is_empty = wanted && !accounts::has_accounts(&state.db.reader()).await.map_err(Failure::new)?;
    if is_empty {
        // What it answers names a password, well-known as it is; the log is no place for one.
        demo::load(&state.db, &state.settings, (&state.clock, demo::DemoOptions::default())).await?;
        log::info!("demo data loaded into the empty database");
    }
    Ok(())
}

async fn warn_without_redis(state: &AppState) {
    let Some(redis) = &state.redis else { return };
    if let Err(error) = redis.ping().await {
        let server = redis.server();
        log::warn!(server, reason:% = error; "Redis (REDIS_URL) is away: serving degraded, without it, until it answers");
    }
}

/// Where the site is and who can sign in. With port 0 only the listening address is known to lead there.
fn greeting(server: &ServerSettings, listening: SocketAddr, accounts: &str) -> String {
    let place = match server.bind.port() {
        0 => format!("http://{listening}"),
        _ => server.origin(),
    };
    let version = env!("CARGO_PKG_VERSION");
    format!("telemedicine {version} serves {place} (listening on {listening})\n{accounts}\nCtrl-C stops it.")
}

/// Who can sign in, as far as it is no secret.
async fn accounts_of(state: &AppState) -> Result<String, Failure> {
    let reader = state.db.reader();
    let unreadable = |error| Failure::new(format_args!("cannot read the accounts of {}: {error}", state.db.address()));
    if accounts::has_demo_accounts(&reader).await.map_err(unreadable)? {
        if state.settings.environment.is_production() {
            return Err(Failure::new(format_args!(
                "{} holds demo accounts, whose password everybody knows: not served in production (ENVIRONMENT)",
                state.db.address()
            )));
        }
        return Ok(DEMO_ACCOUNTS.to_owned());
    }
    if accounts::has_accounts(&reader).await.map_err(unreadable)? {
        return Ok("Sign in with your account.".to_owned());
    }
    Ok("There is no account yet: make one with `telemedicine create-super-admin --email ADDRESS`.".to_owned())
}

const DEMO_ACCOUNTS: &str = "This database holds demo accounts; their password is demo-pass-2026:
  super@demo.test     platform administrator
  admin1@demo.test    hospital administrator
  doctor1@demo.test   doctor
  patient1@demo.test  patient";
