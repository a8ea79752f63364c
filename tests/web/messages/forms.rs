//! What is typed into the form of a thread: sent as it was meant, and not lost.

use super::Practice;
use crate::support::*;

#[tokio::test]
async fn a_form_that_has_sent_one_message_says_so_of_another_and_sends_it_when_it_is_sent_again() {
    let practice = Practice::open().await;
    let said = |body| [("body", body), ("token", "of this page")];
    practice.home.post_form(&practice.path(""), &said("At ten")).await.expect(303);
    let refused = practice.home.post_form(&practice.path(""), &said("At eleven")).await.expect(409);
    assert!(refused.says("sent a message already") && practice.count().await == 1, "{}", refused.words());
    let second = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(30));
    let second = format!("{}/messages", second.create(&practice.app).await.path());
    practice.home.post_form(&second, &said("At ten")).await.expect(409);
    assert_eq!(practice.count().await, 1);
    practice.home.submit(&refused, "form[action$=\"/messages\"]", &[]).await.expect(303);
    assert_eq!((practice.count().await, practice.newest().await.body.as_str()), (2, "At eleven"));
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_the_session_has_ended() {
    let practice = Practice::open().await;
    let (home, path) = (&practice.home, practice.path(""));
    home.post_form("/sign-out", &[]).await.expect(303);
    let fields = [("person", "of a page"), ("token", "of this page"), ("body", "Typed before")];
    let page = home.post_form(&path, &fields).await.expect(401);
    assert_eq!(page.header("cache-control"), "no-store");
    for (name, value) in [("token", "of this page"), ("body", "Typed before")] {
        assert!(page.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {}", page.body);
    }
    assert!(page.body.contains(&format!("action=\"{path}\"")) && page.body.contains("href=\"/sign-in\""));
    let empty = home.post_form(&path, &[("token", "of this page"), ("body", " ")]).await.expect(303);
    assert!(empty.header("location").starts_with("/sign-in?next="));
    assert_eq!(practice.count().await, 0);
}
