//! The command: what it takes, what it prints, how it ends.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use migration::sea_orm::sqlx::postgres::PgConnectOptions;
use migration::sea_orm::sqlx::{Connection as _, PgConnection};
use migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, SqlxError};
use migration::{ServerRole, State};

use crate::settings::{Settings, Target};

/// Applies the clinic's schema to the database of MIGRATION_DATABASE_URL, or else of DATABASE_URL
/// (without one: data/telemedicine.db).
#[derive(Parser)]
#[command(name = "migration", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List every change and whether it is applied
    Status,
    /// Apply what is pending
    Up {
        /// How many seconds to wait for a server that does not answer yet
        #[arg(long, default_value_t = 60)]
        wait: u64,
    },
    /// Take back the last changes, with what they hold
    Down {
        /// How many
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        #[command(flatten)]
        guard: Guard,
    },
    /// Print the SQL that `up` would run
    Plan,
    /// Let a role, that of the servers, work with rows, and neither alter the schema nor change the trail (Postgres); again
    /// after each `up`
    Grant(Grant),
    /// Drop every table with everything in it, then apply all changes
    Fresh {
        #[command(flatten)]
        guard: Guard,
    },
}

#[derive(Args)]
struct Grant {
    /// Its name; it must be there. Without it: the user of DATABASE_URL, made if it is missing, with the password there; the
    /// owner of the tables is then that of MIGRATION_DATABASE_URL
    #[arg(long)]
    role: Option<String>,
    /// Print the SQL, and change nothing
    #[arg(long)]
    print: bool,
}

#[derive(Args)]
struct Guard {
    /// In production: the name of the database whose data may be lost
    #[arg(long, value_name = "DATABASE NAME")]
    confirm: Option<String>,
}

/// Why a run failed, in one line.
pub(crate) enum Failure {
    /// The command or the settings are wrong; nothing was opened.
    Usage(String),
    /// The database did not do it.
    Database(String),
}

impl Cli {
    /// Does what was asked and returns what to print.
    pub(crate) async fn run(self, settings: &Settings) -> Result<String, Failure> {
        let target = &settings.target;
        self.command.check_guard(settings)?;
        let db = match &self.command {
            Command::Status | Command::Plan | Command::Grant(Grant { print: true, .. }) => {
                target.open_to_look().await?
            }
            Command::Up { wait } => target.open_patiently(Duration::from_secs(*wait)).await?,
            _ => target.open_to_change().await?,
        };
        let report = self.command.perform(&db, settings).await;
        db.close().await.map_err(|error| target.failed("closing", &error))?;
        report
    }
}

impl Command {
    fn check_guard(&self, settings: &Settings) -> Result<(), Failure> {
        let (Self::Down { guard, .. } | Self::Fresh { guard }) = self else {
            return if let Self::Grant(grant) = self { grant.role(settings).map(drop) } else { Ok(()) };
        };
        let name = &settings.target.name;
        match &guard.confirm {
            Some(confirmed) if confirmed != name => {
                let variable = settings.target.variable;
                Err(Failure::Usage(format!("--confirm names another database than {variable}, which names {name}")))
            }
            None if settings.production => {
                Err(Failure::Usage(format!("this loses data in production; if you mean it, add --confirm {name}")))
            }
            _ => Ok(()),
        }
    }

    async fn perform(&self, db: &DatabaseConnection, settings: &Settings) -> Result<String, Failure> {
        let done = match self {
            Self::Status => migration::status(db).await.map(|changes| status(&changes)),
            Self::Plan => migration::plan(db).await.map(|changes| plan(&changes)),
            Self::Grant(grant) => grant.perform(db, &grant.role(settings)?).await,
            Self::Up { .. } => migration::up(db).await.map(|names| lines("applied", &names)),
            Self::Down { steps, .. } => migration::down(db, *steps).await.map(|names| lines("took back", &names)),
            Self::Fresh { .. } => migration::fresh(db).await.map(|names| lines("applied", &names)),
        };
        done.map_err(|error| settings.target.failed("migrating", &error))
    }
}

impl Grant {
    fn role(&self, settings: &Settings) -> Result<ServerRole, Failure> {
        match &self.role {
            Some(name) => Ok(ServerRole { name: name.clone(), password: None }),
            None => settings.server_role().map_err(Failure::Usage),
        }
    }

    async fn perform(&self, db: &DatabaseConnection, role: &ServerRole) -> Result<String, DbErr> {
        if self.print {
            return Ok(sql(&migration::grants(db, role).await?));
        }
        let (count, name) = (migration::grant(db, role).await?.len(), &role.name);
        Ok(format!("{count} statements: {name} may work with rows, and not change the trail or the schema\n"))
    }
}

fn status(changes: &[(String, State)]) -> String {
    changes.iter().fold(String::new(), |mut text, change| {
        let state = match change.1 {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Unknown => "applied by a newer program",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<32} {state}", change.0);
        text
    })
}

fn plan(changes: &[migration::Planned]) -> String {
    if changes.is_empty() {
        return "-- nothing to apply\n".to_owned();
    }
    changes.iter().fold(String::new(), |mut text, change| {
        let _ = writeln!(text, "-- {}", change.name);
        for note in &change.notes {
            let _ = writeln!(text, "--   {note}");
        }
        for statement in &change.statements {
            let _ = writeln!(text, "{statement};");
        }
        text.push('\n');
        text
    })
}

fn sql(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

fn lines(verb: &str, names: &[String]) -> String {
    if names.is_empty() {
        return "nothing to do\n".to_owned();
    }
    names.iter().fold(String::new(), |mut text, name| {
        let _ = writeln!(text, "{verb} {name}");
        text
    })
}

impl Target {
    /// Looking must not make a file: a SQLite database that is not there yet is an empty one.
    async fn open_to_look(&self) -> Result<DatabaseConnection, Failure> {
        match &self.file {
            Some(file) if !file.exists() => self.open("sqlite::memory:").await,
            _ => self.open(&self.url).await,
        }
    }

    /// Where everything is started at once, the database answers later than this is run.
    async fn open_patiently(&self, wait: Duration) -> Result<DatabaseConnection, Failure> {
        let began = std::time::Instant::now();
        loop {
            match self.open_to_change().await {
                Err(Failure::Database(problem)) if self.file.is_none() && began.elapsed() < wait => {
                    log::info!("waiting for the database: {problem}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                opened => return opened,
            }
        }
    }

    async fn open_to_change(&self) -> Result<DatabaseConnection, Failure> {
        if let Some(folder) = self.file.as_deref().and_then(Path::parent) {
            make_private(folder).map_err(|error| self.failed("opening", &error))?;
        }
        self.open(&self.url).await
    }

    async fn open(&self, url: &str) -> Result<DatabaseConnection, Failure> {
        let limit = Duration::from_secs(10);
        // The pool tries again and again and at last only says that it timed out; one connection
        // made first says why.
        if self.file.is_none() && !url.starts_with("sqlite:") {
            let tried = tokio::time::timeout(limit, first_connection(url)).await;
            match tried {
                Ok(Ok(connection)) => drop(connection),
                Ok(Err(cause)) => return Err(self.failed("opening", &cause)),
                Err(late) => return Err(self.failed("opening", &late)),
            }
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .connect_timeout(limit)
            .acquire_timeout(limit)
            .set_application_name("telemedicine migration")
            .map_sqlx_postgres_opts(for_poolers)
            .sqlx_logging(false);
        let connected = Database::connect(options).await;
        connected.map_err(|error| self.failed("opening", &error))
    }

    /// One line that names the database and the variable, never the password.
    fn failed(&self, doing: &str, cause: &dyn std::fmt::Display) -> Failure {
        let cause = cause.to_string();
        let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
        Failure::Database(format!("{doing} the database {} ({}): {cause}", self.place, self.variable))
    }
}

/// The driver asks for a float format at the start of each session; PgBouncer refuses parameters it does not know.
fn for_poolers(options: PgConnectOptions) -> PgConnectOptions {
    options.extra_float_digits(None)
}

async fn first_connection(url: &str) -> Result<PgConnection, SqlxError> {
    PgConnection::connect_with(&for_poolers(url.parse()?)).await
}

/// For its owner alone, as the server makes it: it will hold people's records.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
