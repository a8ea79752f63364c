//! Logging: one line an event, to standard error: `name=value` pairs, or with `LOG_FORMAT=json` one JSON object.
//!
//! ```text
//! time=2026-03-01T09:30:00.123456Z level=info target=telemedicine::cli::serve message="listening" address=127.0.0.1:8000
//! ```
//!
//! Whatever an event holds stays on its line: quotes, control characters and line breaks are escaped, so nobody can forge
//! a line. Personal data and secrets never go into an event: log ids, counts and states. Anyone may log.

mod json;

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{DateTime, Utc};
use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Record};

use crate::settings::{DiagnosticsSettings, LogFormat};

/// Libraries that would talk too much, and how much they may say unless `RUST_LOG` names them.
/// The Redis actor repeats each failed attempt to connect; the circuit breaker says the same once.
const QUIET: [(&str, LevelFilter); 6] = [
    ("actix_server", LevelFilter::Warn),
    ("sqlx", LevelFilter::Warn),
    ("sea_orm", LevelFilter::Warn),
    ("sea_orm_migration", LevelFilter::Warn),
    ("actix_redis", LevelFilter::Off),
    // A line for each request with the cookie of a session that is over, which any stranger can send all day.
    ("actix_session", LevelFilter::Warn),
];

/// Starts logging for the rest of the process, each event at the time that `now` tells. A second call changes nothing.
pub fn start(diagnostics: &DiagnosticsSettings, now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) {
    let mut builder = env_logger::Builder::new();
    builder.filter_level(LevelFilter::Info);
    for (module, level) in QUIET {
        builder.filter_module(module, level);
    }
    builder.parse_filters(&diagnostics.log_filter);
    let write = match diagnostics.log_format {
        LogFormat::Text => line,
        LogFormat::Json => json::line,
    };
    builder.format(move |out, record| {
        let time = now().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        writeln!(out, "{}", write(&time, record))
    });
    // Fails only when logging was started before, e.g. by another test of this process.
    let _ = builder.try_init();
}

/// The event's line, without the line break.
fn line(time: &str, record: &Record<'_>) -> String {
    let mut pairs = Pairs(String::with_capacity(160));
    pairs.add("time", time);
    pairs.add("level", &record.level().as_str().to_ascii_lowercase());
    pairs.add("target", record.target());
    pairs.add("message", &record.args().to_string());
    // The visitor below never fails.
    let _ = record.key_values().visit(&mut pairs);
    pairs.0
}

struct Pairs(String);

impl Pairs {
    fn add(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.extend(name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }));
        self.0.push('=');
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@+".contains(c);
        if !value.is_empty() && value.chars().all(plain) {
            self.0.push_str(value);
        } else {
            self.quote(value);
        }
    }

    fn quote(&mut self, value: &str) {
        self.0.push('"');
        for c in value.chars() {
            // An apostrophe is harmless between double quotes.
            if c == '\'' {
                self.0.push(c);
            } else {
                // Covers control characters, line separators and marks that turn the direction of text.
                let _ = write!(self.0, "{}", c.escape_debug());
            }
        }
        self.0.push('"');
    }
}

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.add(key.as_str(), &value.to_string());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(message: &str, pairs: &[(&str, &str)]) -> String {
        let args = format_args!("{message}").to_string();
        let mut record = Record::builder();
        record.level(log::Level::Warn).target("telemedicine::web").key_values(&pairs);
        line("2026-03-01T09:30:00.000000Z", &record.args(format_args!("{args}")).build())
    }

    #[test]
    fn an_event_is_one_line_of_pairs() {
        let line = logged("slow statement", &[("milliseconds", "412"), ("sql", "SELECT 1")]);
        assert_eq!(
            line,
            "time=2026-03-01T09:30:00.000000Z level=warn target=telemedicine::web message=\"slow statement\" milliseconds=412 sql=\"SELECT 1\""
        );
    }

    #[test]
    fn nobody_can_forge_a_line() {
        let hostile = "x\r\nlevel=error\u{1b}[2J\u{2028}\u{202e}\u{85}\0\"";
        let line = logged(hostile, &[("agent", hostile), ("na me\n", "v")]);
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(!line.contains(['\u{2028}', '\u{202e}']), "{line:?}");
        assert!(
            line.contains(r#"message="x\r\nlevel=error\u{1b}[2J\u{2028}\u{202e}\u{85}\0\"" agent="x\r\n"#),
            "{line}"
        );
        assert!(line.ends_with(" na_me_=v"), "{line}");
    }
}
