//! `telemedicine create-super-admin`: the first account of an installation, for there is no built-in one.

use clap::Args;
use secrecy::ExposeSecret as _;

use super::{Failure, migrations, output, password, shared};
use crate::db::Database;
use crate::features::accounts::{self, HashingRules};
use crate::integrations::{BreachedPasswords, Clock};
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(super) struct SuperAdminOptions {
    /// The e-mail address to sign in with
    #[arg(long)]
    email: String,
}

/// Asks for a password and makes the account.
///
/// # Errors
/// When the database is away or not migrated, the address is taken, or address or password are not fit.
pub(super) async fn run(settings: &Settings, options: SuperAdminOptions) -> Result<(), Failure> {
    let breached = BreachedPasswords::open(settings.security.breached_passwords.as_deref()).map_err(Failure::new)?;
    let db = Database::connect(&settings.database, "telemedicine create-super-admin").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    // Asked for before anybody counts on this process.
    let password = password::ask()?;
    shared::tell(&db, settings).await?;
    let login = (options.email.trim(), password.expose_secret());
    let rules = HashingRules { cost: settings.security.password_hashing, breached: &breached };
    let created = accounts::create_super_admin(&db, &Clock::system(), rules, login).await;
    shared::wait(&db, settings).await;
    db.close().await;
    created.map_err(Failure::new)?;
    output::line(format!("{} may now sign in at {}/sign-in", login.0, settings.server.origin()))
}
