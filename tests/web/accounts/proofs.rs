//! Showing once more who one is, before what a stranger at an unlocked screen must not do.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use telemedicine::{access::Proof, features};

use super::*;

/// What always asks.
const ALWAYS: [&str; 24] = [
    "GET /profile/export.json",
    "GET /reports/calls.csv",
    "GET /reports/days.csv",
    "GET /reports/doctors.csv",
    "GET /reports/hospitals.csv",
    "POST /admins",
    "POST /doctors",
    "POST /admins/{id}/reactivation",
    "POST /doctors/{id}/reactivation",
    "POST /admins/{id}/second-factor/removal",
    "POST /doctors/{id}/second-factor/removal",
    "POST /patients/{id}/second-factor/removal",
    "POST /admins/{id}/sessions/revocation",
    "POST /doctors/{id}/sessions/revocation",
    "POST /patients/{id}/sessions/revocation",
    "POST /profile/calendar",
    "POST /profile/email",
    "POST /profile/second-factor/passkeys",
    "POST /profile/second-factor/passkeys/{id}/removal",
    "POST /profile/second-factor/recovery-codes",
    "POST /profile/second-factor/totp",
    "POST /profile/second-factor/totp/removal",
    "POST /profile/sessions/revocation",
    "POST /profile/sessions/{id}/revocation",
];
/// What asks for some of what it does: for another address, for a weaker rule of second factors.
const SOMETIMES: [&str; 4] = ["POST /admins/{id}", "POST /doctors/{id}", "POST /hospitals/{id}", "POST /patients/{id}"];

#[test]
fn every_act_that_a_stranger_must_not_do_asks_who_it_is() {
    let table = features::routes();
    let asking = |proof: Proof| -> BTreeSet<String> {
        let entries = table.entries().iter().filter(|entry| entry.proof == proof);
        entries.map(|entry| format!("{} {}", entry.method, entry.path)).collect()
    };
    assert_eq!(asking(Proof::Recent), ALWAYS.map(str::to_owned).into());
    assert_eq!(asking(Proof::OnDemand), SOMETIMES.map(str::to_owned).into());
}

#[tokio::test]
async fn an_act_is_done_at_once_within_ten_minutes_and_asked_about_afterwards() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let browser = app.sign_in(&patient).await;
    app.clock.advance(TimeDelta::seconds(9 * 60 + 59));
    assert_eq!(
        browser.post_form("/profile/sessions/revocation", &[]).await.expect(303).location(),
        "/profile/sessions"
    );
    app.clock.advance(TimeDelta::seconds(1));

    let other = app.sign_in(&patient).await;
    let question = browser.post_form("/profile/sessions/revocation", &[]).await.expect(422);
    assert_eq!(question.text("h1"), "Is it you?");
    assert_eq!(question.header("cache-control"), "no-store");
    assert!(other.is_signed_in().await, "it was asked, not done");

    let fields = [("proof", "not this one at all")];
    let again = browser.submit(&question, "main form", &fields).await.expect(422);
    assert!(again.has(".error-summary"));
    assert!(other.is_signed_in().await, "and not done with a wrong one");

    browser.submit(&again, "main form", &[("proof", PASSWORD)]).await.expect(303);
    assert!(!other.is_signed_in().await);
    // The proof is good for what follows.
    browser.post_form("/profile/sessions/revocation", &[]).await.expect(303);
}

#[tokio::test]
async fn a_proof_of_a_time_to_come_holds_no_longer() {
    let app = TestApp::start().await;
    let patient = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&patient).await;
    app.clock.advance(TimeDelta::seconds(-5));
    browser.post_form("/profile/sessions/revocation", &[]).await.expect(303);
    app.clock.advance(TimeDelta::hours(-1));
    let question = browser.post_form("/profile/sessions/revocation", &[]).await.expect(422);
    assert_eq!(question.text("h1"), "Is it you?");
    browser.submit(&question, "main form", &[("proof", PASSWORD)]).await.expect(303);
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_another_address_is_asked_about() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let admin = app.sign_in(&clinic.here.admin).await;
    app.clock.advance(TimeDelta::minutes(11));
    let edit = format!("/patients/{}/edit", clinic.here.patient.id);
    let history = "Asthma.\nSeen in 2019 & 2021: \"better\".";

    // What changes no address is not asked about.
    let form = admin.get(&edit).await.ok();
    admin.submit(&form, "form.stack", &[("first_name", "Asha")]).await.expect(303);

    let form = admin.get(&edit).await.ok();
    let typed = [("email", "another@example.test"), ("medical_history", history)];
    let question = admin.submit(&form, "form.stack", &typed).await.expect(422);
    assert_eq!(question.text("h1"), "Is it you?");
    assert_eq!(stored(&app, clinic.here.patient.user_id).await.email, clinic.here.patient.email);
    admin.submit(&question, "main form", &[("proof", PASSWORD)]).await.expect(303);

    assert_eq!(stored(&app, clinic.here.patient.user_id).await.email, "another@example.test");
    let row = patient_row::Entity::find_by_id(clinic.here.patient.id).one(&app.db).await.unwrap().unwrap();
    assert_eq!(row.medical_history.as_deref(), Some(history));
}

#[tokio::test]
async fn a_file_is_taken_away_after_a_proof() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let admin = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let file = "/reports/days.csv?from=2026-11-23&to=2026-11-25";
    admin.get(file).await.ok();
    app.clock.advance(TimeDelta::minutes(10));
    let question = admin.visit(file).await.ok();
    assert_eq!(question.header("cache-control"), "no-store");
    let refused = admin.submit(&question, "main form", &[("proof", "not this one")]).await.expect(422);
    let answer = admin.submit(&refused, "main form", &[("proof", PASSWORD)]).await.expect(303);
    assert_eq!(answer.location(), file);
    assert!(admin.get(file).await.ok().header("content-type").starts_with("text/csv"));
}

#[tokio::test]
async fn whoever_may_not_is_told_so_and_not_asked() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let patient = app.sign_in(&clinic.here.patient).await;
    app.clock.advance(TimeDelta::minutes(11));
    patient.get("/reports/days.csv").await.expect(403);
    patient.post_form(&format!("/patients/{}", clinic.here.stranger.id), &[]).await.expect(403);
}

#[tokio::test]
async fn proofs_cannot_be_guessed_for_ever() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let browser = app.sign_in(&patient).await;
    app.clock.advance(TimeDelta::minutes(11));
    for _ in 0..10 {
        browser.post_form("/profile/sessions/revocation", &[("proof", "a guess")]).await.expect(422);
    }
    browser.post_form("/profile/sessions/revocation", &[("proof", PASSWORD)]).await.expect(429);
}

/// Of a million codes three are right at a time: those that are given here count with those at the second step of a sign-in.
#[tokio::test]
async fn codes_at_a_proof_have_the_window_of_codes_and_are_in_the_trail() {
    let app = TestApp::start().await;
    let patient = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&patient).await;
    let telephone = App::set_up(&app, &browser).await;
    app.clock.advance(TimeDelta::minutes(11));
    let act = "/profile/sessions/revocation";
    for _ in 0..10 {
        browser.post_form(act, &[("proof", "000000")]).await.expect(422);
    }
    browser.post_form(act, &[("proof", &telephone.code(&app, 0))]).await.expect(429);
    let (half, _) = first_step(&app, &patient).await;
    half.post_form("/sign-in/second-factor", &[("code", &telephone.code(&app, 0))]).await.expect(429);
    browser.post_form(act, &[("proof", PASSWORD)]).await.expect(303);

    let entries = audit_entry::Entity::find().filter(audit_entry::Column::ActorId.eq(patient.user_id));
    let entries = entries.all(&app.db).await.unwrap();
    let refused = entries.iter().filter(|entry| entry.action == AuditAction::SecondFactorRefused).count();
    assert_eq!(refused, 10);
}
