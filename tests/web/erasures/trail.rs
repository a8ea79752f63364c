//! An erasure and the seals: what it takes out of the trail is not found wrong, and whatever anybody else takes out is.

use entity::{audit_redaction, audit_seal};
use sea_orm::QueryOrder;
use telemedicine::features::audit::{Sealer, Verified, VerifyScope, verify};

use super::*;

async fn verified(app: &TestApp) -> (Vec<String>, u64, u64) {
    let (mut findings, mut sealed, mut redacted) = (Vec::new(), 0, 0);
    let mut tell = |told: Verified| match told {
        Verified::End(end) => {
            sealed += end.sealed;
            redacted += end.redacted;
        }
        Verified::Wrong(finding) => findings.push(finding.to_string()),
        Verified::Read(_) => {}
    };
    verify(&app.state.db, &app.state.settings.secret_key, VerifyScope::default(), &mut tell).await.unwrap();
    (findings, sealed, redacted)
}

/// Seals until nothing is left to seal.
async fn seal(app: &TestApp) {
    let sealer = Sealer::new(&app.state);
    for _ in 0..500 {
        sealer.round().await.unwrap();
        let all =
            audit_entry::Entity::find().order_by_desc(audit_entry::Column::Id).one(&app.db).await.unwrap().unwrap();
        let seal =
            audit_seal::Entity::find().order_by_desc(audit_seal::Column::LastEntryId).one(&app.db).await.unwrap();
        if seal.is_some_and(|seal| seal.last_entry_id == all.id) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the trail is not sealed");
}

/// A clinic whose patient has sealed lines and lines that are not sealed yet, and was erased.
async fn erased_and_sealed() -> (TestApp, Clinic) {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    lines_of(&app, &clinic.here.patient).await;
    lines_of(&app, &clinic.here.stranger).await;
    line_with_addresses(&app, (&clinic.here.admin, &clinic.here.patient)).await;
    seal(&app).await;
    lines_of(&app, &clinic.here.patient).await;
    erased(&app, (&clinic.super_admin, &clinic.here.patient), true).await.unwrap();
    seal(&app).await;
    (app, clinic)
}

/// As somebody would who owns the tables.
async fn by_hand(app: &TestApp, table: &str, statement: &str) {
    crate::audit::tamper(app, table, statement).await;
}

#[tokio::test]
async fn what_an_erasure_has_left_of_the_trail_is_not_found_wrong() {
    let (app, clinic) = erased_and_sealed().await;
    let (findings, sealed, redacted) = verified(&app).await;
    assert_eq!(findings, Vec::<String>::new());
    assert!(sealed > 4 && redacted == 3, "{sealed} {redacted}: those that were sealed before");
    let noted = audit_redaction::Entity::find().all(&app.db).await.unwrap();
    assert_eq!(noted.len(), 5);
    let stranger = everything(&app.db).await;
    let name = clinic.here.stranger.name();
    assert!(stranger.iter().any(|(table, row)| table == "audit_entry" && row.contains(&name)));
}

#[tokio::test]
async fn a_name_that_anybody_else_takes_out_changes_or_puts_back_is_found() {
    let redacted = async |app: &TestApp| {
        audit_redaction::Entity::find()
            .order_by_asc(audit_redaction::Column::Id)
            .one(&app.db)
            .await
            .unwrap()
            .unwrap()
            .entry_id
    };
    for change in ["actor_name = 'Somebody Else'", "ip = '203.0.113.1'", "subject_id = 77"] {
        let (app, clinic) = erased_and_sealed().await;
        let id = redacted(&app).await;
        by_hand(&app, "audit_entry", &format!("UPDATE audit_entry SET {change} WHERE id = {id}")).await;
        let expected = format!("hospital {}: entry {id} was changed", clinic.here.hospital.id);
        assert_eq!(verified(&app).await.0, [expected], "{change}");
    }

    // Without the note, and with one that was made without the secret.
    let (app, clinic) = erased_and_sealed().await;
    let id = redacted(&app).await;
    let expected = [format!("hospital {}: entry {id} was changed", clinic.here.hospital.id)];
    let other = if uses_postgres() { "'\\x00'" } else { "x'00'" };
    let forged = format!("UPDATE audit_redaction SET digest = {other} WHERE entry_id = {id}");
    by_hand(&app, "audit_redaction", &forged).await;
    assert_eq!(verified(&app).await.0, expected);
    by_hand(&app, "audit_redaction", &format!("DELETE FROM audit_redaction WHERE entry_id = {id}")).await;
    assert_eq!(verified(&app).await.0, expected);
    // Another's name, taken out in the way of an erasure that there never was.
    let (app, clinic) = erased_and_sealed().await;
    let stranger = clinic.here.stranger.user_id;
    let id = audit_entry::Entity::find()
        .filter(audit_entry::Column::ActorId.eq(stranger))
        .order_by_asc(audit_entry::Column::Id)
        .one(&app.db)
        .await
        .unwrap()
        .unwrap()
        .id;
    for forged in [
        format!("INSERT INTO erasure (user_id, requested_by, reason) VALUES ({stranger}, {stranger}, 'mine')"),
        format!(
            "INSERT INTO audit_redaction (entry_id, sealed, redacted, digest) VALUES ({id}, {other}, {other}, {other})"
        ),
        format!("UPDATE audit_entry SET actor_name = '-', ip = NULL WHERE id = {id}"),
    ] {
        app.db.execute_unprepared(&forged).await.unwrap();
    }
    assert_eq!(verified(&app).await.0, [format!("hospital {}: entry {id} was changed", clinic.here.hospital.id)]);
}

#[tokio::test]
async fn with_another_secret_nothing_is_taken_out() {
    let (app, clinic) = erased_and_sealed().await;
    let other = TestApp::start_with(&[("SECRET_KEY", &"another secret ".repeat(6))]).await;
    let actor = Actor { id: clinic.super_admin.user_id, role: Role::SuperAdmin, hospital_id: None, address: None };
    let by = Attribution { actor: &actor, at: app.now() };
    let settings = &other.state.settings;
    let means = ErasureMeans { secret: &settings.secret_key, hashing: settings.security.password_hashing };
    let (patient_id, reason) = (clinic.here.stranger.id, "Asked for".to_owned());
    let request = ErasureRequest { patient_id, reason, cancels_visits: true };
    let refused = erase(&app.state.db, by, means, &request).await.unwrap_err();
    assert!(matches!(refused, ErasureError::Secret), "{refused}");
    app.sign_in(&clinic.here.stranger).await;
}
