//! What becomes of each table, and each column, when a patient is erased.

/// What becomes of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The person's rows are removed.
    RowsGo,
    /// The person's rows stay, without what is personal.
    Emptied {
        /// Columns that become null, or say that it was erased.
        columns: &'static [&'static str],
        /// All others.
        kept: &'static [&'static str],
        /// Why these stay.
        reason: &'static str,
    },
    /// No row of it is about a patient, or what is has no column that could say anything personal: why.
    Untouched(&'static str),
}

const SKELETON: &str =
    "that there was a visit, when and with which doctor, and how it went, is the hospital's record and in its counts";
const OF_STAFF: &str = "of those who work there";
const NOBODY: &str = "about nobody";

/// Every table.
pub const TABLES: [(&str, Fate); 44] = [
    (
        "user",
        Fate::Emptied {
            columns: &[
                "email",
                "password_hash",
                "first_name",
                "last_name",
                "phone",
                "date_of_birth",
                "active",
                "last_sign_in_at",
                "name_key",
                "contact_key",
                "address_unproved_since",
                "browsers_forgotten_at",
                "updated_at",
                "erased_at",
            ],
            kept: &["id", "role", "hospital_id", "created_at"],
            reason: "the number that visits and the trail name",
        },
    ),
    (
        "patient",
        Fate::Emptied {
            columns: &[
                "blood_type",
                "allergies",
                "medical_history",
                "emergency_contact_name",
                "emergency_contact_phone",
                "updated_at",
            ],
            kept: &["id", "user_id", "created_at"],
            reason: "the number that visits name",
        },
    ),
    (
        "appointment",
        Fate::Emptied {
            columns: &[
                "symptoms",
                "rejection_reason",
                "cancellation_reason",
                "overbook_reason",
                "booking_token",
                "updated_at",
            ],
            kept: &[
                "id",
                "hospital_id",
                "doctor_id",
                "patient_id",
                "starts_at",
                "ends_at",
                "status",
                "modality",
                "requested_by",
                "proposed_starts_at",
                "local_starts_at",
                "proposed_local_starts_at",
                "time_zone",
                "displaced_at",
                "version",
                "created_at",
            ],
            reason: SKELETON,
        },
    ),
    (
        "appointment_event",
        Fate::Emptied {
            columns: &["note"],
            kept: &[
                "id",
                "appointment_id",
                "actor_id",
                "kind",
                "from_status",
                "to_status",
                "local_starts_at",
                "proposed_local_starts_at",
                "at",
                "created_at",
                "updated_at",
            ],
            reason: SKELETON,
        },
    ),
    (
        "note",
        Fate::Emptied {
            columns: &[
                "subjective",
                "objective",
                "assessment",
                "plan",
                "summary",
                "withheld_reason",
                "sha256",
                "updated_at",
            ],
            kept: &[
                "id",
                "appointment_id",
                "author_id",
                "state",
                "template",
                "signed_at",
                "signed_by",
                "version",
                "created_at",
            ],
            reason: "that a note was written and signed, when and by whom, is the hospital's record",
        },
    ),
    (
        "note_addendum",
        Fate::Emptied {
            columns: &["text", "reason"],
            kept: &["id", "note_id", "author_id", "kind", "created_at", "updated_at"],
            reason: "that something was added, when and by whom, is the hospital's record",
        },
    ),
    (
        "document",
        Fate::Emptied {
            columns: &["body", "revoked_reason", "patient_name", "patient_born", "updated_at"],
            kept: &[
                "id",
                "hospital_id",
                "appointment_id",
                "kind",
                "number",
                "token",
                "issued_at",
                "issued_by",
                "revoked_at",
                "revoked_by",
                "version",
                "hospital_name",
                "doctor_name",
                "doctor_field",
                "doctor_license",
                "created_at",
            ],
            reason: "that a document of this number was issued, when and by whom, is the hospital's record",
        },
    ),
    ("note_revision", Fate::RowsGo),
    (
        "message",
        Fate::Emptied {
            columns: &["body"],
            kept: &["id", "appointment_id", "sender_id", "token", "retracted_at", "created_at", "updated_at"],
            reason: "that something was written about a visit, when and by whom, is the hospital's record",
        },
    ),
    (
        "attachment",
        Fate::Emptied {
            columns: &["name", "sha256"],
            kept: &[
                "id",
                "hospital_id",
                "appointment_id",
                "message_id",
                "uploader_id",
                "media_type",
                "bytes",
                "state",
                "created_at",
                "updated_at",
            ],
            reason: "that something was attached to a message, when and by whom, is the hospital's record",
        },
    ),
    ("attachment_data", Fate::RowsGo),
    ("message_read", Fate::Untouched("how far the two who meet have read, by number")),
    (
        "audit_entry",
        Fate::Emptied {
            columns: &["actor_name", "ip", "detail"],
            kept: &[
                "id",
                "at",
                "actor_id",
                "actor_role",
                "hospital_id",
                "action",
                "subject_kind",
                "subject_id",
                "created_at",
                "updated_at",
            ],
            reason: "who did what to which record, by number, is what the trail is there for; its details are words of the program, and addresses, which go",
        },
    ),
    (
        "visit",
        Fate::Emptied {
            columns: &["location_now", "call_back", "others_present", "skipped_reason", "updated_at"],
            kept: &[
                "id",
                "appointment_id",
                "consented_at",
                "consent_version",
                "identity",
                "checked_by",
                "checked_at",
                "version",
                "created_at",
            ],
            reason: SKELETON,
        },
    ),
    ("visit_presence", Fate::RowsGo),
    ("device_check", Fate::RowsGo),
    ("call", Fate::Untouched("that two met from afar, when and for how long, by number")),
    ("call_peer", Fate::Untouched("which pages took part in a call, by number")),
    ("call_signal", Fate::RowsGo),
    (
        "care_relation",
        Fate::Emptied {
            columns: &[],
            kept: &["id", "doctor_id", "patient_id", "visits", "completed", "created_at", "updated_at"],
            reason: SKELETON,
        },
    ),
    ("notification", Fate::RowsGo),
    ("mail", Fate::RowsGo),
    ("user_session", Fate::RowsGo),
    ("password_link", Fate::RowsGo),
    ("address_link", Fate::RowsGo),
    ("calendar_link", Fate::RowsGo),
    ("second_factor", Fate::RowsGo),
    ("recovery_code", Fate::RowsGo),
    ("passkey", Fate::RowsGo),
    ("passkey_challenge", Fate::RowsGo),
    (
        "erasure",
        Fate::Untouched("that, when and why somebody was erased; the reason is the operator's and names nobody"),
    ),
    ("audit_redaction", Fate::Untouched("digests under a secret key")),
    ("audit_seal", Fate::Untouched("digests under a secret key")),
    ("audit_chain_head", Fate::Untouched("digests under a secret key")),
    ("hospital", Fate::Untouched("no person's")),
    ("hospital_tally", Fate::Untouched("counts")),
    ("doctor", Fate::Untouched(OF_STAFF)),
    ("doctor_tally", Fate::Untouched("counts")),
    ("doctor_delay", Fate::Untouched(OF_STAFF)),
    ("availability", Fate::Untouched(OF_STAFF)),
    ("time_off", Fate::Untouched(OF_STAFF)),
    ("cache_instance", Fate::Untouched(NOBODY)),
    ("cache_outbox", Fate::Untouched("names of topics, with numbers, for some seconds")),
    ("seaql_migrations", Fate::Untouched(NOBODY)),
];
