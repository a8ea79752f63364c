//! Opening a pool on Postgres, directly or through a pooler.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions as _, Connection, PgConnection, Row};
use sea_orm::{ConnectOptions, DatabaseConnection, SqlxError};

use super::ConnectError;
use super::liveness::Liveness;
use crate::settings::{self, DatabaseUrl};

/// What a page that is not read in order costs, as the planner sees it. Its default, 4, is that of a turning disk with a cold cache: of a doctor's
/// 370 patients it would rather read everybody's. What a clinic works with lies in memory, or on a disk that does not turn.
pub(super) const RANDOM_READS: (&str, &str) = ("random_page_cost", "1.1");

/// Proves that the server answers, finds out whether it takes our limit on statements, and opens the pool.
pub(super) async fn open(
    settings: &settings::DatabaseSettings,
    application_name: &str,
    liveness: &Arc<Liveness>,
) -> Result<DatabaseConnection, ConnectError> {
    let options = driver_options(&settings.url, application_name)
        .map_err(|error| ConnectError::Address { reason: error.to_string() })?;
    let options = probe(settings, options).await?;
    let pool = pool_options(settings, options, liveness);
    let address = settings.url.address().to_owned();
    sea_orm::Database::connect(pool).await.map_err(|source| ConnectError::Pool { address, source })
}

/// A pool of at most `connections` on a replica, without having asked whether it answers: it may be away. What a session is to
/// be like is said in each of its transactions, so that a pooler may stand before it.
pub(super) async fn open_replica(
    settings: &settings::DatabaseSettings,
    (replica, application_name): (&DatabaseUrl, &str),
    connections: u32,
    liveness: &Arc<Liveness>,
) -> Result<DatabaseConnection, ConnectError> {
    let address = replica.address().to_owned();
    let options = driver_options(replica, application_name)
        .map_err(|error| ConnectError::Replica { address: address.clone(), reason: error.to_string() })?;
    let mut pool = pool_options(settings, options, liveness);
    pool.max_connections(connections);
    sea_orm::Database::connect(pool).await.map_err(|error| ConnectError::Replica { address, reason: error.to_string() })
}

/// Connects to a replica once, for the reason why it cannot: the pool reports every refusal as a timeout.
///
/// # Errors
/// The reason.
pub(super) async fn reach(settings: &settings::DatabaseSettings, replica: &DatabaseUrl) -> Result<(), String> {
    let options = driver_options(replica, "telemedicine check").map_err(|error| error.to_string())?;
    match first_connection(settings, &options).await {
        Ok(connection) => connection.close().await.map_err(|error| error.to_string()),
        Err(ProbeFailure::Silent) => Err(format!("did not answer within {} s", settings.connect_timeout.as_secs())),
        Err(ProbeFailure::Refused(error)) => Err(error.to_string()),
    }
}

/// Whether the server takes a connection within `patience` and answers on it. One that refuses has answered, unless it is just starting.
pub(super) async fn answers(settings: &settings::DatabaseSettings, patience: Duration) -> bool {
    let Ok(options) = driver_options(&settings.url, "telemedicine probe") else { return true };
    let asked = async {
        match options.connect().await {
            Ok(mut connection) => connection.ping().await.is_ok(),
            Err(SqlxError::Database(refusal)) => refusal.code().as_deref() != Some("57P03"),
            Err(_) => false,
        }
    };
    tokio::time::timeout(patience, asked).await.unwrap_or(false)
}

fn driver_options(url: &DatabaseUrl, application_name: &str) -> Result<PgConnectOptions, SqlxError> {
    let options = PgConnectOptions::from_str(url.expose())?;
    Ok(options
        .application_name(application_name)
        // The driver asks for a float format at the start of each session; PgBouncer refuses parameters it does not know.
        .extra_float_digits(None)
        // `plan_cache_mode` stays what the server has. Its own choice takes the plans for all values where they are as good: for
        // the dashboards, which is measured (`cargo bench --bench pages -- plans`). Forced upon every statement it would have pages
        // of long lists read whole tables: an unknown LIMIT counts as a tenth of all rows (`tests/web/at_scale.rs` finds it).
        .disable_statement_logging())
}

/// The options that this server accepts.
///
/// `statement_timeout` is wanted for each session, and [`RANDOM_READS`]. `SET` would be session state, which a transaction pooler hands to others,
/// so it goes with the start of the session. PgBouncer refuses that (or ignores it, if told so by
/// `ignore_startup_parameters`); then each unit of work sets it for its own transaction, reads are given up on our side, and
/// the log says how to have the limit in the server too.
async fn probe(
    settings: &settings::DatabaseSettings,
    options: PgConnectOptions,
) -> Result<PgConnectOptions, ConnectError> {
    let limit = settings.statement_timeout.as_millis().to_string();
    let limited = options.clone().options([("statement_timeout", limit.as_str()), RANDOM_READS]);
    match first_connection(settings, &limited).await {
        Ok(connection) => {
            if read_limit(connection).await.is_none_or(|found| found != limit) {
                explain_missing_limit(settings);
            }
            Ok(limited)
        }
        Err(ProbeFailure::Refused(error)) if is_unknown_parameter(&error) => {
            let connection = first_connection(settings, &options).await.map_err(|failure| failure.explain(settings))?;
            if read_limit(connection).await.is_none_or(|found| found != limit) {
                explain_missing_limit(settings);
            }
            Ok(options)
        }
        Err(failure) => Err(failure.explain(settings)),
    }
}

enum ProbeFailure {
    Silent,
    Refused(SqlxError),
}

impl ProbeFailure {
    fn explain(self, settings: &settings::DatabaseSettings) -> ConnectError {
        let address = settings.url.address().to_owned();
        match self {
            Self::Silent => ConnectError::Silent { address, seconds: settings.connect_timeout.as_secs() },
            Self::Refused(error) => ConnectError::Refused { address, source: Box::new(error) },
        }
    }
}

/// A connection outside the pool, for its error: the pool reports every refusal as a timeout. A server that is starting, or
/// full, is waited for.
async fn first_connection(
    settings: &settings::DatabaseSettings,
    options: &PgConnectOptions,
) -> Result<PgConnection, ProbeFailure> {
    let attempts = async {
        loop {
            match options.connect().await {
                Err(SqlxError::Database(error)) if matches!(error.code().as_deref(), Some("57P03" | "53300")) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                result => return result,
            }
        }
    };
    match tokio::time::timeout(settings.connect_timeout, attempts).await {
        Ok(result) => result.map_err(ProbeFailure::Refused),
        Err(_elapsed) => Err(ProbeFailure::Silent),
    }
}

fn is_unknown_parameter(error: &SqlxError) -> bool {
    error.as_database_error().is_some_and(|error| error.message().contains("unsupported startup parameter"))
}

/// The limit in milliseconds that holds in a fresh session.
async fn read_limit(mut connection: PgConnection) -> Option<String> {
    let query = sqlx::raw_sql("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'");
    let setting = match query.fetch_one(&mut connection).await {
        Ok(row) => row.try_get::<String, _>(0),
        Err(error) => Err(error),
    };
    if let Err(error) = connection.close().await {
        log::debug!("closing the first connection: {error}");
    }
    match setting {
        Ok(setting) => Some(setting),
        Err(error) => {
            log::warn!("cannot read statement_timeout: {error}");
            None
        }
    }
}

fn explain_missing_limit(settings: &settings::DatabaseSettings) {
    log::warn!(
        "the pooler at {} does not pass statement_timeout on, so a read that is given up may go on in the server; to have \
         the limit there too: ALTER ROLE … SET statement_timeout = '{}ms'; and for the plans that pages need: ALTER ROLE … SET {} = {}",
        settings.url.address(),
        settings.statement_timeout.as_millis(),
        RANDOM_READS.0,
        RANDOM_READS.1,
    );
}

fn pool_options(
    settings: &settings::DatabaseSettings,
    driver: PgConnectOptions,
    liveness: &Arc<Liveness>,
) -> ConnectOptions {
    // SeaORM traces these options with their address, so the address is an empty one and the password stays in the driver's.
    let mut options = ConnectOptions::new("postgres://");
    let before = Arc::clone(liveness);
    let after = Arc::clone(liveness);
    options
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .idle_timeout(settings.idle_timeout)
        .max_lifetime(settings.max_lifetime)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .connect_lazy(true)
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(move |_| driver.clone())
        .map_sqlx_postgres_before_acquire(move |connection, meta| {
            let liveness = Arc::clone(&before);
            Box::pin(async move { liveness.before_use(connection, meta).await })
        })
        .map_sqlx_postgres_pool_opts(move |pool| {
            let liveness = Arc::clone(&after);
            pool.after_release(move |connection, _| {
                let liveness = Arc::clone(&liveness);
                Box::pin(async move { liveness.after_use(connection).await })
            })
        });
    options
}
