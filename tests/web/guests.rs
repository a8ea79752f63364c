//! Guests of a call: invited by the doctor, let in, in the call beside the two who meet, and out of it; who sees what of whom; and how long a link lives.

mod in_call;
mod links;
mod refusals;

use chrono::TimeDelta;
use entity::{audit_entry, enums::AuditSubject, visit_guest};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::{
    calls::{Joined, Practice},
    support::*,
};

/// A doctor and a patient in a visit by video, and the browser of somebody without an account.
pub(super) struct Meeting {
    pub(super) practice: Practice,
    pub(super) outside: Client,
}

/// Somebody who was invited.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// `visit_guest.id`
    pub(super) guest: i64,
    /// Its path, without the host.
    pub(super) path: String,
}

impl std::ops::Deref for Meeting {
    type Target = Practice;

    fn deref(&self) -> &Practice {
        &self.practice
    }
}

impl Meeting {
    pub(super) async fn open() -> Self {
        Self::with(AppointmentStatus::InProgress, &[]).await
    }

    pub(super) async fn with(status: AppointmentStatus, settings: &[(&str, &str)]) -> Self {
        let practice = Practice::with(status, settings).await;
        Self { outside: practice.app.visitor(), practice }
    }

    /// The doctor invites somebody, from the form in the room.
    pub(super) async fn invite(&self, name: &str, kind: &str) -> Link {
        let room = self.surgery.get(&self.path("room")).await.ok();
        let fields = [("name", name), ("kind", kind)];
        let page = self.surgery.submit(&room, "form[action$='/guests']", &fields).await.ok();
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.statements() <= 8, "{} statements", page.statements());
        self.link(&page.attributes("[data-guest-link]", "value").concat())
    }

    /// Of the address that was shown.
    pub(super) fn link(&self, address: &str) -> Link {
        let path = address.strip_prefix(&self.practice.app.state.settings.server.origin()).unwrap().to_owned();
        let (guest, _) = path.strip_prefix("/guest/").unwrap().split_once('-').unwrap();
        Link { guest: guest.parse().unwrap(), path: path.clone() }
    }

    /// Lets in or removes.
    pub(super) async fn act(&self, client: &Client, link: &Link, noun: &str) -> Page {
        client.post_form(&self.path(&format!("guests/{}/{noun}", link.guest)), &[]).await
    }

    /// Somebody who waits is let in.
    pub(super) async fn let_in(&self, link: &Link) {
        self.sign(link, "here", None).await.ok();
        let page = self.act(&self.surgery, link, "admission").await.expect(303);
        assert!(page.statements() <= 6, "{} statements", page.statements());
    }

    /// Somebody who was invited and let in.
    pub(super) async fn guest(&self) -> Link {
        let link = self.invite("Mira Shrestha", "interpreter").await;
        self.let_in(&link).await;
        link
    }

    /// What the page of a guest sends by itself; with the key that it has in the call.
    pub(super) async fn sign(&self, link: &Link, state: &str, peer: Option<&str>) -> Page {
        let fields: Vec<_> = [("state", state)].into_iter().chain(peer.map(|key| ("call", key))).collect();
        self.outside.post_form(&format!("{}/presence", link.path), &fields).await
    }

    /// What it is told then: whether its guest was let in, and whether there is a call.
    pub(super) async fn told_to(&self, link: &Link) -> (bool, bool) {
        let page = self.sign(link, "here", None).await.ok();
        assert!(page.statements() <= 4, "{} statements", page.statements());
        let told: Value = serde_json::from_str(&page.body).unwrap();
        (told["let_in"].as_bool().unwrap(), told["call"].as_bool().unwrap())
    }

    /// A guest's page joins the call.
    pub(super) async fn enter(&self, link: &Link) -> (Joined, Value) {
        let page = self.outside.post_form(&format!("{}/call", link.path), &[]).await.ok();
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.statements() <= 8, "{} statements", page.statements());
        let told: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(told["live"], Value::Null, "a stream is a session's");
        let peers = told["peers"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect();
        let (call, peer) = (told["call"].as_i64().unwrap(), told["peer"].as_str().unwrap().to_owned());
        (Joined { call, peer, peers, live: String::new() }, told["sides"].clone())
    }

    pub(super) async fn say(&self, link: &Link, signal: &Value) -> Page {
        let request = self.outside.request(Method::POST, &format!("{}/call/signals", link.path));
        self.outside.send(request.header(CONTENT_TYPE, "application/json").body(signal.to_string())).await
    }

    pub(super) async fn ask_as(&self, link: &Link, peer: &str) -> Page {
        self.outside.get(&format!("{}/call/signals?peer={peer}&after=0", link.path)).await
    }

    /// What was said to a guest's page: kind, who said it, body.
    pub(super) async fn heard_by(&self, link: &Link, peer: &str) -> Vec<(String, String, Value)> {
        lines(&self.ask_as(link, peer).await.ok())
    }

    /// How each guest stands, as that one sees it.
    pub(super) async fn seen(&self, client: &Client) -> Vec<String> {
        client.get(&self.path("now")).await.ok().attributes("[data-guest]", "data-guest")
    }

    /// What the trail tells of guests, the first first.
    pub(super) async fn trail(&self) -> Vec<audit_entry::Model> {
        let lines = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
            .filter(audit_entry::Column::SubjectId.eq(self.visit.id))
            .order_by_asc(audit_entry::Column::Id);
        let lines = lines.all(&self.app.db).await.unwrap();
        lines.into_iter().filter(|line| line.detail.get("guest_id").is_some()).collect()
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.app.clock.advance(TimeDelta::seconds(seconds));
    }
}

/// What a page has heard: kind, who said it, body.
pub(super) fn lines(page: &Page) -> Vec<(String, String, Value)> {
    let lines: Vec<Value> = serde_json::from_str(&page.body).unwrap();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines.iter().map(|line| (text(line, "kind"), text(line, "side"), line["body"].clone())).collect()
}

#[tokio::test]
async fn a_guest_waits_is_let_in_takes_part_and_is_removed() {
    let meeting = Meeting::open().await;
    assert_eq!(meeting.seen(&meeting.surgery).await, Vec::<String>::new());
    let link = meeting.invite("Mira Shrestha", "interpreter").await;
    assert_eq!(meeting.seen(&meeting.surgery).await, ["invited"]);
    assert_eq!(meeting.seen(&meeting.home).await, ["invited"], "the patient sees who is invited");
    let page = meeting.outside.get(&link.path).await.ok();
    assert!(page.says("Dr Asha Rai will let you in") && page.says("Mira Shrestha") && page.says("Interpreter"));
    assert_eq!(meeting.seen(&meeting.surgery).await, ["invited"], "programs follow links by themselves");
    assert_eq!(meeting.told_to(&link).await, (false, false));
    assert_eq!(meeting.seen(&meeting.surgery).await, ["waits"]);
    assert!(meeting.surgery.get(&meeting.path("room")).await.ok().says("Mira Shrestha, interpreter: waits since"));
    assert!(
        meeting.home.get(&meeting.path("now")).await.ok().forms().iter().all(|form| !form.action.contains("guests"))
    );

    meeting.let_in(&link).await;
    assert_eq!(
        (meeting.told_to(&link).await, meeting.seen(&meeting.home).await),
        ((true, false), vec!["here".to_owned()])
    );
    assert!(meeting.outside.get(&link.path).await.ok().says("There is no call to join just now"));
    meeting.outside.post_form(&format!("{}/call", link.path), &[]).await.expect(409);
    let (doctor, patient) = meeting.both().await;
    assert_eq!(meeting.told_to(&link).await, (true, true));
    let (guest, sides) = meeting.enter(&link).await;
    assert_eq!(sides, json!({doctor.peer.as_str(): "doctor", patient.peer.as_str(): "patient"}));
    assert_eq!(meeting.seen(&meeting.home).await, ["in_call"]);
    assert!(meeting.home.get(&meeting.path("now")).await.ok().says("Mira Shrestha, interpreter: in the call since"));

    let removed = meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    assert!(removed.statements() <= 8, "{} statements", removed.statements());
    assert_eq!(meeting.seen(&meeting.surgery).await, Vec::<String>::new());
    for page in [&doctor, &patient] {
        let client = if page.peer == doctor.peer { &meeting.surgery } else { &meeting.home };
        let heard = lines(&meeting.ask(client, &page.peer, 0).await.ok());
        assert_eq!(heard, [("bye".to_owned(), "guest".to_owned(), json!("removed"))], "who stays is told who is out");
    }
    let told: Vec<Value> = meeting.trail().await.into_iter().map(|line| line.detail).collect();
    let words: Vec<&str> =
        told.iter().filter_map(|detail| detail.get("guest").or(detail.get("call"))?.as_str()).collect();
    assert_eq!(words, ["invited", "admitted", "joined_by_guest", "removed"]);
    assert!(told.iter().all(|detail| detail["guest_id"] == link.guest && !detail.to_string().contains("Mira")));
    assert_eq!(guest.call, doctor.call);
    // What the visit keeps of it, for both.
    for client in [&meeting.surgery, &meeting.home] {
        assert!(client.get(&meeting.visit.path()).await.ok().says("Mira Shrestha, interpreter, let in"));
    }
}

#[tokio::test]
async fn nothing_of_the_patient_stands_on_a_guests_page() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let visitor = app.visitor();
    let path = format!("/guest/{}", clinic.here.guests[0].token);
    let page = visitor.get(&path).await.ok();
    assert!(page.statements() <= 3, "{} statements", page.statements());
    let answer = visitor.post_form(&format!("{path}/presence"), &[("state", "here")]).await.ok();
    for text in clinic.here.clinical_texts() {
        assert!(!page.body.contains(&text) && !answer.body.contains(&text), "{text} is told to a guest");
    }
    for (header, value) in [("cache-control", "no-store"), ("referrer-policy", "strict-origin"), ("set-cookie", "")] {
        assert_eq!(page.header(header), value, "{header}");
        assert_eq!(answer.header(header), value, "{header}");
    }
    assert!(page.header("permissions-policy").contains("camera=(self)"));
    assert!(answer.header("permissions-policy").contains("camera=()"));
    // The other pages still tell our own server where somebody came from, and a guest's page of an error not either.
    assert_eq!(visitor.get("/").await.ok().header("referrer-policy"), "same-origin");
    let wrong = visitor.get(&format!("/guest/1-{}", "A".repeat(43))).await.expect(404);
    assert_eq!((wrong.header("referrer-policy"), wrong.header("cache-control")), ("strict-origin", "no-store"));
}

#[tokio::test]
async fn an_invitation_sent_twice_invites_once_and_a_page_is_answered_without_a_page() {
    let meeting = Meeting::open().await;
    let form = [("name", "Mira Shrestha"), ("kind", "interpreter"), ("token", "a word of the form")];
    let invite = async |fields: &[(&str, &str)]| meeting.surgery.post_form(&meeting.path("guests"), fields).await;
    let first = meeting.link(&invite(&form).await.ok().attributes("[data-guest-link]", "value").concat());
    let again = meeting.link(&invite(&form).await.ok().attributes("[data-guest-link]", "value").concat());
    assert_eq!((first.guest, &first.path), (again.guest, &again.path));
    assert_eq!(visit_guest::Entity::find().count(&meeting.app.db).await.unwrap(), 1);
    let other = [("name", "Hari Rai"), form[1], form[2]];
    assert!(invite(&other).await.expect(409).says("has invited somebody already"));
    // A room in which a call goes on does not go away for it.
    let body = "name=Hari+Rai&kind=family";
    let request = meeting.surgery.request(Method::POST, &meeting.path("guests")).header(ACCEPT, "application/json");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    let page = meeting.surgery.send(request).await.ok();
    let told: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(told["who"], "Hari Rai, family or friend");
    let link = meeting.link(told["link"].as_str().unwrap());
    // Nothing of a link but a digest is kept.
    let kept = visit_guest::Entity::find_by_id(link.guest).one(&meeting.app.db).await.unwrap().unwrap();
    let secret = link.path.split_once('-').unwrap().1;
    assert!(!format!("{kept:?}").contains(secret) && kept.token_hash.len() == 32);
}
