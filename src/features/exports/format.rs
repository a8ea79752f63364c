//! What an export says of itself.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Of the format of the files. A field more does not change it; one that is gone, or means something else, does.
const VERSION: u32 = 1;

/// What an export is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `patient.id`
    Patient(i64),
    /// `hospital.id`
    Hospital(i64),
}

impl Subject {
    /// `patient` or `hospital`, and the id.
    #[must_use]
    pub fn words(self) -> (&'static str, i64) {
        match self {
            Self::Patient(id) => ("patient", id),
            Self::Hospital(id) => ("hospital", id),
        }
    }
}

/// One table's rows in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// The table, after which the file is called; or that of the doctors of visits.
    pub table: &'static str,
    /// How many rows there are.
    pub rows: u64,
}

/// Something that is not in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The table.
    pub table: &'static str,
    /// The column; none: all of the table.
    pub column: Option<&'static str>,
    /// Why.
    pub reason: &'static str,
}

const fn table(table: &'static str, reason: &'static str) -> LeftOut {
    LeftOut { table, column: None, reason }
}

const fn column(table: &'static str, column: &'static str, reason: &'static str) -> LeftOut {
    LeftOut { table, column: Some(column), reason }
}

const EVIDENCE: &str = "evidence about the trail of this database, of use with its secret key alone";
const OF_THE_SERVERS: &str = "what the servers tell each other; nothing about anybody";
const MADE: &str = "by what it is searched, made of the text beside it";
const SECRET: &str = "a secret, or what one is checked by";

/// In a patient's export: who the doctors of their visits are.
pub(super) const DOCTORS_OF_VISITS: &str = "doctors_of_visits";

/// What no export holds.
const ALWAYS: [LeftOut; 26] = [
    table("audit_chain_head", EVIDENCE),
    table("audit_redaction", EVIDENCE),
    table("audit_seal", EVIDENCE),
    table("calendar_link", "by what the secret address of a calendar is checked"),
    table("passkey_challenge", "what is asked of a device, for some minutes"),
    table("call_peer", "which pages took part in a call, told by these pages while they were open"),
    table("call_signal", "how two pages looked for a way to each other, gone with their call"),
    table("visit_presence", "who was in the room of a visit, told by their pages while they were open"),
    table("cache_instance", OF_THE_SERVERS),
    table("cache_outbox", OF_THE_SERVERS),
    table("seaql_migrations", "which changes of the schema were applied"),
    column("user", "password_hash", SECRET),
    column("user", "name_key", MADE),
    column("user", "contact_key", MADE),
    column("hospital", "name_key", MADE),
    column("doctor", "specialization_key", MADE),
    column("doctor", "license_key", MADE),
    column("user_session", "key_hash", SECRET),
    column("visit_guest", "token_hash", SECRET),
    column("visit_guest", "form_token", SECRET),
    column("second_factor", "secret", SECRET),
    column("recovery_code", "digest", SECRET),
    column("passkey", "credential_id", SECRET),
    column("passkey", "user_handle", SECRET),
    column("passkey", "public_key", SECRET),
    column("passkey", "state", SECRET),
];

const OF_ALL: &str = "a count of all people of a hospital, or of a doctor";
const OF_A_DOCTOR: &str = "a doctor's, not the patient's";

/// What is not in the export of a patient.
const OF_PATIENT: [LeftOut; 8] = [
    table("note_revision", "what a doctor wrote before it was signed"),
    table("availability", OF_A_DOCTOR),
    table("time_off", OF_A_DOCTOR),
    table("doctor_delay", OF_A_DOCTOR),
    table("doctor_tally", OF_ALL),
    table("hospital_tally", OF_ALL),
    table("doctor", "who the doctors of the visits are is in doctors_of_visits; the rest is theirs"),
    column("mail", "last_error", "what the mail server said to ours"),
];

/// What is not in an export about `subject`.
pub(super) fn left_out(subject: Subject) -> impl Iterator<Item = LeftOut> {
    let more = match subject {
        Subject::Patient(_) => &OF_PATIENT[..],
        Subject::Hospital(_) => &[],
    };
    ALWAYS.into_iter().chain(more.iter().copied())
}

/// Where what is exported, or erased, is as well, and no command reaches it.
pub const NOT_REACHED: [&str; 5] = [
    "backups of the database, which hold what it held when they were made, until they are thrown away",
    "earlier versions of rows, which Postgres keeps in its files until they are vacuumed, and in its log and archives of it until they are removed",
    "the servers' logs, which hold numbers and network addresses, and no names",
    "e-mails that were sent already",
    "exports and reports that were taken away before",
];

/// `export.json`: what the export is, which files it has, what it leaves out.
pub(super) fn manifest(subject: Subject, made_at: DateTime<Utc>, files: &[ExportedFile]) -> Value {
    let (kind, id) = subject.words();
    let files = files.iter().map(|file| json!({"file": file_name(file.table), "table": file.table, "rows": file.rows}));
    let left_out = left_out(subject).map(|left_out| {
        let LeftOut { table, column, reason } = left_out;
        let mut entry = Map::from_iter([("table".to_owned(), table.into()), ("reason".to_owned(), reason.into())]);
        if let Some(column) = column {
            entry.insert("column".to_owned(), column.into());
        }
        Value::Object(entry)
    });
    json!({
        "format": "telemedicine export",
        "version": VERSION,
        "program": env!("CARGO_PKG_VERSION"),
        "about": {"kind": kind, "id": id},
        "made_at": made_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        "files": files.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "not_reached": NOT_REACHED,
    })
}

/// The file of a table.
pub(super) fn file_name(table: &str) -> String {
    format!("{table}.json")
}
