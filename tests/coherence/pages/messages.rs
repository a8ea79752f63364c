//! The two who meet write to each other, attach files, read, and take back.

use entity::message;
use reqwest::{Method, header};
use sea_orm::{EntityTrait, QueryOrder};
use telemedicine::features;

use super::{clinic::People, scanner::Scanner, world::World};
use crate::support::*;

const NOW: &str = "/appointments/{id}/messages/now";
const LIST: &str = "/messages";
const BOARD: &str = "/dashboard";

#[tokio::test]
async fn no_page_is_stale_after_anything_that_is_done_with_messages() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(60));
    let visit = visit.create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    let path = format!("{}/messages", visit.path());
    let both = [("doctor", NOW), ("patient", NOW), ("doctor", LIST), ("patient", LIST)];
    let said = async |who: &'static str, token: &str| {
        world.post(who, &path, &[("body", "May I eat before?"), ("token", token)]).await;
    };
    let told = [&both[..], &[("doctor", BOARD)]].concat();
    world.after("the first message", &told, said("patient", "a")).await;
    world.after("the same form again", &[], said("patient", "a")).await;
    // Whoever wrote it sees no other list: it is of the same minute.
    let told = [("doctor", NOW), ("patient", NOW), ("doctor", LIST), ("doctor", BOARD)];
    world.after("a second message", &told, said("patient", "b")).await;
    let newest = message::Entity::find().order_by_desc(message::Column::Id).one(&world.app.db).await.unwrap().unwrap();
    let taken = format!("{path}/{}/retraction", newest.id);
    world.after("it is taken back", &told, world.post("patient", &taken, &[])).await;
    let read = [("last_id", newest.id.to_string())];
    let read: Vec<(&str, &str)> = read.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let told = [("patient", NOW), ("doctor", LIST), ("doctor", BOARD)];
    world.after("the doctor has read it", &told, world.post("doctor", &format!("{path}/read"), &read)).await;
    let told = [("doctor", NOW), ("patient", NOW), ("patient", LIST), ("patient", BOARD)];
    world.after("the doctor answers", &told, said("doctor", "c")).await;
}

const FILE: &str = "--line\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nLook at this\r\n--line\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--line--\r\n";

#[tokio::test]
async fn no_page_is_stale_after_a_file_is_sent_and_let_in() {
    let scanner = Scanner::start();
    let mut world = World::start_with(&[("CLAMAV_ADDRESS", &scanner.address)]).await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(60));
    let visit = visit.create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    scanner.goes_away();
    let send = async {
        let request = world.browser("patient").request(Method::POST, &format!("{}/messages", visit.path()));
        let request = request
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
            .header(header::ORIGIN, world.app.origin())
            .header("sec-fetch-site", "same-origin")
            .body(FILE);
        let sent = world.browser("patient").send(request).await.expect(303);
        drop(world.browser("patient").follow(sent).await.ok());
    };
    let both = [("doctor", NOW), ("patient", NOW), ("doctor", LIST), ("patient", LIST)];
    world.after("a file that is kept apart", &both, send).await;
    scanner.comes_back();
    let checker = features::file_checker(&world.app.state);
    let round = async { checker.round().await.unwrap() };
    world.after("the file is let in", &both[..2], round).await;
}
