//! The seals of the trail: whoever has only the database cannot change what was sealed without it being seen.

use entity::{
    audit_entry, audit_seal,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use telemedicine::features::audit::{ChainEnd, Sealer, Verified, VerifyScope, verify};

use crate::support::*;

/// The findings, and the ends of the chains.
pub(super) async fn verified(app: &TestApp) -> (Vec<String>, Vec<ChainEnd>) {
    let (mut findings, mut ends) = (Vec::new(), Vec::new());
    let mut tell = |told: Verified| match told {
        Verified::End(end) => ends.push(end),
        Verified::Wrong(finding) => findings.push(finding.to_string()),
        Verified::Read(_) => {}
    };
    verify(&app.state.db, &app.state.settings.secret_key, VerifyScope::default(), &mut tell).await.unwrap();
    (findings, ends)
}

pub(super) async fn findings(app: &TestApp) -> Vec<String> {
    verified(app).await.0
}

pub(super) async fn add(app: &TestApp, actor: &Person, subject_id: i64) -> i64 {
    entry(actor, subject_id, app).insert(&app.db).await.unwrap().id
}

pub(super) fn entry(actor: &Person, subject_id: i64, app: &TestApp) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        at: Set(app.now()),
        actor_id: Set(actor.user_id),
        actor_name: Set(actor.name()),
        actor_role: Set(actor.role),
        hospital_id: Set(actor.hospital_id),
        ip: Set(None),
        action: Set(AuditAction::Opened),
        subject_kind: Set(AuditSubject::Patient),
        subject_id: Set(subject_id),
        detail: Set(serde_json::json!({"to": "waiting", "from": "confirmed", "changed": ["a", "b"]})),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    }
}

/// Rounds until so many entries are sealed, and no more. The server's own writers may hold it up for a moment.
pub(super) async fn seals(sealer: &Sealer, expected: u64) {
    let mut sealed = 0;
    for _ in 0..500 {
        sealed += sealer.round().await.unwrap();
        if sealed >= expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(sealed, expected);
}

/// Three entries of a hospital and one of the platform, sealed; then two more, sealed.
async fn sealed() -> (TestApp, Person, Vec<i64>) {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let chief = super_admin().create(&app).await;
    let sealer = Sealer::new(&app.state);
    assert_eq!(sealer.round().await.unwrap(), 0);
    let mut ids = vec![add(&app, &admin, 1).await, add(&app, &admin, 2).await, add(&app, &admin, 3).await];
    add(&app, &chief, 4).await;
    assert_eq!(sealer.round().await.unwrap(), 0, "what is new waits for the next round");
    seals(&sealer, 4).await;
    ids.extend([add(&app, &admin, 5).await, add(&app, &admin, 6).await]);
    seals(&sealer, 2).await;
    assert_eq!(findings(&app).await, Vec::<String>::new());
    (app, admin, ids)
}

/// As somebody would who owns the tables: past the triggers.
pub(crate) async fn tamper(app: &TestApp, table: &str, statement: &str) {
    if uses_postgres() {
        let quiet = |what: &str| format!("ALTER TABLE {table} {what} TRIGGER USER");
        for sql in [quiet("DISABLE"), statement.to_owned(), quiet("ENABLE")] {
            app.db.execute_unprepared(&sql).await.unwrap();
        }
        return;
    }
    for event in ["update", "delete"] {
        app.db.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {table}_no_{event}")).await.unwrap();
    }
    app.db.execute_unprepared(statement).await.unwrap();
}

pub(super) fn name(admin: &Person) -> String {
    format!("hospital {}", admin.hospital_id.unwrap())
}

#[tokio::test]
async fn what_was_sealed_and_what_was_not_yet_is_counted_for_each_chain() {
    let (app, admin, _) = sealed().await;
    add(&app, &admin, 7).await;
    let (findings, ends) = verified(&app).await;
    assert_eq!(findings, Vec::<String>::new());
    let counted: Vec<_> = ends.iter().map(|end| (end.chain, end.seals, end.sealed, end.unsealed)).collect();
    assert_eq!(counted, [(None, 1, 1, 0), (admin.hospital_id, 2, 5, 1)]);
}

#[tokio::test]
async fn seals_can_be_added_and_read_and_nothing_else() {
    let (app, _, _) = sealed().await;
    for statement in ["UPDATE audit_seal SET sequence = 9", "DELETE FROM audit_seal"] {
        let refused = app.db.execute_unprepared(statement).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn an_entry_that_was_changed_is_named_whatever_was_changed_in_it() {
    for change in [
        "actor_name = 'Somebody Else'",
        "at = '2026-11-01T00:00:00+00:00'",
        "ip = '203.0.113.1'",
        "action = 'updated'",
        "subject_id = 77",
        "subject_kind = 'doctor'",
        "actor_role = 'doctor'",
        "detail = '{\"to\": \"waiting\"}'",
        "created_at = '2026-11-01T00:00:00+00:00'",
    ] {
        let (app, admin, ids) = sealed().await;
        tamper(&app, "audit_entry", &format!("UPDATE audit_entry SET {change} WHERE id = {}", ids[1])).await;
        let expected = format!("{}: entry {} was changed", name(&admin), ids[1]);
        assert_eq!(findings(&app).await, [expected], "{change}");
    }
}

#[tokio::test]
async fn entries_that_are_gone_put_in_or_swapped_are_named() {
    let (app, admin, ids) = sealed().await;
    let hospital = name(&admin);
    tamper(&app, "audit_entry", &format!("DELETE FROM audit_entry WHERE id IN ({}, {})", ids[0], ids[4])).await;
    let gone = [ids[0], ids[4]].map(|id| format!("{hospital}: entry {id} is gone"));
    assert_eq!(findings(&app).await, gone);
    // In its place, from before: another entry with its number.
    let mut row = entry(&admin, 99, &app);
    row.id = Set(ids[0]);
    row.insert(&app.db).await.unwrap();
    let changed = format!("{hospital}: entry {} was changed", ids[0]);
    assert_eq!(findings(&app).await, [changed, gone[1].clone()]);

    // The platform's entry has a number between those of the hospital.
    let (app, admin, ids) = sealed().await;
    let put_in = ids[2] + 1;
    let statement = format!("UPDATE audit_entry SET hospital_id = {} WHERE id = {put_in}", admin.hospital_id.unwrap());
    tamper(&app, "audit_entry", &statement).await;
    let expected = [
        format!("platform: entry {put_in} is gone"),
        format!("{}: entry {put_in} was put in after its place was sealed", name(&admin)),
    ];
    assert_eq!(findings(&app).await, expected);

    let (app, admin, ids) = sealed().await;
    for (from, to) in [(ids[0], -1), (ids[1], ids[0]), (-1, ids[1])] {
        tamper(&app, "audit_entry", &format!("UPDATE audit_entry SET id = {to} WHERE id = {from}")).await;
    }
    assert_eq!(findings(&app).await, [ids[0], ids[1]].map(|id| format!("{}: entry {id} was changed", name(&admin))));
}

#[tokio::test]
async fn seals_that_are_gone_changed_or_swapped_are_named() {
    let of = |admin: &Person| audit_seal::Entity::find().filter(audit_seal::Column::HospitalId.eq(admin.hospital_id));
    let (app, admin, _) = sealed().await;
    let seals = of(&admin).order_by_asc(audit_seal::Column::Sequence).all(&app.db).await.unwrap();
    let wrong = |place: usize| {
        let (sequence, id) = (seals[place].sequence, seals[place].id);
        format!("{}: seal {sequence} (id {id}) was changed, moved or made by other hands", name(&admin))
    };
    let statement = format!("UPDATE audit_seal SET sealed_at = '2026-01-01T00:00:00+00:00' WHERE id = {}", seals[0].id);
    tamper(&app, "audit_seal", &statement).await;
    assert_eq!(findings(&app).await, [wrong(0)], "the one after it is as it was");

    // The digest alone: the next seal still stands on the one that was there.
    let (app, admin, _) = sealed().await;
    let seals = of(&admin).order_by_asc(audit_seal::Column::Sequence).all(&app.db).await.unwrap();
    let other = if uses_postgres() { "'\\x00'" } else { "x'00'" };
    tamper(&app, "audit_seal", &format!("UPDATE audit_seal SET digest = {other} WHERE id = {}", seals[0].id)).await;
    let found = findings(&app).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(&format!("seal 1 (id {})", seals[0].id)), "{found:?}");

    tamper(&app, "audit_seal", &format!("DELETE FROM audit_seal WHERE id = {}", seals[0].id)).await;
    assert_eq!(findings(&app).await, [format!("{}: seal 1 is gone", name(&admin))]);

    let (app, admin, _) = sealed().await;
    for (from, to) in [(1, 9), (2, 1), (9, 2)] {
        let chain = admin.hospital_id.unwrap();
        let swap = format!("UPDATE audit_seal SET sequence = {to} WHERE sequence = {from} AND hospital_id = {chain}");
        tamper(&app, "audit_seal", &swap).await;
    }
    let found = findings(&app).await;
    for place in ["seal 1 ", "seal 2 "] {
        assert!(found.iter().any(|line| line.contains(place)), "{place} in {found:?}");
    }
}

#[tokio::test]
async fn seals_that_are_taken_off_the_end_are_missed() {
    let (app, admin, ids) = sealed().await;
    let chain = admin.hospital_id.unwrap();
    tamper(&app, "audit_seal", &format!("DELETE FROM audit_seal WHERE hospital_id = {chain} AND sequence = 2")).await;
    tamper(&app, "audit_entry", &format!("DELETE FROM audit_entry WHERE id >= {} AND hospital_id = {chain}", ids[3]))
        .await;
    let missed = format!("{}: its end was noted at seal 2, which is gone or another one", name(&admin));
    assert_eq!(findings(&app).await, [missed]);
}

#[tokio::test]
async fn nobody_without_the_secret_can_seal_again() {
    let (app, admin, ids) = sealed().await;
    tamper(&app, "audit_entry", &format!("UPDATE audit_entry SET subject_id = 9 WHERE id = {}", ids[0])).await;
    tamper(&app, "audit_seal", "DELETE FROM audit_seal").await;
    tamper(&app, "audit_chain_head", "DELETE FROM audit_chain_head").await;
    let forger = TestApp::start_with(&[("SECRET_KEY", &"another secret ".repeat(6))]).await;
    let (mut wrong, secret) = (0, &forger.state.settings.secret_key);
    let sealer = Sealer::new(&app.state);
    seals(&sealer, 6).await;
    let mut count = |told: Verified| wrong += u32::from(matches!(told, Verified::Wrong(_)));
    verify(&app.state.db, secret, VerifyScope::default(), &mut count).await.unwrap();
    // Both seals, and each of the six entries: made with one secret they are nothing under another.
    assert_eq!(wrong, 8, "{admin:?}");
}

#[tokio::test]
async fn several_instances_seal_each_entry_once() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let rows = (0..1_200).map(|number| entry(&admin, number, &app));
    audit_entry::Entity::insert_many(rows).exec_without_returning(&app.db).await.unwrap();
    let others = [app.another_instance(), app.another_instance()];
    let states = std::iter::once(&app.state).chain(others.iter().map(|other| &other.state));
    let sealers: Vec<Sealer> = states.map(Sealer::new).collect();
    let mut sealed = 0;
    for _ in 0..500 {
        let rounds = sealers.iter().map(Sealer::round);
        sealed += futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum::<u64>();
        if sealed == 1_200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (findings, ends) = verified(&app).await;
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!((ends[0].sealed, ends[0].unsealed, ends[0].seals), (1_200, 0, 3));
    // Whoever came second says nothing: each seal has its line in the log once.
    for seal in audit_seal::Entity::find().all(&app.db).await.unwrap() {
        let digest: String = seal.digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let told = logged(&digest);
        let line = format!(
            "audit: {} sealed up to entry {}, seal {}, digest {digest}",
            name(&admin),
            seal.last_entry_id,
            seal.sequence
        );
        assert_eq!(told, [line]);
    }
}
