//! Each moment at which pages change by the clock alone.

use chrono::{DateTime, Days, Months, NaiveTime, TimeDelta, TimeZone as _, Utc};

use super::{
    clinic::People,
    world::{NEEDS_OUTCOME, World, assert_changed},
};
use crate::support::*;

/// A moment, and the pages that are others right after it than right before.
pub(super) struct Edge {
    pub(super) at: DateTime<Utc>,
    pub(super) what: String,
    pub(super) changes: Vec<(&'static str, &'static str)>,
}

/// Views of the list that change by the clock alone.
const PAST: &str = "/appointments?when=past";
const NEXT_24_HOURS: &str = "/appointments?status=next_24_hours";
const UPCOMING: &str = "/appointments?status=upcoming";
const NOTES_TO_SIGN: &str = "/appointments?status=notes_to_sign";

/// Up to today, as long as that is less than four weeks.
const REPORT_SINCE: &str = "/reports?from=2026-11-20";

/// One during an absence, the last of today, short of midnight, and the first of tomorrow, in minutes.
const AWAY: i64 = 128;
const LATE: i64 = 797;
const EARLY: i64 = 900;

/// The visits: minutes from now, none of whose beginnings and ends, and half a day or a day before, fall on one moment. One was over before its time.
const VISITS: [(AppointmentStatus, i64); 8] = [
    (AppointmentStatus::Confirmed, -301),
    (AppointmentStatus::Completed, -11),
    (AppointmentStatus::Completed, 43),
    (AppointmentStatus::Requested, 67),
    (AppointmentStatus::Scheduled, AWAY),
    (AppointmentStatus::Confirmed, LATE),
    (AppointmentStatus::Scheduled, EARLY),
    (AppointmentStatus::Scheduled, 1541),
];

#[tokio::test]
async fn no_page_is_stale_when_a_moment_comes() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let edges = edges(&world.app, &people).await;
    for view in [REPORT_SINCE, PAST, NEXT_24_HOURS, UPCOMING, NOTES_TO_SIGN] {
        world.look_also_at(view);
    }
    people.sign_in(&mut world).await;
    for edge in edges {
        pass_over(&world, &edge).await;
    }
}

/// A day's list has a hundred visits at most; how many come within 24 hours is counted of all.
#[tokio::test]
async fn no_page_is_stale_when_a_visit_begins_for_which_no_list_has_room() {
    const LAST: i64 = 100;
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let starts_at = |place: i64| world.app.in_minutes(1 + 8 * place);
    for place in 0..=LAST {
        let visit = appointment().of(&people.doctor).with(&people.patient).at(starts_at(place)).lasting(5);
        visit.status(AppointmentStatus::Scheduled).create(&world.app).await;
    }
    let (at, what) = (starts_at(LAST), "the beginning of the last visit of a long day".to_owned());
    people.sign_in(&mut world).await;
    pass_over(&world, &Edge { at, what, changes: vec![("doctor", "/dashboard")] }).await;
}

/// A patient is told of a visit that it is tomorrow, and then that it is today.
#[tokio::test]
async fn no_page_is_stale_when_the_day_before_a_visit_and_its_own_begin() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let midnight = midnight(world.app.now(), &people.hospital);
    let visit = appointment().of(&people.doctor).with(&people.patient).at(midnight + TimeDelta::hours(34));
    visit.status(AppointmentStatus::Confirmed).create(&world.app).await;
    people.sign_in(&mut world).await;
    for (days, what) in [(0, "the day before a visit begins"), (1, "its own day begins")] {
        let at = midnight + TimeDelta::days(days);
        pass_over(&world, &Edge { at, what: what.to_owned(), changes: vec![("patient", "/dashboard")] }).await;
    }
}

/// Then nobody can say any more that they will come, or that they are there, and its doctor says what came of it.
#[tokio::test]
async fn no_page_of_where_a_visit_stands_is_stale_when_it_ends() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let starts_at = world.app.in_minutes(60);
    let visit = appointment().of(&people.doctor).with(&people.patient).at(starts_at);
    world.look_into_the_room_of(&visit.status(AppointmentStatus::Confirmed).create(&world.app).await);
    people.sign_in(&mut world).await;
    let changes = ["doctor", "patient", "admin"].map(|name| (name, "/appointments/{id}/standing")).into();
    pass_over(&world, &Edge { at: starts_at + TimeDelta::minutes(30), what: "its end".to_owned(), changes }).await;
}

/// For a quarter of an hour whoever recorded something takes it back.
#[tokio::test]
async fn no_page_of_where_a_visit_stands_is_stale_when_nothing_can_be_taken_back_any_more() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-7));
    world.look_into_the_room_of(&visit.status(AppointmentStatus::InProgress).create(&world.app).await);
    let at = world.app.in_minutes(15);
    people.sign_in(&mut world).await;
    let changes = vec![("doctor", "/appointments/{id}/standing")];
    pass_over(&world, &Edge { at, what: "a quarter of an hour after the beginning".to_owned(), changes }).await;
}

/// Whoever works there then stops asking that the patient be called, or let in again: nothing else of the page is another.
#[tokio::test]
async fn no_page_of_where_a_visit_stands_is_stale_when_it_ends_without_a_patient() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let gone = patient(&people.hospital).deactivated().create(&world.app).await;
    let starts_at = world.app.in_minutes(60);
    let visit = appointment().of(&people.doctor).with(&gone).at(starts_at);
    world.look_into_the_room_of(&visit.status(AppointmentStatus::Waiting).create(&world.app).await);
    let changes = ["doctor", "admin"].map(|name| (name, "/appointments/{id}/standing")).into();
    pass_over(&world, &Edge { at: starts_at + TimeDelta::minutes(30), what: "its end".to_owned(), changes }).await;
}

/// How old the patient is stands above each record about them.
#[tokio::test]
async fn no_page_by_which_a_record_is_told_of_changes_is_stale_on_a_birthday() {
    let mut world = World::start().await;
    let mut people = People::create(&world.app).await;
    let at = midnight(world.app.now(), &people.hospital);
    let birthday = at.with_timezone(&people.hospital.zone).date_naive();
    people.patient = patient(&people.hospital).born(birthday - Months::new(30 * 12)).create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(-400));
    let visit = visit.status(AppointmentStatus::Completed).create(&world.app).await;
    note(&visit, &people.doctor).create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    let changes = vec![
        ("doctor", "/appointments/{id}/standing"),
        ("patient", "/appointments/{id}/standing"),
        ("admin", "/appointments/{id}/standing"),
        ("doctor", "/appointments/{id}/note/now"),
    ];
    pass_over(&world, &Edge { at, what: "midnight, and a birthday".to_owned(), changes }).await;
}

/// Of an empty list, of one whose pages fill up, and of those beyond the last: how many there are, and which.
#[tokio::test]
async fn no_page_of_what_needs_an_outcome_is_stale_when_a_visit_ends() {
    const SECOND: &str = "/appointments?status=needs_outcome&page=2";
    const THIRD: &str = "/appointments?status=needs_outcome&page=3";
    let mut world = World::start_with(&[("PAGE_SIZE", "1")]).await;
    let people = People::create(&world.app).await;
    world.look_also_at(SECOND);
    world.look_also_at(THIRD);
    people.sign_in(&mut world).await;
    let cancelled = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(3));
    cancelled.status(AppointmentStatus::Cancelled).create(&world.app).await;
    let seen_at = [&[NEEDS_OUTCOME][..], &[NEEDS_OUTCOME, SECOND], &[NEEDS_OUTCOME, SECOND, THIRD]];
    let statuses = [AppointmentStatus::Scheduled, AppointmentStatus::Waiting, AppointmentStatus::InProgress];
    let mut visits = Vec::new();
    let mut edges = Vec::new();
    for ((hour, views), status) in (1..).zip(seen_at).zip(statuses) {
        let starts_at = world.app.in_hours(hour);
        let visit = appointment().of(&people.doctor).with(&people.patient).at(starts_at).status(status);
        visits.push(visit.create(&world.app).await);
        let changes = views.iter().flat_map(|view| [("doctor", *view), ("admin", *view)]).collect();
        edges.push(Edge { at: starts_at + TimeDelta::minutes(30), what: format!("the end of visit {hour}"), changes });
    }
    for edge in &edges {
        pass_over(&world, edge).await;
    }

    let fields = [("version", "0"), ("outcome", "completed")];
    let path = format!("{}/outcome", visits[0].path());
    let mut changes = edges[2].changes.clone();
    changes.extend([("doctor", "/dashboard"), ("patient", "/dashboard")]);
    world.after("an outcome after the fact", &changes, world.post("doctor", &path, &fields)).await;
}

/// Compares all pages a microsecond before a moment, at it, and a microsecond after it.
pub(super) async fn pass_over(world: &World, edge: &Edge) {
    let off_by = async |microseconds| {
        world.app.clock.set(edge.at + TimeDelta::microseconds(microseconds));
        let what = format!("{microseconds} µs from {}", edge.what);
        let seen = world.compare(&what).await;
        world.warm(&what).await;
        seen
    };
    let before = off_by(-1).await;
    off_by(0).await;
    let after = off_by(1).await;
    assert_changed(&edge.what, &edge.changes, (&before, &after));
}

/// What shows the day, or somebody whose birthday it is.
const AT_MIDNIGHT: [(&str, &str); 17] = [
    ("doctor", "/dashboard"),
    ("admin", "/dashboard"),
    ("doctor", "/patients"),
    ("admin", "/patients"),
    ("admin", "/reports"),
    ("admin", "/reports/calls"),
    ("admin", REPORT_SINCE),
    ("doctor", "/schedule"),
    ("admin", "/schedule"),
    // From the beginning of its day on the patient may say that they are there.
    ("patient", "/dashboard"),
    ("doctor", "/appointments"),
    ("admin", "/appointments"),
    ("patient", "/appointments"),
    ("doctor", PAST),
    ("admin", PAST),
    ("patient", PAST),
    ("doctor", NOTES_TO_SIGN),
];

/// Makes the visits, and somebody whose birthday is tomorrow; the moments to come, in order.
async fn edges(app: &TestApp, people: &People) -> Vec<Edge> {
    let midnight = midnight(app.now(), &people.hospital);
    let birthday = midnight.with_timezone(&people.hospital.zone).date_naive();
    let child = patient(&people.hospital).born(birthday - Months::new(30 * 12)).create(app).await;
    let past = appointment().of(&people.doctor).with(&child).at(app.in_hours(-400));
    past.status(AppointmentStatus::Completed).create(app).await;
    // Its note is asked for until that day is over.
    let long_ago = appointment().of(&people.doctor).with(&child).at(midnight - TimeDelta::days(31));
    long_ago.status(AppointmentStatus::Completed).create(app).await;
    let mut edges =
        vec![Edge { at: midnight, what: "midnight, and a birthday".to_owned(), changes: AT_MIDNIGHT.into() }];
    for (status, minutes) in VISITS {
        let starts_at = app.in_minutes(minutes);
        let visit = appointment().of(&people.doctor).with(&people.patient).at(starts_at).status(status);
        visit.create(app).await;
        edges.extend(of_visit(status, starts_at));
    }
    go_away(app, people, &mut edges).await;
    // Around midnight one may say that one is there for two hours before a visit and after it.
    for (minutes, what) in
        [(LATE + 30 + 120, "the day of a late visit is over"), (EARLY - 120, "that of an early one has come")]
    {
        edges.push(Edge {
            at: app.in_minutes(minutes),
            what: what.to_owned(),
            changes: vec![("patient", "/dashboard")],
        });
    }
    edges.retain(|edge| edge.at > app.now());
    edges.sort_by_key(|edge| edge.at);
    assert!(edges.windows(2).all(|two| two[0].at + TimeDelta::minutes(1) < two[1].at), "moments hide each other");
    edges
}

/// The doctor is away in the middle of the day and has a visit that nobody holds, until it is over.
async fn go_away(app: &TestApp, people: &People, edges: &mut [Edge]) {
    let away = (app.in_minutes(AWAY - 5), app.in_minutes(AWAY + 35));
    time_off(app, &people.doctor, away, "").await;
    let end = edges.iter_mut().find(|edge| edge.at == app.in_minutes(AWAY + 30)).unwrap();
    end.changes.push(("admin", "/dashboard"));
}

/// When a visit of half an hour changes pages.
fn of_visit(status: AppointmentStatus, starts_at: DateTime<Utc>) -> Vec<Edge> {
    let is_expected = matches!(status, AppointmentStatus::Scheduled | AppointmentStatus::Confirmed);
    let edge = |at, what: &str, changes: &[(bool, &'static str)]| Edge {
        at,
        what: format!("{what} of the visit that is {status:?} for {starts_at}"),
        changes: changes.iter().filter(|(shows, _)| *shows).map(|(_, name)| (*name, "/dashboard")).collect(),
    };
    let ends = [(is_expected, "doctor"), (is_expected, "patient")];
    let mut end = edge(starts_at + TimeDelta::minutes(30), "the end", &ends);
    if is_expected {
        end.changes.extend(["doctor", "admin"].map(|name| (name, NEEDS_OUTCOME)));
        end.changes.push(("patient", UPCOMING));
    }
    let mut near = edge(starts_at - TimeDelta::hours(24), "24 hours before", &[(is_expected, "doctor")]);
    let mut beginning = edge(starts_at, "the beginning", &[(is_expected, "doctor")]);
    for edge in [&mut near, &mut beginning].into_iter().filter(|_| is_expected) {
        edge.changes.push(("doctor", NEXT_24_HOURS));
    }
    vec![
        near,
        beginning,
        edge(starts_at + TimeDelta::minutes(10), "ten minutes after the beginning", &[(is_expected, "admin")]),
        end,
    ]
}

pub(super) fn midnight(now: DateTime<Utc>, hospital: &Hospital) -> DateTime<Utc> {
    let tomorrow = now.with_timezone(&hospital.zone).date_naive() + Days::new(1);
    hospital.zone.from_local_datetime(&tomorrow.and_time(NaiveTime::MIN)).unwrap().to_utc()
}
