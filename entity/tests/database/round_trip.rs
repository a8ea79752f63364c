//! Every column of every table takes what its entity holds and gives the same back.

use entity::enums::{Role, SecondFactorRule};
use entity::{
    address_link, appointment, appointment_event, attachment, attachment_data, audit_entry, audit_redaction,
    availability, calendar_link, call, call_peer, call_signal, device_check, doctor, doctor_delay, document, erasure,
    hospital, mail, message, message_read, note, note_addendum, note_revision, notification, passkey,
    passkey_challenge, password_link, patient, recovery_code, second_factor, time_off, user, user_session, visit,
    visit_guest, visit_presence,
};
use sea_orm::prelude::Decimal;
use sea_orm::{ActiveModelTrait, EntityLoaderTrait, EntityTrait, IntoActiveModel};

use crate::support::{clinic, insert, on_each};
use crate::{attachments, call_rows, documents, erasure_rows, mails, messages, notes, passkey_rows, rows, visit_rows};

/// Inserts the model, reads it and compares; returns its id.
macro_rules! same {
    ($db:expr, $table:ident, $model:expr) => {{
        let model: $table::Model = $model;
        let id = insert!($db, model.clone());
        let found = $table::Entity::find_by_id(id).one($db).await.unwrap();
        assert_eq!(found, Some($table::Model { id, ..model }));
        id
    }};
}

#[tokio::test]
async fn hospitals_and_people_come_back_as_they_were() {
    on_each(async |db| {
        let here = same!(db, hospital, rows::hospital());
        same!(db, user, rows::user("a@eye.test", Role::HospitalAdmin, here));
        let of_doctor = same!(db, user, rows::user("d@eye.test", Role::Doctor, here));
        let doctor = same!(db, doctor, rows::doctor(of_doctor));
        let of_patient = same!(db, user, rows::user("p@eye.test", Role::Patient, here));
        same!(db, patient, rows::patient(of_patient));
        same!(db, availability, rows::window(doctor));
        same!(db, time_off, rows::absence(doctor));
    })
    .await;
}

#[tokio::test]
async fn appointments_and_what_hangs_on_them_come_back_as_they_were() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let actor = clinic.patient_user;
        let visit = same!(db, appointment, rows::proposed(&clinic));
        same!(db, appointment_event, rows::event((visit, clinic.doctor), actor));
        same!(db, visit, visit_rows::opening(visit, actor));
        same!(db, visit_presence, visit_rows::presence(visit, actor));
        same!(db, device_check, visit_rows::check(visit, actor));
        same!(db, doctor_delay, visit_rows::delay(clinic.doctor));
        same!(db, notification, rows::notification(visit, actor));
        let written = same!(db, note, notes::signed(visit, actor));
        same!(db, note_revision, notes::revision(written));
        same!(db, note_addendum, notes::addendum(written, actor));
        same!(db, document, documents::revoked(&clinic, visit));
        same!(db, user_session, rows::session(actor));
        same!(db, second_factor, rows::second_factor(actor));
        same!(db, recovery_code, rows::recovery_code(actor));
        same!(db, passkey, passkey_rows::passkey(actor));
        same!(db, passkey_challenge, passkey_rows::passkey_challenge(actor));
        same!(db, audit_entry, rows::audit_entry(&clinic));
        same!(db, erasure, erasure_rows::erasure(actor));
        same!(db, audit_redaction, erasure_rows::redaction());
        let link = same!(db, password_link, mails::link(actor));
        same!(db, mail, mails::notice(visit, actor));
        same!(db, mail, mails::reminder(visit, actor));
        same!(db, mail, mails::link_mail(link, actor));
        let link = same!(db, address_link, mails::address_link(actor));
        same!(db, mail, mails::address_mail(link, actor));
        same!(db, mail, mails::security_mail(actor));
        let said = same!(db, message, messages::message(visit, actor));
        same!(db, message_read, messages::read(visit, actor, said));
        let attached = same!(db, attachment, attachments::attachment(&clinic, visit, said));
        same!(db, attachment_data, attachments::file(attached));
        same!(db, mail, mails::unread_mail(visit, actor));
        same!(db, calendar_link, mails::calendar_link(actor));
    })
    .await;
}

#[tokio::test]
async fn calls_and_who_takes_part_come_back_as_they_were() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let actor = clinic.patient_user;
        let visit = same!(db, appointment, rows::proposed(&clinic));
        let held = same!(db, call, call_rows::call(visit, actor));
        same!(db, call_peer, call_rows::peer(held, actor));
        let guest = same!(db, visit_guest, visit_rows::guest(visit, actor));
        same!(db, call_peer, call_rows::guest_peer(held, guest));
        same!(db, call_signal, call_rows::signal(held));
    })
    .await;
}

#[tokio::test]
async fn what_is_left_out_gets_the_documented_default() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let found = hospital::Entity::find_by_id(clinic.hospital).one(db).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.time_zone, "Asia/Kathmandu");
        assert_eq!(found.currency, "NPR");
        assert_eq!(found.appointment_fee, Decimal::new(100_000, 2));
        assert_eq!((found.slot_minutes, found.booking_lead_hours), (30, 24));
        assert_eq!(found.second_factor, SecondFactorRule::Optional);
        assert!(found.active && found.created_at <= chrono::Utc::now());
        let found = patient::Entity::find_by_id(clinic.patient).one(db).await;
        assert_eq!(found.unwrap().unwrap().blood_type, None);
    })
    .await;
}

#[tokio::test]
async fn relations_lead_where_their_names_say() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = clinic.visit(0, 30).insert(db).await.unwrap();
        let loaded = appointment::Entity::load()
            .filter_by_id(visit.id)
            .with(hospital::Entity)
            .with((doctor::Entity, user::Entity))
            .with((patient::Entity, user::Entity))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let of_doctor = loaded.doctor.unwrap().user.unwrap();
        let of_patient = loaded.patient.unwrap().user.unwrap();
        assert_eq!(loaded.hospital.unwrap().name, "Patan");
        assert_eq!(of_doctor.email, "d1@clinic.test");
        assert_eq!(of_patient.id, clinic.patient_user);
    })
    .await;
}
