//! Hours, absences and bookings.

use super::{clinic::People, world::World};
use crate::support::*;

const WEEK: &str = "/schedule?view=week";

/// Where staff see what is free today.
const TIMES: [(&str, &str); 6] = [
    ("admin", "/doctors/{id}/times"),
    ("doctor", "/doctors/{id}/times"),
    ("admin", "/schedule"),
    ("doctor", "/schedule"),
    ("admin", WEEK),
    ("doctor", WEEK),
];

/// Where a visit of today is seen that the desk books.
const BOOKED: [(&str, &str); 9] = [
    ("doctor", "/dashboard"),
    ("doctor", "/appointments"),
    ("doctor", "/notifications"),
    ("doctor", "/patients"),
    ("patient", "/dashboard"),
    ("patient", "/appointments"),
    ("patient", "/notifications"),
    ("admin", "/dashboard"),
    ("admin", "/appointments"),
];

#[tokio::test]
async fn no_page_is_stale_after_hours_change_and_visits_are_booked() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let doctor = people.doctor.id;
    let (hours, away) = (format!("/doctors/{doctor}/availability"), format!("/doctors/{doctor}/time-off"));
    // It is a Tuesday, ten o'clock; the pages show today. Staff need not book ahead.
    world.look_also_at(WEEK);
    let everybody = [("admin", "/doctors/{id}"), ("doctor", "/doctors/{id}"), ("patient", "/doctors/{id}")];
    let week = [("weekday", "1"), ("start_time", "14:00"), ("end_time", "18:00")];
    let changes = [&TIMES[..], &everybody].concat();
    world.after("new hours", &changes, world.post("doctor", &hours, &week)).await;
    let day = [("starts_at", "2026-11-24T14:00"), ("ends_at", "2026-11-24T15:00"), ("reason", "")];
    world.after("an absence", &TIMES, world.post("admin", &away, &day)).await;
    let page = world.browser("doctor").get(&hours).await.ok();
    let removal = page.form("form[action$=\"/removal\"]").action;
    world.after("no absence after all", &TIMES, world.post("doctor", &removal, &[])).await;

    let (doctor, patient) = (doctor.to_string(), people.patient.id.to_string());
    let visit = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", "2026-11-24T15:00")];
    let changes = [&TIMES[..], &BOOKED].concat();
    world.after("a booking by the desk", &changes, world.post("admin", "/appointments", &visit)).await;
    let visit = [("doctor_id", doctor.as_str()), ("starts_at", "2026-12-01T15:00")];
    let seen = [
        ("doctor", "/dashboard"),
        ("doctor", "/notifications"),
        ("newcomer", "/dashboard"),
        ("newcomer", "/appointments"),
        ("admin", "/dashboard"),
    ];
    world.after("a request", &seen, world.post("newcomer", "/appointments", &visit)).await;
}

#[tokio::test]
async fn no_page_is_stale_after_a_walk_in() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let (doctor, newcomer) = (people.doctor.id.to_string(), people.newcomer.id.to_string());
    let here = [
        ("walk_in", "on"),
        ("doctor_id", doctor.as_str()),
        ("patient_id", newcomer.as_str()),
        ("overbook_reason", "It bleeds."),
    ];
    let waits = [
        ("doctor", "/dashboard"),
        ("doctor", "/appointments"),
        ("doctor", "/notifications"),
        ("doctor", "/patients"),
        ("doctor", "/schedule"),
        ("newcomer", "/dashboard"),
        ("newcomer", "/appointments"),
        ("admin", "/dashboard"),
        ("admin", "/appointments"),
        ("admin", "/schedule"),
    ];
    world.after("a walk-in", &waits, world.post("admin", "/appointments", &here)).await;
}

/// A visit that nobody can hold any more stands on the hospital's board.
#[tokio::test]
async fn no_page_is_stale_after_an_absence_over_a_visit() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(4));
    let visit = visit.create(&world.app).await;
    people.sign_in(&mut world).await;
    let path = format!("/doctors/{}/time-off", people.doctor.id);
    let day = [("starts_at", "2026-11-24T12:00"), ("ends_at", "2026-11-24T18:00"), ("reason", "")];
    let changes =
        [("admin", "/dashboard"), ("admin", "/schedule"), ("admin", "/notifications"), ("doctor", "/schedule")];
    world.after("an absence over a visit", &changes, world.post("doctor", &path, &day)).await;

    let hours = world.browser("admin").get(&format!("/doctors/{}/availability", people.doctor.id)).await.ok();
    let clearing = hours.links().into_iter().find(|link| link.ends_with("/visits")).unwrap();
    let (chosen, version) = (format!("visit_{}", visit.id), format!("version_{}", visit.id));
    let fields = [(chosen.as_str(), "cancel"), (version.as_str(), "0"), ("message", "The doctor is away.")];
    let changes = [
        ("admin", "/dashboard"),
        ("admin", "/schedule"),
        ("doctor", "/schedule"),
        ("doctor", "/dashboard"),
        ("patient", "/dashboard"),
        ("patient", "/notifications"),
    ];
    let clear = async { drop(world.browser("admin").post_form(&clearing, &fields).await.ok()) };
    world.after("an absence is cleared", &changes, clear).await;
}
