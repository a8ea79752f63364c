//! The trail: what is read and done is recorded, or it is not done.

mod openings;
mod part;
mod proof;
mod sealing;
mod seals;
mod the_page;

pub(crate) use seals::tamper;

use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::support::*;

/// As if the trail's disk were full: every entry is refused from now on.
async fn break_the_trail(app: &TestApp) {
    let renamed = "ALTER TABLE audit_entry RENAME TO audit_entry_away";
    app.db.execute_unprepared(renamed).await.unwrap();
}

#[tokio::test]
async fn opening_a_patients_record_is_recorded() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (admin, maya) = (hospital_admin(&house).create(&app).await, patient(&house).create(&app).await);
    let desk = app.sign_in(&admin).await;
    let page = desk.get(&format!("/patients/{}", maya.id)).await.ok();
    assert!(page.says(&maya.last_name));

    let opened = audit_entry::Entity::find()
        .filter(audit_entry::Column::Action.eq(AuditAction::Opened))
        .one(&app.db)
        .await
        .unwrap()
        .expect("an entry");
    assert_eq!((opened.subject_kind, opened.subject_id), (AuditSubject::Patient, maya.id));
    assert_eq!((opened.actor_id, opened.actor_name.as_str()), (admin.user_id, audit_entry::NO_NAME), "by number alone");
    assert_eq!((opened.hospital_id, opened.at), (Some(house.id), app.now()));
    assert_eq!(opened.ip.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn what_is_refused_is_not_recorded_as_opened() {
    let app = TestApp::start().await;
    let (here, there) = (hospital().create(&app).await, hospital().create(&app).await);
    let desk = app.sign_in(&hospital_admin(&here).create(&app).await).await;
    let stranger = patient(&there).create(&app).await;
    desk.get(&format!("/patients/{}", stranger.id)).await.expect(404);
    let opened = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Opened));
    assert_eq!(opened.one(&app.db).await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_neither_shown_nor_done() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (admin, maya) = (hospital_admin(&house).create(&app).await, patient(&house).create(&app).await);
    let desk = app.sign_in(&admin).await;
    break_the_trail(&app).await;

    let page = desk.get(&format!("/patients/{}", maya.id)).await;
    assert_eq!(page.status, 503);
    for text in &maya.texts {
        assert!(!page.body.contains(text.as_str()), "{text}");
    }
    let fields = [("first_name", "Changed"), ("last_name", "Changed")];
    desk.post_form("/profile", &fields).await.expect(503);
    let row = user::Entity::find_by_id(admin.user_id).one(&app.db).await;
    assert_eq!(row.unwrap().unwrap().first_name, admin.first_name);
    desk.post_form("/sign-out", &[]).await.expect(503);
    assert!(desk.is_signed_in().await);
    let fields = [("email", admin.email.as_str()), ("password", PASSWORD)];
    let answer = app.visitor().post_form("/sign-in", &fields).await.expect(503);
    assert!(!answer.headers.contains_key("set-cookie"));
}
