//! The harness itself: a test that cannot fail guards nothing.

use crate::support::*;

#[tokio::test]
async fn each_server_has_a_database_of_its_own() {
    let (one, other) = (TestApp::start().await, TestApp::start().await);
    let first = hospital().named("The Only One").create(&one).await;
    // The name is unique in a database: in a shared one this would fail.
    let second = hospital().named("The Only One").create(&other).await;
    assert_eq!((first.id, second.id), (1, 1));
}

#[tokio::test]
async fn an_answer_is_a_page() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/no-such-page").await.expect(404);
    assert!(page.has("h1"), "{}", page.body);
    assert_eq!(app.raw("GET /health/live HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\n\r\n").status, 200);
}

#[tokio::test]
#[should_panic(expected = "GET /health/live by a visitor")]
async fn a_wrong_status_fails() {
    let app = TestApp::start().await;
    app.visitor().get("/health/live").await.expect(404);
}
