//! What goes with a visit to the doctor who gets it, and what does not.

use entity::visit_guest;

use super::*;

#[tokio::test]
async fn what_was_told_before_names_the_doctor_of_then() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(303);
    practice.app.clock.advance(TimeDelta::minutes(5));
    let over = [("version", "1"), ("starts_at", "2026-11-26T11:00"), ("doctor_id", &colleague.id())];
    practice.desk.post_form(&practice.path(), &over).await.expect(303);
    let told = practice.home.get("/notifications").await.ok();
    assert!(told.says("The visit with Dr Asha Rai was moved to"), "{}", told.words());
    assert!(told.says("Your visit is with Dr Bina Thapa now"), "{}", told.words());
}

/// The patient is not told that the new doctor is there, who is not.
#[tokio::test]
async fn who_had_it_is_in_the_room_no_more() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let visit = practice.meet_in(30, Status::Confirmed).await;
    let signs = format!("{}/presence", visit.path());
    let row = format!("[data-appointment=\"{}\"] [data-presence=here]", visit.id);
    let in_room = async || practice.home.get("/dashboard").await.ok().has(&row);
    practice.surgery.post_form(&signs, &[("state", "here")]).await.expect(204);
    assert!(in_room().await, "the doctor is there");
    let over = [("version", "0"), ("starts_at", "2026-11-24T10:30"), ("doctor_id", &colleague.id())];
    practice.desk.post_form(&format!("{}/rescheduling", visit.path()), &over).await.expect(303);
    assert!(!in_room().await, "that was another");
    colleague.surgery.post_form(&signs, &[("state", "here")]).await.expect(204);
    assert!(in_room().await);
}

#[tokio::test]
async fn whoever_was_let_in_by_the_doctor_before_asks_the_new_one() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    guest(&practice.app, (&practice.visit, &practice.doctor), "of a link").await;
    practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(303);
    let stored = async || visit_guest::Entity::find().one(&practice.app.db).await.unwrap().unwrap();
    assert!(stored().await.admitted_at.is_some(), "a visit that is moved is with the same doctor");
    let over = [("version", "1"), ("starts_at", "2026-11-26T11:00"), ("doctor_id", &colleague.id())];
    practice.desk.post_form(&practice.path(), &over).await.expect(303);
    let guest = stored().await;
    assert_eq!((guest.admitted_at, guest.admitted_by), (None, None));
    assert!(guest.expires_at > practice.stored().await.ends_at, "the link is good");
}

#[tokio::test]
async fn messages_go_with_it_and_are_mailed_of_to_nobody_who_cannot_read_them() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let thread = format!("{}/messages", practice.visit.path());
    practice.home.post_form(&thread, &[("body", "Should I fast?")]).await.expect(303);
    let read = practice.surgery.get(&thread).await.ok();
    practice.surgery.submit(&read, "form[data-read]", &[]).await.expect(303);
    practice.surgery.post_form(&thread, &[("body", "Yes, from midnight on.")]).await.expect(303);
    practice.home.post_form(&thread, &[("body", "Water as well?")]).await.expect(303);
    hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(303);

    practice.surgery.get(&thread).await.expect(404);
    assert!(!practice.surgery.get("/messages").await.ok().says("Maya Gurung"), "their list of threads");
    assert!(colleague.surgery.get("/messages").await.ok().says("Maya Gurung"));
    let page = colleague.surgery.get(&thread).await.ok();
    let said = page.texts("[data-message]");
    assert!(said[0].starts_with("Maya Gurung") && said[1].contains("Dr Asha Rai"), "{said:?}");
    assert!(!said[0].contains("New") && said[2].contains("New Maya Gurung"), "{said:?}");
    let seen_by_patient = practice.home.get(&thread).await.ok().texts("[data-message]");
    assert!(seen_by_patient[1].contains("Dr Asha Rai"), "{seen_by_patient:?}");

    practice.app.clock.advance(TimeDelta::minutes(30));
    let mails = practice.app.emails_to(&practice.doctor.person.email).await;
    assert!(mails.iter().all(|mail| mail.subject != "A message about your visit"), "mail of what they cannot read");
    let mails = practice.app.emails_to(&colleague.doctor.person.email).await;
    assert!(mails.iter().any(|mail| mail.subject == "A message about your visit"), "one waits for them");
}
