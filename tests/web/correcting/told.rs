//! Who is told that something was a mistake: whoever knows of it.

use chrono::TimeDelta;

use super::{Status, Today};

#[tokio::test]
async fn a_patient_who_was_told_that_they_did_not_attend_is_told_that_it_was_a_mistake() {
    let today = Today::open().await;
    let visit = today.meet_in(-20, Status::Confirmed).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "0"), ("outcome", "no_show")])).await;
    assert_eq!(today.app.emails_when(&today.patient.email, 1).await.len(), 1);
    today.take_back(&today.surgery, &visit, &[("version", "1")]).await.expect(303);
    assert_eq!(today.stored(&visit).await.status, Status::Confirmed);
    // They come after all, before the mail is sent.
    today.take(&today.desk, &visit, ("arrival", &[("version", "2")])).await;
    let told = today.home.get("/notifications").await.ok();
    assert!(told.says("was a mistake, and was taken back"), "{}", told.words());
    assert!(!told.says("was recorded as not attended"), "it is not told beside it: {}", told.words());
    let mails = today.app.emails_when(&today.patient.email, 2).await;
    let corrected = mails.iter().find(|mail| mail.text.contains("was taken back")).expect("they have the other mail");
    assert!(corrected.invitation.is_none(), "it stands in their calendar where it stood");
    let history = today.home.get(&visit.path()).await.ok().text("#history");
    assert!(history.contains("took back that the patient did not attend"), "{history}");
}

#[tokio::test]
async fn a_doctor_who_was_told_that_somebody_waits_is_told_that_it_was_a_mistake() {
    let today = Today::open().await;
    let wanted = [("first_name", "Asha"), ("last_name", "Rai"), ("mail", "with_arrivals")];
    today.surgery.post_form("/profile", &wanted).await.expect(303);
    let visit = today.meet_in(5, Status::Confirmed).await;
    today.take(&today.desk, &visit, ("arrival", &[("version", "0")])).await;
    assert_eq!(today.app.emails_when(&today.doctor.person.email, 1).await.len(), 1);
    today.take_back(&today.desk, &visit, &[("version", "1")]).await.expect(303);
    let told = today.surgery.get("/notifications").await.ok();
    assert!(told.says("was a mistake, and was taken back") && !told.says("is waiting"), "{}", told.words());
    let mails = today.app.emails_when(&today.doctor.person.email, 2).await;
    assert!(mails.iter().any(|mail| mail.text.contains("was taken back")));
}

#[tokio::test]
async fn what_stood_on_a_page_for_long_was_seen() {
    let today = Today::without_mail().await;
    let visit = today.meet_in(-20, Status::Confirmed).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "0"), ("outcome", "no_show")])).await;
    today.app.clock.advance(TimeDelta::minutes(15));
    let fields = [("version", "1"), ("reason", "They were in the other room.")];
    today.take_back(&today.desk, &visit, &fields).await.expect(303);
    let told = today.home.get("/notifications").await.ok();
    assert!(told.says("not attended") && told.says("taken back"), "{}", told.words());
}

#[tokio::test]
async fn whoever_was_told_nothing_yet_is_not_told_of_the_mistake_either() {
    let today = Today::without_mail().await;
    let visit = today.meet_in(-20, Status::Confirmed).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "0"), ("outcome", "no_show")])).await;
    today.take_back(&today.surgery, &visit, &[("version", "1")]).await.expect(303);
    let told = today.home.get("/notifications").await.ok();
    assert!(!told.says("not attended") && !told.says("taken back"), "{}", told.words());
}
