//! Keeping people and hospitals: made, changed, shut out and let in again.

use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::support::*;

const SECRET: &str = "four slow boats at noon";

fn doctor_fields<'a>(email: &'a str, license: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("first_name", "Asha"),
        ("last_name", "Shrestha"),
        ("email", email),
        ("phone", "+977 1 5550123"),
        ("date_of_birth", ""),
        ("license_number", license),
        ("specialization", "Dermatology"),
        ("experience_years", "12"),
        ("bio", "Skin and hair."),
        ("education", ""),
        ("accepting", "on"),
    ]
}

fn patient_fields(email: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("first_name", "Maya"),
        ("last_name", "Rai"),
        ("email", email),
        ("phone", ""),
        ("date_of_birth", "1990-05-17"),
        ("blood_type", "AB-"),
        ("allergies", "Penicillin"),
        ("medical_history", ""),
        ("emergency_contact_name", "Bina Rai"),
        ("emergency_contact_phone", "+977 1 5550124"),
    ]
}

fn with<'a>(
    mut fields: Vec<(&'static str, &'a str)>,
    more: &[(&'static str, &'a str)],
) -> Vec<(&'static str, &'a str)> {
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn desk(app: &TestApp) -> (Hospital, Client) {
    let hospital = hospital().create(app).await;
    let admin = hospital_admin(&hospital).create(app).await;
    let client = app.sign_in(&admin).await;
    (hospital, client)
}

#[tokio::test]
async fn a_doctor_is_added_and_works_at_once() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    desk.get("/doctors/new").await.ok();
    let fields = with(doctor_fields("asha@example.test", "NMC-1"), &[("password", SECRET)]);
    let made = desk.post_form("/doctors", &fields).await.expect(303);
    let page = desk.follow(made).await.ok();
    assert!(page.says("Dr Asha Shrestha") && page.says("Dermatology") && page.says("NMC-1"));
    assert!(desk.get("/doctors").await.ok().says("asha@example.test"));
    let directory = app.visitor().get(&format!("/hospitals/{}", hospital.id)).await.ok();
    assert!(directory.says("Dr Asha Shrestha"));
    let login = [("email", "ASHA@example.test"), ("password", SECRET)];
    assert_eq!(app.visitor().post_form("/sign-in", &login).await.expect(303).location(), "/dashboard");
}

#[tokio::test]
async fn each_field_that_is_wrong_is_told_beside_it() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let there = doctor(&hospital).create(&app).await;
    let new = with(doctor_fields("asha@example.test", "NMC-1"), &[("password", SECRET)]);
    desk.post_form("/doctors", &new).await.expect(303);
    let other = with(doctor_fields("other@example.test", "NMC-2"), &[("password", SECRET)]);
    for (name, value, sentence) in [
        ("email", there.email.as_str(), "Somebody already has an account with this address."),
        ("license_number", "NMC-1", "Another doctor has this licence number."),
        ("email", "nobody", "Enter an e-mail address"),
        ("experience_years", "-1", "Enter whole years"),
        ("specialization", "", "Enter the field."),
        ("password", "short", "at least 12 characters"),
        ("password", "asha shrestha 1", "must not contain"),
        ("date_of_birth", "2030-01-01", "must be in the past"),
        ("hospital_id", "1", "does not belong to it"),
    ] {
        let page = desk.post_form("/doctors", &with(other.clone(), &[(name, value)])).await.expect(422);
        assert!(page.says(sentence), "{name}={value}: {}", page.words());
        assert!(!page.body.contains(SECRET), "a password is never shown again");
        assert!(page.attributes("input[name=last_name]", "value").contains(&"Shrestha".to_owned()));
    }
    // A blood type is never guessed.
    let patient = with(patient_fields("maya@example.test"), &[("password", SECRET), ("blood_type", "C")]);
    assert!(desk.post_form("/patients", &patient).await.expect(422).says("Choose a blood type"));
}

async fn openings(app: &TestApp) -> u64 {
    let of_patients = audit_entry::Column::SubjectKind.eq(AuditSubject::Patient);
    let opened = audit_entry::Column::Action.eq(AuditAction::Opened);
    audit_entry::Entity::find().filter(of_patients).filter(opened).count(&app.db).await.unwrap()
}

#[tokio::test]
async fn a_patient_is_changed_and_an_old_form_overwrites_nothing() {
    let app = TestApp::start().await;
    let (_, desk) = desk(&app).await;
    let new = with(patient_fields("maya@example.test"), &[("password", SECRET)]);
    let made = desk.post_form("/patients", &new).await.expect(303);
    let path = made.location();
    assert!(desk.follow(made).await.ok().says("Penicillin"));
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let own = format!("form[action=\"{path}\"]");
    let changed = desk.submit(&form, &own, &[("allergies", "Penicillin, nuts")]).await.expect(303);
    assert!(desk.follow(changed).await.ok().says("Penicillin, nuts"));
    let opened = openings(&app).await;
    let late = desk.submit(&form, &own, &[("allergies", "None")]).await.expect(409);
    assert_eq!(openings(&app).await, opened + 1, "what is stored is shown, and that is recorded");
    assert!(late.says("Somebody changed this person") && late.says("Penicillin, nuts"));
    assert!(desk.get(&path).await.ok().says("Penicillin, nuts"));
    // Signing in is no change.
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let login = [("email", "maya@example.test"), ("password", SECRET)];
    app.visitor().post_form("/sign-in", &login).await.expect(303);
    desk.submit(&form, &own, &[("phone", "+977 1 5550199")]).await.expect(303);
}

#[tokio::test]
async fn whoever_is_shut_out_is_out_at_the_next_click_and_can_come_back() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let (surgery, elsewhere) = (app.sign_in(&doctor).await, app.sign_in(&doctor).await);
    for browser in [&surgery, &elsewhere] {
        browser.get("/dashboard").await.ok();
    }
    let form = desk.get(&format!("/doctors/{}/edit", doctor.id)).await.ok();
    desk.submit(&form, "form[action$=\"/deactivation\"]", &[]).await.expect(303);
    assert_stored_counts(&app).await;
    for browser in [&surgery, &elsewhere] {
        browser.get("/dashboard").await.expect(303);
    }
    let login = [("email", doctor.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &login).await.expect(422);
    assert!(!app.visitor().get(&format!("/hospitals/{}", hospital.id)).await.ok().says(&doctor.last_name));

    let form = desk.get(&format!("/doctors/{}/edit", doctor.id)).await.ok();
    desk.submit(&form, "form[action$=\"/reactivation\"]", &[]).await.expect(303);
    assert_stored_counts(&app).await;
    app.visitor().post_form("/sign-in", &login).await.expect(303);
    surgery.get("/dashboard").await.expect(303);
}

#[tokio::test]
async fn the_platform_makes_hospitals_and_who_runs_them() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let form = platform.get("/hospitals/new").await.ok();
    let fields = [
        ("name", "Lord Howe Clinic"),
        ("address", "Lagoon Road"),
        ("phone", "+61 2 65632000"),
        ("email", "desk@howe.test"),
        ("time_zone", "Australia/Lord_Howe"),
        ("currency", "AUD"),
    ];
    let own = "form[action=\"/hospitals\"][method=post]";
    for (name, value, sentence) in [
        ("time_zone", "Mars/Olympus", "Enter a time zone"),
        ("currency", "rupees", "three capital letters"),
        ("appointment_fee", "-1", "not less than nothing"),
        ("slot_minutes", "1", "5 to 240"),
    ] {
        let page = platform.submit(&form, own, &with(fields.to_vec(), &[(name, value)])).await.expect(422);
        assert!(page.says(sentence), "{}", page.words());
    }
    let made = platform.submit(&form, own, &fields).await.expect(303);
    let path = made.location();
    assert!(platform.follow(made).await.ok().says("Lord Howe Clinic"));
    let other = with(fields.to_vec(), &[("address", "Another Road")]);
    assert!(platform.submit(&form, own, &other).await.expect(422).says("Another hospital has this name."));

    let id = path.rsplit('/').next().unwrap().to_owned();
    let admin = [
        ("hospital_id", id.as_str()),
        ("first_name", "Ana"),
        ("last_name", "Lee"),
        ("email", "ana@howe.test"),
        ("phone", ""),
        ("date_of_birth", ""),
        ("password", SECRET),
    ];
    platform.post_form("/admins", &admin).await.expect(303);
    let login = [("email", "ana@howe.test"), ("password", SECRET)];
    let desk = app.visitor();
    desk.post_form("/sign-in", &login).await.expect(303);
    // She changes what is said of her hospital, and does not decide whether it is listed.
    let form = desk.get(&format!("{path}/edit")).await.ok();
    assert!(!form.has("form[action$=\"/deactivation\"]"));
    desk.submit(&form, &format!("form[action=\"{path}\"]"), &[("slot_minutes", "20")]).await.expect(303);
    assert!(platform.get(&path).await.ok().says("20 minutes"));

    let form = platform.get(&format!("{path}/edit")).await.ok();
    platform.submit(&form, "form[action$=\"/deactivation\"]", &[]).await.expect(303);
    app.visitor().get(&path).await.expect(404);
    assert!(!app.visitor().get("/hospitals").await.ok().says("Lord Howe Clinic"));
    platform.post_form(&format!("{path}/reactivation"), &[]).await.expect(303);
    app.visitor().get(&path).await.ok();
}

/// Whoever presses twice wants what is stored by then.
#[tokio::test]
async fn a_form_that_is_sent_twice_is_no_conflict() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let acts = [
        (format!("/patients/{}", patient.id), ("first_name", "Élodie")),
        (format!("/hospitals/{}", hospital.id), ("address", "Lakeside 6, Pokhara")),
    ];
    for (path, change) in acts {
        let form = desk.get(&format!("{path}/edit")).await.ok();
        let own = format!("form[action=\"{path}\"]");
        let before = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
        let before = before.count(&app.db).await.unwrap();
        for _ in 0..2 {
            let saved = desk.submit(&form, &own, &[change]).await.expect(303);
            assert!(desk.follow(saved).await.ok().says("The changes are saved."), "{path}");
        }
        let after = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
        assert_eq!(after.count(&app.db).await.unwrap(), before + 1, "{path}: what changed nothing is no act");
    }
}

/// A browser would offer the details of whoever sits at the desk.
#[tokio::test]
async fn forms_about_somebody_else_are_not_filled_with_ones_own_details() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let (desk, platform) = (app.sign_in(&clinic.here.admin).await, app.sign_in(&clinic.super_admin).await);
    let of_anybody = ["first_name", "last_name", "email", "phone", "date_of_birth"];
    let of_patients = ["emergency_contact_name", "emergency_contact_phone"];
    let (of_doctors, of_admins): ([&str; 1], [&str; 0]) = (["license_number"], []);
    for (client, noun, more) in [
        (&desk, "patients", &of_patients[..]),
        (&desk, "doctors", &of_doctors[..]),
        (&platform, "admins", &of_admins[..]),
    ] {
        for route in [format!("/{noun}/new"), format!("/{noun}/{{id}}/edit")] {
            let page = client.get(&clinic.here.address(&route)).await.ok();
            for name in of_anybody.iter().chain(more) {
                let field = format!("form[autocomplete=off] input[name={name}]");
                assert_eq!(page.attributes(&field, "autocomplete"), ["off"], "{name} of {route}");
            }
            let secret = "form[autocomplete=off] input[type=password]";
            assert!(page.attributes(secret, "autocomplete").iter().all(|said| said == "new-password"), "{route}");
        }
    }
}
