//! How many mails about one thread there are, whatever is written, taken back and read in it.

use entity::{
    enums::{MailKind, MailStatus},
    mail,
};
use futures_util::future::join_all;

use super::*;

/// Mails about messages that wait, or were sent.
async fn mails(practice: &Practice, status: MailStatus) -> u64 {
    let of_messages = mail::Entity::find().filter(mail::Column::Kind.eq(MailKind::Messages));
    of_messages.filter(mail::Column::Status.eq(status)).count(&practice.app.db).await.unwrap()
}

#[tokio::test]
async fn one_mail_waits_for_a_thread_however_much_is_written_at_a_moment_or_taken_back() {
    let practice = Practice::open().await;
    let (path, words) = (practice.path(""), [("body", "Are you there?")]);
    let both = join_all((0..2).map(|_| practice.home.post_form(&path, &words))).await;
    both.into_iter().for_each(|page| drop(page.expect(303)));
    assert_eq!((practice.count().await, mails(&practice, MailStatus::Waiting).await), (2, 1));
    for id in row::Entity::find().all(&practice.app.db).await.unwrap().into_iter().map(|said| said.id) {
        practice.home.post_form(&practice.path(&format!("/{id}/retraction")), &[]).await.expect(303);
    }
    practice.app.clock.advance(TimeDelta::minutes(1));
    practice.say(&practice.home, "This is what I meant").await;
    assert_eq!(mails(&practice, MailStatus::Waiting).await, 1, "that one tells of this as well");
    practice.app.clock.advance(TimeDelta::minutes(9));
    assert_eq!(practice.app.emails_to(&practice.doctor.email).await.len(), 0, "it was written nine minutes ago");
    practice.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(practice.app.emails_to(&practice.doctor.email).await.len(), 1);
}

#[tokio::test]
async fn of_one_thread_somebody_is_told_six_times_a_day_at_most() {
    let practice = Practice::open().await;
    for _ in 0..9 {
        let id = practice.say(&practice.home, "Something").await;
        practice.app.clock.advance(TimeDelta::minutes(11));
        practice.app.send_mail().await;
        practice.home.post_form(&practice.path(&format!("/{id}/retraction")), &[]).await.expect(303);
        practice.app.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(practice.app.emails_to(&practice.doctor.email).await.len(), 6);
    practice.app.clock.advance(TimeDelta::days(1));
    let home = practice.app.sign_in(&practice.patient).await;
    practice.say(&home, "Another day").await;
    practice.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(practice.app.emails_to(&practice.doctor.email).await.len(), 7);
}
