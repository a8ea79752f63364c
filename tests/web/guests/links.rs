//! How long a link lives, and what becomes of the guest's name.

use chrono::TimeDelta;
use entity::visit_guest;
use sea_orm::EntityTrait;

use super::{Link, Meeting};
use crate::{support::*, sweeping::removed};

/// What a guest gets from then on, at every address of the link.
async fn is_dead(meeting: &Meeting, link: &Link, status: u16) {
    for path in ["", "/ice", "/call/signals?peer=0&after=0"] {
        meeting.outside.get(&format!("{}{path}", link.path)).await.expect(status);
    }
    for path in ["/presence", "/call", "/call/report", "/call/signals"] {
        meeting.outside.post_form(&format!("{}{path}", link.path), &[("state", "here")]).await.expect(status);
    }
}

#[tokio::test]
async fn a_link_is_dead_once_the_doctor_has_taken_it_back() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    is_dead(&meeting, &link, 410).await;
    assert!(meeting.outside.get(&link.path).await.expect(410).says("This link leads nowhere any more"));
    // Whoever was removed is, whatever is pressed then.
    meeting.act(&meeting.surgery, &link, "removal").await.expect(303);
    meeting.act(&meeting.surgery, &link, "admission").await.expect(409);
}

#[tokio::test]
async fn a_link_is_dead_once_the_visit_is_over() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let outcome = [("version", "0"), ("outcome", "completed")];
    meeting.surgery.post_form(&meeting.path("outcome"), &outcome).await.expect(303);
    is_dead(&meeting, &link, 410).await;
    let cancelled = Meeting::with(AppointmentStatus::Confirmed, &[]).await;
    let link = cancelled.guest().await;
    let off = [("version", "0"), ("reason", "The ward needs everybody.")];
    cancelled.surgery.post_form(&cancelled.path("cancellation"), &off).await.expect(303);
    is_dead(&cancelled, &link, 410).await;
}

#[tokio::test]
async fn a_link_rests_while_the_visit_is_held_in_another_way() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let phone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    meeting.surgery.post_form(&meeting.path("modality"), &phone).await.expect(303);
    is_dead(&meeting, &link, 410).await;
    assert_eq!(meeting.seen(&meeting.surgery).await, Vec::<String>::new());
    let video = [("version", "1"), ("modality", "video"), ("reason", "It works again.")];
    meeting.surgery.post_form(&meeting.path("modality"), &video).await.expect(303);
    assert_eq!(meeting.told_to(&link).await, (true, false));
}

#[tokio::test]
async fn a_link_is_dead_four_hours_after_the_visit_that_was_planned() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let row = visit_guest::Entity::find_by_id(link.guest).one(&meeting.app.db).await.unwrap().unwrap();
    let left = row.expires_at - meeting.app.now();
    assert!((TimeDelta::hours(4)..TimeDelta::hours(5)).contains(&left), "{left}");
    meeting.pass(left.num_seconds() - 1);
    assert_eq!(meeting.told_to(&link).await, (true, false));
    meeting.pass(1);
    is_dead(&meeting, &link, 410).await;
    assert_eq!(meeting.seen(&meeting.practice.app.sign_in(&meeting.doctor).await).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_strangers_link_leads_nowhere_and_says_nothing() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let secret = link.path.split_once('-').unwrap().1;
    let altered = format!("{}{}", if secret.starts_with('A') { 'B' } else { 'A' }, &secret[1..]);
    let path = |id: i64, secret: &str| Link { guest: id, path: format!("/guest/{id}-{secret}") };
    is_dead(&meeting, &path(link.guest, &altered), 404).await;
    is_dead(&meeting, &path(link.guest + 1, secret), 404).await;
    is_dead(&meeting, &path(link.guest, &secret[1..]), 404).await;
    meeting.outside.get("/guest/").await.expect(404);
    meeting.outside.get("/guest/x").await.expect(404);
}

#[tokio::test]
async fn whoever_is_let_in_early_waits_until_the_visit_is_under_way() {
    let meeting = Meeting::with(AppointmentStatus::Confirmed, &[]).await;
    let link = meeting.guest().await;
    assert_eq!(meeting.told_to(&link).await, (false, false));
    meeting.outside.get(&format!("{}/ice", link.path)).await.expect(409);
    let here = [("version", "0"), ("location_now", "Patan"), ("call_back", "+977 1 5550100"), ("consent", "on")];
    meeting.home.post_form(&meeting.path("arrival"), &here).await.expect(303);
    assert_eq!(meeting.told_to(&link).await, (true, false));
}

#[tokio::test]
async fn a_page_that_is_not_heard_of_waits_no_more() {
    let meeting = Meeting::open().await;
    let link = meeting.invite("Mira Shrestha", "interpreter").await;
    meeting.sign(&link, "here", None).await.ok();
    meeting.pass(30);
    meeting.sign(&link, "here", None).await.ok();
    meeting.pass(44);
    assert_eq!(meeting.seen(&meeting.surgery).await, ["waits"]);
    meeting.pass(1);
    assert_eq!(meeting.seen(&meeting.surgery).await, ["invited"]);
    meeting.sign(&link, "hidden", None).await.ok();
    meeting.pass(60);
    assert_eq!(meeting.seen(&meeting.surgery).await, ["waits"]);
    meeting.sign(&link, "leaving", None).await.ok();
    // A page that is loaded again says so a moment later.
    assert_eq!(meeting.seen(&meeting.surgery).await, ["waits"]);
    meeting.pass(5);
    assert_eq!(meeting.seen(&meeting.surgery).await, ["invited"]);
    for sign in ["asleep", ""] {
        meeting.sign(&link, sign, None).await.expect(422);
    }
}

#[tokio::test]
async fn names_of_guests_go_some_weeks_after_their_links() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let name = async || visit_guest::Entity::find_by_id(link.guest).one(&meeting.app.db).await.unwrap().unwrap().name;
    meeting.pass(30 * 24 * 3600);
    removed(&meeting.app).await;
    assert_eq!(name().await.as_deref(), Some("Mira Shrestha"));
    meeting.pass(5 * 3600);
    let names = removed(&meeting.app).await.into_iter().find(|(kind, _)| *kind == "names of guests");
    assert_eq!((names, name().await), (Some(("names of guests", 1)), None));
    let doctor = meeting.app.sign_in(&meeting.doctor).await;
    assert!(doctor.get(&meeting.visit.path()).await.ok().says("Interpreter, let in"), "that there was one stays");
}
