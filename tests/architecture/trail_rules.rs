//! Rules about the trail: what is written without a line in it, and who returns clinical columns.

use super::Rule;
use super::reading::{find, word};

/// All that is written without a line in the trail: in which file, in how many places, and for which reasons. A further one is
/// an act that nobody will know of, unless it is the server's own bookkeeping.
const UNRECORDED: &[(&str, usize, &[&str])] = &[
    ("src/db/outbox.rs", 1, &["what caches were told is removed"]),
    ("src/db/instances.rs", 4, &["which processes share a cache is no record"]),
    (
        "src/session/rows.rs",
        4,
        &[
            "when a session was last used changes no record",
            "that somebody gave their own password once more changes no record",
            "the sign-out or sign-in that ends a session has its line",
            "a backup that is put back holds sessions that have ended since",
            "sessions that are over are removed by the clock",
        ],
    ),
    ("src/features/audit/service/sealing.rs", 1, &["a seal is about the trail and stands beside it"]),
    (
        "src/features/mail/service/sender.rs",
        1,
        &["whether a mail was sent is no act; the act that it tells of is recorded"],
    ),
    (
        "src/features/mail/service/restored.rs",
        1,
        &["whether mail of before a backup was sent is no act; the act that it tells of is recorded"],
    ),
    (
        "src/features/notifications/service/mod.rs",
        1,
        &[
            "that somebody has read their own notifications changes no record",
            "notifications that were read long ago are removed by the clock",
        ],
    ),
    ("src/features/notifications/service/reading.rs", 1, &[]),
    ("src/db/sweeping.rs", 1, &[]),
    (
        "src/features/accounts/service/addresses.rs",
        1,
        &["that a link is sent once more changes nothing; its use is recorded"],
    ),
    (
        "src/features/accounts/service/address_links.rs",
        0,
        &["links that nobody can use any more are removed by the clock"],
    ),
    (
        "src/features/accounts/service/links.rs",
        1,
        &[
            "nobody knows who asks for a link; that a password was chosen by it is recorded",
            "links that nobody can use any more are removed by the clock",
        ],
    ),
    (
        "src/features/calls/service/signalling.rs",
        1,
        &["how two pages find each other is no act; that their people speak has its line"],
    ),
    (
        "src/features/calls/service/reporting.rs",
        1,
        &["how well a call goes is no act; its beginning and its end have their lines"],
    ),
    (
        "src/features/calls/service/beating.rs",
        1,
        &["that a page is still there is no act; what its person does in the call has its line"],
    ),
    (
        "src/features/calls/service/joining.rs",
        1,
        &["a page that looks for another way is no act; that its person joined the call has its line"],
    ),
    (
        "src/features/calls/service/keeping.rs",
        1,
        &["nobody does it: calls that nobody is in are over, and what was said in them is forgotten, by the clock"],
    ),
    (
        "src/features/guests/service/presence.rs",
        1,
        &["that a guest waits is no act; that they were invited, let in, in the call and removed has its lines"],
    ),
    (
        "src/features/guests/service/sweep.rs",
        0,
        &["what guests of visits long over were called is removed by the clock"],
    ),
    (
        "src/features/visits/service/presence.rs",
        2,
        &["that somebody is still there is no act; that they opened the room has its line"],
    ),
    (
        "src/features/visits/service/sweep.rs",
        0,
        &["who was in a room, and delays of days long over, are removed by the clock"],
    ),
    (
        "src/features/notes/service/saving.rs",
        1,
        &["a draft is no record: that the note was opened is in the trail, and its signature will be"],
    ),
    (
        "src/features/notes/service/sweeping.rs",
        0,
        &["versions of notes that nobody will go back to are removed by the clock"],
    ),
    (
        "src/features/messages/service/reading.rs",
        1,
        &["how far somebody has read is no act; that they opened the thread has its line"],
    ),
    (
        "src/features/messages/service/checking.rs",
        1,
        &["what the virus scanner found is nobody's act; that the file was sent has its line"],
    ),
    ("src/features/erasures/service/messages.rs", 3, &[]),
    ("src/features/erasures/service/mod.rs", 0, &["the erasure that goes on with it has its line"]),
    ("src/features/erasures/service/history.rs", 6, &[]),
    ("src/features/erasures/service/notes.rs", 4, &[]),
    ("src/features/accounts/service/sign_in.rs", 1, &["the same password at another cost is no other password"]),
    ("src/features/people/service/keys.rs", 3, &["a key says nothing that its text does not"]),
    (
        "src/features/accounts/service/passkeys/challenges.rs",
        1,
        &["what a browser is asked to sign changes nothing; what follows is recorded"],
    ),
    ("src/cli/demo/write.rs", 1, &["nobody did what the people of a demo have done"]),
];

pub(crate) const UNRECORDED_WRITES: Rule = Rule {
    // The database layer defines what is counted here.
    about: |path| {
        path.starts_with("src/") && path.ends_with(".rs") && !["src/db/write.rs", "src/db/recorded.rs"].contains(&path)
    },
    check: |path, text| {
        let (_, writes, reasons) = UNRECORDED.iter().find(|(file, ..)| *file == path).unwrap_or(&("", 0, &[]));
        let count = |names: [&str; 2]| names.iter().map(|name| text.matches(name).count()).sum::<usize>();
        let found = (
            count([".write_unrecorded(", ".write_idempotent("]),
            count(["Unrecorded::of(", "Unrecorded::of_everything("]),
        );
        let mut breaches = Vec::new();
        if found != (*writes, reasons.len()) {
            let listed = (writes, reasons.len());
            breaches.push((
                1,
                format!("writes without a line in the trail, and reasons: {found:?}, in the list {listed:?}"),
            ));
        }
        let gone = reasons.iter().filter(|reason| !text.contains(&format!("\"{reason}\"")));
        breaches.extend(gone.map(|reason| (1, format!("the list has a reason that is not here: {reason}"))));
        breaches
    },
    caught: &[
        ("src/features/people/service.rs", "db.write_unrecorded(OWN, async |uow| Ok(())).await"),
        ("src/features/people/service.rs", "db.write_idempotent(crate::db::TOLD, async |uow| Ok(())).await"),
        (
            "src/features/people/service.rs",
            "const OWN: Unrecorded = Unrecorded::of(\n    &[\"patient\"],\n    \"a\",\n);",
        ),
        ("src/session/touches.rs", "const ANY: Unrecorded = Unrecorded::of_everything(\"a\");"),
        // Another place, another reason, and none any more.
        (
            "src/db/outbox.rs",
            "Unrecorded::of(&[\"cache_outbox\"], \"what caches were told is removed\")\n.write_idempotent(TOLD,\n.write_unrecorded(TOLD,",
        ),
        ("src/db/outbox.rs", "Unrecorded::of(&[\"cache_outbox\"], \"it is so\")\n.write_idempotent(TOLD,"),
        ("src/db/outbox.rs", ""),
    ],
    passes: &[
        ("src/features/people/service.rs", "state.db.write(async |uow| Ok(Recorded::unchanged(()))).await"),
        (
            "src/db/outbox.rs",
            "Unrecorded::of(&[\"cache_outbox\"], \"what caches were told is removed\")\n.write_idempotent(TOLD,",
        ),
    ],
};

/// Columns of a patient's record that no list shows. That there is something in one may be said, so that a doctor looks.
const CLINICAL: &[&str] = &["blood_type", "BloodType", "allergies", "Allergies", "medical_history", "MedicalHistory"];

pub(crate) const CLINICAL_COLUMNS_ARE_SEALED: Rule = Rule {
    about: |path| path.starts_with("src/features/") && path.split('/').any(|part| part.starts_with("queries")),
    check: |_, text| {
        if text.contains("Accessed::new(") {
            return Vec::new();
        }
        let says_that = |line: &str, column: &str| line.contains(&format!("{column})).is_not_null()"));
        let named = |line: &str| CLINICAL.iter().find(|column| word(line, column) && !says_that(line, column)).copied();
        find(text, |line| {
            named(line).map(|column| format!("`{column}` leaves a query as `Accessed`, and no other way"))
        })
    },
    caught: &[
        ("src/features/people/queries/patients.rs", "    .column(patient::Column::MedicalHistory)"),
        ("src/features/home/queries.rs", "    allergies: Option<String>,"),
        ("src/features/home/queries.rs", "    .expr(Expr::col((patient::Entity, Column::Allergies)))"),
    ],
    passes: &[
        ("src/features/people/queries/patients.rs", "allergies: Option<String>,\nAccessed::new(Patient, id, record)"),
        ("src/features/people/pages/patients.rs", "    allergies: Option<String>,"),
        ("src/features/appointments/queries/mod.rs", "pub(super) use record::BloodAndAllergies;"),
        ("src/features/home/queries.rs", "    Expr::col((patient::Entity, Column::Allergies)).is_not_null()"),
    ],
};
