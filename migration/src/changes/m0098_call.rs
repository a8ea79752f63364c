//! Calls between the two who meet: each with its beginning and end, the pages that take part in it, and what these say to each other until they have
//! found a way.

use super::m0059_tables_written_all_day::{CHANGED, set};
use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0098_call", up, down };

const MODALITIES: [&str; 3] = ["video", "phone", "in_person"];
const ENDS: [&str; 5] = ["hung_up", "lost", "not_answered", "moved_to_phone", "finished"];
const PATHS: [&str; 4] = ["direct", "relay_udp", "relay_tcp", "relay_tls"];

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![
        call(dialect),
        // Of a visit at most one goes on.
        "CREATE UNIQUE INDEX call_open ON call (appointment_id) WHERE state <> 'ended'".to_owned(),
        "CREATE INDEX call_visit ON call (appointment_id, id)".to_owned(),
        peer(dialect),
        signal(dialect),
        // What is said to one page, and what goes with its call.
        "CREATE INDEX call_signal_to ON call_signal (call_id, to_key, id)".to_owned(),
        "CREATE INDEX call_signal_old ON call_signal (created_at)".to_owned(),
    ];
    if dialect == Dialect::Postgres {
        statements.push(set("call", CHANGED));
        statements.push(set("call_peer", "fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02"));
        statements.push(set("call_signal", "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000"));
    }
    statements
}

fn call(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE call (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  {modality} NOT NULL,
  {state} NOT NULL,
  started_by bigint NOT NULL REFERENCES \"user\" (id),
  {started_at} NOT NULL,
  {connected_at},
  {ended_at},
  {end_reason},
  {path},
  connected_seconds integer NOT NULL DEFAULT 0 CHECK (connected_seconds >= 0),
  restarts integer NOT NULL DEFAULT 0 CHECK (restarts >= 0),
  loss integer CHECK (loss BETWEEN 0 AND 100),
  rtt integer CHECK (rtt >= 0),
  first_frame integer CHECK (first_frame >= 0),
  version integer NOT NULL DEFAULT 0 CHECK (version >= 0),
  {stamps},
  CONSTRAINT call_end CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (end_reason IS NULL)),
  CONSTRAINT call_connection CHECK ((state <> 'connected' OR connected_at IS NOT NULL) AND (state <> 'calling' OR connected_at IS NULL)),
  CONSTRAINT call_length CHECK (connected_seconds = 0 OR connected_at IS NOT NULL)
)",
        id = dialect.id(),
        modality = one_of("modality", &MODALITIES),
        state = one_of("state", &["calling", "connected", "ended"]),
        started_at = dialect.instant("started_at"),
        connected_at = dialect.instant("connected_at"),
        ended_at = dialect.instant("ended_at"),
        end_reason = one_of("end_reason", &ENDS),
        path = one_of("path", &PATHS),
        stamps = dialect.stamps(),
    )
}

/// A page, as long as it is open: whoever loads it again is another. Of nobody who has an account: a guest's.
fn peer(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE call_peer (
  {id},
  call_id bigint NOT NULL REFERENCES call (id),
  {key} NOT NULL,
  user_id bigint REFERENCES \"user\" (id),
  {here_until} NOT NULL,
  {left_at},
  {stamps},
  CONSTRAINT call_peer_key UNIQUE (call_id, key)
)",
        id = dialect.id(),
        key = text("key", 32, 32),
        here_until = dialect.instant("here_until"),
        left_at = dialect.instant("left_at"),
        stamps = dialect.stamps(),
    )
}

fn signal(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE call_signal (
  {id},
  call_id bigint NOT NULL REFERENCES call (id),
  {from_key} NOT NULL,
  {to_key} NOT NULL,
  {kind} NOT NULL,
  {body} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        from_key = text("from_key", 32, 32),
        to_key = text("to_key", 32, 32),
        kind = one_of("kind", &["offer", "answer", "candidate", "bye"]),
        body = text("body", 1, 16_384),
        stamps = dialect.stamps(),
    )
}

fn down(_: Dialect) -> Vec<String> {
    ["DROP TABLE call_signal", "DROP TABLE call_peer", "DROP TABLE call"].map(str::to_owned).to_vec()
}
