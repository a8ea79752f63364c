//! A form that is sent again books once, and says no more than what is so by then.

use super::*;

#[tokio::test]
async fn what_is_sent_twice_is_booked_once() {
    let clinic = Desk::open().await;
    let token = [("token", "the word of one form")];
    let first = clinic.book(&clinic.patient, "09:00", &token).await.expect(303);
    let second = clinic.book(&clinic.patient, "09:00", &token).await.expect(303);
    assert_eq!(first.location(), second.location());
    let other = patient_of(&clinic).await;
    let twice = [("token", "the word of another form")];
    let both = join_all((0..2).map(|_| clinic.book(&other, "10:00", &twice))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    assert_eq!(both[0].location(), both[1].location());
    assert_eq!(clinic.visits().await.len(), 2);
}

/// A form that has booked, was changed while the line was slow, and is sent again.
#[tokio::test]
async fn a_form_that_was_changed_after_it_had_booked_says_so_and_books_the_next_time() {
    let clinic = Desk::open().await;
    let (first, second, token) = (patient_of(&clinic).await, patient_of(&clinic).await, [("token", "of this form")]);
    clinic.book(&first, "09:00", &token).await.expect(303);
    let page = clinic.book(&second, "10:00", &token).await.expect(409);
    assert!(page.says("This form has booked a visit already") && clinic.visits().await.len() == 1);
    let fresh = page.attributes("input[name=token]", "value").remove(0);
    clinic.book(&second, "10:00", &[("token", &fresh)]).await.expect(303);
    assert_eq!(clinic.visits().await[1].patient_id, second.id);
}

/// Back, back, and sent once more: what the first one booked is over, so success would be a lie.
#[tokio::test]
async fn a_form_whose_visit_is_over_says_what_became_of_it_and_books_anew_when_sent_once_more() {
    for (noun, by_patient, said) in
        [("cancellation", true, "was cancelled since"), ("rejection", false, "was declined since")]
    {
        let clinic = Desk::open().await;
        let doctor = clinic.doctor.id.to_string();
        let send = async |token: &str| {
            let fields = [("doctor_id", doctor.as_str()), ("starts_at", "2026-11-30T09:30"), ("token", token)];
            clinic.home.post_form("/appointments", &fields).await
        };
        let path = send("of this form").await.expect(303).location();
        let client = if by_patient { &clinic.home } else { &clinic.surgery };
        let why = [("version", "0"), ("reason", "Not now.")];
        client.post_form(&format!("{path}/{noun}"), &why).await.expect(303);

        let again = send("of this form").await.expect(409);
        assert!(again.says(said), "{}", again.words());
        assert_eq!(clinic.visits().await.len(), 1, "nothing is booked behind a refusal");
        let fresh = again.attributes("input[name=token]", "value").remove(0);
        let anew = send(&fresh).await.expect(303).location();
        assert_ne!(anew, path);
        assert!(clinic.home.get(&anew).await.ok().says("Requested"));
    }
}

#[tokio::test]
async fn the_desk_is_not_told_that_a_cancelled_visit_is_booked() {
    let clinic = Desk::open().await;
    let token = [("token", "of the desk")];
    let path = clinic.book(&clinic.patient, "09:00", &token).await.expect(303).location();
    let why = [("version", "0"), ("reason", "The ward is shut.")];
    clinic.desk.post_form(&format!("{path}/cancellation"), &why).await.expect(303);
    let again = clinic.book(&clinic.patient, "09:00", &token).await.expect(409);
    assert!(again.says("was cancelled since") && !again.says("The visit is booked"));
}

/// Two tabs, each with a form of its own.
#[tokio::test]
async fn a_patient_asks_a_doctor_for_a_time_once() {
    let clinic = Desk::open().await;
    clinic.ask("2026-11-30T09:30").await.expect(303);
    let twin = clinic.ask("2026-11-30T09:30").await.expect(409);
    assert!(twin.says("You have asked this doctor for that time already"), "{}", twin.words());
    assert_eq!(clinic.visits().await.len(), 1);
    clinic.ask("2026-11-30T10:30").await.expect(303);
    // Two patients may ask for one time.
    let other = patient_of(&clinic).await;
    let client = clinic.app.sign_in(&other).await;
    let fields = [("doctor_id", clinic.doctor.id.to_string()), ("starts_at", "2026-11-30T09:30".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    client.post_form("/appointments", &fields).await.expect(303);
}

/// Somebody reads the times out on the phone: none of a day may be missing.
#[tokio::test]
async fn times_are_offered_in_whole_days_and_later_ones_are_a_click_away() {
    let clinic = Desk::open().await;
    for weekday in 0..5 {
        availability(&clinic.app, &clinic.doctor, weekday, (hour(13), hour(18))).await;
    }
    let page = clinic.desk.get(&format!("/appointments/new?doctor_id={}&date={MONDAY}", clinic.doctor.id)).await.ok();
    let times = page.attributes("input[name=starts_at]", "value");
    for day in ["2026-11-30", "2026-12-01"] {
        assert_eq!(times.iter().filter(|time| time.starts_with(day)).count(), 16, "all of {day}: {times:?}");
    }
    assert_eq!(times.len(), 32);
    let link = |page: &Page, label: &str| {
        let all = page.texts("#times a").into_iter().zip(page.attributes("#times a", "href"));
        all.into_iter().find(|(text, _)| text == label).map(|(_, href)| href)
    };
    let later = clinic.desk.get(&link(&page, "Later days").expect("later days")).await.ok();
    assert_eq!(later.attributes("input[name=starts_at]", "value")[0], "2026-12-02T09:00");
    let earlier = clinic.desk.get(&link(&later, "Earlier days").expect("earlier days")).await.ok();
    assert!(earlier.attributes("input[name=starts_at]", "value")[0].as_str() < "2026-12-02");
}

/// The doctor has decided since: what is said is what is so now.
#[tokio::test]
async fn a_form_sent_again_after_the_doctor_answered_says_where_the_visit_stands() {
    let clinic = Desk::open().await;
    let doctor = clinic.doctor.id.to_string();
    let send = async || {
        let fields = [("doctor_id", doctor.as_str()), ("starts_at", "2026-11-30T09:30"), ("token", "of this form")];
        clinic.home.post_form("/appointments", &fields).await.expect(303)
    };
    let (sent, stands) =
        ("You will be notified when the doctor has decided.", "the visit stands. Nothing new was sent.");
    let first = send().await;
    let path = first.location();
    assert!(clinic.home.follow(first).await.ok().says(sent));
    assert!(clinic.home.follow(send().await).await.ok().says(sent), "nobody has decided yet");
    for (client, noun, version, more, said) in [
        (&clinic.surgery, "proposal", "0", Some(("starts_at", "2026-11-30T10:30")), "proposed another time since"),
        (&clinic.home, "proposal/refusal", "1", None, sent),
        (&clinic.surgery, "approval", "2", None, stands),
        (&clinic.home, "confirmation", "3", None, stands),
    ] {
        let fields: Vec<(&str, &str)> = [("version", version)].into_iter().chain(more).collect();
        client.post_form(&format!("{path}/{noun}"), &fields).await.expect(303);
        let again = send().await;
        assert_eq!(again.location(), path);
        let page = clinic.home.follow(again).await.ok();
        assert!(page.says(said), "after {noun}: {}", page.words());
        assert_eq!(page.says(sent), said == sent, "after {noun}");
    }
    assert_eq!(clinic.visits().await.len(), 1);
}

/// The same of the desk.
#[tokio::test]
async fn a_form_of_the_desk_sent_again_notifies_nobody_and_does_not_say_so() {
    let clinic = Desk::open().await;
    let token = [("token", "of the desk")];
    let path = clinic.book(&clinic.patient, "09:00", &token).await.expect(303).location();
    clinic.home.post_form(&format!("{path}/confirmation"), &[("version", "0")]).await.expect(303);
    let again = clinic.book(&clinic.patient, "09:00", &token).await.expect(303);
    assert_eq!(again.location(), path);
    let page = clinic.desk.follow(again).await.ok();
    assert!(page.says("Nothing new was booked.") && !page.says("the others are notified"), "{}", page.words());
}
