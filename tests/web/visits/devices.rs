//! Somebody who is in a room with more than one device.

use super::*;

#[tokio::test]
async fn a_person_with_two_devices_is_there_once_and_until_both_are_gone() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    let telephone = practice.app.sign_in(&practice.patient).await;
    let laptop = &practice.home;
    let seen = async |seconds: i64, state: &str, why: &str| {
        practice.app.clock.advance(TimeDelta::seconds(seconds));
        assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", state], "{why}");
        let page = practice.surgery.get(&room(&visit)).await.ok();
        assert_eq!(page.text("[data-figure=here-now]"), if state == "here" { "1" } else { "0" }, "{why}");
    };
    let say = async |client: &Client, state: &str| {
        practice.sign(client, &visit, state).await.expect(204);
    };
    say(laptop, "here").await;
    // Within the pause between signs of one page.
    practice.app.clock.advance(TimeDelta::seconds(2));
    say(&telephone, "here").await;
    say(laptop, "leaving").await;
    seen(20, "here", "the telephone is there").await;
    say(&telephone, "here").await;
    say(laptop, "here").await;
    seen(10, "here", "both").await;
    // Loaded again, and then closed.
    say(laptop, "leaving").await;
    say(laptop, "here").await;
    say(laptop, "leaving").await;
    seen(10, "here", "the telephone still is").await;
    say(laptop, "here").await;
    say(&telephone, "leaving").await;
    seen(10, "here", "now it is the laptop").await;
    say(laptop, "leaving").await;
    seen(5, "away", "with the last of both").await;
    say(&telephone, "here").await;
    say(laptop, "here").await;
    say(&telephone, "leaving").await;
    say(laptop, "leaving").await;
    seen(5, "away", "in whichever order they go").await;
    // Neither says so.
    say(laptop, "here").await;
    practice.app.clock.advance(TimeDelta::seconds(20));
    say(&telephone, "here").await;
    seen(44, "here", "as long as one of them is heard of").await;
    seen(1, "away", "nothing was heard of either").await;
}
