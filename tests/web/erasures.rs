//! Erasing a patient: nothing personal is left anywhere in the database, everything else is, and the seals hold.

mod afterwards;
mod rows;
mod trail;

use std::collections::BTreeSet;

use entity::{
    appointment as appointment_row, audit_entry, document,
    enums::{AuditAction, AuditSubject},
    erasure,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use telemedicine::features::{
    audit::{Actor, Attribution},
    erasures::{ErasureError, ErasureMeans, ErasureOutcome, ErasureRequest, Fate, TABLES, erase, preview},
};

pub(crate) use rows::passkey_of;
use rows::{line_with_addresses, lines_of, signal_of};

use crate::support::*;

/// Erases `patient` in the name of somebody who runs the platform.
pub(crate) async fn erased(
    app: &TestApp,
    (by, patient): (&Person, &Patient),
    cancels_visits: bool,
) -> Result<ErasureOutcome, ErasureError> {
    let actor = Actor { id: by.user_id, role: Role::SuperAdmin, hospital_id: None, address: None };
    let request = ErasureRequest { patient_id: patient.id, reason: "Asked for in writing".to_owned(), cancels_visits };
    let settings = &app.state.settings;
    let means = ErasureMeans { secret: &settings.secret_key, hashing: settings.security.password_hashing };
    erase(&app.state.db, Attribution { actor: &actor, at: app.now() }, means, &request).await
}

#[tokio::test]
async fn what_becomes_of_every_table_and_column_is_written_down() {
    let app = TestApp::start().await;
    let schema = schema(&app.db).await;
    let known: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).collect();
    let there: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
    assert_eq!(there, known, "say in src/features/erasures/inventory.rs what becomes of a table, and do it");
    assert_eq!(known.len(), TABLES.len(), "a table stands there twice");
    for (table, fate) in TABLES {
        match fate {
            Fate::Emptied { columns, kept, reason } => {
                let named: BTreeSet<String> = columns.iter().chain(kept).map(|name| (*name).to_owned()).collect();
                assert_eq!(
                    named, schema[table],
                    "say in src/features/erasures/inventory.rs what becomes of a column of {table}, and do it"
                );
                assert!(!reason.is_empty());
            }
            Fate::Untouched(reason) => assert!(!reason.is_empty(), "{table}"),
            Fate::RowsGo => {}
        }
    }
}

#[tokio::test]
async fn nothing_personal_is_left_in_any_table_and_nothing_of_others_is_lost() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, stranger, doctor, admin, .. } = &clinic.here;
    // The link first: what follows is told by mail as well.
    password_link(&app, patient).await;
    App::set_up(&app, &app.sign_in(patient).await).await;
    passkey_of(&app, patient).await;
    signal_of(&app, clinic.here.appointment(AppointmentStatus::Completed), patient).await;
    lines_of(&app, patient).await;
    line_with_addresses(&app, (admin, patient)).await;
    // What the desk typed about them.
    let version = appointment_row::Entity::find_by_id(clinic.here.appointment(AppointmentStatus::Scheduled).id);
    let version = version.one(&app.db).await.unwrap().unwrap().version.to_string();
    let desk = app.sign_in(admin).await;
    let cancelled = format!("{}/cancellation", clinic.here.appointment(AppointmentStatus::Scheduled).path());
    let typed = [("version", version.as_str()), ("reason", "Typed by the desk about them")];
    desk.post_form(&cancelled, &typed).await.expect(303);
    desk.get(&format!("/patients/{}", patient.id)).await.ok();

    let visits = clinic.here.appointments.iter().flat_map(|visit| &visit.texts);
    let personal: Vec<&str> = visits
        .chain(clinic.here.notes.iter().flat_map(|note| &note.texts))
        .chain(clinic.here.documents.iter().flat_map(|document| &document.texts))
        .chain(clinic.here.messages.iter().map(|message| &message.text))
        .chain(clinic.here.attachments.iter().map(|attachment| &attachment.text))
        .chain(clinic.here.guests.iter().map(|guest| &guest.name))
        .chain(&patient.texts)
        .map(String::as_str)
        .chain([
            "Typed by the desk about them",
            "198.51.100.23",
            "192.0.2.199",
            patient.email.as_str(),
            "also-theirs@example.test",
            "Their own telephone",
        ])
        .collect();
    let before = everything(&app.db).await;
    for text in &personal {
        assert!(before.iter().any(|(_, row)| holds(row, text)), "{text} was never there");
    }
    erased(&app, (&clinic.super_admin, patient), true).await.unwrap();

    let after = everything(&app.db).await;
    for text in &personal {
        let left: Vec<_> = after.iter().filter(|(_, row)| holds(row, text)).collect();
        assert!(left.is_empty(), "{text} is left in {left:?}");
    }
    let of_the_desk = after.iter().find(|(table, row)| table == "audit_entry" && row.contains("203.0.113.77"));
    assert!(of_the_desk.is_some_and(|(_, row)| row.contains(&admin.name())), "whoever else acted is still named");
    let others = [&stranger.texts, &doctor.texts, &admin.texts, &clinic.there.patient.texts];
    let of_visits = clinic.there.appointments.iter().flat_map(|visit| &visit.texts);
    let of_notes = clinic.there.notes.iter().flat_map(|note| &note.texts);
    let of_messages = clinic.there.messages.iter().map(|message| &message.text);
    let of_messages = of_messages.chain(clinic.there.attachments.iter().map(|attachment| &attachment.text));
    let of_guests = clinic.there.guests.iter().map(|guest| &guest.name);
    for text in others.into_iter().flatten().chain(of_visits).chain(of_notes).chain(of_messages).chain(of_guests) {
        assert!(after.iter().any(|(_, row)| row.contains(text.as_str())), "{text} is lost");
    }
    let rows = |all: &[(String, String)], table: &str| all.iter().filter(|(name, _)| name == table).count();
    for table in
        ["appointment", "user", "patient", "doctor", "care_relation", "note", "note_addendum", "document", "message"]
    {
        assert_eq!(rows(&before, table), rows(&after, table), "{table}");
    }
    assert_eq!(rows(&before, "attachment"), rows(&after, "attachment"));
    assert_eq!((rows(&before, "attachment_data"), rows(&after, "attachment_data")), (2, 1), "the others' file stays");
    assert!(rows(&after, "audit_entry") > rows(&before, "audit_entry"));
    assert_stored_counts(&app).await;
}

/// Whether the text is in the row in any spelling, such as that of a key by which people are searched.
fn holds(row: &str, text: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    plain(row).contains(&plain(text))
}

#[tokio::test]
async fn visits_to_come_are_in_the_way_until_they_are_cancelled_and_their_doctors_told() {
    let app = TestApp::start().await;
    let chief = super_admin().create(&app).await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(30)).create(&app).await;
    // Whose outcome nobody has recorded: it was, and stays.
    let old = appointment().of(&doctor).with(&patient).at(app.in_hours(-30)).create(&app).await;
    let (to_come, found) = preview(&app.state.db, patient.id, app.now()).await.unwrap();
    assert_eq!((to_come, found[0].rows), (1, 1));
    let refused = erased(&app, (&chief, &patient), false).await.unwrap_err();
    assert!(matches!(refused, ErasureError::VisitsToCome(1)), "{refused}");
    app.sign_in(&patient).await;

    let done = erased(&app, (&chief, &patient), true).await.unwrap();
    assert_eq!(done.cancelled, 1);
    let status = async |id| appointment_row::Entity::find_by_id(id).one(&app.db).await.unwrap().unwrap().status;
    assert_eq!(status(visit.id).await, AppointmentStatus::Cancelled);
    assert_eq!(status(old.id).await, AppointmentStatus::Scheduled);
    assert_eq!(app.emails_to(&doctor.email).await.len(), 1);
    assert!(app.emails_to(&patient.email).await.is_empty());
    let news = app.sign_in(&doctor).await.get("/notifications").await.ok();
    assert!(news.says("Erased person"), "{}", news.words());
    let nobody = Patient { id: 999, ..patient.clone() };
    assert!(matches!(erased(&app, (&chief, &nobody), true).await, Err(ErasureError::Nobody(999))));
}

#[tokio::test]
async fn an_erasure_that_was_broken_off_goes_on_where_it_was_and_then_finds_nothing() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let patient = &clinic.here.patient;
    lines_of(&app, patient).await;
    // As if the server were killed just there.
    stop_inserts(&app, "audit_redaction").await;
    let broken = erased(&app, (&clinic.super_admin, patient), true).await.unwrap_err().to_string();
    assert!(broken.contains("run it again"), "{broken}");
    let row = async || erasure::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert_eq!(row().await.finished_at, None);
    assert!(
        everything(&app.db).await.iter().any(|(_, row)| row.contains(&patient.name())),
        "the trail was not reached"
    );
    allow_inserts(&app, "audit_redaction").await;

    erased(&app, (&clinic.super_admin, patient), false).await.unwrap();
    assert_eq!(row().await.finished_at, Some(app.now()));
    assert!(!everything(&app.db).await.iter().any(|(_, row)| row.contains(&patient.name())));
    let lines = async || {
        let erased = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Erased));
        erased.all(&app.db).await.unwrap()
    };
    let told = lines().await;
    assert_eq!(told.len(), 2, "both have done something");
    assert_eq!((told[0].subject_kind, told[0].subject_id), (AuditSubject::Patient, patient.id));
    assert_eq!((told[0].actor_id, told[0].hospital_id), (clinic.super_admin.user_id, patient.hospital_id));
    let again = erased(&app, (&clinic.super_admin, patient), false).await.unwrap();
    assert!(again.cancelled == 0 && again.found.iter().all(|kind| kind.rows == 0), "{again:?}");
    assert_eq!(lines().await.len(), 2);
}

#[tokio::test]
async fn what_was_typed_about_a_document_after_the_erasure_goes_with_the_next_one() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, doctor, documents, .. } = &clinic.here;
    erased(&app, (&clinic.super_admin, patient), true).await.unwrap();
    // By a server of the release before, which let it through.
    let revoked = document::ActiveModel {
        id: Set(documents[0].id),
        revoked_at: Set(Some(app.now())),
        revoked_by: Set(Some(doctor.user_id)),
        revoked_reason: Set(Some("Somebody of that name asked for it".to_owned())),
        version: Set(1),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    revoked.update(&app.db).await.unwrap();
    erased(&app, (&clinic.super_admin, patient), false).await.unwrap();
    let left = everything(&app.db).await;
    assert!(left.iter().all(|(_, row)| !row.contains("Somebody of that name")), "a reason is left");
}

#[tokio::test]
async fn pages_say_erased_person_at_once_and_the_address_can_sign_up_anew() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, doctor, admin, hospital, .. } = &clinic.here;
    let (desk, surgery) = (app.sign_in(admin).await, app.sign_in(doctor).await);
    let own = app.sign_in(patient).await;
    own.get("/dashboard").await.ok();
    let pages = ["/dashboard", "/appointments", "/patients", "/notifications"];
    for _ in 0..2 {
        for path in pages {
            surgery.get(path).await.ok();
            desk.get(path).await.ok();
        }
    }
    assert!(surgery.get("/patients").await.ok().says(&patient.last_name));
    erased(&app, (&clinic.super_admin, patient), true).await.unwrap();

    for client in [&surgery, &desk] {
        for path in pages {
            let page = client.get(path).await.ok();
            assert!(!page.body.contains(&patient.last_name), "{path}");
        }
        assert!(client.get("/patients").await.ok().says("Erased person"));
        let record = client.get(&format!("/patients/{}", patient.id)).await.ok();
        assert!(record.says("Erased person") && !record.body.contains("erased.invalid"), "{}", record.words());
        assert!(!record.links().iter().any(|link| link.contains("/edit") || link.contains("/new")));
    }
    let path = format!("/patients/{}", patient.id);
    desk.get(&format!("{path}/edit")).await.expect(404);
    for act in ["reactivation", "invitation"] {
        desk.post_form(&format!("{path}/{act}"), &[]).await.expect(404);
    }
    desk.post_form(&format!("{path}/second-factor/removal"), &[("reason", "lost_device")]).await.expect(404);
    assert!(!own.is_signed_in().await);
    let fields = [("email", patient.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
    let id = hospital.id.to_string();
    let mut form = sign_up(&id);
    form[3].1 = &patient.email;
    app.visitor().post_form("/sign-up", &form).await.expect(303);
    let trail = desk.get(&format!("/audit?person={}", patient.user_id)).await.ok();
    assert!(!trail.body.contains(&patient.last_name));
}
