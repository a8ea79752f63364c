//! What may be attached to messages, and what looks at it before.

use super::reader::{SettingsReader, shown};

const SCANNER: &str = "CLAMAV_ADDRESS";

#[derive(Clone, Debug)]
pub struct AttachmentSettings {
    /// Largest file, in MiB.
    pub max_mb: u32,
    /// Most that is attached in one hospital, in MiB.
    pub hospital_mb: u32,
    /// Host and port of a `clamd`; without one nothing looks for what is harmful.
    pub scanner: Option<String>,
}

impl AttachmentSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let scanner = reader.given(SCANNER);
        if let Some(given) = scanner.filter(|given| !is_address(given)) {
            reader.problem(SCANNER, format!("must be a host and a port, such as clamav:3310, not {}", shown(given)));
        }
        Self {
            max_mb: reader.number("ATTACHMENT_MAX_MB", 1..=50),
            hospital_mb: reader.number("ATTACHMENT_HOSPITAL_MB", 0..=10_000_000),
            scanner: scanner.map(str::to_owned),
        }
    }

    /// Largest file, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> usize {
        usize::try_from(self.max_mb).unwrap_or_default() * 1024 * 1024
    }

    /// Most that is attached in one hospital, in bytes.
    #[must_use]
    pub fn hospital_bytes(&self) -> i64 {
        i64::from(self.hospital_mb) * 1024 * 1024
    }
}

fn is_address(given: &str) -> bool {
    given.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains(['/', ' ']) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for address in ["clamav:3310", "127.0.0.1:3310", "[::1]:3310", "scan.clinic.example:1"] {
            assert!(is_address(address), "{address}");
        }
        for other in ["clamav", "clamav:", ":3310", "clamav:0", "clamav:99999", "tcp://clamav:3310", "/run/clamd.sock"]
        {
            assert!(!is_address(other), "{other}");
        }
    }
}
