//! What is typed into the form of a thread: sent as it was meant, and not lost.

use super::Practice;
use crate::support::*;

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_the_session_has_ended() {
    let practice = Practice::open().await;
    let (home, path) = (&practice.home, practice.path(""));
    home.post_form("/sign-out", &[]).await.expect(303);
    let page = home.post_form(&path, &[("token", "of this page"), ("body", "Typed before")]).await.expect(401);
    assert_eq!(page.header("cache-control"), "no-store");
    for (name, value) in [("token", "of this page"), ("body", "Typed before")] {
        assert!(page.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {}", page.body);
    }
    assert!(page.body.contains(&format!("action=\"{path}\"")) && page.body.contains("href=\"/sign-in\""));
    let empty = home.post_form(&path, &[("token", "of this page"), ("body", " ")]).await.expect(303);
    assert!(empty.header("location").starts_with("/sign-in?next="));
    assert_eq!(practice.count().await, 0);
}
