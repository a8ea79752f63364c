//! `telemedicine demo`: a clinic to look around in, dated around now. The same options at the same time
//! make the same clinic: every choice comes from one seeded generator whose algorithm never changes.
//!
//! All of it is one unit of work: a demo is loaded whole or not at all.

mod absences;
mod calendar;
mod calls;
mod checks;
mod conditions;
mod documents;
mod guests;
mod hours;
mod messages;
mod notes;
mod openings;
mod people;
mod script;
mod stories;
mod visits;
mod words;
mod write;

use clap::Args;

use super::{Failure, migrations, output, shared};
use crate::{
    db::Database,
    features::accounts::{self, HashingRules, Password, PasswordOwner},
    integrations::{BreachedPasswords, Clock},
    settings::Settings,
};

/// The password of every demo account.
pub(super) const PASSWORD: &str = "demo-pass-2026";

/// How large a clinic. By default each hospital has twelve doctors, one of each field, whose hours near today are about half booked.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct DemoOptions {
    /// Hospitals, each with one administrator
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) hospitals: u32,
    /// Doctors of all hospitals; doctor k works in hospital ((k-1) mod hospitals) + 1
    #[arg(long, default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) doctors: u32,
    /// Patients of all hospitals, spread like the doctors
    #[arg(long, default_value_t = 1200, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(super) patients: u32,
    /// Appointments, past and to come
    #[arg(long, default_value_t = 4800, value_parser = clap::value_parser!(u32).range(0..=20_000_000))]
    pub(super) appointments: u32,
    /// Days before and after today over which they are spread
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(super) days: u32,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { hospitals: 3, doctors: 36, patients: 1200, appointments: 4800, days: 30 }
    }
}

impl DemoOptions {
    /// How many doctors the hospital at a place has.
    fn doctors_of(self, hospital: usize) -> usize {
        self.share(self.doctors, hospital)
    }

    /// How many patients.
    fn patients_of(self, hospital: usize) -> usize {
        self.share(self.patients, hospital)
    }

    fn share(self, all: u32, hospital: usize) -> usize {
        (all as usize).saturating_sub(hospital).div_ceil((self.hospitals as usize).max(1))
    }
}

/// Loads a demo into the database.
///
/// # Errors
/// In production; when the database is away, not migrated, or holds accounts already; when the appointments do not fit.
pub(super) async fn run(settings: &Settings, options: DemoOptions) -> Result<(), Failure> {
    if settings.environment.is_production() {
        return Err(Failure::new("demo data has well-known passwords and is refused in production (ENVIRONMENT)"));
    }
    let db = Database::connect(&settings.database, "telemedicine demo").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    if accounts::has_accounts(&db.reader()).await.map_err(Failure::new)? {
        return Err(Failure::new(format_args!(
            "{} holds accounts already; a demo goes into an empty database (`migration fresh` makes one)",
            db.address()
        )));
    }
    shared::tell(&db, settings).await?;
    let loaded = load(&db, settings, (&Clock::system(), options)).await;
    shared::wait(&db, settings).await;
    db.close().await;
    output::line(loaded?)
}

/// Loads a demo into an empty database and says what it holds.
///
/// # Errors
/// The database's; or that the appointments do not fit into the days.
pub(super) async fn load(
    db: &Database,
    settings: &Settings,
    (clock, options): (&Clock, DemoOptions),
) -> Result<String, Failure> {
    let now = clock.now();
    let password = Password::choose(PASSWORD, &PasswordOwner::default()).map_err(Failure::new)?;
    // Everybody knows it anyway.
    let rules = HashingRules { cost: settings.security.password_hashing, breached: &BreachedPasswords::default() };
    let hash = accounts::hash_password(&password, rules).await.map_err(Failure::new)?;
    let cast = people::cast(options, now, &hash);
    let visits = visits::plan(options, now).map_err(Failure::new)?;
    let stored = write::everything(db, &cast, (&visits, now))
        .await
        .map_err(|error| Failure::new(format_args!("the demo could not be stored: {error}")))?;
    Ok(format!(
        "{} hospitals, {} doctors, {} patients, {stored} appointments; every account has the password {PASSWORD}",
        options.hospitals, options.doctors, options.patients
    ))
}
