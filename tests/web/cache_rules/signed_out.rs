//! Nobody who is out sees a page from the cache.

use chrono::TimeDelta;
use entity::{hospital as hospital_row, user, user_session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{outcome, trusting};
use crate::support::*;

/// Signs the doctor in and sees their dashboard served from the cache.
async fn at_work(app: &TestApp, clinic: &Clinic) -> Client {
    let doctor = app.sign_in(&clinic.here.doctor).await;
    doctor.get("/dashboard").await.ok();
    assert_eq!(outcome(&doctor.get("/dashboard").await.ok()), "hit");
    doctor
}

async fn is_out(browser: &Client) {
    let answer = browser.get("/dashboard").await.expect(303);
    assert!(answer.location().starts_with("/sign-in"), "{}", answer.location());
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let (here, elsewhere) = (at_work(&app, &clinic).await, at_work(&app, &clinic).await);
    let kept = here.cookies();
    here.post_form("/sign-out", &[]).await.expect(303);
    is_out(&here).await;
    // Nor with the cookie that the browser had.
    let old = app.visitor();
    old.set_cookie(&kept);
    is_out(&old).await;
    elsewhere.get("/dashboard").await.ok();
}

#[tokio::test]
async fn who_is_signed_out_from_another_browser_is_out() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let (one, other) = (at_work(&app, &clinic).await, at_work(&app, &clinic).await);
    other.post_form("/profile/sessions/revocation", &[]).await.expect(303);
    is_out(&one).await;
    other.get("/dashboard").await.ok();
}

#[tokio::test]
async fn a_session_that_is_over_opens_no_cached_page() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let idle = at_work(&app, &clinic).await;
    app.clock.advance(TimeDelta::minutes(31));
    is_out(&idle).await;
    let busy = at_work(&app, &clinic).await;
    for _ in 0..24 {
        app.clock.advance(TimeDelta::minutes(29));
        app.notes_use_by(&busy).await;
        busy.get("/dashboard").await.ok();
    }
    app.clock.advance(TimeDelta::minutes(29));
    is_out(&busy).await;
}

#[tokio::test]
async fn whoever_is_shut_out_by_hand_is_out_as_soon_as_that_is_announced() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let id = clinic.here.doctor.user_id;
    let doctor = at_work(&app, &clinic).await;
    let shut = user::Entity::update_many().col_expr(user::Column::Active, Expr::value(false));
    shut.filter(user::Column::Id.eq(id)).exec(&app.db).await.unwrap();
    is_out(&doctor).await;
    let open = user::Entity::update_many().col_expr(user::Column::Active, Expr::value(true));
    open.filter(user::Column::Id.eq(id)).exec(&app.db).await.unwrap();
    let doctor = at_work(&app, &clinic).await;
    let revoked = user_session::Entity::update_many().col_expr(user_session::Column::RevokedAt, Expr::value(app.now()));
    revoked.filter(user_session::Column::UserId.eq(id)).exec(&app.db).await.unwrap();
    is_out(&doctor).await;
    let doctor = at_work(&app, &clinic).await;
    let closed = hospital_row::Entity::update_many().col_expr(hospital_row::Column::Active, Expr::value(false));
    closed.filter(hospital_row::Column::Id.eq(clinic.here.hospital.id)).exec(&app.db).await.unwrap();
    // Their hospital is out of the directory, and they go on.
    doctor.get("/dashboard").await.ok();
}

#[tokio::test]
async fn pages_from_the_cache_keep_a_session_alive() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = at_work(&app, &clinic).await;
    for _ in 0..4 {
        app.clock.advance(TimeDelta::minutes(20));
        doctor.get("/doctors").await.ok();
        let page = doctor.get("/doctors").await.ok();
        assert_eq!(outcome(&page), "hit");
        app.notes_use_by(&doctor).await;
    }
}
