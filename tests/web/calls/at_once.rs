//! What comes at the same moment: somebody joins while the other hangs up, while the visit moves to the telephone or ends, or while the clock ends the call.
//! Here the one that is first is held in the middle, and the other comes meanwhile: it acts on what the first has made of the call.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    appointment, call, call_peer,
    enums::{CallEnd, CallState, Modality},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ColumnTrait, Database, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect as _, Set, TransactionTrait as _,
};

use super::{Practice, by_the_clock::keeper, joined};

/// `act`, while `held` is done and not committed yet.
async fn beside<T>(
    practice: &Practice,
    held: impl AsyncFnOnce(&DatabaseTransaction),
    act: impl Future<Output = T>,
) -> T {
    let other = Database::connect(practice.app.state.settings.database.url.expose()).await.unwrap();
    let first = other.begin().await.unwrap();
    held(&first).await;
    let release = async {
        // Until the other stands before it, or is done.
        tokio::time::sleep(Duration::from_millis(400)).await;
        first.commit().await.unwrap();
    };
    tokio::join!(act, release).0
}

async fn change(first: &DatabaseTransaction, id: i64, row: call::ActiveModel) {
    let change = call::Entity::update_many().set(row).filter(call::Column::Id.eq(id));
    assert_eq!(change.exec(first).await.unwrap().rows_affected, 1);
}

/// As whoever begins a call does, or joins it.
async fn hold_visit(first: &DatabaseTransaction, id: i64) {
    let visit = appointment::Entity::find_by_id(id).lock_exclusive().one(first).await.unwrap();
    assert!(visit.is_some());
}

async fn begin(first: &DatabaseTransaction, practice: &Practice, now: DateTime<Utc>) {
    let row = call::ActiveModel {
        appointment_id: Set(practice.visit.id),
        modality: Set(Modality::Video),
        state: Set(CallState::Calling),
        started_by: Set(practice.patient.user_id),
        started_at: Set(now),
        connected_seconds: Set(0),
        restarts: Set(0),
        version: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(first).await.unwrap();
}

#[tokio::test]
async fn whoever_joins_while_the_other_hangs_up_begins_another_call() {
    let practice = Practice::open().await;
    let old = practice.both().await.0.call;
    let now = practice.app.now();
    let ended = call::ActiveModel {
        state: Set(CallState::Ended),
        ended_at: Set(Some(now)),
        end_reason: Set(Some(CallEnd::NotAnswered)),
        ..Default::default()
    };
    let hung_up = async |first: &DatabaseTransaction| change(first, old, ended).await;
    let page = beside(&practice, hung_up, practice.home.post_form(&practice.path("call"), &[])).await.ok();
    let new = joined(&page);
    assert_ne!(new.call, old);
    assert_eq!(practice.heard(&practice.home, &new.peer).await, []);
}

#[tokio::test]
async fn whoever_hangs_up_while_the_first_picture_comes_ends_a_call_that_was_connected() {
    let practice = Practice::open().await;
    let id = practice.both().await.0.call;
    let since = practice.app.now() - TimeDelta::seconds(7);
    let connected =
        call::ActiveModel { state: Set(CallState::Connected), connected_at: Set(Some(since)), ..Default::default() };
    let reported = async |first: &DatabaseTransaction| change(first, id, connected).await;
    beside(&practice, reported, practice.hang_up(&practice.surgery)).await;
    let call = practice.calls().await.remove(0);
    assert_eq!((call.state, call.end_reason, call.connected_seconds), (CallState::Ended, Some(CallEnd::HungUp), 7));
}

#[tokio::test]
async fn a_call_that_is_begun_while_the_visit_moves_to_the_telephone_or_ends_is_over_with_it() {
    let phone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    let outcome = [("version", "0"), ("outcome", "completed")];
    for (act, fields, why) in
        [("modality", &phone[..], CallEnd::MovedToPhone), ("outcome", &outcome[..], CallEnd::Finished)]
    {
        let practice = Practice::open().await;
        let now = practice.app.now();
        let begins = async |first: &DatabaseTransaction| {
            hold_visit(first, practice.visit.id).await;
            begin(first, &practice, now).await;
        };
        let done = beside(&practice, begins, practice.surgery.post_form(&practice.path(act), fields)).await;
        assert_eq!(done.status, 303, "{act}");
        let call = practice.calls().await.remove(0);
        assert_eq!((call.state, call.end_reason), (CallState::Ended, Some(why)), "{act}");
        assert_eq!(practice.told().await.pop().unwrap()["call"], "ended");
    }
}

#[tokio::test]
async fn the_clock_ends_no_call_that_somebody_comes_back_to_meanwhile() {
    let practice = Practice::open().await;
    let keeper = keeper(&practice.app).await;
    let id = practice.both().await.0.call;
    practice.app.clock.advance(TimeDelta::seconds(106));
    let now = practice.app.now();
    let comes_back = async |first: &DatabaseTransaction| {
        call::Entity::find_by_id(id).lock_exclusive().one(first).await.unwrap();
        let page = call_peer::ActiveModel {
            id: NotSet,
            call_id: Set(id),
            key: Set("c".repeat(32)),
            user_id: Set(Some(practice.patient.user_id)),
            guest_id: Set(None),
            here_until: Set(now + TimeDelta::seconds(45)),
            left_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        page.insert(first).await.unwrap();
    };
    beside(&practice, comes_back, keeper.round()).await.unwrap();
    assert_eq!(practice.calls().await[0].state, CallState::Calling);
}

#[tokio::test]
async fn both_who_do_all_of_it_at_once_leave_nobody_in_a_call_that_is_over() {
    let practice = Practice::open().await;
    for _ in 0..6 {
        tokio::join!(
            practice.join(&practice.home),
            practice.hang_up(&practice.surgery),
            practice.join(&practice.surgery)
        );
        practice.app.clock.advance(TimeDelta::seconds(11));
    }
    // Each line is written while the call is held: none but the end is the last.
    let told = practice.told().await;
    for call in practice.calls().await {
        let of_call = told.iter().filter(|line| line["call_id"] == call.id);
        let words: Vec<_> = of_call.map(|line| line["call"].as_str().unwrap().to_owned()).collect();
        let end = words.iter().position(|word| word == "ended");
        assert!(end.is_none_or(|end| end + 1 == words.len()), "{words:?}");
        assert_eq!(end.is_some(), call.state == CallState::Ended, "{words:?}");
    }
}
