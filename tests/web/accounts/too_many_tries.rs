//! How often somebody may try, and that nobody is locked out by a stranger.

use super::*;

#[tokio::test]
async fn are_told_to_wait_and_lock_nobody_else_out() {
    let app = TestApp::start_with(&[BEHIND_A_PROXY]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let mut last = try_from(&app, "203.0.113.1", (&asha.email, "wrong")).await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        last = try_from(&app, "203.0.113.1", (&asha.email, "wrong")).await;
    }
    let refused = last.expect(429);
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    assert!(refused.says("try again"), "{}", refused.words());

    // Not even the right password helps there; everywhere else it does.
    try_from(&app, "203.0.113.1", (&asha.email, PASSWORD)).await.expect(429);
    try_from(&app, "203.0.113.2", (&asha.email, PASSWORD)).await.expect(303);

    app.clock.advance(chrono::TimeDelta::seconds(wait));
    try_from(&app, "203.0.113.1", (&asha.email, PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn are_not_those_that_succeed() {
    let app = TestApp::start_with(&[BEHIND_A_PROXY]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for _ in 0..25 {
        try_from(&app, "203.0.113.1", (&asha.email, PASSWORD)).await.expect(303);
    }
}

#[tokio::test]
async fn are_also_those_at_many_accounts_from_one_address() {
    let app = TestApp::start_with(&[BEHIND_A_PROXY]).await;
    let mut refused = 0;
    for number in 0..60 {
        let email = format!("guess{number}@clinic.test");
        let answer = try_from(&app, "203.0.113.1", (&email, "wrong")).await;
        refused += u32::from(answer.status == 429);
    }
    assert!(refused > 0);
    try_from(&app, "203.0.113.2", ("guess0@clinic.test", "wrong")).await.expect(422);
}
