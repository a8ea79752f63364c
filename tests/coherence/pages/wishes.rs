//! A wish for another time is on the pages of all who are concerned, and off them as soon as it is answered, taken back or too late.

use chrono::TimeDelta;

use super::{
    clinic::People,
    moments::{Edge, pass_over},
    world::World,
};
use crate::support::*;

const WISHED: &str = "/appointments?status=wished";

/// What shows it to everybody.
fn everywhere() -> Vec<(&'static str, &'static str)> {
    let of = |path| ["patient", "doctor", "admin"].map(|name| (name, path));
    ["/dashboard", "/appointments", WISHED, "/appointments/{id}/standing"].into_iter().flat_map(of).collect()
}

fn told(names: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    everywhere().into_iter().chain(names.iter().map(|name| (*name, "/notifications"))).collect()
}

/// The visit of the patient in three days at ten o'clock, and everybody before their pages.
async fn practice() -> (World, Appointment) {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    works_daily(&world.app, &people.doctor, (9, 12)).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(72));
    let visit = visit.status(AppointmentStatus::Scheduled).create(&world.app).await;
    world.look_also_at(WISHED);
    people.sign_in(&mut world).await;
    world.look_into_the_room_of(&visit);
    (world, visit)
}

#[tokio::test]
async fn no_page_is_stale_after_a_wish_or_an_answer() {
    let (world, visit) = practice().await;
    let (wish, answer) = (format!("{}/rescheduling", visit.path()), format!("{}/proposal", visit.path()));
    let (accept, refuse) = (format!("{answer}/acceptance"), format!("{answer}/refusal"));
    let to = |version: &'static str| [("version", version), ("starts_at", "2026-11-26T11:00")];
    world.after("a wish", &told(&["doctor", "admin"]), world.post("patient", &wish, &to("0"))).await;
    let back = world.post("patient", &refuse, &[("version", "1")]);
    world.after("a wish that was taken back", &told(&["doctor", "admin"]), back).await;
    world.post("patient", &wish, &to("2")).await;
    let left = world.post("doctor", &refuse, &[("version", "3")]);
    world.after("a wish that was refused", &told(&["patient"]), left).await;
    world.post("patient", &wish, &to("4")).await;
    let moved = world.post("admin", &accept, &[("version", "5")]);
    world.after("a wish that was accepted", &told(&["patient", "doctor"]), moved).await;
}

#[tokio::test]
async fn no_page_is_stale_when_it_is_too_late_for_a_wish() {
    let (world, visit) = practice().await;
    let fields = [("version", "0"), ("starts_at", "2026-11-26T11:00")];
    world.post("patient", &format!("{}/rescheduling", visit.path()), &fields).await;
    let at = world.app.in_hours(49);
    pass_over(&world, &Edge { at, what: "the time of a wish".to_owned(), changes: everywhere() }).await;
    // Of one that is later than the visit itself: when that is over.
    let (world, visit) = practice().await;
    let fields = [("version", "0"), ("starts_at", "2026-11-28T11:00")];
    world.post("patient", &format!("{}/rescheduling", visit.path()), &fields).await;
    let at = world.app.in_hours(72) + TimeDelta::minutes(30);
    let what = "the end of a visit of which another time was asked for".to_owned();
    pass_over(&world, &Edge { at, what, changes: everywhere() }).await;
}
