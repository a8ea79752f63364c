//! A page that finds no way to the other joins anew in the place that it has, and says so: it is told nothing of it, and the trail neither.

use serde_json::json;

use super::{Joined, Practice, joined, signal};
use crate::support::*;

async fn mend(practice: &Practice, client: &Client, replaces: &str) -> Joined {
    joined(&sent(practice, client, replaces).await)
}

async fn sent(practice: &Practice, client: &Client, replaces: &str) -> Page {
    client.post_form(&practice.path("call"), &[("replaces", replaces)]).await.ok()
}

fn words(told: &[serde_json::Value]) -> Vec<&str> {
    told.iter().map(|line| line["call"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_hears_no_bye_of_itself_and_the_trail_tells_that_its_person_joined_once() {
    let practice = Practice::open().await;
    let (doctor, old) = practice.both().await;
    let mut page = old.clone();
    for _ in 0..3 {
        let answer = sent(&practice, &practice.home, &page.peer).await;
        assert!(answer.statements() <= 8, "{} statements", answer.statements());
        let next = joined(&answer);
        assert_eq!((next.call, next.peers.as_slice()), (old.call, std::slice::from_ref(&doctor.peer)));
        assert!(practice.heard(&practice.home, &page.peer).await.iter().all(|(kind, _)| kind != "bye"));
        // It has the place, and the one before has none.
        practice.send(&practice.home, &signal(&page, &doctor.peer, "offer", &json!(1))).await.expect(409);
        practice.send(&practice.surgery, &signal(&doctor, &next.peer, "offer", &json!(1))).await.expect(204);
        page = next;
    }
    assert_eq!(words(&practice.told().await), ["began", "joined"]);
}

#[tokio::test]
async fn another_window_of_the_same_person_hears_that_its_place_is_taken() {
    let practice = Practice::open().await;
    let (doctor, window) = practice.both().await;
    let other = practice.join(&practice.home).await;
    let bye = [("bye".to_owned(), json!("replaced"))];
    assert_eq!(practice.heard(&practice.home, &window.peer).await, bye);
    // Its place is gone, so it takes that of the other.
    let back = mend(&practice, &practice.home, &window.peer).await;
    assert_eq!(practice.heard(&practice.home, &other.peer).await, bye);
    // Nobody takes the place of somebody else.
    let more = mend(&practice, &practice.home, &doctor.peer).await;
    assert_eq!(practice.heard(&practice.home, &back.peer).await, bye);
    assert_eq!(practice.heard(&practice.surgery, &doctor.peer).await, []);
    practice.send(&practice.home, &signal(&more, &doctor.peer, "offer", &json!(1))).await.expect(204);
}

#[tokio::test]
async fn whoever_looks_for_a_way_in_a_call_that_is_over_begins_another() {
    let practice = Practice::open().await;
    let (_, patient) = practice.both().await;
    practice.hang_up(&practice.surgery).await;
    let next = mend(&practice, &practice.home, &patient.peer).await;
    assert!(next.call != patient.call && next.peers.is_empty());
    assert_eq!(words(&practice.told().await), ["began", "joined", "ended", "began"]);
}
