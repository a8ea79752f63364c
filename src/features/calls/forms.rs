//! What pages send about calls, as domain types.

use entity::{
    enums::{CallPath, SignalKind},
    limits,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    features::appointments::path_code,
    web::{AppError, FormReader, forms::Fields},
};

const PATHS: [CallPath; 4] = [CallPath::Direct, CallPath::RelayUdp, CallPath::RelayTcp, CallPath::RelayTls];
/// What one page says to another. That a page has gone, or has to, is said by the server alone.
const KINDS: [SignalKind; 3] = [SignalKind::Offer, SignalKind::Answer, SignalKind::Candidate];

/// The word for a kind of signal.
pub(super) fn kind_code(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Offer => "offer",
        SignalKind::Answer => "answer",
        SignalKind::Candidate => "candidate",
        SignalKind::Bye => "bye",
    }
}

/// Query string of what was said to a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeardQuery {
    peer: Option<String>,
    after: Option<String>,
}

impl HeardQuery {
    /// The page that asks, and the `call_signal.id` that it has heard last.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is neither: there is no such page.
    pub(super) fn read(&self) -> Result<(&str, i64), AppError> {
        let peer = self.peer.as_deref().filter(|key| is_key(key)).ok_or(AppError::NotFound)?;
        let after = self.after.as_deref().unwrap_or("0").parse().map_err(|_not_a_number| AppError::NotFound)?;
        Ok((peer, after))
    }
}

/// What one page says to another.
pub(super) struct Signal {
    /// Who says it.
    pub(super) peer: String,
    /// Who is to hear it.
    pub(super) to: String,
    pub(super) kind: SignalKind,
    /// JSON.
    pub(super) body: String,
}

/// The same as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentSignal {
    peer: String,
    to: String,
    kind: String,
    body: Value,
}

impl SentSignal {
    /// The signal.
    ///
    /// # Errors
    /// [`AppError::TooLarge`] beyond 16 KiB; [`AppError::Unprocessable`] for what says nothing to anybody.
    pub(super) fn read(self) -> Result<Signal, AppError> {
        let body = self.body.to_string();
        if body.len() > limits::SIGNAL {
            return Err(AppError::TooLarge);
        }
        let kind = KINDS.into_iter().find(|kind| kind_code(*kind) == self.kind).ok_or(UNREADABLE)?;
        if !is_key(&self.peer) || !is_key(&self.to) || self.peer == self.to {
            return Err(UNREADABLE);
        }
        Ok(Signal { peer: self.peer, to: self.to, kind, body })
    }
}

const UNREADABLE: AppError = AppError::Unprocessable("It does not say what one page says to another.");

/// Whether this can be the key of a page.
pub(super) fn is_key(text: &str) -> bool {
    text.len() == limits::PEER_KEY && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a page tells of how the call goes.
#[derive(Clone, Debug)]
pub(super) struct CallReport {
    pub(super) peer: String,
    pub(super) is_connected: bool,
    pub(super) path: Option<CallPath>,
    /// How often it had to look for another way.
    pub(super) restarts: Option<i32>,
    /// Per cent.
    pub(super) loss: Option<i32>,
    /// Milliseconds.
    pub(super) rtt: Option<i32>,
    /// Milliseconds from when the page began to connect to the first picture.
    pub(super) first_frame: Option<i32>,
}

/// The report in these fields.
///
/// # Errors
/// [`AppError::Unprocessable`] when it is not one.
pub(super) fn report(fields: Fields) -> Result<CallReport, AppError> {
    let reader = FormReader::new(fields);
    let peer = reader.parsed("peer", "Page", key);
    let is_connected = reader.parsed("state", "State", |word| match word {
        "connected" => Ok(true),
        "reconnecting" | "lost" => Ok(false),
        _ => Err(NO_REPORT.to_owned()),
    });
    let path = reader.parsed_optional("path", "Way", path);
    let number = |name, most| reader.parsed_optional(name, name, |text| at_most(text, most));
    let (restarts, loss) = (number("restarts", 10_000.0), number("loss", 100.0));
    let (rtt, first_frame) = (number("rtt", 600_000.0), number("first_frame", 600_000.0));
    let report = peer.zip(is_connected).map(|(peer, is_connected)| CallReport {
        peer,
        is_connected,
        path,
        restarts,
        loss,
        rtt,
        first_frame,
    });
    reader.finish(report).map_err(|_form| AppError::Unprocessable(NO_REPORT))
}

const NO_REPORT: &str = "It does not say how the call goes.";

/// The page whose place the one that joins takes, if it says so: one that looks for another way joins anew.
///
/// # Errors
/// [`AppError::Unprocessable`] when it says something else.
pub(super) fn joining(fields: Fields) -> Result<Option<String>, AppError> {
    let reader = FormReader::new(fields);
    let replaces = reader.parsed_optional("replaces", "Page", key);
    reader.finish(Some(replaces)).map_err(|_form| AppError::Unprocessable("It does not say whose place it takes."))
}

/// The page that hangs up, if it says which it is; a button does not.
///
/// # Errors
/// [`AppError::Unprocessable`] when it says something else.
pub(super) fn hang_up(fields: Fields) -> Result<Option<String>, AppError> {
    let reader = FormReader::new(fields);
    let peer = reader.parsed_optional("peer", "Page", key);
    reader.finish(Some(peer)).map_err(|_form| AppError::Unprocessable("It does not say which page hangs up."))
}

fn key(text: &str) -> Result<String, String> {
    is_key(text).then(|| text.to_owned()).ok_or_else(|| NO_REPORT.to_owned())
}

/// `relay/udp`, as the page shows it, is the same as `relay_udp`.
fn path(text: &str) -> Result<CallPath, String> {
    let word = text.replace('/', "_");
    PATHS.into_iter().find(|path| path_code(*path) == word).ok_or_else(|| NO_REPORT.to_owned())
}

/// What a browser measures has a fraction; nobody needs it.
fn at_most(text: &str, most: f64) -> Result<i32, String> {
    let number: f64 = text.parse().map_err(|_not_a_number| NO_REPORT.to_owned())?;
    let whole = number.round();
    if !(0.0..=most).contains(&whole) {
        return Err(NO_REPORT.to_owned());
    }
    format!("{whole:.0}").parse().map_err(|_too_large| NO_REPORT.to_owned())
}
