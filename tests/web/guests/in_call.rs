//! A guest in the call: found by both, one at a time, replaced by a page of their own, out as soon as they are removed, and never alone.

use chrono::TimeDelta;
use entity::{call_peer, enums::CallState};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::ExprTrait};
use serde_json::{Value, json};
use telemedicine::{
    features::CallKeeper,
    integrations::{OutgoingMail, Outside},
    settings::Settings,
    state::AppState,
};

use super::{Meeting, lines};
use crate::{
    calls::{Joined, signal},
    support::*,
};

#[tokio::test]
async fn three_pages_find_each_other_and_each_hears_what_is_said_to_it_alone() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, patient) = meeting.both().await;
    let (guest, _) = meeting.enter(&link).await;
    assert_eq!((guest.call, guest.peers.len()), (doctor.call, 2));
    for other in [&doctor, &patient] {
        meeting.say(&link, &signal(&guest, &other.peer, "offer", &json!(other.peer))).await.expect(204);
    }
    let heard = |page| lines(&page);
    let of_guest = |body: &str| vec![("offer".to_owned(), "guest".to_owned(), json!(body))];
    assert_eq!(heard(meeting.ask(&meeting.surgery, &doctor.peer, 0).await.ok()), of_guest(&doctor.peer));
    assert_eq!(heard(meeting.ask(&meeting.home, &patient.peer, 0).await.ok()), of_guest(&patient.peer));
    meeting.send(&meeting.home, &signal(&patient, &guest.peer, "answer", &json!(1))).await.expect(204);
    meeting.send(&meeting.surgery, &signal(&doctor, &guest.peer, "answer", &json!(2))).await.expect(204);
    let answers =
        [("patient", 1), ("doctor", 2)].map(|(side, body)| ("answer".to_owned(), side.to_owned(), json!(body)));
    assert_eq!(meeting.heard_by(&link, &guest.peer).await, answers);
    let page = meeting.ask_as(&link, &guest.peer).await.ok();
    assert!(page.statements() <= 3 && page.header("cache-control") == "no-store", "{}", page.statements());
    let ice = meeting.outside.get(&format!("{}/ice", link.path)).await.ok();
    assert!(ice.body.contains("iceServers") && ice.header("cache-control") == "no-store");
    // Whoever comes later knows of the guest.
    let again = meeting.surgery.post_form(&meeting.path("call"), &[]).await.ok();
    let told: serde_json::Value = serde_json::from_str(&again.body).unwrap();
    assert_eq!(told["sides"][&guest.peer], "guest");
}

#[tokio::test]
async fn a_guest_that_loads_the_page_again_takes_the_place_of_the_one_before() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    let (old, _) = meeting.enter(&link).await;
    let (new, _) = meeting.enter(&link).await;
    assert_eq!(new.peers.len(), 2, "the page before is none of the others");
    let (kind, _, body) = meeting.heard_by(&link, &old.peer).await.pop().unwrap();
    assert_eq!((kind.as_str(), body), ("bye", json!("replaced")));
    meeting.say(&link, &signal(&old, &new.peers[0], "offer", &json!(1))).await.expect(409);
    meeting.say(&link, &signal(&new, &new.peers[0], "offer", &json!(1))).await.expect(204);
}

#[tokio::test]
async fn a_guests_page_that_looks_for_another_way_hears_no_bye_and_adds_no_line_to_the_trail() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    let (old, _) = meeting.enter(&link).await;
    let before = meeting.trail().await.len();
    let page = meeting.outside.post_form(&format!("{}/call", link.path), &[("replaces", &old.peer)]).await.ok();
    let told: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!((told["call"].as_i64(), told["peers"].as_array().map(Vec::len)), (Some(old.call), Some(2)));
    assert!(meeting.heard_by(&link, &old.peer).await.is_empty());
    assert_eq!(meeting.trail().await.len(), before);
}

#[tokio::test]
async fn one_guest_is_in_the_call_at_a_time() {
    let meeting = Meeting::open().await;
    let (first, second) = (meeting.guest().await, meeting.invite("Hari Rai", "family").await);
    meeting.let_in(&second).await;
    let (doctor, _) = meeting.both().await;
    let (page, _) = meeting.enter(&first).await;
    let full = meeting.outside.post_form(&format!("{}/call", second.path), &[]).await.expect(409);
    assert!(full.says("Another guest is in the call. Wait until they have left"));
    // The two who meet are never kept out by a guest.
    let doctor_again = meeting.join(&meeting.surgery).await;
    assert_eq!((doctor_again.call, doctor_again.peers.len()), (doctor.call, 2));
    meeting.sign(&first, "leaving", Some(&page.peer)).await.ok();
    let (_, sides) = meeting.enter(&second).await;
    assert!(!sides.to_string().contains("guest"), "{sides}");
    meeting.outside.post_form(&format!("{}/call", first.path), &[]).await.expect(409);
    assert_eq!(meeting.seen(&meeting.home).await, ["here", "in_call"]);
}

#[tokio::test]
async fn a_guest_whose_link_grew_too_old_in_the_call_can_still_be_put_out() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    meeting.enter(&link).await;
    meeting.pass(5 * 3600);
    let surgery = meeting.practice.app.sign_in(&meeting.doctor).await;
    meeting.outside.get(&link.path).await.expect(410);
    assert_eq!(meeting.seen(&surgery).await, ["silent"]);
    meeting.act(&surgery, &link, "removal").await.expect(303);
    assert_eq!(meeting.seen(&surgery).await, Vec::<String>::new());
    let there = call_peer::Column::GuestId.is_not_null().and(call_peer::Column::LeftAt.is_null());
    assert_eq!(call_peer::Entity::find().filter(there).count(&meeting.app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn whoever_is_removed_in_the_middle_of_a_call_is_out_of_it_at_once() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, patient) = meeting.both().await;
    let (guest, _) = meeting.enter(&link).await;
    meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    meeting.ask_as(&link, &guest.peer).await.expect(410);
    meeting.say(&link, &signal(&guest, &doctor.peer, "offer", &json!(1))).await.expect(410);
    meeting.outside.get(&format!("{}/ice", link.path)).await.expect(410);
    meeting.send(&meeting.surgery, &signal(&doctor, &guest.peer, "offer", &json!(1))).await.expect(409);
    // The two go on.
    meeting.send(&meeting.surgery, &signal(&doctor, &patient.peer, "offer", &json!(1))).await.expect(204);
    assert_eq!(meeting.calls().await[0].state, CallState::Calling);
    let there = call_peer::Column::LeftAt.is_null();
    assert_eq!(call_peer::Entity::find().filter(there).count(&meeting.app.db).await.unwrap(), 2);
}

/// Whatever they do: that a page is gone is not theirs to hide from those whom it sees and hears.
#[tokio::test]
async fn the_two_hear_of_each_page_of_a_guest_that_it_is_gone() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, patient) = meeting.both().await;
    let (first, _) = meeting.enter(&link).await;
    let (second, _) = meeting.enter(&link).await;
    meeting.sign(&link, "leaving", Some(&second.peer)).await.ok();
    let (third, _) = meeting.enter(&link).await;
    meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    for (client, page) in [(&meeting.surgery, &doctor), (&meeting.home, &patient)] {
        let heard: Vec<Value> = serde_json::from_str(&meeting.ask(client, &page.peer, 0).await.ok().body).unwrap();
        let gone = |line: &Value| (line["from"].clone(), line["kind"].clone(), line["body"].clone());
        let of = |page: &Joined, why: &str| (json!(page.peer), json!("bye"), json!(why));
        let expected = [of(&first, "replaced"), of(&second, "left"), of(&third, "removed")];
        assert_eq!(heard.iter().map(gone).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn nobody_is_let_in_who_is_not_here() {
    let meeting = Meeting::open().await;
    let link = meeting.invite("Mira Shrestha", "interpreter").await;
    let offered = async || {
        let now = meeting.surgery.get(&meeting.path("now")).await.ok();
        now.forms().iter().any(|form| form.action.ends_with("/admission"))
    };
    assert!(!offered().await);
    let refused = meeting.act(&meeting.surgery, &link, "admission").await.expect(409);
    assert!(refused.says("This guest is not here"));
    meeting.sign(&link, "here", None).await.ok();
    assert!(offered().await);
    meeting.pass(45);
    assert!(!offered().await);
    meeting.act(&meeting.surgery, &link, "admission").await.expect(409);
    meeting.let_in(&link).await;
}

#[tokio::test]
async fn a_guest_of_whom_nothing_is_heard_in_the_call_is_still_said_to_be_in_it() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    let (page, _) = meeting.enter(&link).await;
    meeting.pass(45);
    assert_eq!(meeting.seen(&meeting.surgery).await, ["silent"]);
    meeting.sign(&link, "here", Some(&page.peer)).await.ok();
    assert_eq!(meeting.seen(&meeting.surgery).await, ["in_call"]);
}

#[tokio::test]
async fn streams_tell_who_is_removed() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, _) = meeting.both().await;
    meeting.enter(&link).await;
    let fresh = meeting.ask(&meeting.surgery, &doctor.peer, 0).await.ok().header("x-live-on").to_owned();
    let mut live = Live::open(meeting.app.address, &meeting.surgery.cookies(), &[&fresh]);
    live.expect("ready").await;
    meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    live.comes_to("changed").await;
}

#[tokio::test]
async fn a_guest_that_is_connected_is_not_the_patient() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let doctor = meeting.join(&meeting.surgery).await;
    let (guest, _) = meeting.enter(&link).await;
    let report = [("peer", guest.peer.as_str()), ("state", "connected"), ("path", "direct"), ("loss", "40")];
    meeting.outside.post_form(&format!("{}/call/report", link.path), &report).await.expect(204);
    meeting.report(&meeting.surgery, &doctor.peer, &[("state", "connected")]).await.expect(204);
    let call = meeting.calls().await.remove(0);
    assert_eq!((call.state, call.loss, call.path), (CallState::Calling, None, None));
}

/// The page gives signs of life; and the call is that of the two who meet.
#[tokio::test]
async fn a_guest_keeps_no_call() {
    let meeting = Meeting::open().await;
    let settings = Settings::from_vars(&meeting.app.variables()).unwrap();
    let outside = Outside { clock: meeting.app.clock.clone(), outgoing_mail: OutgoingMail::off() };
    let keeper = CallKeeper::new(&AppState::open(settings, outside).await.unwrap());
    let link = meeting.guest().await;
    let (doctor, _) = meeting.both().await;
    let (guest, _) = meeting.enter(&link).await;
    for _ in 0..3 {
        meeting.pass(40);
        meeting.sign(&link, "here", Some(&guest.peer)).await.ok();
        assert_eq!(meeting.ask_as(&link, &guest.peer).await.status, 200, "the guest is there");
    }
    meeting.app.clock.advance(TimeDelta::seconds(1));
    keeper.round().await.unwrap();
    assert_eq!(meeting.calls().await[0].state, CallState::Ended);
    meeting.ask_as(&link, &guest.peer).await.expect(409);
    assert_eq!(meeting.told_to(&link).await, (true, false));
    let again = meeting.join(&meeting.surgery).await;
    assert_ne!(again.call, doctor.call);
    assert_eq!(meeting.enter(&link).await.0.call, again.call);
}
