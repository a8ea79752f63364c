//! The `telemedicine` command: reads the command line, then the settings, then does what was asked.

use std::process::ExitCode;

use clap::Parser as _;
use telemedicine::cli::Cli;
use telemedicine::integrations::Clock;
use telemedicine::settings::Settings;
use telemedicine::telemetry;
use telemedicine::time_zone;

/// A request makes some hundred small allocations on the worker that also frees them, and rendering, compressing and hashing passwords need
/// megabytes for a moment: this allocator is quick at the former and gives the latter back to the system (`.cargo/config.toml` says when).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The settings, or the command line, cannot be used; nothing was opened.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(UNUSABLE);
        }
    };
    let clock = Clock::system();
    telemetry::start(&settings.diagnostics, move || clock.now());
    time_zone::install(settings.time_zones.folder.as_deref());
    match cli.run(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
