//! What a note said while it was written is removed when it has long been signed.

use chrono::TimeDelta;
use entity::note_revision;
use sea_orm::EntityTrait;

use super::Surgery;
use crate::support::*;

#[tokio::test]
async fn versions_go_a_month_after_the_signature_and_those_of_drafts_stay() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let draft = note(&surgery.visit(&app, 1).await, &surgery.doctor).create(&app).await;
    let signed = note(&surgery.visit(&app, 2).await, &surgery.doctor).signed().create(&app).await;
    let left = async || -> Vec<i64> {
        let rows = note_revision::Entity::find().all(&app.db).await.unwrap();
        rows.into_iter().map(|row| row.note_id).collect()
    };
    app.clock.advance(TimeDelta::days(30));
    crate::sweeping::removed(&app).await;
    assert_eq!(left().await, [draft.id, signed.id]);
    app.clock.advance(TimeDelta::seconds(1));
    crate::sweeping::removed(&app).await;
    assert_eq!(left().await, [draft.id]);
}
