//! Taking everything away: all of it, nothing of others, and every table told of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
    mail,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::Value;
use telemedicine::features::{
    audit::{Actor, Attribution},
    exports::{ExportError, Subject, export_to_folder},
};

use crate::support::*;

const OWN: &str = "/profile/export.json";

fn operator(clinic: &Clinic) -> Actor {
    Actor { id: clinic.super_admin.user_id, role: Role::SuperAdmin, hospital_id: None, address: None }
}

/// The files of an export, by table, and what it says of itself.
async fn exported(app: &TestApp, clinic: &Clinic, subject: Subject) -> (BTreeMap<String, Vec<Value>>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("taken");
    let operator = operator(clinic);
    let by = Attribution { actor: &operator, at: app.now() };
    let files = export_to_folder(&app.state.db, by, subject, &to).await.unwrap();
    let read = |name: &str| -> Value {
        let path = to.join(format!("{name}.json"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let manifest = read("export");
    let told: Vec<(&str, u64)> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["table"].as_str().unwrap(), file["rows"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, files.iter().map(|file| (file.table, file.rows)).collect::<Vec<_>>());
    let mut tables = BTreeMap::new();
    for file in &files {
        let rows = read(file.table).as_array().unwrap().clone();
        assert_eq!(rows.len() as u64, file.rows, "{}", file.table);
        tables.insert(file.table.to_owned(), rows);
    }
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), files.len() + 1, "and no other file");
    (tables, manifest)
}

#[tokio::test]
async fn every_table_and_column_is_exported_or_left_out_for_a_reason() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    App::set_up(&app, &app.sign_in(&clinic.here.patient).await).await;
    crate::erasures::passkey_of(&app, &clinic.here.patient).await;
    let schema = schema(&app.db).await;
    assert!(schema.len() > 20, "{:?}", schema.keys());
    for subject in [Subject::Patient(clinic.here.patient.id), Subject::Hospital(clinic.here.hospital.id)] {
        let (tables, manifest) = exported(&app, &clinic, subject).await;
        let left_out: Vec<(&str, Option<&str>)> = manifest["left_out"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                assert!(!entry["reason"].as_str().unwrap().is_empty());
                (entry["table"].as_str().unwrap(), entry["column"].as_str())
            })
            .collect();
        // Of no table as it is.
        let known = tables.keys().map(String::as_str).filter(|name| *name != "doctors_of_visits");
        let known: BTreeSet<&str> =
            known.chain(left_out.iter().filter(|(_, column)| column.is_none()).map(|(table, _)| *table)).collect();
        let there: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
        assert_eq!(
            there, known,
            "{subject:?}: a table is neither exported nor left out with a reason (src/features/exports)"
        );
        for (table, rows) in &tables {
            // Nobody has one of each.
            let Some(row) = rows.first().filter(|_| schema.contains_key(table)) else { continue };
            let shown = row.as_object().unwrap().keys().map(String::as_str);
            let hidden = left_out.iter().filter(|(name, _)| name == table).filter_map(|(_, column)| *column);
            let told: BTreeSet<&str> = shown.chain(hidden).collect();
            for column in row.as_object().unwrap().keys() {
                assert!(
                    documented(table).contains(&format!("`{column}`")),
                    "{table}.{column} is not in docs/export.md"
                );
            }
            assert_eq!(schema[table].iter().map(String::as_str).collect::<BTreeSet<_>>(), told, "{table}");
        }
    }
}

/// What is said of a table's file, and of every file.
fn documented(table: &str) -> String {
    let text = include_str!("../../docs/export.md");
    let row = text.lines().find(|line| line.starts_with(&format!("| `{table}` |")));
    let all = text.lines().find(|line| line.starts_with("Every row has"));
    format!("{} {}", row.unwrap_or_default(), all.unwrap())
}

#[tokio::test]
async fn a_patients_export_does_not_tell_what_the_mail_server_said() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let browser = app.sign_in(&clinic.here.patient).await;
    App::set_up(&app, &browser).await;
    let said = "450 mx7.internal.example is busy";
    let mails = mail::Entity::update_many().col_expr(mail::Column::LastError, Expr::value(said));
    mails.exec(&app.db).await.unwrap();
    for (subject, is_told) in
        [(Subject::Patient(clinic.here.patient.id), false), (Subject::Hospital(clinic.here.hospital.id), true)]
    {
        let (tables, _) = exported(&app, &clinic, subject).await;
        assert!(!tables["mail"].is_empty(), "{subject:?}");
        assert_eq!(serde_json::to_string(&tables).unwrap().contains(said), is_told, "{subject:?}");
    }
}

#[tokio::test]
async fn a_hospitals_export_has_all_of_it_and_nothing_of_another() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let (tables, manifest) = exported(&app, &clinic, Subject::Hospital(clinic.here.hospital.id)).await;
    let whole = serde_json::to_string(&tables).unwrap();
    let House { hospital, admin, doctor, patient, stranger, .. } = &clinic.here;
    for text in [&hospital.texts, &admin.texts, &doctor.texts, &patient.texts, &stranger.texts].into_iter().flatten() {
        assert!(whole.contains(text.as_str()), "{text} is missing");
    }
    for text in clinic.here.appointments.iter().flat_map(|visit| &visit.texts) {
        assert!(whole.contains(text.as_str()), "{text} is missing");
    }
    for text in clinic.there.clinical_texts().iter().chain(&clinic.there.other_texts()) {
        assert!(!whole.contains(text.as_str()), "{text} is another hospital's");
    }
    assert!(!whole.contains("$argon2"), "no password");
    assert_eq!(tables["user"].len(), 5);
    assert_eq!((tables["availability"].len(), tables["time_off"].len()), (7, 1));
    assert_eq!(manifest["version"], 1);
    assert_eq!(manifest["about"], serde_json::json!({"kind": "hospital", "id": hospital.id}));
    assert!(
        manifest["not_reached"].as_array().unwrap().iter().any(|words| words.as_str().unwrap().contains("backups"))
    );
    let line = lines(&app).await.pop().expect("a line in the trail");
    assert_eq!((line.subject_kind, line.subject_id), (AuditSubject::Hospital, hospital.id));
    assert_eq!((line.hospital_id, line.actor_id), (Some(hospital.id), clinic.super_admin.user_id));
}

#[tokio::test]
async fn a_long_table_is_exported_whole_and_in_order() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let about = &clinic.here.appointments[0];
    for _ in 0..1_001 {
        notification(&clinic.here.patient).about(about).create(&app).await;
    }
    let (tables, _) = exported(&app, &clinic, Subject::Patient(clinic.here.patient.id)).await;
    let ids: Vec<i64> = tables["notification"].iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 1_002);
    assert!(ids.is_sorted_by(|one, next| one < next));
}

#[tokio::test]
async fn a_folder_that_holds_something_and_a_record_that_is_not_there_are_refused() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let operator = operator(&clinic);
    let by = Attribution { actor: &operator, at: app.now() };
    let export = async |subject| export_to_folder(&app.state.db, by, subject, folder.path()).await;
    for missing in [Subject::Patient(999), Subject::Hospital(999)] {
        assert!(matches!(export(missing).await, Err(ExportError::Nobody(_, 999))));
    }
    std::fs::write(folder.path().join("note.txt"), "mine").unwrap();
    let refused = export(Subject::Patient(clinic.here.patient.id)).await.unwrap_err().to_string();
    assert!(refused.contains("is not empty"), "{refused}");
    assert!(lines(&app).await.is_empty(), "nothing was taken");
}

#[tokio::test]
async fn patients_take_away_all_that_is_theirs_and_nothing_of_others() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, doctor, admin, .. } = &clinic.here;
    app.sign_in(admin).await.get(&format!("/patients/{}", patient.id)).await.ok();
    let browser = app.sign_in(patient).await;
    let profile = browser.get("/profile").await.ok();
    assert!(profile.links().contains(&OWN.to_owned()));
    let file = browser.get(OWN).await.ok();
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"my-record-2026-11-24.json\"");
    let whole: Value = serde_json::from_str(&file.body).unwrap();
    for text in patient.texts.iter().chain(clinic.here.appointments.iter().flat_map(|visit| &visit.texts)) {
        assert!(file.body.contains(text.as_str()), "{text} is missing");
    }
    assert!(file.body.contains(&doctor.last_name), "who the doctor of a visit is");
    for text in clinic.here.stranger.texts.iter().chain(&clinic.there.clinical_texts()).chain(&admin.texts) {
        assert!(!file.body.contains(text.as_str()), "{text} is somebody else's");
    }
    assert_eq!(whole["export"]["about"], serde_json::json!({"kind": "patient", "id": patient.id}));
    let opened = whole["audit_entry"].as_array().unwrap().iter().filter(|entry| entry["actor_id"] == admin.user_id);
    let opened: Vec<&Value> = opened.collect();
    assert!(opened.iter().any(|entry| entry["action"] == "opened"), "who opened the record");
    assert!(opened.iter().all(|entry| entry["ip"].is_null()), "and not where they sat");
    let line = lines(&app).await.pop().expect("a line in the trail");
    assert_eq!(
        (line.actor_id, line.subject_kind, line.subject_id),
        (patient.user_id, AuditSubject::Patient, patient.id)
    );
}

#[tokio::test]
async fn a_copy_is_asked_about_limited_and_for_patients_alone() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let staff = app.sign_in(&clinic.here.doctor).await;
    assert!(!staff.get("/profile").await.ok().links().contains(&OWN.to_owned()));
    let browser = app.sign_in(&clinic.here.patient).await;
    app.clock.advance(TimeDelta::minutes(10));
    let question = browser.visit(OWN).await.ok();
    let answer = browser.submit(&question, "main form", &[("proof", PASSWORD)]).await.expect(303);
    assert_eq!(answer.location(), OWN);
    for _ in 0..5 {
        browser.get(OWN).await.ok();
    }
    let refused = browser.get(OWN).await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 3_000);
    assert_eq!(lines(&app).await.len(), 5);
    app.sign_in(&clinic.here.stranger).await.get(OWN).await.ok();
}

async fn lines(app: &TestApp) -> Vec<audit_entry::Model> {
    audit_entry::Entity::find()
        .filter(audit_entry::Column::Action.eq(AuditAction::Exported))
        .all(&app.db)
        .await
        .unwrap()
}
