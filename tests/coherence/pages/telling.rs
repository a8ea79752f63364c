//! What is to be told by telephone is on the desk's dashboard until somebody has told it, an address is known, or the visit is over.

use chrono::TimeDelta;

use super::{
    STANDING,
    clinic::People,
    management::change,
    moments::{Edge, pass_over},
    world::World,
};
use crate::support::*;

const DESK: [(&str, &str); 1] = [("admin", "/dashboard")];
const DOCUMENTS: &str = "/appointments/{id}/documents/now";
const IN_THREE_DAYS: i64 = 3 * 24 * 60;

/// A patient without an address, with a visit in so many minutes.
async fn practice(minutes: i64) -> (World, Patient, Appointment) {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    works_daily(&world.app, &people.doctor, (9, 12)).await;
    let unwritten = patient(&people.hospital).with_email("nobody@no-address.invalid").create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&unwritten).at(world.app.in_minutes(minutes));
    let visit = visit.status(AppointmentStatus::Scheduled).create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    (world, unwritten, visit)
}

async fn move_it(world: &World, visit: &Appointment, (version, starts_at): (&str, &str)) {
    let fields = [("version", version), ("starts_at", starts_at)];
    world.post("admin", &format!("{}/rescheduling", visit.path()), &fields).await;
}

#[tokio::test]
async fn no_page_is_stale_after_something_is_to_be_told_or_was() {
    let (world, unwritten, visit) = practice(IN_THREE_DAYS).await;
    world.after("a move that is to be told", &DESK, move_it(&world, &visit, ("0", "2026-11-26T11:00"))).await;
    let told = [("up_to", "1000000")];
    let telling = format!("{}/telling", visit.path());
    world.after("telling it", &DESK, world.post("admin", &telling, &told)).await;
    world.after("another move", &DESK, move_it(&world, &visit, ("1", "2026-11-26T10:30"))).await;
    let own = format!("/patients/{}", unwritten.id);
    let phone = change(&world, ("admin", &own), &[("phone", "+977 1 5550778")]);
    let reached = [DESK[0], ("admin", STANDING), ("doctor", STANDING)];
    world.after("another number", &reached, phone).await;
    let address = change(&world, ("admin", &own), &[("email", "now@example.test")]);
    world.after("an address", &reached, address).await;
}

/// A paper tells of itself, on pages that the patient cannot open; nobody is to be called for it.
#[tokio::test]
async fn no_page_is_stale_after_a_paper_of_a_visit_that_stands_again_is_revoked() {
    let (world, _, visit) = practice(-5).await;
    let step = async |who, noun: &str, fields: &[(&str, &str)]| {
        world.post(who, &format!("{}/{noun}", visit.path()), fields).await;
    };
    step("admin", "arrival", &[("version", "0")]).await;
    step("doctor", "start", &[("version", "1")]).await;
    step("doctor", "documents", &[("kind", "letter"), ("body", "Dear colleague")]).await;
    for version in ["2", "3"] {
        step("admin", "correction", &[("version", version), ("reason", "Somebody else was here.")]).await;
    }
    let papers = world.browser("doctor").get(&format!("{}/documents", visit.path())).await.ok().links();
    let paper = papers.into_iter().find(|link| link.starts_with("/documents/")).unwrap();
    let revoked = [("version", "0"), ("reason", "The wrong patient")];
    let path = format!("{paper}/revocation");
    world.after("a document revoked", &[("doctor", DOCUMENTS)], world.post("doctor", &path, &revoked)).await;
    assert!(!world.browser("admin").get("/dashboard").await.ok().has("#to-be-told li"));
}

#[tokio::test]
async fn no_page_is_stale_when_it_is_too_late_to_tell() {
    let (world, _, visit) = practice(IN_THREE_DAYS).await;
    move_it(&world, &visit, ("0", "2026-11-26T11:00")).await;
    let fields = [("version", "1"), ("reason", "The ward needs everybody.")];
    world.post("admin", &format!("{}/cancellation", visit.path()), &fields).await;
    let at = world.app.in_hours(49) + TimeDelta::minutes(30);
    let what = "the end of a visit that was cancelled".to_owned();
    pass_over(&world, &Edge { at, what, changes: DESK.into() }).await;
}
