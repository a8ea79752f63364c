//! A row of each table that an erasure writes, with every column filled.

use chrono::TimeDelta;
use entity::{audit_redaction, erasure};

use crate::support::at;

pub(crate) fn erasure(user: i64) -> erasure::Model {
    erasure::Model {
        id: 0,
        user_id: user,
        requested_by: user,
        reason: "Asked for in writing".to_owned(),
        finished_at: Some(at(-1)),
        created_at: at(-60) + TimeDelta::microseconds(123_456),
        updated_at: at(-30),
    }
}

pub(crate) fn redaction() -> audit_redaction::Model {
    audit_redaction::Model {
        id: 0,
        entry_id: 4,
        sealed: vec![0, 255, 7],
        redacted: vec![1],
        digest: vec![2, 0],
        created_at: at(-60) + TimeDelta::microseconds(123_456),
        updated_at: at(-30),
    }
}
