//! What is asked in the room of a visit.

use super::question;
use crate::guests::Meeting;

#[tokio::test]
async fn a_guest_that_is_removed_is_out_of_the_call_at_once_and_the_link_leads_nowhere() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    let (page, _) = meeting.enter(&link).await;
    let room = meeting.surgery.get(&meeting.path("room")).await.ok();
    let asked = question(&room, "/removal");
    assert!(asked.contains("They are out of the call at once, and their link leads nowhere any more."), "{asked}");
    meeting.surgery.submit(&room, "details form[action$=\"/removal\"]", &[]).await.expect(303);
    meeting.ask_as(&link, &page.peer).await.expect(410);
    meeting.outside.get(&link.path).await.expect(410);
}
