//! Another address, asked for, withdrawn and confirmed; and sessions that administrators end.

use telemedicine::session;

use super::{clinic::People, world::World};
use crate::support::*;

#[tokio::test]
async fn no_page_is_stale_after_an_address_is_another() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let app = &world.app;
    // What is only asked for is shown where nothing is kept.
    let ask = async |address: &str| world.post("doctor", "/profile/email", &[("email", address)]).await;
    world.after("another address asked for", &[], ask("first@example.test")).await;
    world.after("its link sent again", &[], world.post("doctor", "/profile/email/link", &[])).await;
    world.after("a wish withdrawn", &[], world.post("doctor", "/profile/email/withdrawal", &[])).await;
    ask("second@example.test").await;
    let visitor = app.visitor();
    let open = async |address: &str| {
        let token = token_in(&app.emails_when(address, 1).await[0].text).unwrap();
        visitor.post_form(&format!("/address-links/{token}"), &[]).await.expect(303);
    };
    world.after("an address confirmed", &[("admin", "/doctors/{id}")], open("second@example.test")).await;
    // The old one has a way back, which ends every session.
    open(&people.doctor.email).await;
    assert!(!world.browser("doctor").is_signed_in().await);
    world.leave("doctor");
    world.compare("an address given back").await;
}

#[tokio::test]
async fn nothing_is_served_to_whom_an_administrator_has_signed_out() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let gone = |name| ["/dashboard", "/appointments", "/notifications"].map(|route| (name, route));
    for (by, name, path) in [
        ("admin", "patient", format!("/patients/{}", people.patient.id)),
        ("admin", "doctor", format!("/doctors/{}", people.doctor.id)),
        ("super", "admin", format!("/admins/{}", people.admin.user_id)),
    ] {
        let end = format!("{path}/sessions/revocation");
        world.after("sessions ended by an administrator", &gone(name), world.post(by, &end, &[])).await;
        world.leave(name);
    }
}

/// By a command, after a backup was put back.
#[tokio::test]
async fn nothing_is_served_after_all_sessions_were_ended() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let gone = ["super", "admin", "doctor", "patient", "newcomer"].map(|name| (name, "/dashboard"));
    let end = async { assert_eq!(session::end_all(&world.app.state.db, world.app.now()).await.unwrap(), 5) };
    world.after("all sessions are ended", &gone, end).await;
}
