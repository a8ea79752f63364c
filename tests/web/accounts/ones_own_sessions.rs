//! Where one is signed in.

use super::*;

#[tokio::test]
async fn are_listed_and_end_at_once() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let (here, there) = (app.sign_in(&asha).await, app.sign_in(&asha).await);
    let phone = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36";
    session(&app, &asha, phone).await;

    let page = here.get("/profile/sessions").await.ok();
    assert!(page.statements() <= 3);
    assert_eq!(page.texts("tbody tr").len(), 3);
    assert!(page.texts("tbody tr")[0].contains("(this one)"));
    assert!(page.says("Chrome on Android") && page.says("203.0.113.7") && page.says("1–3 of 3 sessions"));
    let revocations: Vec<_> = page.forms().into_iter().filter(|form| form.action.contains("/revocation")).collect();
    assert_eq!(revocations.len(), 3, "one for each other session, one for all others");

    let answer = here.post_form("/profile/sessions/revocation", &[]).await.expect(303);
    let page = here.follow(answer).await.ok();
    assert_eq!(page.texts("tbody tr").len(), 1);
    assert!(!there.is_signed_in().await);
    assert!(here.is_signed_in().await);
}

#[tokio::test]
async fn end_one_by_one_and_only_ones_own() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let maya = patient(&house).create(&app).await;
    let (here, mayas) = (app.sign_in(&asha).await, app.sign_in(&maya).await);
    let other = session(&app, &asha, "Firefox/128.0 (Windows)").await;
    let not_hers = session(&app, &maya, "Firefox/128.0 (Windows)").await;
    let revoke = async |id: i64| here.post_form(&format!("/profile/sessions/{id}/revocation"), &[]).await;

    assert_eq!(revoke(other).await.expect(303).location(), "/profile/sessions");
    revoke(other).await.expect(404);
    revoke(not_hers).await.expect(404);
    revoke(999_999_999).await.expect(404);
    assert!(mayas.is_signed_in().await);
    let entries = trail(&app, asha.user_id).await;
    assert_eq!(entries.last(), Some(&(AuditAction::SessionRevoked, AuditSubject::UserSession, other)));
    assert_eq!(entries.len(), 2, "what was refused is no act");
}

#[tokio::test]
async fn that_are_over_are_not_ended_again() {
    let app = TestApp::start_with(&[("SESSION_IDLE_MINUTES", "30")]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let idle = session(&app, &asha, "Firefox/128.0 (Windows)").await;
    app.clock.advance(chrono::TimeDelta::minutes(31));
    let here = app.sign_in(&asha).await;
    let path = format!("/profile/sessions/{idle}/revocation");
    here.post_form(&path, &[]).await.expect(404);
    // It is marked, so that no late note of a use brings it back: a change, which the trail tells once.
    here.post_form(&path, &[]).await.expect(404);
    let ended = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::SessionRevoked));
    let ended = ended.all(&app.db).await.unwrap();
    assert_eq!(ended.iter().map(|entry| entry.subject_id).collect::<Vec<_>>(), [idle]);
}

#[tokio::test]
async fn are_paged() {
    let app = TestApp::start_with(&[("PAGE_SIZE", "5")]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for _ in 0..7 {
        session(&app, &asha, "").await;
    }
    let here = app.sign_in(&asha).await;
    let page = here.get("/profile/sessions?page=2").await.ok();
    assert_eq!(page.texts("tbody tr").len(), 3);
    assert!(page.says("6–8 of 8 sessions"));
    here.get("/profile/sessions?page=3").await.expect(404);
    here.get("/profile/sessions?page=0").await.expect(404);
}

#[tokio::test]
async fn end_when_their_owner_is_shut_out() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    shut(&app, asha.user_id).await;
    let answer = browser.get("/dashboard").await.expect(303);
    assert_eq!(answer.location(), "/sign-in?next=%2Fdashboard");
}
