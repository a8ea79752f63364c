//! What people say of themselves.

use futures_util::future::join_all;

use super::*;

#[tokio::test]
async fn is_changed_by_its_owner() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    let page = browser.get("/profile").await.ok();
    assert_eq!(page.attributes("#first_name", "value"), [maya.first_name.as_str()]);
    assert!(page.statements() <= 3);

    let fields = [("first_name", "Máyä"), ("phone", "")];
    let answer = browser.submit(&page, "form[action='/profile']", &fields).await.expect(303);
    let page = browser.follow(answer).await.ok();
    assert!(page.says("Your profile is saved."));
    let row = stored(&app, maya.user_id).await;
    assert_eq!((row.first_name.as_str(), row.last_name), ("Máyä", maya.last_name.clone()));
    assert_eq!((row.phone, row.email), (None, maya.email.clone()));
    let changes = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
    let last = changes.order_by_desc(audit_entry::Column::Id).one(&app.db).await.unwrap().unwrap();
    assert_eq!(last.detail, serde_json::json!({"changed": ["first_name", "phone"]}));
    assert_eq!((last.ip.as_deref(), last.at), (Some("127.0.0.1"), NOW));
}

#[tokio::test]
async fn keeps_what_was_not_sent_and_refuses_what_is_unfit() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let browser = app.sign_in(&maya).await;
    let before = stored(&app, maya.user_id).await;
    browser.post_form("/profile", &[("first_name", "Maya"), ("last_name", "Rai")]).await.expect(303);
    let after = stored(&app, maya.user_id).await;
    assert_eq!((after.phone, after.date_of_birth), (before.phone, before.date_of_birth));

    for (name, value) in [
        ("first_name", ""),
        ("last_name", ""),
        ("phone", "<script>"),
        ("date_of_birth", ""),
        ("date_of_birth", "2026-11-25"),
        ("date_of_birth", "garbage"),
    ] {
        let mut fields = vec![("first_name", "Maya"), ("last_name", "Typed")];
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        let page = browser.post_form("/profile", &fields).await.expect(422);
        assert!(page.has(&format!("#{name}-error")), "{name} = {value:?}");
        assert!(name == "last_name" || page.attributes("#last_name", "value") == ["Typed"]);
    }
    for (name, value) in [("email", "other@example.test"), ("role", "super_admin"), ("hospital_id", "1")] {
        let fields = [("first_name", "Maya"), ("last_name", "Rai"), (name, value)];
        browser.post_form("/profile", &fields).await.expect(422);
    }
    assert_eq!(stored(&app, maya.user_id).await.last_name, "Rai");

    let asha = app.sign_in(&super_admin().create(&app).await).await;
    let fields = [("first_name", "Asha"), ("last_name", "Rai"), ("date_of_birth", "")];
    asha.post_form("/profile", &fields).await.expect(303);
}

/// Whoever presses twice, or in two tabs at once, sends what is stored by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sent_several_times_at_one_moment_is_no_conflict() {
    let app = TestApp::start_with(&[("WORKERS", "2")]).await;
    let patient = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&patient).await;
    for round in 0..5 {
        let name = format!("Maya {round}");
        let fields =
            [("first_name", name.as_str()), ("last_name", "Gurung"), ("phone", ""), ("date_of_birth", "1990-05-17")];
        let answers = join_all((0..8).map(|_| browser.post_form("/profile", &fields))).await;
        assert!(answers.iter().all(|answer| answer.status == 303), "round {round}");
    }
}
