//! Strict transport security, how passwords are hashed, and which are refused.

use std::path::PathBuf;

use super::reader::{SettingsReader, shown};

/// A year: what browsers ask of a site before they preload it.
const PRELOAD_SECONDS: u32 = 31_536_000;

#[derive(Clone, Debug)]
pub struct SecuritySettings {
    pub hsts: Hsts,
    pub password_hashing: PasswordHashing,
    /// The list of passwords from breaches, if the operator has one: a file or a folder.
    pub breached_passwords: Option<PathBuf>,
}

/// `Strict-Transport-SecuritySettings`, sent only over TLS.
#[derive(Clone, Debug)]
pub struct Hsts {
    /// How long browsers remember; 0 makes them forget.
    pub seconds: u32,
    pub include_subdomains: bool,
    /// Only with subdomains and a year or more.
    pub preload: bool,
}

/// What argon2id costs. Fixed: a weaker hash is no choice of the operator.
#[derive(Clone, Copy, Debug)]
pub struct PasswordHashing {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

impl SecuritySettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            hsts: Hsts::read(reader),
            password_hashing: PasswordHashing { memory_kib: 19 * 1024, iterations: 2, parallelism: 1 },
            breached_passwords: read_breached_passwords(reader),
        }
    }
}

fn read_breached_passwords(reader: &mut SettingsReader<'_>) -> Option<PathBuf> {
    let path = reader.text("BREACHED_PASSWORDS").map(PathBuf::from)?;
    if !path.is_absolute() {
        let shown = shown(&path.display().to_string());
        reader.problem(
            "BREACHED_PASSWORDS",
            format!("must be the whole path of a file or a folder, such as /srv/pwned-passwords.txt, not {shown}"),
        );
    }
    Some(path)
}

impl Hsts {
    fn read(reader: &mut SettingsReader<'_>) -> Self {
        let seconds = reader.number("HSTS_SECONDS", 0..=630_720_000);
        let include_subdomains = reader.flag("HSTS_INCLUDE_SUBDOMAINS");
        let preload = reader.flag("HSTS_PRELOAD");
        let fit = include_subdomains && seconds >= PRELOAD_SECONDS;
        if preload && !fit && reader.given("HSTS_PRELOAD").is_some() {
            let says = format!(
                "needs HSTS_INCLUDE_SUBDOMAINS=true and HSTS_SECONDS of {PRELOAD_SECONDS} or more; set it to false"
            );
            reader.problem("HSTS_PRELOAD", says);
        }
        Self { seconds, include_subdomains, preload: preload && fit }
    }

    /// The header's value.
    pub fn header_value(&self) -> String {
        let subdomains = if self.include_subdomains { "; includeSubDomains" } else { "" };
        let preload = if self.preload { "; preload" } else { "" };
        format!("max-age={}{subdomains}{preload}", self.seconds)
    }
}
