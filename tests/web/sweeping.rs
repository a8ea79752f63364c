//! What is of no use any more is removed: some at a time, by one process at a time, one kind whatever becomes of the others, and by a clock
//! that is right.

use chrono::{DateTime, TimeDelta};
use entity::{
    address_link,
    enums::{AddressLinkPurpose, LinkPurpose, MailKind, MailStatus, NotificationKind},
    mail, notification, password_link, user_session,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, Database, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Set, Statement,
    TransactionTrait,
};
use telemedicine::{
    background::Job,
    db::{ClockSkew, Sweeper},
    features,
    integrations::Clock,
};

use crate::support::*;

fn sweeper(app: &TestApp) -> Sweeper {
    let parts = features::sweep_parts(&app.state.db, &app.clock, app.state.settings.retention);
    Sweeper::new(parts, app.state.clock_skew.clone())
}

/// How many rows of each kind a round removes, all of which must succeed.
pub(crate) async fn removed(app: &TestApp) -> Vec<(&'static str, u64)> {
    let outcomes = sweeper(app).round().await;
    assert!(outcomes.iter().all(|outcome| outcome.left.is_none()), "{outcomes:?}");
    outcomes.into_iter().map(|outcome| (outcome.name, outcome.removed)).collect()
}

/// Old links, some with a mail that is kept, and ended sessions and read notifications by the thousand.
async fn leave_old_rows(app: &TestApp, person: &Person) {
    let long_ago = app.now() - TimeDelta::days(500);
    let sessions = (0..1_200).map(|number| user_session::ActiveModel {
        key_hash: Set(format!("{number:064x}")),
        user_id: Set(person.user_id),
        created_at: Set(long_ago),
        updated_at: Set(long_ago),
        last_seen_at: Set(long_ago),
        expires_at: Set(long_ago + TimeDelta::hours(1)),
        ip: Set("192.0.2.1".to_owned()),
        user_agent: Set(String::new()),
        revoked_at: Set(None),
        ..Default::default()
    });
    user_session::Entity::insert_many(sessions).exec_without_returning(&app.db).await.unwrap();
    let links = (0..700).map(|_| password_link::ActiveModel {
        user_id: Set(person.user_id),
        purpose: Set(LinkPurpose::Reset),
        expires_at: Set(long_ago + TimeDelta::hours(1)),
        ended_at: Set(None),
        created_at: Set(long_ago),
        updated_at: Set(long_ago),
        ..Default::default()
    });
    password_link::Entity::insert_many(links).exec_without_returning(&app.db).await.unwrap();
    let addresses = (0..2).map(|_| address_link::ActiveModel {
        user_id: Set(person.user_id),
        purpose: Set(AddressLinkPurpose::WayBack),
        address: Set("long.ago@example.test".to_owned()),
        asked_by: Set(person.user_id),
        expires_at: Set(long_ago + TimeDelta::days(8)),
        ended_at: Set(None),
        created_at: Set(long_ago),
        updated_at: Set(long_ago),
        ..Default::default()
    });
    address_link::Entity::insert_many(addresses).exec_without_returning(&app.db).await.unwrap();
    let news = (0..600).map(|number| notification::ActiveModel {
        recipient_id: Set(person.user_id),
        kind: Set(NotificationKind::AppointmentBooked),
        appointment_id: Set(None),
        read_at: Set((number > 0).then_some(long_ago)),
        created_at: Set(long_ago),
        updated_at: Set(long_ago),
        ..Default::default()
    });
    notification::Entity::insert_many(news).exec_without_returning(&app.db).await.unwrap();
}

#[tokio::test]
async fn more_than_one_batch_of_each_kind_goes_and_what_is_still_wanted_stays() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    leave_old_rows(&app, &admin).await;
    let browser = app.sign_in(&admin).await;
    let accounts = [("sessions", 1_200), ("mails", 0), ("links", 700), ("links to addresses", 2)];
    let [sessions, mails, links, addresses] = accounts;
    let old = [
        sessions,
        mails,
        links,
        addresses,
        ("notifications", 599),
        ("versions of notes", 0),
        ("names of guests", 0),
        ("presence in rooms", 0),
        ("delays", 0),
    ];
    assert_eq!(removed(&app).await, old);
    assert!(browser.is_signed_in().await);
    assert_eq!(notification::Entity::find().count(&app.db).await.unwrap(), 1, "what was not read stays");
    assert_eq!(removed(&app).await, old.map(|(name, _)| (name, 0)));
}

/// A kind of rows that cannot be removed keeps no other kind.
#[tokio::test]
async fn one_kind_that_fails_does_not_stop_the_others() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    leave_old_rows(&app, &admin).await;
    app.db.execute_unprepared("ALTER TABLE mail RENAME TO mail_away").await.unwrap();
    let outcomes = sweeper(&app).round().await;
    let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.name, outcome.removed, outcome.left.is_some())).collect();
    let notifications = ("notifications", 599, false);
    assert_eq!(seen[0], ("sessions", 1_200, false));
    assert_eq!(seen[1], ("mails", 0, true));
    assert_eq!(seen[4], notifications);
    // The turn has not done what it is for, which metrics and readiness must not take for a success.
    let failed = sweeper(&app).turn().await.unwrap_err();
    assert!(failed.contains("mails"), "{failed}");
    app.db.execute_unprepared("ALTER TABLE mail_away RENAME TO mail").await.unwrap();
    assert_eq!(sweeper(&app).turn().await, Ok(Sweeper::EVERY));
}

/// Two processes do not remove the same rows side by side.
#[tokio::test]
async fn who_finds_another_at_it_leaves_it_to_that_one() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    leave_old_rows(&app, &admin).await;
    let other = Database::connect(app.state.settings.database.url.expose()).await.unwrap();
    let at_it = other.begin().await.unwrap();
    let key = i64::from_be_bytes(*b"\0tm-swee");
    at_it.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({key})")).await.unwrap();
    let outcomes = sweeper(&app).round().await;
    assert!(outcomes.iter().all(|outcome| outcome.removed == 0 && outcome.left.is_some()), "{outcomes:?}");
    at_it.rollback().await.unwrap();
    assert_eq!(removed(&app).await[0], ("sessions", 1_200));
}

/// The process dies between two batches, here while it waits for a row: what it had removed is gone, and who comes next finds the rest, and
/// nobody in its way.
#[tokio::test]
async fn what_a_process_leaves_that_dies_half_way_goes_with_the_next() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    leave_old_rows(&app, &admin).await;
    let other = Database::connect(app.state.settings.database.url.expose()).await.unwrap();
    let at_it = other.begin().await.unwrap();
    // The last of them: it is in no batch but the last.
    let last = "SELECT id FROM user_session ORDER BY id DESC LIMIT 1 FOR UPDATE";
    at_it.execute_unprepared(last).await.unwrap();
    let left = async || user_session::Entity::find().count(&app.db).await.unwrap();
    let half_way = sweeper(&app);
    tokio::select! {
        outcomes = half_way.round() => panic!("nothing was in its way: {outcomes:?}"),
        () = async {
            while left().await > 201 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        } => {}
    }
    drop(half_way);
    at_it.rollback().await.unwrap();
    let rest = left().await;
    assert!((1..=201).contains(&rest), "{rest}");
    let again = async || sweeper(&app).round().await;
    // What the dead one has sent is still on its way for a moment.
    let mut outcomes = again().await;
    let mut removed = outcomes[0].removed;
    for _ in 0..100 {
        if outcomes.iter().all(|outcome| outcome.left.is_none()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        outcomes = again().await;
        removed += outcomes[0].removed;
    }
    assert!(outcomes.iter().all(|outcome| outcome.left.is_none()), "{outcomes:?}");
    assert!(removed <= rest && left().await == 0, "{removed} of {rest}");
}

/// Every reference to rows that are removed is found by an index.
#[tokio::test]
async fn no_removal_looks_through_a_table_for_each_row() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let unindexed = "SELECT conrelid::regclass::text AS name FROM pg_constraint
        WHERE contype = 'f' AND confrelid IN ('user_session'::regclass, 'mail'::regclass, 'password_link'::regclass,
          'notification'::regclass)
          AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])";
    let rows = app.db.query_all_raw(Statement::from_string(DbBackend::Postgres, unindexed)).await.unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(names, Vec::<String>::new());
}

/// An approved visit, and its reminder, which by the machine's clock has been due for an hour, and by that of `app` is not yet.
async fn leave_a_reminder(app: &TestApp) -> Patient {
    let house = hospital().create(app).await;
    let (doctor, patient) = (doctor(&house).create(app).await, patient(&house).create(app).await);
    let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(71));
    let visit = visit.status(AppointmentStatus::Requested).requested_by(&patient).create(app).await;
    let surgery = app.sign_in(&doctor).await;
    surgery.post_form(&format!("{}/approval", visit.path()), &[("version", "0")]).await.expect(303);
    assert_eq!(app.emails_to(&patient.email).await.len(), 1, "they are told that it was approved");
    patient
}

/// A second server on the same database whose clock is two months ahead: it is not ready, removes nothing, and neither sends nor cancels
/// reminders. Whoever is sent to it all the same is answered, and taken for signed out there; their session is as it was.
#[tokio::test]
async fn an_instance_whose_clock_is_wrong_does_nothing_by_it() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let seconds = Clock::system().now().timestamp();
    app.clock.set(DateTime::from_timestamp(seconds - seconds % 60, 0).unwrap() - TimeDelta::days(2));
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    leave_old_rows(&app, &admin).await;
    let patient = leave_a_reminder(&app).await;
    let reminder = async || {
        let found = mail::Entity::find().filter(mail::Column::Kind.eq(MailKind::Reminder)).one(&app.db).await;
        found.unwrap().map(|mail| (mail.status, mail.attempts))
    };
    let browser = app.sign_in(&admin).await;
    let clock = Clock::shifted(TimeDelta::days(60));
    let instance = app.another_instance_by(clock.clone());
    let wrong = instance.state.clone();
    let condition = async || {
        wrong.clock_skew.measure(&wrong.db).await.unwrap();
        wrong.clock_skew.fault().unwrap_or_else(|| "ok".to_owned())
    };
    let says = condition().await;
    assert!(is_sixty_days(&says) && says.contains("ahead of the database's"), "{says}");
    let there = browser.at(&instance.origin());
    let ready = there.get("/health/ready").await.expect(503);
    assert!(is_sixty_days(&ready.body), "{}", ready.body);
    there.get("/hospitals").await.ok();
    assert!(!there.is_signed_in().await, "sessions are judged by its clock");
    let rows = user_session::Entity::find().filter(user_session::Column::UserId.eq(admin.user_id));
    let open = rows.filter(user_session::Column::ExpiresAt.gt(app.now())).all(&app.db).await.unwrap();
    assert!(open.len() == 1 && open[0].revoked_at.is_none(), "{open:?}");
    let parts = features::sweep_parts(&wrong.db, &clock, wrong.settings.retention);
    let sweeper = Sweeper::new(parts, wrong.clock_skew.clone());
    let outcomes = sweeper.round().await;
    assert!(outcomes.iter().all(|outcome| outcome.removed == 0 && outcome.left.is_some()), "{outcomes:?}");
    let sender = features::mail_sender(&wrong);
    assert_eq!(sender.round().await.unwrap(), telemedicine::features::mail::Round::default());
    assert_eq!(reminder().await, Some((MailStatus::Waiting, 0)), "by its clock the visit is over");
    // Somebody sets it right.
    clock.advance(TimeDelta::days(-60));
    assert_eq!(condition().await, "ok");
    sender.round().await.unwrap();
    // It has a postman as well, who may have been faster.
    let told = app.emails_to(&patient.email).await;
    assert_eq!(told.last().map(|email| email.subject.as_str()), Some("Reminder of your visit"));
    assert_eq!(reminder().await.map(|(status, _)| status), Some(MailStatus::Sent));
    assert_eq!(sweeper.round().await[0].removed, 1_200);
}

/// As it is told of each side, and not told of a clock that is nearly right.
#[tokio::test]
async fn some_seconds_are_nothing_to_speak_of() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    for (ahead, fault) in [(-3_600, Some("behind")), (-2, None), (2, None), (3_600, Some("ahead of"))] {
        let skew = ClockSkew::new(Clock::shifted(TimeDelta::seconds(ahead)));
        skew.measure(&app.state.db).await.unwrap();
        let says = skew.fault().unwrap_or_default();
        assert_eq!(skew.is_tolerable(), fault.is_none(), "{ahead}: {says}");
        assert!(says.contains(fault.unwrap_or_default()), "{ahead}: {says}");
    }
}

/// Whether a number in the text is sixty days in seconds, but for what asking took.
fn is_sixty_days(text: &str) -> bool {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse::<i64>().ok());
    numbers.into_iter().any(|seconds| (seconds - 60 * 24 * 60 * 60).abs() <= 5)
}
