//! Rows with something personal in them that no factory makes.

use entity::{
    audit_entry, call, call_signal,
    enums::{AuditAction, AuditSubject, CallEnd, CallState, SignalKind},
    passkey,
};
use sea_orm::{ActiveModelTrait, Set};

use crate::support::*;

/// A line of a release that still wrote down what people are called, and one of today's, both of that person.
pub(super) async fn lines_of(app: &TestApp, person: &Person) {
    for (name, address) in [(person.name(), None), (audit_entry::NO_NAME.to_owned(), Some("198.51.100.23".to_owned()))]
    {
        let line = audit_entry::ActiveModel {
            at: Set(app.now()),
            actor_id: Set(person.user_id),
            actor_name: Set(name),
            actor_role: Set(person.role),
            hospital_id: Set(person.hospital_id),
            ip: Set(address),
            action: Set(AuditAction::SignedIn),
            subject_kind: Set(AuditSubject::User),
            subject_id: Set(person.user_id),
            detail: Set(serde_json::json!({})),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        line.insert(&app.db).await.unwrap();
    }
}

/// That somebody else has changed the address of `person`: both are in the line.
pub(super) async fn line_with_addresses(app: &TestApp, (by, patient): (&Person, &Patient)) {
    let line = audit_entry::ActiveModel {
        at: Set(app.now()),
        actor_id: Set(by.user_id),
        actor_name: Set(by.name()),
        actor_role: Set(by.role),
        hospital_id: Set(by.hospital_id),
        ip: Set(Some("203.0.113.77".to_owned())),
        action: Set(AuditAction::Updated),
        subject_kind: Set(AuditSubject::Patient),
        subject_id: Set(patient.id),
        detail: Set(serde_json::json!({"changed": ["email"], "from": patient.email, "to": "also-theirs@example.test"})),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    line.insert(&app.db).await.unwrap();
}

/// A passkey with a name that the person gave it.
pub(crate) async fn passkey_of(app: &TestApp, person: &Person) {
    let row = passkey::ActiveModel {
        user_id: Set(person.user_id),
        credential_id: Set(vec![7; 16]),
        user_handle: Set(vec![8; 16]),
        name: Set("Their own telephone".to_owned()),
        public_key: Set(vec![1]),
        state: Set(vec![1]),
        sign_count: Set(0),
        transports: Set(0),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    row.insert(&app.db).await.unwrap();
}

/// What pages said in a call of `visit` that is over: an address, which the clock has not come to.
pub(super) async fn signal_of(app: &TestApp, visit: &Appointment, person: &Person) {
    let held = call::ActiveModel {
        appointment_id: Set(visit.id),
        modality: Set(Modality::Video),
        state: Set(CallState::Ended),
        started_by: Set(person.user_id),
        started_at: Set(app.now()),
        ended_at: Set(Some(app.now())),
        end_reason: Set(Some(CallEnd::NotAnswered)),
        ..Default::default()
    };
    let said = call_signal::ActiveModel {
        call_id: Set(held.insert(&app.db).await.unwrap().id),
        from_key: Set("0".repeat(32)),
        to_key: Set("1".repeat(32)),
        kind: Set(SignalKind::Candidate),
        body: Set("[\"192.0.2.199\"]".to_owned()),
        ..Default::default()
    };
    said.insert(&app.db).await.unwrap();
}
