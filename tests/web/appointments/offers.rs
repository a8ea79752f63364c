//! What the pages offer to do: what may be done and nothing else, and each offer is kept.

use super::*;

use AppointmentStatus as Status;

/// A state, and what is offered then to the doctor, the patient and the desk.
type Offers = (Status, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// The last parts of the addresses of the forms on an appointment's page, in order.
fn offered(page: &Page, visit: &Appointment) -> Vec<String> {
    let forms = page.forms().into_iter().map(|form| form.action);
    forms.filter_map(|action| action.strip_prefix(&format!("{}/", visit.path())).map(str::to_owned)).collect()
}

#[tokio::test]
async fn everybody_is_offered_what_is_theirs_to_do_next() {
    let practice = Practice::open().await;
    let table: [Offers; 10] = [
        (Status::Requested, &["approval", "rejection"], &["cancellation"], &["cancellation"]),
        (
            Status::Proposed,
            &["cancellation"],
            &["proposal/acceptance", "proposal/refusal", "cancellation"],
            &["proposal/acceptance", "proposal/refusal", "cancellation"],
        ),
        (
            Status::Scheduled,
            &["cancellation", "modality"],
            &["confirmation", "arrival", "cancellation"],
            &["arrival", "cancellation"],
        ),
        (Status::Confirmed, &["cancellation", "modality"], &["arrival", "cancellation"], &["arrival", "cancellation"]),
        // Of these the doctor has recorded the last step a moment ago.
        (
            Status::Waiting,
            &["start", "cancellation", "correction", "modality"],
            &["cancellation"],
            &["cancellation", "correction"],
        ),
        (
            Status::InProgress,
            &["outcome", "cancellation", "correction", "modality"],
            &["cancellation"],
            &["cancellation", "correction"],
        ),
        (Status::Completed, &["correction"], &[], &["correction"]),
        (Status::NoShow, &["correction"], &[], &["correction"]),
        (Status::Rejected, &[], &[], &[]),
        (Status::Cancelled, &[], &[], &[]),
    ];
    let mut hours = 0;
    for (status, doctor, patient, desk) in table {
        // All on this day, on which an arrival is offered.
        hours += 1;
        let visit = practice.visit_at(status, hours).await;
        for (client, expected) in [(&practice.surgery, doctor), (&practice.home, patient), (&practice.desk, desk)] {
            let page = client.get(&visit.path()).await.ok();
            assert_eq!(offered(&page, &visit), expected, "{status:?} to {}", client.who);
        }
    }
}

#[tokio::test]
async fn nobody_arrives_days_ahead() {
    let practice = Practice::open().await;
    let visit = practice.visit_at(Status::Confirmed, 48).await;
    for client in [&practice.home, &practice.desk] {
        assert_eq!(offered(&client.get(&visit.path()).await.ok(), &visit), ["cancellation"]);
    }
    practice.app.clock.advance(chrono::TimeDelta::hours(38));
    let home = practice.app.sign_in(&practice.patient).await;
    assert_eq!(offered(&home.get(&visit.path()).await.ok(), &visit), ["arrival", "cancellation"]);
}

#[tokio::test]
async fn nobody_has_missed_a_visit_before_it_begins() {
    let practice = Practice::open().await;
    let visit = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_minutes(20));
    let visit = visit.status(Status::Confirmed).create(&practice.app).await;
    let page = practice.surgery.get(&visit.path()).await.ok();
    assert!(!page.says("Did not attend"));
    practice.app.clock.advance(chrono::TimeDelta::minutes(20));
    let page = practice.surgery.get(&visit.path()).await.ok();
    assert_eq!(offered(&page, &visit), ["outcome", "cancellation", "modality"]);
    let form = format!("form[action=\"{}/outcome\"]", visit.path());
    practice.surgery.submit(&page, &form, &[]).await.expect(303);
    assert_eq!(practice.stored(visit.id).await.status, Status::NoShow);
}

/// A whole life, through the forms that the pages and the dashboards offer.
#[tokio::test]
async fn a_visit_goes_from_the_request_to_its_outcome() {
    let practice = Practice::open().await;
    let visit = practice.visit_at(Status::Requested, 2).await;
    let steps = [
        (&practice.surgery, "approval", "The visit is scheduled."),
        (&practice.home, "confirmation", "The visit is confirmed."),
        (&practice.desk, "arrival", "The arrival is recorded, and the doctor notified."),
        (&practice.surgery, "start", "The visit has begun."),
        (&practice.surgery, "outcome", "The visit is recorded as completed."),
    ];
    for (number, (client, noun, said)) in steps.into_iter().enumerate() {
        // From the dashboard or from the visit's own page, by turns.
        let from = if number % 2 == 0 { "/dashboard".to_owned() } else { visit.path() };
        let page = client.get(&from).await.ok();
        let forms = page.forms().into_iter().filter(|form| form.action == format!("{}/{noun}", visit.path()));
        let form = forms.into_iter().next().unwrap_or_else(|| panic!("{from} offers no {noun}"));
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = client.post_form(&form.action, &fields).await.expect(303);
        assert_eq!(client.follow(answer).await.ok().text(".flash"), said);
    }
    assert_eq!(practice.stored(visit.id).await.status, Status::Completed);
    assert_eq!(practice.history(visit.id).await.len(), 6);
}

#[tokio::test]
async fn a_patient_accepts_a_proposed_time_on_the_dashboard() {
    let practice = Practice::open().await;
    let visit = practice.visit(Status::Proposed).await;
    let dashboard = practice.home.get("/dashboard").await.ok();
    let form = format!("#proposed form[action=\"{}/proposal/acceptance\"]", visit.path());
    practice.home.submit(&dashboard, &form, &[]).await.expect(303);
    let stored = practice.stored(visit.id).await;
    assert_eq!((stored.status, stored.starts_at), (Status::Scheduled, practice.app.in_hours(48)));
}

#[tokio::test]
async fn what_is_done_on_a_dashboard_leads_back_to_it() {
    let practice = Practice::open().await;
    let visit = practice.visit_at(Status::Confirmed, 1).await;
    let row = format!("/dashboard#visit-{}", visit.id);
    let doing = async |client: &Client, panel: &str, step: &str, status: &str| {
        let board = client.get("/dashboard").await.ok();
        let form = format!("#{panel} form[action=\"{}/{step}\"]", visit.path());
        let done = client.submit(&board, &form, &[]).await.expect(303);
        assert_eq!(done.location(), if panel == "board" { row.as_str() } else { "/dashboard" }, "{step}");
        let after = client.follow(done).await.ok();
        assert!(after.says(status), "{step}: the board tells it at once");
    };
    doing(&practice.desk, "board", "arrival", "Waiting since").await;
    doing(&practice.surgery, "waiting", "start", "The visit has begun.").await;
    doing(&practice.surgery, "waiting", "outcome", "The visit is recorded as completed.").await;

    // A board that is behind leads to the visit as it is.
    let late = practice.visit_at(Status::Requested, 2).await;
    let board = practice.surgery.get("/dashboard").await.ok();
    let form = format!("#requests form[action=\"{}/approval\"]", late.path());
    practice.surgery.submit(&board, &form, &[]).await.expect(303);
    practice.surgery.submit(&board, &form, &[]).await.expect(303);
    practice.home.post_form(&format!("{}/confirmation", late.path()), &[("version", "1")]).await.expect(303);
    let again = practice.surgery.submit(&board, &form, &[]).await.expect(409);
    assert!(again.says("Nothing was changed") && again.says("Confirmed"));
    // No other address is one that leads anywhere.
    let fields = [("version", "2"), ("back", "//evil.example")];
    let done = practice.home.post_form(&format!("{}/arrival", late.path()), &fields).await;
    assert!(done.status == 422 || done.location() == late.path(), "{}", done.status);
}
