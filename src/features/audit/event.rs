//! One line of the trail before it is written.

use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use entity::enums::{AuditAction, AuditSubject, Role};
use serde_json::{Map, Value};

use crate::access::Viewer;

/// Who acts, as they are at that moment. No name: the trail keeps none.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `user.id`.
    pub id: i64,
    /// Their role.
    pub role: Role,
    /// The hospital they belong to; none for super admins.
    pub hospital_id: Option<i64>,
    /// Where the request came from; none for a command on the server itself.
    pub address: Option<IpAddr>,
}

/// Who did something, and when: as the trail and what else tells of it have it.
#[derive(Clone, Copy, Debug)]
pub struct Attribution<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<&Viewer> for Actor {
    fn from(viewer: &Viewer) -> Self {
        Self {
            id: viewer.user_id,
            role: viewer.role(),
            hospital_id: viewer.hospital().map(|hospital| hospital.id),
            address: Some(viewer.address),
        }
    }
}

/// What was done to what.
///
/// Its detail takes numbers, instants, words of ours and the addresses of accounts, and no other text that a person typed: so
/// nothing clinical and no secret can get into the trail.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    pub(super) action: AuditAction,
    pub(super) subject_kind: AuditSubject,
    pub(super) subject_id: i64,
    pub(super) hospital_id: Option<i64>,
    pub(super) detail: Map<String, Value>,
}

impl AuditEvent {
    /// `action` was done to the row `id` of the table that `subject` names. It concerns the actor's
    /// own hospital.
    pub fn new(action: AuditAction, subject: AuditSubject, id: i64) -> Self {
        Self { action, subject_kind: subject, subject_id: id, hospital_id: None, detail: Map::new() }
    }

    /// It concerns this hospital, whoever did it: for super admins, who belong to none.
    #[must_use]
    pub fn in_hospital(mut self, hospital_id: i64) -> Self {
        self.hospital_id = Some(hospital_id);
        self
    }

    /// With an id or a count, such as `doctor_id`.
    #[must_use]
    pub fn number(self, name: &'static str, number: i64) -> Self {
        self.with(name, number.into())
    }

    /// With one of our own words, such as a status code.
    #[must_use]
    pub fn word(self, name: &'static str, word: &'static str) -> Self {
        self.with(name, word.into())
    }

    /// With an e-mail address of a person's account, which was read as one: of a change of address both are needed to say what was done.
    #[must_use]
    pub fn address(self, name: &'static str, address: &str) -> Self {
        self.with(name, address.into())
    }

    /// With the names of the columns that changed, never what is in them.
    #[must_use]
    pub fn changed(self, columns: &[&'static str]) -> Self {
        self.with("changed", columns.into())
    }

    /// With an instant, such as the start of a visit.
    #[must_use]
    pub fn instant(self, name: &'static str, instant: DateTime<Utc>) -> Self {
        self.with(name, instant.to_rfc3339_opts(SecondsFormat::Secs, true).into())
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.detail.insert(name.to_owned(), value);
        self
    }
}
