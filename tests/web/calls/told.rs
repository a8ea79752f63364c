//! How a call went is told in the history of its visit to those who work there, and in the metrics; its patient is told that there was one.

use chrono::TimeDelta;
use entity::enums::{CallEnd, CallPath};

use super::Practice;
use crate::support::*;

/// What the history of the visit says to somebody of calls, the first first.
async fn told(client: &Client, visit: &Appointment) -> Vec<String> {
    let page = client.get(&visit.path()).await.ok();
    assert!(page.statements() <= 3, "{} statements", page.statements());
    let calls = page.texts("#history [data-call-id] > p");
    calls.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn the_history_says_how_calls_went_and_to_the_patient_how_long_they_were() {
    let practice = Practice::with(AppointmentStatus::Completed, &[]).await;
    let (app, visit) = (&practice.app, &practice.visit);
    let begun = || call(visit, &practice.doctor);
    begun().create(app).await;
    let relayed = begun().later(1).connected(725, Some(CallPath::RelayTcp), Some(900)).troubled(2, Some(7));
    relayed.ended(CallEnd::Lost).create(app).await;
    begun().later(15).connected(40, Some(CallPath::Direct), None).troubled(1, Some(0)).create(app).await;
    begun().later(17).connected(5, Some(CallPath::RelayUdp), None).ended(CallEnd::MovedToPhone).create(app).await;
    begun().later(18).connected(3_900, Some(CallPath::RelayTls), None).ended(CallEnd::Finished).create(app).await;
    begun().later(19).connected(9, None, None).create(app).await;
    let desk = app.sign_in(&hospital_admin(&practice.hospital).create(app).await).await;
    for client in [&practice.surgery, &desk] {
        let lines = told(client, visit).await;
        let words = [
            "A call without a connection: nobody answered",
            "A call of 12 min 05 s, through the relay (TCP): lost, nothing was heard of either side",
            "Looked for another way 2 times. At its worst 7 % of what was sent was lost.",
            "A call of 40 s, directly from browser to browser: somebody hung up",
            "Looked for another way once.",
            "A call of 5 s, through the relay (UDP): the visit went on by telephone",
            "A call of 1 h 05 min, through the relay (TLS): ended with the visit",
            "A call of 9 s: somebody hung up",
        ];
        assert_eq!(lines.len(), words.len(), "{lines:?}");
        for (line, words) in lines.iter().zip(words) {
            assert!(line.starts_with(words), "{words} in {line}");
        }
        assert!(lines[1].contains("Tuesday 24 November 2026"), "{}", lines[1]);
    }
    let lines = told(&practice.home, visit).await;
    let lengths = ["12 min 05 s", "40 s", "5 s", "1 h 05 min", "9 s"];
    assert_eq!(lines.len(), lengths.len(), "{lines:?}");
    for (line, length) in lines.iter().zip(lengths) {
        assert!(line.starts_with(&format!("A call of {length} Tuesday 24 November 2026")), "{line}");
    }
}

/// As it comes about: what pages report stands there once the call is over, between the steps of the visit.
#[tokio::test]
async fn what_pages_report_is_told_once_the_call_is_over() {
    let practice = Practice::with(AppointmentStatus::Waiting, &[]).await;
    let start = [("version", "0")];
    practice.surgery.post_form(&practice.path("start"), &start).await.expect(303);
    practice.app.clock.advance(TimeDelta::seconds(20));
    let (_, patient) = practice.both().await;
    let well =
        [("state", "connected"), ("path", "relay_tls"), ("restarts", "1"), ("loss", "2"), ("first_frame", "1200")];
    practice.report(&practice.home, &patient.peer, &well).await.expect(204);
    assert_eq!(told(&practice.surgery, &practice.visit).await, Vec::<String>::new(), "it goes on");
    practice.app.clock.advance(TimeDelta::seconds(83));
    let done = [("version", "1"), ("outcome", "completed")];
    practice.surgery.post_form(&practice.path("outcome"), &done).await.expect(303);
    let history = practice.surgery.get(&practice.visit.path()).await.ok().texts("#history li > p:first-child");
    let place =
        |words: &str| history.iter().position(|line| line.contains(words)).unwrap_or_else(|| panic!("{history:?}"));
    let call = place("A call of 1 min 23 s, through the relay (TLS): ended with the visit");
    assert!(place("began the visit") < call && call < place("recorded the visit as completed"), "{history:?}");
}

#[tokio::test]
async fn how_calls_end_is_counted_by_the_way_they_went() {
    let practice = Practice::open().await;
    let sum = async |name: &str, labels: &str| {
        let metrics = practice.app.visitor().get("/metrics").await.ok().body;
        let line = format!("telemedicine_{name}{{{labels}}} ");
        let found = metrics.lines().find_map(|found| found.strip_prefix(&line));
        found.unwrap_or_else(|| panic!("{line} is shown before there is one")).parse::<f64>().unwrap()
    };
    let ended = r#"path="relay_tcp",reason="moved_to_phone""#;
    let path = r#"path="relay_tcp""#;
    let figures = async || {
        (
            sum("calls_ended_total", ended).await,
            sum("call_seconds_total", path).await,
            sum("call_restarts_total", path).await,
        )
    };
    let before = figures().await;
    let (_, patient) = practice.both().await;
    let well = [("state", "connected"), ("path", "relay_tcp"), ("restarts", "4")];
    practice.report(&practice.home, &patient.peer, &well).await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(61));
    let telephone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    practice.surgery.post_form(&practice.path("modality"), &telephone).await.expect(303);
    let after = figures().await;
    // Others call at the same time.
    assert!(
        after.0 >= before.0 + 1.0 && after.1 >= before.1 + 61.0 && after.2 >= before.2 + 4.0,
        "{before:?} {after:?}"
    );
}
