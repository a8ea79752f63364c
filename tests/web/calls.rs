//! The call: pages join it, find each other, hang up and join again; it ends with the visit, by the telephone or by the clock; and for anybody but the
//! two who meet there is none.

mod at_once;
mod by_the_clock;
mod ending;
mod refusals;
mod relays;
mod replacing;
mod room;
mod told;

use entity::{
    audit_entry, call, call_signal,
    enums::{AuditSubject, CallEnd, CallState},
};
use reqwest::{Method, header::CONTENT_TYPE};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::support::*;

/// A doctor and a patient in a visit by video.
pub(super) struct Practice {
    pub(super) pair: Pair,
    pub(super) visit: Appointment,
}

/// A page that takes part.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) call: i64,
    pub(super) peer: String,
    pub(super) peers: Vec<String>,
    pub(super) live: String,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    pub(super) async fn open() -> Self {
        Self::with(AppointmentStatus::InProgress, &[]).await
    }

    pub(super) async fn with(status: AppointmentStatus, settings: &[(&str, &str)]) -> Self {
        let pair = Pair::of(TestApp::start_with(settings).await, hospital()).await;
        let visit = pair.meet_in(-5, status).await;
        Self { pair, visit }
    }

    pub(super) fn path(&self, more: &str) -> String {
        format!("{}/{more}", self.visit.path())
    }

    pub(super) async fn join(&self, client: &Client) -> Joined {
        let page = client.post_form(&self.path("call"), &[]).await.ok();
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.statements() <= 8, "{} statements", page.statements());
        joined(&page)
    }

    /// Both of them, the doctor first.
    pub(super) async fn both(&self) -> (Joined, Joined) {
        (self.join(&self.surgery).await, self.join(&self.home).await)
    }

    pub(super) async fn send(&self, client: &Client, signal: &Value) -> Page {
        self.post_json(client, &signal.to_string()).await
    }

    pub(super) async fn post_json(&self, client: &Client, body: &str) -> Page {
        let request = client.request(Method::POST, &self.path("call/signals"));
        client.send(request.header(CONTENT_TYPE, "application/json").body(body.to_owned())).await
    }

    pub(super) async fn ask(&self, client: &Client, peer: &str, after: i64) -> Page {
        client.get(&self.path(&format!("call/signals?peer={peer}&after={after}"))).await
    }

    /// What was said to that page, as kind and body.
    pub(super) async fn heard(&self, client: &Client, peer: &str) -> Vec<(String, Value)> {
        let page = self.ask(client, peer, 0).await.ok();
        let lines: Vec<Value> = serde_json::from_str(&page.body).unwrap();
        lines.iter().map(|line| (line["kind"].as_str().unwrap().to_owned(), line["body"].clone())).collect()
    }

    pub(super) async fn report(&self, client: &Client, peer: &str, more: &[(&str, &str)]) -> Page {
        let fields = [&[("peer", peer)][..], more].concat();
        client.post_form(&self.path("call/report"), &fields).await
    }

    pub(super) async fn hang_up(&self, client: &Client) {
        let page = client.post_form(&self.path("call/end"), &[]).await.expect(303);
        assert_eq!(page.location(), self.path("room"));
    }

    /// All calls of the visit, the first first.
    pub(super) async fn calls(&self) -> Vec<call::Model> {
        let of_visit = call::Entity::find().filter(call::Column::AppointmentId.eq(self.visit.id));
        of_visit.order_by_asc(call::Column::Id).all(&self.app.db).await.unwrap()
    }

    pub(super) async fn signals(&self) -> u64 {
        call_signal::Entity::find().count(&self.app.db).await.unwrap()
    }

    /// What the trail tells of calls, the first first.
    pub(super) async fn told(&self) -> Vec<Value> {
        let lines = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
            .filter(audit_entry::Column::SubjectId.eq(self.visit.id))
            .order_by_asc(audit_entry::Column::Id);
        let lines = lines.all(&self.app.db).await.unwrap();
        lines.into_iter().map(|line| line.detail).filter(|detail| detail.get("call").is_some()).collect()
    }
}

pub(super) fn joined(page: &Page) -> Joined {
    let told: Value = serde_json::from_str(&page.body).unwrap();
    let peers = told["peers"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    Joined { call: told["call"].as_i64().unwrap(), peer: text("peer"), peers, live: text("live") }
}

pub(super) fn signal(from: &Joined, to: &str, kind: &str, body: &Value) -> Value {
    json!({"peer": from.peer, "to": to, "kind": kind, "body": body})
}

/// Once for each call: the tone and what is read out come when the mark does.
#[tokio::test]
async fn pages_of_whoever_is_waited_for_in_a_call_ring() {
    let practice = Practice::open().await;
    let desk = hospital_admin(&practice.pair.hospital).create(&practice.app).await;
    let desk = practice.app.sign_in(&desk).await;
    practice.surgery.post_form(&practice.path("presence"), &[("state", "here")]).await.expect(204);
    let call = joined(&practice.surgery.post_form(&practice.path("call"), &[]).await.ok()).call.to_string();
    let (now, room) = (practice.path("now"), practice.path("room"));
    for path in [now.as_str(), room.as_str(), "/dashboard"] {
        let page = practice.home.get(path).await.ok();
        assert_eq!(page.attributes("[data-rings]", "data-rings"), [call.as_str()], "{path}");
        assert!(page.says("Asha Rai is ready in the call, since"), "{path}");
        assert!(!practice.surgery.get(path).await.ok().has("[data-rings]"), "{path}: who waits is not waited for");
    }
    for path in [now.as_str(), "/dashboard"] {
        assert!(!desk.get(path).await.ok().has("[data-rings]"), "{path}: the desk is not waited for");
    }
    let home = practice.home.get("/dashboard").await.ok();
    assert!(home.has("[data-live-sound] button") && home.has(&format!("a[href='{room}']")));
    assert!(practice.home.get(&room).await.ok().has("[data-live-sound] button"));
}

#[tokio::test]
async fn two_pages_find_each_other_and_each_hears_what_is_said_to_it_alone() {
    let practice = Practice::open().await;
    let state = async |client: &Client| {
        client.get(&practice.path("now")).await.ok().attributes("[data-call-state]", "data-call-state")
    };
    assert_eq!(state(&practice.home).await, Vec::<String>::new());
    let (doctor, patient) = practice.both().await;
    assert_eq!((doctor.call, &doctor.peers), (patient.call, &vec![]));
    assert_eq!(patient.peers, std::slice::from_ref(&doctor.peer));
    assert_eq!(state(&practice.home).await, ["calling"]);
    let now = practice.home.get(&practice.path("now")).await.ok();
    assert!(now.says("Asha Rai is ready in the call"));
    assert_eq!(now.attributes("[data-call-id]", "data-call-id"), [doctor.call.to_string()]);
    assert!(practice.surgery.get(&practice.path("room")).await.ok().says("You are in the call"));

    let offer = json!({"type": "offer", "sdp": "v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\n"});
    let sent = practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &offer)).await.expect(204);
    assert!(sent.statements() <= 3, "{} statements", sent.statements());
    let some = json!([{"candidate": "candidate:1 1 udp 1 192.0.2.7 5000 typ host"}, null]);
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "candidate", &some)).await.expect(204);
    let said = [("offer".to_owned(), offer), ("candidate".to_owned(), some)];
    assert_eq!(practice.heard(&practice.surgery, &doctor.peer).await, said);
    assert_eq!(practice.heard(&practice.home, &patient.peer).await, []);
    let page = practice.ask(&practice.surgery, &doctor.peer, 0).await.ok();
    assert!(page.statements() <= 2 && page.header("cache-control") == "no-store", "{} statements", page.statements());
    let lines: Vec<Value> = serde_json::from_str(&page.body).unwrap();
    assert!(lines.iter().all(|line| line["from"] == patient.peer.as_str()));
    let rest = practice.ask(&practice.surgery, &doctor.peer, lines[0]["id"].as_i64().unwrap()).await.ok();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&rest.body).unwrap().len(), 1);

    let all = [("state", "connected"), ("path", "relay/udp"), ("restarts", "1"), ("loss", "2.4"), ("rtt", "83.5")];
    let reported = practice.report(&practice.home, &patient.peer, &all).await.expect(204);
    assert!(reported.statements() <= 8, "{} statements", reported.statements());
    assert_eq!(state(&practice.surgery).await, ["waiting"], "neither is in the room");
    for client in [&practice.surgery, &practice.home] {
        client.post_form(&practice.path("presence"), &[("state", "here")]).await.expect(204);
    }
    assert_eq!(state(&practice.surgery).await, ["connected"]);
    let again = [("state", "reconnecting"), ("path", "relay_tcp"), ("restarts", "0"), ("first_frame", "900")];
    practice.report(&practice.surgery, &doctor.peer, &again).await.expect(204);
    practice.app.clock.advance(chrono::TimeDelta::seconds(30));
    practice.hang_up(&practice.home).await;
    assert_eq!(state(&practice.surgery).await, Vec::<String>::new());
    assert_eq!(practice.ask(&practice.surgery, &doctor.peer, 0).await.status, 409);
    assert_eq!(practice.signals().await, 0, "addresses are gone with the call");
    let [call] = &practice.calls().await[..] else { panic!("one call") };
    assert_eq!((call.state, call.end_reason, call.connected_seconds), (CallState::Ended, Some(CallEnd::HungUp), 30));
    assert_eq!((call.restarts, call.loss, call.rtt, call.first_frame), (1, Some(2), Some(84), Some(900)));
    let words = |name: &str, of: &[Value]| of.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
    let told = practice.told().await;
    assert_eq!(words("call", &told), ["began", "joined", "connected", "ended"]);
    assert_eq!(
        (&told[2]["path"], &told[3]["path"], &told[3]["seconds"]),
        (&json!("relay_udp"), &json!("relay_tcp"), &json!(30))
    );
    assert!(!serde_json::to_string(&told).unwrap().contains("192.0.2.7"));
}

/// A page whose answer got lost may say something again. Nothing is kept from the other page: it hears it twice, each with a number of its own, so
/// that what it has heard is not told again.
#[tokio::test]
async fn what_is_said_twice_is_heard_twice_and_each_has_its_number() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let said = signal(&patient, &doctor.peer, "offer", &json!({"type": "offer", "sdp": "v=0"}));
    for _ in 0..2 {
        practice.send(&practice.home, &said).await.expect(204);
    }
    let heard = async |after: i64| -> Vec<i64> {
        let page = practice.ask(&practice.surgery, &doctor.peer, after).await.ok();
        let lines: Vec<Value> = serde_json::from_str(&page.body).unwrap();
        assert!(lines.iter().all(|line| line["body"] == said["body"] && line["kind"] == "offer"), "{lines:?}");
        lines.iter().map(|line| line["id"].as_i64().unwrap()).collect()
    };
    let all = heard(0).await;
    assert!(all.len() == 2 && all[0] < all[1], "{all:?}");
    assert_eq!((heard(all[0]).await, heard(all[1]).await), (vec![all[1]], vec![]));
}

#[tokio::test]
async fn streams_tell_that_something_was_said() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let mut live = Live::open(practice.app.address, &practice.home.cookies(), &[&patient.live]);
    live.expect("ready").await;
    practice.send(&practice.surgery, &signal(&doctor, &patient.peer, "offer", &json!("x"))).await.expect(204);
    live.comes_to("changed").await;
    // Who comes back with what it showed before is told at once; with what it was told when it had heard, not.
    let mut stale = Live::open(practice.app.address, &practice.home.cookies(), &[&patient.live]);
    stale.expect("changed").await;
    let fresh = practice.ask(&practice.home, &patient.peer, 0).await.ok().header("x-live-on").to_owned();
    let mut fresh = Live::open(practice.app.address, &practice.home.cookies(), &[&fresh]);
    fresh.expect("ready").await;
    practice.hang_up(&practice.surgery).await;
    fresh.comes_to("changed").await;
    let other = Live::open(practice.app.address, &practice.surgery.cookies(), &[&patient.live]);
    assert_eq!(other.status().await, 400, "it is of one person");
}

#[tokio::test]
async fn streams_tell_who_comes_and_goes() {
    let practice = Practice::open().await;
    let doctor = practice.join(&practice.surgery).await;
    let listen = |live: &str| Live::open(practice.app.address, &practice.surgery.cookies(), &[live]);
    let mut live = listen(&doctor.live);
    live.expect("ready").await;
    let patient = practice.join(&practice.home).await;
    live.comes_to("changed").await;
    let fresh = practice.ask(&practice.surgery, &doctor.peer, 0).await.ok().header("x-live-on").to_owned();
    let mut live = listen(&fresh);
    live.expect("ready").await;
    let leaving = [("state", "leaving"), ("call", patient.peer.as_str())];
    practice.home.post_form(&practice.path("presence"), &leaving).await.expect(204);
    live.comes_to("changed").await;
}

#[tokio::test]
async fn a_call_outlives_the_instance_on_which_it_began() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let instance = practice.app.another_instance();
    let there = practice.app.sign_in(&practice.doctor).await.at(&instance.origin());
    practice.send(&there, &signal(&doctor, &patient.peer, "answer", &json!(1))).await.expect(204);
    assert_eq!(practice.heard(&practice.home, &patient.peer).await, [("answer".to_owned(), json!(1))]);
}
