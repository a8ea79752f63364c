//! What the page of a thread shows, says to be new, and takes for read.

use reqwest::{Method, header::CONTENT_TYPE};

use super::{Practice, unread};
use crate::support::*;

#[tokio::test]
async fn the_page_of_a_thread_is_told_that_there_is_more_and_whether_it_was_read() {
    let practice = Practice::open().await;
    let state = |page: &Page, part: &str| page.attributes(part, "data-thread-state").remove(0);
    let last = practice.say(&practice.home, "May I eat before?").await;
    let thread = practice.surgery.get(&practice.path("")).await.ok();
    let source = thread.attributes("main[data-live-from]", "data-live-from").remove(0);
    let by_itself = |method| practice.surgery.request(method, &source).header("x-live", "1");
    let now = practice.surgery.send(by_itself(Method::GET)).await.ok();
    assert!(now.has("main[data-live]") && !now.body.contains("eat before"));
    assert_eq!(state(&now, "#thread-now[data-live-region]"), state(&thread, "#thread"));
    assert_eq!(state(&thread, "#thread-now[data-live-region]"), state(&thread, "#thread"));
    practice.say(&practice.home, "And drink?").await;
    let now = practice.surgery.send(by_itself(Method::GET)).await.ok();
    assert_ne!(state(&now, "#thread-now"), state(&thread, "#thread"));
    // Signed out it would be led on, as a button is.
    let read = |client: &Client| {
        let request = client.request(Method::POST, &practice.path("/read")).header("x-live", "1");
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(format!("last_id={last}"))
    };
    practice.surgery.send(read(&practice.surgery)).await.expect(204);
    assert_eq!(unread(&practice.surgery).await, 1);
    let visitor = practice.app.visitor();
    visitor.send(read(&visitor)).await.expect(303);
}

#[tokio::test]
async fn of_a_long_thread_the_newest_are_shown_and_the_way_to_the_rest() {
    let practice = Practice::open().await;
    for _ in 0..101 {
        message(&practice.app, &practice.visit, (&practice.doctor, &practice.patient, true), "").await;
    }
    let page = practice.home.get(&practice.path("")).await.ok();
    assert_eq!(page.texts(".thread > li").len(), 100);
    let earlier = page.attributes("#thread a[href*=\"before=\"]", "href").remove(0);
    // Nobody has read what they were not shown.
    assert!(!page.has("form[data-read]") && page.says("may be new to you as well"), "{}", page.words());
    let page = practice.home.get(&earlier).await.ok();
    assert_eq!(page.texts(".thread > li").len(), 1);
    practice.home.submit(&page, "form[data-read]", &[]).await.expect(303);
    assert_eq!(unread(&practice.home).await, 100);
    let page = practice.home.get(&practice.path("")).await.ok();
    practice.home.submit(&page, "form[data-read]", &[]).await.expect(303);
    assert_eq!(unread(&practice.home).await, 0);
    // What one has written oneself is no reason to stop there.
    for _ in 0..101 {
        message(&practice.app, &practice.visit, (&practice.doctor, &practice.patient, false), "").await;
    }
    message(&practice.app, &practice.visit, (&practice.doctor, &practice.patient, true), "").await;
    let page = practice.home.get(&practice.path("")).await.ok();
    assert!(!page.has("form[data-read]"));
    let earlier = page.attributes("#thread a[href*=\"before=\"]", "href").remove(0);
    let page = practice.home.get(&earlier).await.ok();
    practice.home.submit(&page, "form[data-read]", &[]).await.expect(303);
    let page = practice.home.get(&practice.path("")).await.ok();
    practice.home.submit(&page, "form[data-read]", &[]).await.expect(303);
    assert_eq!(unread(&practice.home).await, 0);
    practice.home.get(&practice.path("?before=x")).await.expect(404);
}
