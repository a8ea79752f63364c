//! The free times across doctors, of a hospital with two of them.

use chrono::{NaiveTime, TimeDelta};

use super::{
    clinic::People,
    management::change,
    moments::{Edge, midnight, pass_over},
    world::World,
};
use crate::support::*;

const TIMES: &str = "/times";
/// The second doctor of the clinic, whoever else there is.
const OF_FIELD: &str = "/times?specialization=Cardiology";
const ALL: [(&str, &str); 3] = [("admin", TIMES), ("doctor", TIMES), ("patient", TIMES)];

/// A clinic whose second doctor, Cardiology, sees people on Tuesdays and Wednesdays from two to four.
async fn clinic(world: &mut World) -> (People, Doctor) {
    let people = People::create(&world.app).await;
    let colleague = doctor(&people.hospital).specialized_in("Cardiology").create(&world.app).await;
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    for weekday in [1, 2] {
        availability(&world.app, &colleague, weekday, (hour(14), hour(16))).await;
    }
    world.look_also_at(OF_FIELD);
    people.sign_in(world).await;
    (people, colleague)
}

#[tokio::test]
async fn no_week_of_free_times_is_stale_after_anything_of_a_doctor_changes() {
    let mut world = World::start().await;
    let (people, colleague) = clinic(&mut world).await;
    let all = [&ALL[..], &[("admin", OF_FIELD), ("patient", OF_FIELD)]].concat();
    let id = colleague.id;
    let (hours, away) = (format!("/doctors/{id}/availability"), format!("/doctors/{id}/time-off"));

    // It is a Tuesday, ten o'clock.
    let week = [("weekday", "3"), ("start_time", "14:00"), ("end_time", "16:00")];
    world.after("new hours of a colleague", &all, world.post("admin", &hours, &week)).await;
    let day = [("starts_at", "2026-11-25T00:00"), ("ends_at", "2026-11-26T00:00"), ("reason", "")];
    world.after("an absence of a colleague", &all, world.post("admin", &away, &day)).await;
    let removal = world.browser("admin").get(&hours).await.ok().form("form[action$=\"/removal\"]").action;
    world.after("no absence after all", &all, world.post("admin", &removal, &[])).await;

    let (doctor_id, patient_id) = (id.to_string(), people.patient.id.to_string());
    let fields = [("doctor_id", "any"), ("patient_id", patient_id.as_str()), ("starts_at", "2026-11-26T14:00")];
    world.after("a booking of whoever is free", &all, world.post("admin", "/appointments", &fields)).await;
    let booked = world.browser("admin").get("/appointments").await.ok().links();
    let booked = booked.into_iter().find(|link| link.starts_with("/appointments/") && !link.ends_with("/new")).unwrap();
    let why = [("version", "0"), ("reason", "A strike.")];
    let cancellation = format!("{booked}/cancellation");
    world.after("a cancellation", &all, world.post("admin", &cancellation, &why)).await;
    let asked = [("doctor_id", doctor_id.as_str()), ("starts_at", "2026-11-26T15:00")];
    let own = [("patient", TIMES), ("patient", OF_FIELD)];
    world.after("a request of the patient's", &own, world.post("patient", "/appointments", &asked)).await;

    let (shut, open) = (format!("/doctors/{id}/deactivation"), format!("/doctors/{id}/reactivation"));
    world.after("a colleague goes", &all, world.post("admin", &shut, &[])).await;
    world.after("a colleague comes back", &all, world.post("admin", &open, &[])).await;
    let doctor = format!("/doctors/{id}");
    for (what, name, value, changes) in [
        ("a colleague takes no requests", "accepting", "", &[("patient", TIMES)][..]),
        ("a colleague takes requests again", "accepting", "on", &[("patient", TIMES)]),
        ("a colleague works in another field", "specialization", "Dermatology", &all),
    ] {
        world.after(what, changes, change(&world, ("admin", &doctor), &[(name, value)])).await;
    }
}

/// Nothing of a doctor changes: their hospital has longer visits.
#[tokio::test]
async fn no_week_of_free_times_is_stale_after_a_hospital_books_otherwise() {
    let mut world = World::start().await;
    let (people, _) = clinic(&mut world).await;
    let path = format!("/hospitals/{}", people.hospital.id);
    let longer = [("slot_minutes", "60")];
    world.after("longer visits", &ALL, change(&world, ("admin", &path), &longer)).await;
}

#[tokio::test]
async fn no_week_of_free_times_is_stale_when_a_moment_comes() {
    const FAR: &str = "/times?from=2026-12-02";
    const FARTHEST: &str = "/times?from=2199-12-02";
    let mut world = World::start_with(&[("BOOKING_HORIZON_DAYS", "9")]).await;
    world.look_also_at(FAR);
    world.look_also_at(FARTHEST);
    let (people, _) = clinic(&mut world).await;
    let midnight = midnight(world.app.now(), &people.hospital);
    let today = vec![("admin", TIMES), ("doctor", TIMES), ("patient", TIMES), ("admin", OF_FIELD)];
    let edges = [
        (world.app.in_hours(4), "a visit would begin, and a day before another", today),
        (midnight, "midnight", vec![("admin", TIMES), ("patient", TIMES), ("admin", FARTHEST)]),
        (midnight + TimeDelta::hours(4 * 24 + 14), "a time can be booked, nine days ahead", vec![("admin", FAR)]),
        (midnight + TimeDelta::hours(5 * 24), "a day of the week after can be booked", vec![("admin", FAR)]),
    ];
    for (at, what, changes) in edges {
        pass_over(&world, &Edge { at, what: what.to_owned(), changes }).await;
    }
}
