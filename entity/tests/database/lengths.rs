//! `entity::limits` and the columns agree: the longest text is taken, one character more is not.

use entity::{limits, note};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbErr, IntoActiveModel};

use crate::support::{Clinic, clinic, insert, on_each, refused};
use crate::{erasure_rows, mails, notes, passkey_rows, rows, visit_rows};

const LIMITS: [(&str, &str, usize); 40] = [
    ("hospital", "address", limits::ADDRESS),
    ("hospital", "phone", limits::PHONE),
    ("hospital", "email", limits::EMAIL),
    ("hospital", "time_zone", limits::TIME_ZONE),
    ("\"user\"", "first_name", limits::PERSON_NAME),
    ("\"user\"", "last_name", limits::PERSON_NAME),
    ("\"user\"", "phone", limits::PHONE),
    ("doctor", "specialization", limits::SPECIALIZATION),
    ("doctor", "bio", limits::BIO),
    ("doctor", "education", limits::EDUCATION),
    ("patient", "allergies", limits::ALLERGIES),
    ("patient", "medical_history", limits::MEDICAL_HISTORY),
    ("patient", "emergency_contact_name", limits::CONTACT_NAME),
    ("patient", "emergency_contact_phone", limits::PHONE),
    ("time_off", "reason", limits::TIME_OFF_REASON),
    ("appointment", "symptoms", limits::SYMPTOMS),
    ("appointment", "overbook_reason", limits::APPOINTMENT_REASON),
    ("visit", "location_now", limits::LOCATION),
    ("visit", "call_back", limits::PHONE),
    ("visit", "others_present", limits::OTHERS_PRESENT),
    ("visit", "skipped_reason", limits::APPOINTMENT_REASON),
    ("visit_guest", "name", limits::GUEST_NAME),
    ("visit_guest", "form_token", limits::GUEST_TOKEN),
    ("hospital", "emergency_text", limits::EMERGENCY_TEXT),
    ("user_session", "ip", limits::IP),
    ("user_session", "user_agent", limits::USER_AGENT),
    ("note", "subjective", limits::NOTE_TEXT),
    ("note", "objective", limits::NOTE_TEXT),
    ("note", "assessment", limits::NOTE_TEXT),
    ("note", "plan", limits::NOTE_TEXT),
    ("note", "summary", limits::NOTE_TEXT),
    ("second_factor", "removal_reason", limits::REMOVAL_REASON),
    ("erasure", "reason", limits::ERASURE_REASON),
    ("passkey", "name", limits::PASSKEY_NAME),
    ("mail", "last_error", limits::MAIL_ERROR),
    ("mail", "address", limits::EMAIL),
    ("address_link", "address", limits::EMAIL),
    ("hospital", "name", limits::HOSPITAL_NAME),
    ("doctor", "license_number", limits::LICENSE_NUMBER),
    ("\"user\"", "email", limits::EMAIL),
];

#[tokio::test]
async fn the_longest_text_fits_and_no_longer_one() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        insert!(db, visit_rows::opening(visit.id, clinic.patient_user));
        insert!(db, visit_rows::guest(visit.id, clinic.patient_user));
        insert!(db, mails::notice(visit.id, clinic.patient_user));
        insert!(db, mails::address_link(clinic.patient_user));
        insert!(db, notes::draft(visit.id, clinic.patient_user));
        insert!(db, rows::session(clinic.patient_user));
        insert!(db, rows::second_factor(clinic.patient_user));
        insert!(db, passkey_rows::passkey(clinic.patient_user));
        insert!(db, rows::absence(clinic.doctor));
        insert!(db, erasure_rows::erasure(clinic.patient_user));
        for (table, column, limit) in LIMITS {
            set(db, table, column, limit).await.unwrap();
            refused(set(db, table, column, limit + 1).await, column);
        }
    })
    .await;
}

#[tokio::test]
async fn the_trail_and_the_history_have_limits_too() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap().id;
        for (more, fits) in [(0, true), (1, false)] {
            let named = entry(&clinic, limits::ACTOR_NAME + more, limits::IP);
            assert_eq!(named.insert(db).await.is_ok(), fits);
            let from = entry(&clinic, limits::ACTOR_NAME, limits::IP + more);
            assert_eq!(from.insert(db).await.is_ok(), fits);
            let mut event = rows::event((visit, clinic.doctor), clinic.patient_user).into_active_model();
            event = event.reset_all();
            event.id = NotSet;
            event.note = Set(Some("é".repeat(limits::EVENT_NOTE + more)));
            assert_eq!(event.insert(db).await.is_ok(), fits);
        }
    })
    .await;
}

fn entry(clinic: &Clinic, name: usize, ip: usize) -> entity::audit_entry::ActiveModel {
    let mut row = rows::audit_entry(clinic).into_active_model().reset_all();
    row.id = NotSet;
    row.actor_name = Set("é".repeat(name));
    row.ip = Set(Some("1".repeat(ip)));
    row
}

async fn set(db: &DatabaseConnection, table: &str, column: &str, length: usize) -> Result<(), DbErr> {
    // Characters count, not bytes.
    let text = "é".repeat(length);
    let sql = format!("UPDATE {table} SET {column} = '{text}' WHERE id = (SELECT min(id) FROM {table})");
    db.execute_unprepared(&sql).await.map(|_| ())
}

#[tokio::test]
async fn what_hangs_on_a_note_has_limits_too() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        for (number, (more, fits)) in [(0, true), (1, false)].into_iter().enumerate() {
            let visit = {
                let from = 60 * i64::try_from(number).unwrap();
                clinic.visit(from, from + 30)
            }
            .insert(db)
            .await
            .unwrap()
            .id;
            let note = insert!(db, notes::draft(visit, clinic.patient_user));
            let mut addendum = notes::addendum(note, clinic.patient_user);
            addendum.text = "é".repeat(limits::ADDENDUM + more);
            assert_eq!(made(db, addendum).await, fits);
            let mut addendum = notes::addendum(note, clinic.patient_user);
            addendum.reason = "é".repeat(limits::NOTE_REASON + more);
            assert_eq!(made(db, addendum).await, fits);
            let mut revision = notes::revision(note);
            revision.plan = Some("é".repeat(limits::NOTE_TEXT + more));
            assert_eq!(made(db, revision).await, fits);
            let mut signed = notes::signed(visit, clinic.patient_user);
            signed.withheld_reason = Some("é".repeat(limits::NOTE_REASON + more));
            let update = signed.into_active_model().reset_all();
            let update = note::ActiveModel { id: sea_orm::Unchanged(note), ..update };
            assert_eq!(update.update(db).await.is_ok(), fits);
        }
    })
    .await;
}

async fn made<M, A>(db: &DatabaseConnection, row: M) -> bool
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
    <A::Entity as sea_orm::EntityTrait>::Model: IntoActiveModel<A>,
{
    let mut row = row.into_active_model().reset_all();
    for key in <<A::Entity as sea_orm::EntityTrait>::PrimaryKey as sea_orm::Iterable>::iter() {
        row.not_set(sea_orm::PrimaryKeyToColumn::into_column(key));
    }
    row.insert(db).await.is_ok()
}
