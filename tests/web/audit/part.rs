//! Verifying a part of the trail: from a day on, of one hospital.

use chrono::TimeDelta;
use entity::audit_entry;
use sea_orm::EntityTrait;
use telemedicine::features::audit::{Sealer, Verified, VerifyError, VerifyScope, verify};

use super::seals::{add, entry, name, seals, tamper};
use crate::support::*;

async fn verified(app: &TestApp, scope: VerifyScope) -> (Vec<String>, u64) {
    let (mut findings, mut sealed) = (Vec::new(), 0);
    let mut tell = |told: Verified| match told {
        Verified::End(end) => sealed += end.sealed,
        Verified::Wrong(finding) => findings.push(finding.to_string()),
        Verified::Read(_) => {}
    };
    verify(&app.state.db, &app.state.settings.secret_key, scope, &mut tell).await.unwrap();
    (findings, sealed)
}

#[tokio::test]
async fn what_was_sealed_before_a_day_is_taken_as_it_stands_and_the_rest_is_looked_at() {
    let app = TestApp::start().await;
    let (here, there) = (hospital().create(&app).await, hospital().create(&app).await);
    let (admin, other) = (hospital_admin(&here).create(&app).await, hospital_admin(&there).create(&app).await);
    let sealer = Sealer::new(&app.state);
    sealer.round().await.unwrap();
    let old = [add(&app, &admin, 1).await, add(&app, &other, 2).await];
    seals(&sealer, 2).await;
    let day = app.now() + TimeDelta::days(1);
    app.clock.advance(TimeDelta::days(1));
    let new = [add(&app, &admin, 3).await, add(&app, &other, 4).await];
    seals(&sealer, 2).await;
    let since = VerifyScope { since: Some(day), hospital: None };
    let of_here = VerifyScope { since: None, hospital: Some(here.id) };
    assert_eq!(verified(&app, since).await, (vec![], 2));
    assert_eq!(verified(&app, of_here).await, (vec![], 2));
    assert_eq!(verified(&app, VerifyScope { since: Some(app.in_hours(1)), hospital: None }).await, (vec![], 0));

    for id in old.iter().chain(&new) {
        tamper(&app, "audit_entry", &format!("UPDATE audit_entry SET subject_id = 77 WHERE id = {id}")).await;
    }
    let changed = |admin: &Person, id: i64| format!("{}: entry {id} was changed", name(admin));
    assert_eq!(verified(&app, since).await.0, [changed(&admin, new[0]), changed(&other, new[1])]);
    assert_eq!(verified(&app, of_here).await.0, [changed(&admin, old[0]), changed(&admin, new[0])]);
    let both = VerifyScope { hospital: Some(there.id), ..since };
    assert_eq!(verified(&app, both).await.0, [changed(&other, new[1])]);

    // What was taken off the end is missed, also where nothing is left to look at.
    tamper(&app, "audit_seal", &format!("DELETE FROM audit_seal WHERE hospital_id = {} AND sequence = 2", there.id))
        .await;
    let missed = format!("{}: its end was noted at seal 2, which is gone or another one", name(&other));
    assert_eq!(
        verified(&app, VerifyScope { hospital: Some(there.id), since: Some(app.in_hours(1)) }).await.0,
        [missed]
    );
    let nobody = VerifyScope { hospital: Some(999), since: None };
    let refused = verify(&app.state.db, &app.state.settings.secret_key, nobody, &mut |_| ()).await;
    assert!(matches!(refused, Err(VerifyError::NoHospital(999))));
}

#[tokio::test]
async fn entries_are_read_ahead_over_seals_and_none_is_passed_over() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let sealer = Sealer::new(&app.state);
    sealer.round().await.unwrap();
    // Seals of one entry each, then full ones: more than are read at once of both.
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(add(&app, &admin, number).await);
        seals(&sealer, 1).await;
    }
    let rows = (0..2_600).map(|number| entry(&admin, number, &app));
    audit_entry::Entity::insert_many(rows).exec_without_returning(&app.db).await.unwrap();
    seals(&sealer, 2_600).await;
    let all = VerifyScope::default();
    assert_eq!(verified(&app, all).await, (vec![], 2_605));
    let first = ids[4] + 1;
    let (changed, gone) = ([ids[0], ids[4], first, first + 999, first + 2_599], [ids[2], first + 1_000]);
    for id in changed {
        tamper(&app, "audit_entry", &format!("UPDATE audit_entry SET subject_id = -7 WHERE id = {id}")).await;
    }
    for id in gone {
        tamper(&app, "audit_entry", &format!("DELETE FROM audit_entry WHERE id = {id}")).await;
    }
    let mut expected: Vec<(i64, String)> =
        changed.iter().map(|id| (*id, format!("{}: entry {id} was changed", name(&admin)))).collect();
    expected.extend(gone.iter().map(|id| (*id, format!("{}: entry {id} is gone", name(&admin)))));
    let (mut found, sealed) = verified(&app, all).await;
    let mut expected: Vec<String> = expected.into_iter().map(|(_, line)| line).collect();
    found.sort();
    expected.sort();
    assert_eq!((found, sealed), (expected, 2_605 - 7));
}

/// However long the trail is, as much of it lies in memory as on its first day.
#[tokio::test]
async fn entries_are_read_a_thousand_at_a_time_and_each_once() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let sealer = Sealer::new(&app.state).of_at_most(150);
    for first in [0, 600] {
        let entries = (first..first + 600).map(|subject| entry(&admin, subject, &app));
        audit_entry::Entity::insert_many(entries).exec(&app.db).await.unwrap();
    }
    sealer.round().await.unwrap();
    seals(&sealer, 1_200).await;
    let (mut read, mut sealed) = (Vec::new(), 0);
    let mut tell = |told: Verified| match told {
        Verified::Read(entries) => read.push(entries),
        Verified::End(end) => sealed += end.sealed,
        Verified::Wrong(finding) => panic!("{finding}"),
    };
    verify(&app.state.db, &app.state.settings.secret_key, VerifyScope::default(), &mut tell).await.unwrap();
    assert_eq!((sealed, read), (1_200, vec![1_000, 200]));
}
