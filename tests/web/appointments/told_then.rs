//! What was told of an event stays what it was: the times in notifications and in the history are those of then, whatever became of the visit.

use super::*;

const ASKED: &str = "Monday 30 November 2026, 09:30";
const FIRST: &str = "Tuesday 1 December 2026, 10:00";
const SECOND: &str = "Wednesday 2 December 2026, 11:00";

/// Asked for, another time proposed and refused, one more proposed and accepted; its address.
async fn agreed_on_in_the_end(practice: &Practice) -> String {
    works_daily(&practice.app, &practice.doctor, (9, 12)).await;
    let doctor = practice.doctor.id.to_string();
    let asked = [("doctor_id", doctor.as_str()), ("starts_at", "2026-11-30T09:30")];
    let path = practice.home.post_form("/appointments", &asked).await.expect(303).location();
    let steps: [(&Client, &str, FormFields<'_>); 4] = [
        (&practice.surgery, "proposal", &[("version", "0"), ("starts_at", "2026-12-01T10:00")]),
        (&practice.home, "proposal/refusal", &[("version", "1")]),
        (&practice.surgery, "proposal", &[("version", "2"), ("starts_at", "2026-12-02T11:00")]),
        (&practice.home, "proposal/acceptance", &[("version", "3")]),
    ];
    for (client, noun, fields) in steps {
        client.post_form(&format!("{path}/{noun}"), fields).await.expect(303);
    }
    path
}

/// What each is told of it, newest first.
fn told() -> [Vec<String>; 2] {
    let with = "with Maya Gurung";
    [
        vec![
            format!("Dr Asha Rai proposes {SECOND} instead of {ASKED}."),
            format!("Dr Asha Rai proposes {FIRST} instead of {ASKED}."),
        ],
        vec![
            format!("The proposed time was accepted: the visit {with} is on {SECOND}."),
            format!("The proposed time was refused: the request {with} for {ASKED} is open again."),
            format!("Maya Gurung asks for a visit on {ASKED}."),
        ],
    ]
}

#[tokio::test]
async fn notifications_say_the_times_that_they_were_about() {
    let practice = Practice::open().await;
    agreed_on_in_the_end(&practice).await;
    // What asked for an answer is read once it is given, and stands on the list alone.
    for ((client, unread), told) in [(&practice.home, 0), (&practice.surgery, 2)].into_iter().zip(told()) {
        let page = client.get("/notifications").await.ok();
        assert_eq!(page.texts("main [data-notification] a"), told, "{}", client.who);
        let dashboard = client.get("/dashboard").await.ok();
        for (place, sentence) in told.iter().enumerate() {
            let is_said = dashboard.says(sentence);
            assert_eq!(is_said, place < unread, "{sentence} on the dashboard of {}: {}", client.who, dashboard.words());
        }
    }
}

#[tokio::test]
async fn the_history_says_what_was_asked_for_proposed_refused_and_accepted() {
    let practice = Practice::open().await;
    let path = agreed_on_in_the_end(&practice).await;
    let expected = [
        format!("You asked for the visit on {ASKED}"),
        format!("Dr Asha Rai proposed another time: {FIRST} instead of {ASKED}"),
        format!("You refused the proposed time, {FIRST}, instead of {ASKED}"),
        format!("Dr Asha Rai proposed another time: {SECOND} instead of {ASKED}"),
        format!("You accepted the proposed time: {SECOND}"),
    ];
    let steps = practice.home.get(&path).await.ok().texts(".history li > p:first-child");
    assert_eq!(steps.len(), expected.len());
    for (step, expected) in steps.iter().zip(&expected) {
        assert!(step.starts_with(expected), "{step}");
    }
}

/// The clock of another zone shows another time at that instant; that is not what people were told.
#[tokio::test]
async fn a_zone_that_is_corrected_changes_no_text_of_before() {
    let practice = Practice::open().await;
    agreed_on_in_the_end(&practice).await;
    let path = format!("/hospitals/{}", practice.hospital.id);
    let own = format!("form[action=\"{path}\"]");
    for (keep, zone) in [("clock", "Asia/Kolkata"), ("instant", "Asia/Dhaka")] {
        let form = practice.desk.get(&format!("{path}/edit")).await.ok();
        let asked = practice.desk.submit(&form, &own, &[("time_zone", zone)]).await.expect(422);
        practice.desk.submit(&asked, &own, &[("keep", keep)]).await.expect(303);
        for (client, told) in [&practice.home, &practice.surgery].into_iter().zip(told()) {
            let texts = client.get("/notifications").await.ok().texts("main [data-notification] a");
            for sentence in told {
                assert!(texts.contains(&sentence), "{keep}: {sentence} in {texts:?}");
            }
        }
    }
}
