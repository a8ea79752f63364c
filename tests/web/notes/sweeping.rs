//! What a note said while it was written is removed when it has long been signed; of a draft, when newer versions stand for it.

use chrono::TimeDelta;
use entity::{note as note_row, note_revision};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use super::Surgery;
use crate::support::*;

#[tokio::test]
async fn versions_go_a_month_after_the_signature_and_the_latest_of_a_draft_stays() {
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

/// The draft `note` as if it had been saved anew until version `last`, and the versions that are left of it after a sweep.
async fn left_of(app: &TestApp, note: i64, last: i32) -> Vec<i32> {
    let row = note_row::Entity::find_by_id(note).one(&app.db).await.unwrap().unwrap();
    let saved = (row.version + 1..=last).map(|version| note_revision::ActiveModel {
        note_id: Set(note),
        version: Set(version),
        plan: Set(Some(format!("Plan {version}"))),
        session_id: Set(1),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    });
    note_revision::Entity::insert_many(saved).exec(&app.db).await.unwrap();
    let mut row = row.into_active_model();
    row.version = Set(last);
    row.update(&app.db).await.unwrap();
    crate::sweeping::removed(app).await;
    let rows = note_revision::Entity::find().all(&app.db).await.unwrap();
    let mut versions: Vec<i32> = rows.into_iter().map(|row| row.version).collect();
    versions.sort_unstable();
    versions
}

#[tokio::test]
async fn of_a_draft_the_latest_versions_are_kept_for_a_month() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let draft = note(&surgery.visit(&app, 1).await, &surgery.doctor).create(&app).await.id;
    assert_eq!(left_of(&app, draft, 2).await, [1, 2]);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(left_of(&app, draft, 3).await, [1, 2, 3]);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(left_of(&app, draft, 4).await, [3, 4]);
    assert_eq!(left_of(&app, draft, 210).await, (11..=210).collect::<Vec<_>>());
    app.clock.advance(TimeDelta::days(60));
    crate::sweeping::removed(&app).await;
    let left = note_revision::Entity::find().all(&app.db).await.unwrap();
    assert_eq!(left.iter().map(|row| row.version).collect::<Vec<_>>(), [210], "what the draft says");
}
