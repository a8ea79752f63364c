//! `migration`: applies the clinic's schema. Exit 0: done; 1: the database did not do it; 2: wrong
//! command or settings, nothing was opened.

mod cli;
mod settings;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Failure};
use crate::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let level = log::LevelFilter::Info;
    env_logger::Builder::new().filter_module("migration", level).init();
    let done = match Settings::load() {
        Ok(settings) => cli.run(&settings).await,
        Err(problems) => Err(Failure::Usage(problems.join("; "))),
    };
    match done {
        // A reader that has seen enough (`migration plan | head`) is not a failure.
        Ok(report) => {
            let _ = std::io::stdout().write_all(report.as_bytes());
            ExitCode::SUCCESS
        }
        Err(Failure::Database(problem)) => fail(&problem, 1),
        Err(Failure::Usage(problem)) => fail(&problem, 2),
    }
}

fn fail(problem: &str, code: u8) -> ExitCode {
    eprintln!("migration: {problem}");
    ExitCode::from(code)
}
