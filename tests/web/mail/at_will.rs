//! What a patient can do as often as they like fills no doctor's mailbox.

use super::*;

/// A patient asks and cancels at once, again and again, and each time the mail has gone before.
#[tokio::test]
async fn of_requests_and_cancellations_without_end_a_doctor_is_sent_ten_an_hour_and_sees_all_on_the_page() {
    let practice = Practice::open().await;
    let (app, doctor) = (&practice.app, practice.doctor.id.to_string());
    works_daily(app, &practice.doctor, (9, 17)).await;
    let ask = async || {
        let fields = [("doctor_id", doctor.as_str()), ("starts_at", "2026-12-15T09:30"), ("symptoms", "A cough.")];
        let made = practice.home.post_form("/appointments", &fields).await.expect(303).location();
        app.send_mail().await;
        let fields = [("version", "0"), ("reason", "I am well again.")];
        practice.home.post_form(&format!("{made}/cancellation"), &fields).await.expect(303);
        app.send_mail().await;
    };
    let told = async |subject: &str| {
        let emails = app.emails_to(&practice.doctor.email).await;
        emails.iter().filter(|email| email.subject == subject).count()
    };
    for _ in 0..25 {
        ask().await;
    }
    assert_eq!((told("A visit was asked for").await, told("A visit was cancelled").await), (10, 10));
    // A request that was called off asks for nothing any more.
    assert_eq!(practice.surgery.get("/dashboard").await.ok().figure("unread"), 25);
    assert!(
        practice.surgery.get("/notifications?page=2").await.ok().says("of 50 notifications"),
        "all of it is on the page"
    );
    app.clock.advance(TimeDelta::minutes(61));
    let home = app.sign_in(&practice.patient).await;
    let fields = [("doctor_id", doctor.as_str()), ("starts_at", "2026-12-15T09:30"), ("symptoms", "A cough.")];
    home.post_form("/appointments", &fields).await.expect(303);
    assert_eq!(told("A visit was asked for").await, 11, "another hour");
}
