//! A visit that is handed over to another doctor: the same visit, with its history, its messages and nothing of it left with who had it.

mod following;

use telemedicine::{integrations::mailer::Email, text::CalendarMethod};

use super::*;

/// Where the visit of [`Practice`] is.
const OWN_TIME: &str = "2026-11-26T10:00";

/// A colleague who works from 9 to 12 as well, signed in.
struct Colleague {
    doctor: Doctor,
    surgery: Client,
}

async fn colleague(practice: &Practice) -> Colleague {
    let doctor = doctor(&practice.hospital).named("Bina", "Thapa").create(&practice.app).await;
    works_daily(&practice.app, &doctor, (9, 12)).await;
    let surgery = practice.app.sign_in(&doctor).await;
    Colleague { doctor, surgery }
}

impl Colleague {
    fn id(&self) -> String {
        self.doctor.id.to_string()
    }
}

async fn hand_over(practice: &Practice, who: &Client, (doctor, starts_at): (&str, &str)) -> Page {
    practice.move_to(who, starts_at, &[("doctor_id", doctor)]).await
}

#[tokio::test]
async fn the_desk_hands_a_visit_over_at_its_time_and_all_three_are_told_what_it_is_to_them() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let before = practice.stored().await;
    let form = practice.desk.get(&practice.path()).await.ok();
    assert!(form.text("#find-doctor").contains("Dr Bina Thapa"), "{}", form.words());
    assert_eq!(form.attributes("#find-doctor option[selected]", "value"), [practice.doctor.id.to_string()]);
    let with = [("doctor_id", colleague.id()), ("date", "2026-11-26".to_owned())];
    let with = with.each_ref().map(|(name, value)| (*name, value.as_str()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(with).finish();
    let form = practice.desk.get(&format!("{}?{query}", practice.path())).await.ok();
    assert_eq!(form.attributes("#find-doctor option[selected]", "value"), [colleague.id()]);
    let fields = [("starts_at", OWN_TIME), ("note", "Dr Rai is ill.")];
    let moved = practice.desk.submit(&form, "#times form[method=post]", &fields).await.expect(303);
    let page = practice.desk.follow(moved).await.ok();
    assert!(page.says("The visit is handed over"), "{}", page.words());
    let history = page.text("#history");
    assert!(history.contains("handed the visit over from Dr Asha Rai"), "{history}");
    assert!(history.contains("Dr Rai is ill.") && !history.contains("instead of"), "{history}");

    let after = practice.stored().await;
    assert_eq!((after.id, after.symptoms, after.starts_at), (before.id, before.symptoms, before.starts_at));
    assert_eq!((after.doctor_id, after.status, after.version), (colleague.doctor.id, Status::Scheduled, 1));
    for (browser, sentence) in [
        (&practice.home, "Your visit is with Dr Bina Thapa now"),
        (&practice.surgery, "was handed over to another doctor"),
        (&colleague.surgery, "was booked for"),
    ] {
        let told = browser.get("/notifications").await.ok();
        assert!(told.says(sentence) && told.says("10:00"), "{}: {}", browser.who, told.words());
        let leads = told.links().contains(&practice.visit.path());
        assert_eq!(leads, browser.who != practice.surgery.who, "{}", browser.who);
    }
    let told = practice.surgery.get("/dashboard").await.ok();
    let news = told.text("#unread");
    assert!(
        news.contains("The visit with a patient on") && news.contains("10:00"),
        "they see no name any more: {news}"
    );
    let line = practice.trail().await;
    let ids = [format!("\"from_doctor\":{}", practice.doctor.id), format!("\"to_doctor\":{}", colleague.doctor.id)];
    assert!(ids.iter().all(|id| line.contains(id)), "{line}");
}

#[tokio::test]
async fn mail_takes_it_out_of_one_calendar_and_puts_it_into_the_other() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    hand_over(&practice, &practice.desk, (&colleague.id(), "2026-11-26T11:00")).await.expect(303);
    let only = async |email: &str| {
        let mut mails = practice.app.emails_when(email, 1).await;
        assert_eq!(mails.len(), 1, "{email}");
        mails.remove(0)
    };
    let method = |mail: &Email| mail.invitation.as_ref().map(|invitation| invitation.method);
    let patients = only(&practice.patient.email).await;
    assert!(patients.text.contains("Your visit is with Dr Bina Thapa now, on"), "{}", patients.text);
    assert!(patients.text.contains("11:00 instead of") && patients.text.contains("10:00"), "{}", patients.text);
    assert!(patients.text.contains("Please confirm"), "{}", patients.text);
    assert!(practice.home.get("/notifications").await.ok().says("11:00 instead of Thursday 26 November 2026, 10:00"));
    assert_eq!(method(&patients), Some(CalendarMethod::Request));
    let theirs = only(&colleague.doctor.person.email).await;
    assert_eq!(method(&theirs), Some(CalendarMethod::Request));
    let former = only(&practice.doctor.person.email).await;
    assert_eq!(method(&former), Some(CalendarMethod::Cancel));
    assert!(former.text.contains("10:00") && !former.text.contains("11:00"), "when it was theirs: {}", former.text);
    assert!(!former.text.contains(&practice.visit.path()), "they do not see it any more: {}", former.text);
    assert!(!former.text.contains("Maya"), "{}", former.text);
    let taken_out = &former.invitation.as_ref().unwrap().text;
    assert!(taken_out.contains("DTSTART:20261126T041500Z"), "where it stands in their calendar: {taken_out}");
    assert!(!taken_out.contains(&practice.visit.path()), "{taken_out}");
}

/// The mail waits until the sender has its turn, and the visit goes on meanwhile.
#[tokio::test]
async fn it_leaves_a_calendar_whatever_becomes_of_it_but_when_it_comes_back() {
    for comes_back in [false, true] {
        let practice = Practice::open().await;
        let colleague = colleague(&practice).await;
        hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(303);
        if comes_back {
            let doctor = practice.doctor.id.to_string();
            let back = [("version", "1"), ("starts_at", OWN_TIME), ("doctor_id", doctor.as_str())];
            practice.desk.post_form(&practice.path(), &back).await.expect(303);
        } else {
            let path = format!("{}/confirmation", practice.visit.path());
            practice.home.post_form(&path, &[("version", "1")]).await.expect(303);
        }
        let mails = practice.app.emails_to(&practice.doctor.person.email).await;
        let methods: Vec<_> = mails.iter().filter_map(|mail| Some(mail.invitation.as_ref()?.method)).collect();
        let last = if comes_back { CalendarMethod::Request } else { CalendarMethod::Cancel };
        assert_eq!(methods, [last], "{comes_back}");
    }
}

#[tokio::test]
async fn who_had_it_sees_nothing_of_it_any_more_and_who_has_it_sees_all() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let patients_page = format!("/patients/{}", practice.patient.id);
    practice.surgery.get(&patients_page).await.ok();
    colleague.surgery.get(&patients_page).await.expect(404);
    hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(303);
    for path in [practice.visit.path(), format!("{}/room", practice.visit.path()), patients_page] {
        practice.surgery.get(&path).await.expect(404);
        colleague.surgery.get(&path).await.ok();
    }
    assert!(!practice.surgery.get("/appointments").await.ok().shows_appointment(practice.visit.id));
    assert!(colleague.surgery.get("/appointments").await.ok().shows_appointment(practice.visit.id));
    practice.home.get(&practice.visit.path()).await.ok();
}

#[tokio::test]
async fn a_doctor_hands_their_own_over_and_a_form_sent_twice_does_it_once() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    for _ in 0..2 {
        let moved = hand_over(&practice, &practice.surgery, (&colleague.id(), OWN_TIME)).await.expect(303);
        let page = practice.surgery.follow(moved).await.ok();
        assert!(
            page.says("The visit is handed over") && !page.shows_appointment(practice.visit.id),
            "{}",
            page.words()
        );
    }
    let after = practice.stored().await;
    assert_eq!((after.version, after.doctor_id), (1, colleague.doctor.id));
    assert!(!practice.surgery.get("/notifications").await.ok().says("handed over"), "they know");
    let own = practice.app.emails_when(&practice.doctor.person.email, 1).await;
    assert!(own[0].invitation.as_ref().is_some_and(|it| it.method == CalendarMethod::Cancel), "from their calendar");
    // Another form of theirs is about something that they do not see.
    hand_over(&practice, &practice.surgery, (&colleague.id(), "2026-11-26T11:00")).await.expect(404);
}

#[tokio::test]
async fn nobody_gets_it_who_cannot_have_it() {
    let practice = Practice::open().await;
    let elsewhere = doctor(&hospital().create(&practice.app).await).create(&practice.app).await;
    let gone = doctor(&practice.hospital).deactivated().create(&practice.app).await;
    for (doctor, sentence) in [
        (elsewhere.id.to_string(), "Choose a doctor of your hospital."),
        ("0".to_owned(), "Choose a doctor of your hospital."),
        ("any".to_owned(), "Choose a doctor of your hospital."),
        (gone.id.to_string(), "does not practise here any more"),
    ] {
        let refused = hand_over(&practice, &practice.desk, (&doctor, OWN_TIME)).await.expect(422);
        assert!(refused.says(sentence), "{doctor}: {}", refused.words());
        let form = practice.desk.get(&format!("{}?doctor_id={doctor}", practice.path())).await.ok();
        let chosen = form.attributes("#find-doctor option[selected]", "value");
        assert_eq!(chosen, [practice.doctor.id.to_string()], "{doctor} is nobody to choose");
    }
    assert_eq!(practice.stored().await.version, 0);
}

#[tokio::test]
async fn what_is_in_the_way_is_what_the_other_doctor_has_and_not_the_visit_itself() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let other = patient(&practice.hospital).create(&practice.app).await;
    let at = practice.visit.starts_at;
    appointment().of(&colleague.doctor).with(&other).at(at).create(&practice.app).await;
    let refused = hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(409);
    assert!(refused.says("That time is taken.") && refused.has("textarea[name=overbook_reason]"));
    assert_eq!(refused.attributes("#times input[name=doctor_id]", "value"), [colleague.id()], "still to the same");
    let free = refused.attributes("input[name=starts_at]", "value");
    assert!(free.contains(&"2026-11-26T10:30".to_owned()), "{free:?}");
    practice.desk.submit(&refused, "#times form[method=post]", &[("starts_at", "2026-11-26T10:30")]).await.expect(303);
    let away = [("starts_at", "2026-11-27T00:00"), ("ends_at", "2026-11-28T00:00"), ("reason", "")];
    practice.surgery.post_form(&format!("/doctors/{}/time-off", practice.doctor.id), &away).await.expect(303);
    let doctor = practice.doctor.id.to_string();
    let back = [("version", "1"), ("starts_at", "2026-11-27T10:00"), ("doctor_id", doctor.as_str())];
    let refused = practice.desk.post_form(&practice.path(), &back).await.expect(422);
    assert!(refused.says("The doctor is away then."), "{}", refused.words());
}

#[tokio::test]
async fn what_was_written_by_a_doctor_keeps_the_visit_with_them() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    note(&practice.visit, &practice.doctor).create(&practice.app).await;
    let refused = hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(409);
    assert!(refused.says("has written about it already"), "{}", refused.words());
    practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(303);
    assert_eq!(practice.stored().await.doctor_id, practice.doctor.id);
}

#[tokio::test]
async fn a_visit_whose_doctor_is_gone_is_handed_over_and_not_moved() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    let path = format!("/doctors/{}/deactivation", practice.doctor.id);
    practice.desk.post_form(&path, &[]).await.expect(303);
    assert!(practice.desk.get(&practice.visit.path()).await.ok().links().contains(&practice.path()));
    let page = practice.desk.get(&practice.path()).await.ok();
    assert!(
        page.says("does not practise here any more") && page.attributes("input[name=starts_at]", "value").is_empty()
    );
    let refused = practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(422);
    assert!(refused.says("does not practise here any more"), "{}", refused.words());
    hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(303);
    assert_eq!(practice.stored().await.doctor_id, colleague.doctor.id);
    let page = practice.desk.get(&practice.visit.path()).await.ok();
    assert!(!page.says("No doctor"), "{}", page.words());
}

#[tokio::test]
async fn handed_over_and_back_it_is_as_it_was_with_both_steps_in_its_history() {
    let practice = Practice::open().await;
    let colleague = colleague(&practice).await;
    practice.home.post_form(&format!("{}/messages", practice.visit.path()), &[("body", "Hello")]).await.expect(303);
    hand_over(&practice, &practice.desk, (&colleague.id(), OWN_TIME)).await.expect(303);
    let doctor = practice.doctor.id.to_string();
    let back = [("version", "1"), ("starts_at", OWN_TIME), ("doctor_id", doctor.as_str())];
    practice.desk.post_form(&practice.path(), &back).await.expect(303);
    let page = practice.surgery.get(&practice.visit.path()).await.ok();
    let history = page.text("#history");
    assert!(history.contains("over from Dr Asha Rai") && history.contains("over from Dr Bina Thapa"));
    assert!(practice.surgery.get("/messages").await.ok().says("Maya Gurung"));
    colleague.surgery.get(&practice.visit.path()).await.expect(404);
    assert!(!colleague.surgery.get("/notifications").await.ok().links().contains(&practice.visit.path()));
}
