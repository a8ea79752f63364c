//! Calls: the relays through which picture and sound go where browsers cannot reach each other.

use std::time::Duration;

use secrecy::SecretString;

use super::reader::{SettingsReader, shown};

const URLS: &str = "TURN_URLS";
const SECRET: &str = "TURN_SECRET";
/// A shorter secret is guessed from one credential.
const SHORTEST: usize = 16;

#[derive(Clone, Debug)]
pub struct CallSettings {
    /// Relays, each once for each way it is reached; none: calls go from browser to browser or not at all.
    pub turn_urls: Vec<TurnUrl>,
    /// What the relays know as well.
    pub turn_secret: Option<SecretString>,
    /// For how long a credential can be used.
    pub turn_ttl: Duration,
    /// Whether calls go through relays alone, so that neither of two learns the other's address.
    pub relay_only: bool,
}

/// A checked address of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnUrl {
    text: String,
    host: String,
    port: u16,
    transport: Transport,
}

/// How a relay is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

impl CallSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let settings = Self {
            turn_urls: urls(reader),
            turn_secret: secret(reader),
            turn_ttl: reader.seconds("TURN_TTL", 60..=86_400),
            relay_only: reader.flag("CALL_RELAY_ONLY"),
        };
        if !settings.turn_urls.is_empty() && reader.given(SECRET).is_none() {
            reader.problem(SECRET, "is required with TURN_URLS: the relays' static-auth-secret");
        }
        if settings.relay_only && reader.given(URLS).is_none() {
            reader.problem("CALL_RELAY_ONLY", "must not be true without TURN_URLS: there would be no way for a call");
        }
        settings
    }
}

impl TurnUrl {
    /// As browsers take it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Host without brackets, and port.
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// How it is reached.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// `turn:host`, `turn:host:port`, `turns:…`, and `?transport=` after it.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        let (transport, usual_port) = match (scheme, query) {
            ("turn", None | Some("transport=udp")) => (Transport::Udp, 3478),
            ("turn", Some("transport=tcp")) => (Transport::Tcp, 3478),
            ("turns", None | Some("transport=tcp")) => (Transport::Tls, 5349),
            _ => return None,
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once(']')?,
            None => place.find(':').map_or((place, ""), |at| place.split_at(at)),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port != 0)?,
            None if port.is_empty() => usual_port,
            None => return None,
        };
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':');
        let is_whole = !host.is_empty() && host.chars().all(is_host);
        is_whole.then(|| Self { text: text.to_owned(), host: host.to_owned(), port, transport })
    }
}

fn urls(reader: &mut SettingsReader<'_>) -> Vec<TurnUrl> {
    let mut urls = Vec::new();
    for text in reader.given(URLS).unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty()) {
        match TurnUrl::parse(text) {
            Some(url) => urls.push(url),
            None => reader.problem(
                URLS,
                format!("must hold addresses such as turn:turn.clinic.example:3478?transport=udp, not {}", shown(text)),
            ),
        }
    }
    urls
}

fn secret(reader: &mut SettingsReader<'_>) -> Option<SecretString> {
    let secret = reader.given(SECRET)?;
    if secret.len() < SHORTEST || !secret.chars().all(|letter| letter.is_ascii_graphic()) {
        reader.problem(SECRET, format!("must be {SHORTEST} visible ASCII characters or more, without spaces"));
    }
    Some(secret.into())
}
