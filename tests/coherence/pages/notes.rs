//! A note is begun, saved again, signed, and added to.

use super::{STANDING, clinic::People, management::change, world::World};
use crate::support::*;

const NOTE: &str = "/appointments/{id}/note/now";
const DOCUMENTS: &str = "/appointments/{id}/documents/now";
const DOCUMENT: &str = "/documents/{id}/now";

#[tokio::test]
async fn no_page_is_stale_after_anything_that_is_done_with_a_note() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-20));
    let visit = visit.status(AppointmentStatus::InProgress).create(&world.app).await;
    people.sign_in(&mut world).await;
    world.look_into_the_room_of(&visit);
    let path = |act: &str| format!("{}/note{act}", visit.path());
    let board = [("doctor", "/dashboard"), ("doctor", STANDING), ("doctor", NOTE)];
    let begun = [("version", "0"), ("plan", "Rest")];
    world.after("a note that is begun", &board, world.post("doctor", &path(""), &begun)).await;
    let saved = [("version", "1"), ("plan", "Rest and drink")];
    world.after("a note that is saved again", &[("doctor", NOTE)], world.post("doctor", &path(""), &saved)).await;
    let checked =
        [("version", "0"), ("location_now", "Mangal Bazar 7"), ("call_back", "+977 1 5550199"), ("identity", "known")];
    let opening = format!("{}/opening", visit.path());
    world.after("its beginning was made sure of", &[("doctor", NOTE)], world.post("doctor", &opening, &checked)).await;
    let signed = [("version", "2")];
    let told = [("doctor", STANDING), ("patient", STANDING), ("doctor", NOTE), ("patient", NOTE)];
    let lists = [("doctor", "/dashboard"), ("patient", "/appointments"), ("patient", "/notifications")];
    let read = [&told[..], &lists].concat();
    world.after("a note that is signed", &read, world.post("doctor", &path("/signature"), &signed)).await;
    let added = [("text", "The left eye"), ("reason", "Forgotten")];
    let issued = [("kind", "letter"), ("body", "Dear colleague")];
    let news = [("patient", "/notifications"), ("patient", "/documents"), ("doctor", DOCUMENTS)];
    world.after("a document", &news, world.post("doctor", &format!("{}/documents", visit.path()), &issued)).await;
    let list = world.browser("doctor").get(&format!("{}/documents", visit.path())).await.ok().links();
    let paper = list.into_iter().find(|link| link.starts_with("/documents/")).unwrap();
    world.look_at_document(paper.rsplit('/').next().unwrap().parse().unwrap());
    let news = [&news[..], &[("patient", DOCUMENT), ("doctor", DOCUMENT)]].concat();
    let revoked = [("version", "0"), ("reason", "The wrong week")];
    world.after("a document revoked", &news, world.post("doctor", &format!("{paper}/revocation"), &revoked)).await;
    let beneath = [("doctor", NOTE), ("patient", NOTE)];
    world.after("an addendum", &beneath, world.post("doctor", &path("/addenda"), &added)).await;
    let record = format!("/patients/{}", people.patient.id);
    allergies_become_known(&world, &record).await;
    let error = [("kind", "entered_in_error"), ("text", "Of somebody else"), ("reason", "Wrong tab")];
    let list = [("patient", "/appointments"), ("patient", STANDING), ("doctor", NOTE), ("patient", NOTE)];
    world.after("a note that was entered in error", &list, world.post("doctor", &path("/addenda"), &error)).await;
}

/// The desk writes one down, the patient says another one, and the doctor confirms it.
async fn allergies_become_known(world: &World, record: &str) {
    let allergic = change(world, ("admin", record), &[("allergies", "Latex")]);
    let seen = [("doctor", NOTE), ("patient", NOTE), ("doctor", STANDING), ("patient", STANDING), ("admin", STANDING)];
    world.after("an allergy", &seen, allergic).await;
    let said = [("first_name", "Maya"), ("last_name", "Gurung"), ("allergies", "Nuts")];
    world.after("an allergy that the patient says", &seen, world.post("patient", "/profile", &said)).await;
    let page = world.browser("doctor").get(record).await.ok();
    let confirmed = page.form(&format!("form[action=\"{record}/confirmation\"]")).fields;
    let confirmed: Vec<(&str, &str)> = confirmed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let confirms = format!("{record}/confirmation");
    world.after("what the patient says confirmed", &seen, world.post("doctor", &confirms, &confirmed)).await;
}
