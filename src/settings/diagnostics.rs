//! What operators see of the server's inside.

use std::time::Duration;

use secrecy::SecretString;

use super::Environment;
use super::reader::{SettingsReader, shown};

#[derive(Clone, Debug)]
pub struct DiagnosticsSettings {
    /// A statement slower than this gets a line in the log.
    pub slow_query: Duration,
    /// Statements and times at the foot of each page; never in production.
    pub debug_toolbar: bool,
    /// Who shows it may read `/metrics` from anywhere; `None`: only this machine may, and in production nobody.
    pub metrics_token: Option<SecretString>,
    /// What is logged, in `RUST_LOG`'s notation.
    pub log_filter: String,
    /// How a line of the log is written.
    pub log_format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `name=value` pairs.
    Text,
    /// One JSON object.
    Json,
}

impl DiagnosticsSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>, environment: Environment) -> Self {
        Self {
            slow_query: reader.milliseconds("SLOW_QUERY_MS", 1..=600_000),
            debug_toolbar: debug_toolbar(reader, environment),
            metrics_token: metrics_token(reader),
            log_filter: log_filter(reader),
            log_format: log_format(reader),
        }
    }
}

fn debug_toolbar(reader: &mut SettingsReader<'_>, environment: Environment) -> bool {
    let shown = reader.flag("DEBUG_TOOLBAR");
    if shown && environment.is_production() {
        reader.problem("DEBUG_TOOLBAR", "must not be true in production: it shows internals");
    }
    shown
}

fn metrics_token(reader: &mut SettingsReader<'_>) -> Option<SecretString> {
    let token = reader.given("METRICS_TOKEN")?;
    if !token.chars().all(|c| c.is_ascii_graphic()) {
        reader.problem("METRICS_TOKEN", "must be visible ASCII characters without spaces: it travels in a header");
    }
    Some(token.into())
}

fn log_format(reader: &mut SettingsReader<'_>) -> LogFormat {
    match reader.text("LOG_FORMAT").unwrap_or_default() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        other => {
            reader.problem("LOG_FORMAT", format!("must be text or json, not {}", shown(other)));
            LogFormat::Text
        }
    }
}

fn log_filter(reader: &mut SettingsReader<'_>) -> String {
    let text = reader.text("RUST_LOG").unwrap_or_default();
    if env_filter::Builder::new().try_parse(text).is_err() {
        reader.problem(
            "RUST_LOG",
            format!("must be levels such as info or info,telemedicine=debug, not {}", shown(text)),
        );
    }
    text.to_owned()
}
