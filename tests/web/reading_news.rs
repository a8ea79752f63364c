//! What somebody was told is read when they look at what it is about, by whatever way they came there; and that somebody waits is read when they wait
//! no more.

use entity::notification as row;
use reqwest::Method;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, Database, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Statement, TransactionTrait,
};

use crate::support::*;

use AppointmentStatus as Status;
use NotificationKind as Kind;

async fn pair() -> Pair {
    Pair::of(TestApp::start().await, hospital()).await
}

/// What `person` has not read, the earliest first.
async fn unread(pair: &Pair, person: &Person) -> Vec<(Kind, Option<i64>)> {
    let rows = row::Entity::find().filter(row::Column::RecipientId.eq(person.user_id));
    let rows = rows.filter(row::Column::ReadAt.is_null()).order_by_asc(row::Column::Id).all(&pair.app.db).await;
    rows.unwrap().into_iter().map(|row| (row.kind, row.appointment_id)).collect()
}

/// The number beside the bell.
fn badge(page: &Page) -> String {
    page.texts("nav a[href=\"/notifications\"] .badge").concat()
}

#[tokio::test]
async fn whoever_opens_a_visit_has_read_all_that_they_were_told_of_it() {
    let pair = pair().await;
    let (visit, other) = (pair.meet_in(60, Status::Scheduled).await, pair.meet_in(180, Status::Scheduled).await);
    let desk = hospital_admin(&pair.hospital).create(&pair.app).await;
    let administration = pair.app.sign_in(&desk).await;
    for (person, client) in
        [(&pair.doctor.person, &pair.surgery), (&pair.patient.person, &pair.home), (&desk, &administration)]
    {
        for told in [&visit, &other, &visit] {
            notification(person).about(told).of_kind(Kind::AppointmentApproved).create(&pair.app).await;
        }
        // Both are kept from here on.
        assert_eq!(badge(&client.get("/dashboard").await.ok()), "3 new");
        assert!(client.get("/notifications").await.ok().says("3 unread"));
        // Not from the list of news, but from that of visits.
        let page = client.get(&visit.path()).await.ok();
        assert_eq!(badge(&page), "1 new", "the page itself knows it already");
        assert_eq!(unread(&pair, person).await, [(Kind::AppointmentApproved, Some(other.id))]);
        assert_eq!(badge(&client.get("/dashboard").await.ok()), "1 new");
        assert!(client.get("/notifications").await.ok().says("1 unread"));
        let page = client.get(&other.path()).await.ok();
        assert_eq!(badge(&page), "");
        assert_eq!(unread(&pair, person).await, []);
        // Of another visit they have something to read.
        notification(person).about(&visit).create(&pair.app).await;
        assert_eq!(
            client.get(&other.path()).await.ok().statements(),
            3,
            "where nothing is to be read it costs nothing"
        );
    }
}

#[tokio::test]
async fn when_it_was_read_stays() {
    let pair = pair().await;
    let visit = pair.meet_in(60, Status::Scheduled).await;
    let told = notification(&pair.patient).about(&visit).create(&pair.app).await;
    pair.home.get(&visit.path()).await.ok();
    pair.app.clock.advance(chrono::TimeDelta::minutes(5));
    notification(&pair.patient).about(&visit).create(&pair.app).await;
    pair.home.get(&visit.path()).await.ok();
    let stored = row::Entity::find_by_id(told.id).one(&pair.app.db).await.unwrap().unwrap();
    assert_eq!(stored.read_at, Some(NOW));
    assert_eq!(unread(&pair, &pair.patient).await, []);
}

#[tokio::test]
async fn nobody_reads_for_somebody_else_nor_what_is_not_theirs_to_see() {
    let pair = pair().await;
    let visit = pair.meet_in(60, Status::Scheduled).await;
    let stranger = patient(&pair.hospital).create(&pair.app).await;
    let elsewhere = hospital_admin(&hospital().create(&pair.app).await).create(&pair.app).await;
    for person in [&pair.patient.person, &stranger.person, &elsewhere] {
        notification(person).about(&visit).create(&pair.app).await;
    }
    pair.surgery.get(&visit.path()).await.ok();
    pair.app.visitor().get(&visit.path()).await.expect(303);
    for person in [&stranger.person, &elsewhere] {
        pair.app.sign_in(person).await.get(&visit.path()).await.expect(404);
    }
    for person in [&pair.patient.person, &stranger.person, &elsewhere] {
        assert_eq!(unread(&pair, person).await.len(), 1, "{}", person.email);
    }
}

#[tokio::test]
async fn what_is_fetched_by_itself_or_in_advance_reads_nothing() {
    let pair = pair().await;
    let visit = pair.meet_in(60, Status::Scheduled).await;
    notification(&pair.patient).about(&visit).create(&pair.app).await;
    let ask = |path: String, header: (&'static str, &'static str)| {
        let request = pair.home.request(Method::GET, &path).header(header.0, header.1);
        pair.home.send(request)
    };
    ask(visit.path(), ("x-live", "1")).await.expect(409);
    ask(format!("{}/standing", visit.path()), ("x-live", "1")).await.ok();
    ask(visit.path(), ("sec-purpose", "prefetch;prerender")).await.ok();
    assert_eq!(unread(&pair, &pair.patient).await.len(), 1);
    ask(visit.path(), ("sec-purpose", "")).await.ok();
    assert_eq!(unread(&pair, &pair.patient).await, []);
}

#[tokio::test]
async fn a_paper_reads_what_was_told_of_it_and_of_no_other() {
    let pair = pair().await;
    let visit = pair.meet_in(-120, Status::Completed).await;
    note(&visit, &pair.doctor).signed().create(&pair.app).await;
    for kind in [Kind::NoteSigned, Kind::AppointmentBooked] {
        notification(&pair.patient).about(&visit).of_kind(kind).create(&pair.app).await;
    }
    let mut papers = Vec::new();
    for body in ["Drops", "Tablets"] {
        pair.app.clock.advance(chrono::TimeDelta::minutes(1));
        let fields = [("kind", "prescription"), ("body", body), ("token", body)];
        papers
            .push(pair.surgery.post_form(&format!("{}/documents", visit.path()), &fields).await.expect(303).location());
    }
    let kinds = async || unread(&pair, &pair.patient).await.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    let (booked, issued) = (Kind::AppointmentBooked, Kind::DocumentIssued);
    assert_eq!(kinds().await, [Kind::NoteSigned, booked, issued, issued]);
    assert_eq!(badge(&pair.home.get(&format!("{}/summary", visit.path())).await.ok()), "3 new");
    assert_eq!(kinds().await, [booked, issued, issued]);
    assert_eq!(badge(&pair.home.get(&papers[1]).await.ok()), "2 new");
    assert_eq!(kinds().await, [booked, issued], "of the other paper they have read nothing");
    // That it counts no more is told of the same one.
    pair.app.clock.advance(chrono::TimeDelta::minutes(1));
    let why = [("version", "0"), ("reason", "Not with atropine")];
    pair.surgery.post_form(&format!("{}/revocation", papers[1]), &why).await.expect(303);
    assert_eq!(kinds().await, [booked, issued, Kind::DocumentRevoked]);
    pair.home.get(&papers[1]).await.ok();
    assert_eq!(kinds().await, [booked, issued]);
    pair.home.get(&visit.path()).await.ok();
    assert_eq!(kinds().await, []);
}

/// The page of the visit does not say which paper it was, and whoever has it at home must know.
#[tokio::test]
async fn that_a_paper_counts_no_more_is_read_on_the_paper_alone() {
    let pair = pair().await;
    let visit = pair.meet_in(-120, Status::Completed).await;
    let fields = [("kind", "prescription"), ("body", "Drops"), ("token", "drops")];
    let paper = pair.surgery.post_form(&format!("{}/documents", visit.path()), &fields).await.expect(303).location();
    pair.app.clock.advance(chrono::TimeDelta::minutes(1));
    let why = [("version", "0"), ("reason", "Not with atropine")];
    pair.surgery.post_form(&format!("{paper}/revocation"), &why).await.expect(303);
    let page = pair.home.get(&visit.path()).await.ok();
    assert_eq!(badge(&page), "1 new", "that it was issued is read");
    assert_eq!(unread(&pair, &pair.patient).await, [(Kind::DocumentRevoked, Some(visit.id))]);
    assert_eq!(pair.home.get(&visit.path()).await.ok().statements(), 3, "what is not read here costs nothing here");
    assert_eq!(badge(&pair.home.get(&paper).await.ok()), "");
    assert_eq!(unread(&pair, &pair.patient).await, []);
}

/// The page was read without it: it is told of once more.
#[tokio::test]
async fn what_comes_while_a_page_is_made_stays_unread() {
    if !uses_postgres() {
        return;
    }
    let pair = pair().await;
    let visit = pair.meet_in(60, Status::Scheduled).await;
    let before = notification(&pair.patient).about(&visit).create(&pair.app).await;
    let other = Database::connect(pair.app.state.settings.database.url.expose()).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared("LOCK TABLE notification IN EXCLUSIVE MODE").await.unwrap();
    let meanwhile = async {
        let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'notification'::regclass";
        let waits = Statement::from_string(DbBackend::Postgres, waits);
        while held.query_all_raw(waits.clone()).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let first = row::Entity::find_by_id(before.id).one(&held).await.unwrap().unwrap();
        let cancelled = row::ActiveModel {
            id: NotSet,
            kind: sea_orm::Set(Kind::AppointmentCancelled),
            ..first.into_active_model().reset_all()
        };
        cancelled.insert(&held).await.unwrap();
        held.commit().await.unwrap();
    };
    let path = visit.path();
    let (page, ()) = tokio::join!(pair.home.get(&path), meanwhile);
    page.ok();
    let cancelled = (Kind::AppointmentCancelled, Some(visit.id));
    assert_eq!(unread(&pair, &pair.patient).await, [cancelled]);
    // Whoever looks again sees it.
    pair.home.get(&path).await.ok();
    assert_eq!(unread(&pair, &pair.patient).await, []);
}

#[tokio::test]
async fn the_page_of_an_absence_reads_that_it_was_recorded() {
    let pair = pair().await;
    let desk = hospital_admin(&pair.hospital).create(&pair.app).await;
    let administration = pair.app.sign_in(&desk).await;
    let visit = pair.meet_in(24 * 60, Status::Scheduled).await;
    let away = time_off(&pair.app, &pair.doctor, (pair.app.in_hours(20), pair.app.in_hours(30)), "").await;
    let of_absence = Kind::AbsenceRecorded;
    notification(&desk).about(&visit).of_kind(of_absence).from(pair.app.in_hours(-1)).create(&pair.app).await;
    notification(&desk).about(&visit).of_kind(of_absence).create(&pair.app).await;
    notification(&desk).about(&visit).create(&pair.app).await;
    notification(&pair.doctor.person).about(&visit).of_kind(of_absence).create(&pair.app).await;
    let page = administration.get(&format!("/doctors/{}/time-off/{away}/visits", pair.doctor.id)).await.ok();
    assert_eq!(badge(&page), "2 new", "of another absence nothing is read");
    administration.get(&visit.path()).await.ok();
    assert_eq!(unread(&pair, &desk).await, [(of_absence, Some(visit.id))], "nor of the visits that one of them shows");
    assert_eq!(unread(&pair, &pair.doctor.person).await.len(), 1);
}

#[tokio::test]
async fn that_somebody_waits_is_read_when_they_wait_no_more() {
    let pair = pair().await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let stays = pair.meet_in(200, Status::Scheduled).await;
    pair.home.post_form(&format!("{}/arrival", stays.path()), &[("version", "0")]).await.expect(303);
    let still = (Kind::PatientArrived, Some(stays.id));
    let steps: [(&Client, &str, (&str, &str)); 5] = [
        (&pair.surgery, "start", ("", "")),
        (&pair.surgery, "outcome", ("outcome", "no_show")),
        (&pair.surgery, "cancellation", ("reason", "Called away")),
        (&pair.home, "cancellation", ("reason", "Cannot wait")),
        (&desk, "correction", ("reason", "Another patient")),
    ];
    for (number, (who, noun, field)) in (1..).zip(steps) {
        let visit = pair.meet_in(-40 * number, Status::Scheduled).await;
        pair.home.post_form(&format!("{}/arrival", visit.path()), &[("version", "0")]).await.expect(303);
        assert_eq!(unread(&pair, &pair.doctor.person).await.last(), Some(&(Kind::PatientArrived, Some(visit.id))));
        let before = pair.surgery.get("/dashboard").await.ok().figure("unread");
        let fields: Vec<_> = [("version", "1"), field].into_iter().filter(|(name, _)| !name.is_empty()).collect();
        let answer = who.post_form(&format!("{}/{noun}", visit.path()), &fields).await.expect(303);
        // Beside the news of it, that of the arrival is changed.
        assert!(answer.statements() <= 9, "{noun}: {}", answer.statements());
        let left = unread(&pair, &pair.doctor.person).await;
        assert!(!left.contains(&(Kind::PatientArrived, Some(visit.id))), "{noun}: {left:?}");
        assert!(left.contains(&still), "who still waits is news: {left:?}");
        let told = i64::try_from(left.len()).unwrap();
        assert_eq!(pair.surgery.get("/dashboard").await.ok().figure("unread"), told, "{noun}, of {before}");
        // Another one cannot begin while this goes on.
        if noun == "start" {
            let done = [("version", "2"), ("outcome", "completed")];
            pair.surgery.post_form(&format!("{}/outcome", visit.path()), &done).await.expect(303);
        }
    }
}

/// Whoever has said it by mistake takes it back as if it had not been.
#[tokio::test]
async fn an_arrival_that_was_a_slip_is_no_news() {
    let pair = pair().await;
    let visit = pair.meet_in(30, Status::Scheduled).await;
    pair.home.post_form(&format!("{}/arrival", visit.path()), &[("version", "0")]).await.expect(303);
    pair.home.post_form(&format!("{}/correction", visit.path()), &[("version", "1")]).await.expect(303);
    let left = unread(&pair, &pair.doctor.person).await;
    assert!(!left.contains(&(Kind::PatientArrived, Some(visit.id))), "{left:?}");
}

#[tokio::test]
async fn a_request_or_a_proposal_is_read_once_it_is_answered_wherever_that_was() {
    let pair = pair().await;
    let (asked, other) =
        (pair.meet_in(24 * 60, Status::Requested).await, pair.meet_in(48 * 60, Status::Requested).await);
    let tell = async |person: &Person, visit: &Appointment, kind: Kind| {
        notification(person).about(visit).of_kind(kind).create(&pair.app).await;
    };
    for visit in [&asked, &other] {
        tell(&pair.doctor, visit, Kind::AppointmentRequested).await;
    }
    let board = pair.surgery.get("/dashboard").await.ok();
    assert_eq!(badge(&board), "2 new");
    let approve = format!("form[action=\"{}/approval\"]", asked.path());
    pair.surgery.submit(&board, &approve, &[]).await.expect(303);
    assert_eq!(unread(&pair, &pair.doctor).await, [(Kind::AppointmentRequested, Some(other.id))]);
    assert_eq!(badge(&pair.surgery.get("/dashboard").await.ok()), "1 new");
    // A proposal asks the patient, and whoever calls the request off has answered for both.
    works_daily(&pair.app, &pair.doctor, (9, 12)).await;
    pair.surgery.get("/dashboard").await.ok();
    let time = [("version", "0"), ("starts_at", "2026-11-27T10:00")];
    pair.surgery.post_form(&format!("{}/proposal", other.path()), &time).await.expect(303);
    assert_eq!(unread(&pair, &pair.doctor).await, []);
    let theirs = unread(&pair, &pair.patient).await;
    assert!(theirs.contains(&(Kind::AppointmentProposed, Some(other.id))), "{theirs:?}");
    pair.home.post_form(&format!("{}/proposal/refusal", other.path()), &[("version", "1")]).await.expect(303);
    let theirs = unread(&pair, &pair.patient).await;
    assert!(!theirs.iter().any(|(kind, _)| *kind == Kind::AppointmentProposed), "{theirs:?}");
}
