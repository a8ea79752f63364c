//! The commands of `telemedicine`, one file each. Called by `main` alone.
//!
//! A command prints its result to standard output and returns a [`Failure`] when it could not do what was asked.

mod audit;
mod cache;
mod check;
mod create_super_admin;
mod demo;
mod erase;
mod export;
mod failure;
mod migrations;
mod output;
mod password;
mod restored;
mod routes;
mod serve;
mod shared;
mod sweep;
mod zones;

use actix_web::rt::System;
use clap::{Parser, Subcommand};
use tokio::runtime::Handle;

pub use self::failure::Failure;

use crate::settings::Settings;

/// Runs and looks after a telemedicine clinic.
#[derive(Debug, Parser)]
#[command(name = "telemedicine", version, after_help = HINT)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
}

const HINT: &str = "Settings come from the environment and from the file .env; .env.example lists them.
Exit codes: 0 done, 1 failed, 2 settings or command line cannot be used.";

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Serve the site (the default)
    Serve,
    /// Check settings, database, Redis and migrations: one line each
    Check(check::CheckOptions),
    /// Load demo data into an empty database
    Demo(demo::DemoOptions),
    /// Create a super admin; the password is asked for, or read from standard input
    CreateSuperAdmin(create_super_admin::SuperAdminOptions),
    /// Look into the shared cache in Redis
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Look whether the trail is what was sealed
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Remove what is of no use any more (RETAIN_…_DAYS), as the servers do once a day
    Sweep,
    /// Keep what is to come at the time on the wall it was promised for
    #[command(subcommand)]
    Zones(zones::ZonesCommand),
    /// Make a database that was put back from a backup fit to serve; while no server runs, before the first one is started
    Restored(restored::RestoredOptions),
    /// Take everything about a patient, or of a hospital, away as files
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Remove what is personal of somebody for good
    #[command(subcommand)]
    Erase(erase::EraseCommand),
    /// List every route: method, path and who may use it
    Routes,
}

impl Cli {
    /// Does what the command line asks for, on a runtime of its own.
    ///
    /// # Errors
    /// Why it could not be done, in a sentence for the operator.
    pub fn run(self, settings: Settings) -> Result<(), Failure> {
        let system = System::new();
        let (done, runtime) = system.block_on(async { (self.carry_out(settings).await, Handle::current()) });
        // What is still under way is dropped with the system. A connection of the database that is given back then looks for a runtime, and without one panics.
        let _inside = runtime.enter();
        drop(system);
        done
    }

    async fn carry_out(self, settings: Settings) -> Result<(), Failure> {
        match self.command.unwrap_or(CliCommand::Serve) {
            CliCommand::Serve => serve::run(settings).await,
            CliCommand::Check(options) => check::run(&settings, options).await,
            CliCommand::Demo(options) => demo::run(&settings, options).await,
            CliCommand::CreateSuperAdmin(options) => create_super_admin::run(&settings, options).await,
            CliCommand::Cache(action) => cache::run(&settings, action).await,
            CliCommand::Audit(action) => audit::run(&settings, action).await,
            CliCommand::Sweep => sweep::run(&settings).await,
            CliCommand::Zones(action) => zones::run(&settings, action).await,
            CliCommand::Restored(options) => restored::run(&settings, options).await,
            CliCommand::Export(command) => export::run(&settings, command).await,
            CliCommand::Erase(command) => erase::run(&settings, command).await,
            CliCommand::Routes => routes::run(),
        }
    }
}
