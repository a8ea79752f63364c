//! How streams end: with the session, and with the process.

use super::Desk;
use crate::support::*;

#[tokio::test]
async fn a_stream_ends_with_its_session_on_each_instance() {
    let desk = Desk::new().await;
    let mut streams = vec![desk.live().await];
    let other = desk.app.state.redis.is_some().then(|| desk.app.another_instance());
    if let Some(other) = &other {
        let token = desk.token().await;
        let mut there = desk.listen(other.address, &[&token]);
        there.expect("ready").await;
        streams.push(there);
    }
    // Another session of the same person goes on.
    let second = desk.app.sign_in(&desk.clinic.here.doctor).await;
    let token = super::token(&second.get("/dashboard").await.ok());
    let mut goes_on = Live::open(desk.app.address, &second.cookies(), &[&token]);
    goes_on.expect("ready").await;
    desk.doctor.post_form("/sign-out", &[]).await.expect(303);
    for live in &mut streams {
        assert_eq!(live.comes_to("bye").await, "signed-out");
        live.ends().await;
    }
    goes_on.expect("changed").await;
    let page = second.get("/dashboard").await.ok();
    let mut goes_on = Live::open(desk.app.address, &second.cookies(), &[&super::token(&page)]);
    goes_on.expect("ready").await;
    desk.act_as(&second).await;
    goes_on.expect("changed").await;
}

#[tokio::test]
async fn who_is_shut_out_hears_no_more() {
    let desk = Desk::new().await;
    let mut live = desk.live().await;
    let admin = desk.app.sign_in(&desk.clinic.here.admin).await;
    let path = format!("/doctors/{}/deactivation", desk.clinic.here.doctor.id);
    admin.post_form(&path, &[]).await.expect(303);
    assert_eq!(live.comes_to("bye").await, "signed-out");
    live.ends().await;
}

#[tokio::test]
async fn a_process_that_ends_says_so_and_begins_no_stream() {
    let desk = Desk::new().await;
    let token = desk.token().await;
    let mut live = desk.live().await;
    desk.app.state.live.end();
    assert_eq!(live.expect("bye").await, "restart");
    live.ends().await;
    assert_eq!(desk.listen(desk.app.address, &[&token]).status().await, 503);
}
