//! A note is begun, saved again, signed, and added to.

use super::{clinic::People, world::World};
use crate::support::*;

#[tokio::test]
async fn no_page_is_stale_after_anything_that_is_done_with_a_note() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-20));
    let visit = visit.status(AppointmentStatus::InProgress).create(&world.app).await;
    gone_without(&world.app, (&visit, &people.doctor), "").await;
    people.sign_in(&mut world).await;
    let path = |act: &str| format!("{}/note{act}", visit.path());
    let board = [("doctor", "/dashboard")];
    let begun = [("version", "0"), ("plan", "Rest")];
    world.after("a note that is begun", &board, world.post("doctor", &path(""), &begun)).await;
    let saved = [("version", "1"), ("plan", "Rest and drink")];
    world.after("a note that is saved again", &[], world.post("doctor", &path(""), &saved)).await;
    let signed = [("version", "2")];
    let read = [("doctor", "/dashboard"), ("patient", "/appointments"), ("patient", "/notifications")];
    world.after("a note that is signed", &read, world.post("doctor", &path("/signature"), &signed)).await;
    let added = [("text", "The left eye"), ("reason", "Forgotten")];
    let issued = [("kind", "letter"), ("body", "Dear colleague")];
    let news = [("patient", "/notifications")];
    world.after("a document", &news, world.post("doctor", &format!("{}/documents", visit.path()), &issued)).await;
    let list = world.browser("doctor").get(&format!("{}/documents", visit.path())).await.ok().links();
    let paper = list.into_iter().find(|link| link.starts_with("/documents/")).unwrap();
    let revoked = [("version", "0"), ("reason", "The wrong week")];
    world.after("a document revoked", &news, world.post("doctor", &format!("{paper}/revocation"), &revoked)).await;
    world.after("an addendum", &[], world.post("doctor", &path("/addenda"), &added)).await;
    let error = [("kind", "entered_in_error"), ("text", "Of somebody else"), ("reason", "Wrong tab")];
    let list = [("patient", "/appointments")];
    world.after("a note that was entered in error", &list, world.post("doctor", &path("/addenda"), &error)).await;
}
