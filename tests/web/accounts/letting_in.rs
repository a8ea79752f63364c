//! A session begins in the act that lets its person in: not without it, not beside another that ends all sessions, and no more of them than there may be.

use entity::user_session;
use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait as _, Database, TransactionTrait as _};

use super::*;

#[tokio::test]
async fn whose_session_cannot_begin_was_not_let_in() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    stop_inserts(&app, "user_session").await;
    let fields = [("email", maya.email.as_str()), ("password", PASSWORD)];
    let refused = app.visitor().post_form("/sign-in", &fields).await;
    assert!(refused.status >= 500, "{}", refused.status);
    assert_eq!(trail(&app, maya.user_id).await, [], "the trail tells of somebody who is not in");
    assert_eq!(stored(&app, maya.user_id).await.last_sign_in_at, None);

    let id = house.id.to_string();
    let refused = app.visitor().post_form("/sign-up", &sign_up(&id)).await;
    assert!(refused.status >= 500, "{}", refused.status);
    assert_eq!(user::Entity::find().count(&app.db).await.unwrap(), 1, "somebody has an account and does not know it");
}

/// Each has the password hashed anew, which to the others is another one.
#[tokio::test]
async fn sessions_that_begin_at_one_moment_are_twenty_at_most() {
    let app = TestApp::start_at_full_cost(&[]).await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    for _ in 0..18 {
        session(&app, &maya, "Firefox").await;
    }
    let fields = [("email", maya.email.as_str()), ("password", PASSWORD)];
    let browsers: Vec<Client> = (0..6).map(|_| app.visitor()).collect();
    let answers = join_all(browsers.iter().map(|browser| browser.post_form("/sign-in", &fields))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    let live = user_session::Entity::find()
        .filter(user_session::Column::UserId.eq(maya.user_id))
        .filter(user_session::Column::RevokedAt.is_null());
    assert_eq!(live.count(&app.db).await.unwrap(), 20);
}

/// Whoever comes in at the moment in which all sessions are ended is out as well, if they came first.
#[tokio::test]
async fn who_ends_all_sessions_finds_the_one_that_is_about_to_begin() {
    if !uses_postgres() {
        // One writes at a time there.
        return;
    }
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let form = desk.get(&format!("/patients/{}/edit", maya.id)).await.ok();
    let other = Database::connect(app.variables()["DATABASE_URL"].as_str()).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared(&format!("SELECT 1 FROM \"user\" WHERE id = {} FOR UPDATE", maya.user_id)).await.unwrap();
    let stranger = app.visitor();
    let fields = [("email", maya.email.as_str()), ("password", PASSWORD)];
    let end_all = async {
        waiting(&other, 1).await;
        let end = desk.submit(&form, "form[action$='/sessions/revocation']", &[]);
        let release = async {
            waiting(&other, 2).await;
            held.commit().await.unwrap();
        };
        join(end, release).await.0.expect(303);
    };
    let (entered, ()) = join(stranger.post_form("/sign-in", &fields), end_all).await;
    entered.expect(303);
    assert!(!stranger.is_signed_in().await, "a session outlives the end of all sessions");
}
