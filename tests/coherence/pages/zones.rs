//! The rules of a zone have changed, and what is to come is moved back to what the clock showed.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use entity::{appointment as visit_row, time_off as absence_row};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use telemedicine::features::wall_times::{self, ReanchorOptions};

use super::{clinic::People, world::World};
use crate::support::*;

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// As if the rules by which it was booked had been others.
async fn promise(app: &TestApp, visit: &Appointment, time: &str) {
    let row =
        visit_row::ActiveModel { id: Set(visit.id), local_starts_at: Set(Some(local(time))), ..Default::default() };
    row.update(&app.db).await.unwrap();
}

/// The same of an absence.
async fn keep_away(app: &TestApp, id: i64, (starts_at, ends_at): (&str, &str)) {
    let row = absence_row::ActiveModel {
        id: Set(id),
        local_starts_at: Set(Some(local(starts_at))),
        local_ends_at: Set(Some(local(ends_at))),
        ..Default::default()
    };
    row.update(&app.db).await.unwrap();
}

#[tokio::test]
async fn no_page_is_stale_after_visits_and_absences_follow_their_clock() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    availability(&world.app, &people.doctor, 1, (hour(9), hour(17))).await;
    // It is a Tuesday, ten o'clock.
    let visit = async |hours: i64| {
        let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(hours));
        visit.create(&world.app).await
    };
    let (first, second) = (visit(1).await, visit(4).await);
    let noon = world.app.in_hours(2);
    let absence = time_off(&world.app, &people.doctor, (noon, noon + TimeDelta::hours(1)), "").await;
    people.sign_in(&mut world).await;

    let follow = async || {
        let options = ReanchorOptions::default();
        let by = (people.super_admin.email.as_str(), world.app.now());
        let done = wall_times::reanchor(&world.app.state.db, by, &options).await;
        drop(done.unwrap_or_else(|error| panic!("{error}")));
    };
    world.after("times on the clock are noted", &[], follow()).await;
    promise(&world.app, &first, "2026-11-24T15:00:00").await;
    let seen = [
        ("admin", "/dashboard"),
        ("admin", "/appointments"),
        ("admin", "/doctors/{id}/times"),
        ("doctor", "/dashboard"),
        ("doctor", "/appointments"),
        ("patient", "/dashboard"),
        ("patient", "/appointments"),
    ];
    world.after("a visit follows the clock", &seen, follow()).await;
    // Where the first one is.
    promise(&world.app, &second, "2026-11-24T15:00:00").await;
    world.after("a visit that cannot follow it", &[("admin", "/dashboard")], follow()).await;
    keep_away(&world.app, absence, ("2026-11-24T16:00:00", "2026-11-24T17:00:00")).await;
    let seen = [("admin", "/doctors/{id}/times"), ("doctor", "/doctors/{id}/times")];
    world.after("an absence follows the clock", &seen, follow()).await;
}
