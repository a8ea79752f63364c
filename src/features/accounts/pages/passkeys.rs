//! What pages show of passkeys.

use serde::Serialize;

use super::super::{
    passkey::RelyingParty,
    service::{passkeys::MOST, second_factor::FactorStanding},
};
use crate::{settings::Settings, time_zone::Tz, web::Moment};

/// One's passkeys, and the form for another.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct PasskeyList {
    rows: Vec<PasskeyRow>,
    /// Whether another can be added: the site has a name, and there are not too many.
    may_add: bool,
    /// Whether the site has a name.
    is_possible: bool,
    most: usize,
}

/// A passkey.
#[derive(Debug, Serialize)]
struct PasskeyRow {
    id: i64,
    name: String,
    added: Moment,
    last_used: Option<Moment>,
    /// When one was refused that may have been a copy of it.
    copied: Option<Moment>,
}

impl PasskeyList {
    /// What somebody has of them, in their time.
    pub(in crate::features::accounts) fn new(settings: &Settings, standing: &FactorStanding, zone: Tz) -> Self {
        let moment = |at| Moment::new(at, zone);
        let rows = standing.passkeys.iter().map(|passkey| PasskeyRow {
            id: passkey.id,
            name: passkey.name.clone(),
            added: moment(passkey.created_at),
            last_used: passkey.last_used_at.map(moment),
            copied: passkey.copied_at.map(moment),
        });
        let rows: Vec<_> = rows.collect();
        let is_possible = RelyingParty::of(settings).is_some();
        Self { may_add: is_possible && rows.len() < MOST, rows, is_possible, most: MOST }
    }
}
