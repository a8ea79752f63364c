//! The enums and the CHECKs hold the same words.

use std::collections::BTreeSet;

use entity::enums::{
    AddendumKind, AddressLinkPurpose, AppointmentStatus, AttachmentState, AuditAction, AuditSubject, BloodType,
    CallEnd, CallPath, CallState, DeviceState, DocumentKind, EventKind, GuestKind, IdentityCheck, LinkPurpose,
    MailChoice, MailKind, MailStatus, MediaType, Modality, NoteState, NoteTemplate, NotificationKind, RelayReach, Role,
    SecondFactorRule, SecurityEvent, SignalKind,
};
use migration::Planned;
use sea_orm::{ActiveEnum, ActiveModelTrait, ConnectionTrait, Database, Iterable};

use crate::support::{clinic, on_each, refused};

#[tokio::test]
async fn every_enum_holds_the_words_of_its_check() {
    let empty = Database::connect("sqlite::memory:").await.unwrap();
    let plan = migration::plan(&empty).await.unwrap();
    same::<Role>(&plan, "user", "role");
    same::<Role>(&plan, "audit_entry", "actor_role");
    same::<BloodType>(&plan, "patient", "blood_type");
    same::<MailChoice>(&plan, "mail_choice", "mail_choice");
    same::<BloodType>(&plan, "own_record", "blood_type_before");
    same::<AppointmentStatus>(&plan, "appointment", "status");
    same::<AppointmentStatus>(&plan, "appointment_event", "from_status");
    same::<AppointmentStatus>(&plan, "appointment_event", "to_status");
    // Where its check was made last.
    same::<EventKind>(&plan, "wish.appointment_event", "kind");
    same::<IdentityCheck>(&plan, "visit", "identity");
    same::<Modality>(&plan, "modality", "modality");
    same::<Modality>(&plan, "modality", "default_modality");
    same::<LinkPurpose>(&plan, "password_link", "purpose");
    same::<AddressLinkPurpose>(&plan, "address_link", "purpose");
    // Of the change that gave it the last of them.
    same::<MailKind>(&plan, "message_mail", "kind");
    same::<SecurityEvent>(&plan, "calendar_word", "security_event");
    same::<NotificationKind>(&plan, "wish.notification", "kind");
    same::<NotificationKind>(&plan, "wish", "notice");
    same::<MailStatus>(&plan, "mail", "status");
    same::<SecondFactorRule>(&plan, "second_factor", "second_factor");
    same::<NoteState>(&plan, "note", "state");
    same::<NoteTemplate>(&plan, "note", "template");
    same::<AddendumKind>(&plan, "note", "kind");
    same::<DocumentKind>(&plan, "document", "kind");
    same::<MediaType>(&plan, "attachment", "media_type");
    same::<AttachmentState>(&plan, "attachment", "state");
    same::<CallState>(&plan, "call", "state");
    same::<CallEnd>(&plan, "call", "end_reason");
    same::<CallPath>(&plan, "call", "path");
    same::<Modality>(&plan, "call", "modality");
    same::<SignalKind>(&plan, "call", "kind");
    same::<DeviceState>(&plan, "device_check", "camera");
    same::<DeviceState>(&plan, "device_check", "microphone");
    same::<RelayReach>(&plan, "device_check", "network");
    same::<GuestKind>(&plan, "visit_guest", "kind");
    // Where its check was made last.
    same::<AuditAction>(&plan, "factor_words", "action");
    same::<AuditSubject>(&plan, "audit_entry", "subject_kind");
}

#[tokio::test]
async fn any_other_word_is_refused() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        for (table, column) in [("appointment", "status"), ("\"user\"", "role"), ("patient", "blood_type")] {
            let sql = format!("UPDATE {table} SET {column} = 'pending'");
            refused(db.execute_unprepared(&sql).await, column);
        }
    })
    .await;
}

fn same<E>(plan: &[Planned], table: &str, column: &str)
where
    E: ActiveEnum<Value = String> + Iterable,
{
    let of_enum: BTreeSet<String> = E::iter().map(|value| value.to_value()).collect();
    let of_check = words(plan, table, column);
    assert_eq!(of_enum, of_check, "{table}.{column}");
}

/// The words in `CHECK (column IN (…))`, or in a check of more than that, where the table is made: by the change of its name, or by one that makes several (`change.table`).
fn words(plan: &[Planned], table: &str, column: &str) -> BTreeSet<String> {
    let (table, made) = match table.split_once('.') {
        Some((change, table)) => (change, format!("CREATE TABLE {table}")),
        None => (table, String::new()),
    };
    let change = plan.iter().find(|change| {
        let (_, name) = change.name.split_once('_').unwrap();
        name == table
    });
    let sql = change.unwrap().statements.join("\n").replace(" IF NOT EXISTS", "");
    let (_, sql) = sql.split_once(&made).unwrap();
    let (_, rest) = sql.split_once(&format!("({column} IN (")).unwrap();
    let (list, _) = rest.split_once(')').unwrap();
    let quoted = list.split(',').map(|word| word.trim().trim_matches('\''));
    quoted.map(str::to_owned).collect()
}
