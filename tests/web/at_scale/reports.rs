//! What reports read of the years.

use super::{Counters, number};
use crate::support::*;

/// A year's report: each visit once for its day and once for its doctor, and the few events of those that took place. That of calls: each visit once, and
/// its calls.
pub(super) async fn read_each_visit_and_call_once_or_twice(people: &[Demo], (app, counters): (&TestApp, &Counters)) {
    let desk = people.iter().find(|person| person.role == Role::HospitalAdmin).unwrap();
    let of_desk =
        format!("FROM appointment AS visit JOIN \"user\" AS desk USING (hospital_id) WHERE desk.id = {}", desk.user_id);
    let visits = number(app, &format!("SELECT count(*) {of_desk}")).await;
    let today = app.now().date_naive();
    let address = format!("/reports?from={}&to={today}", today - chrono::TimeDelta::days(360));
    let (page, [read, events]) = counters.reading(["appointment", "appointment_event"], (app, desk), &address).await;
    assert!(page.figure("report-visits") > 1_000, "{}", page.figure("report-visits"));
    // Beside them days to come, and what the page shows of the viewer.
    assert!((1..=2 * visits + 500).contains(&read), "{read} visits of {visits} were read");
    assert!(events <= 8 * visits, "{events} events of {visits} visits were read");
    let (page, [read, calls]) =
        counters.reading(["appointment", "call"], (app, desk), &address.replace("/reports", "/reports/calls")).await;
    let of_desk =
        number(app, &format!("SELECT count(*) FROM call WHERE appointment_id IN (SELECT visit.id {of_desk})")).await;
    assert!(page.figure("report-calls") > 100, "{}", page.figure("report-calls"));
    assert!((1..=visits + 500).contains(&read), "{read} visits of {visits} were read");
    // The server itself looks now and then for calls that nobody is in any more.
    assert!((1..=of_desk + 100).contains(&calls), "{calls} calls of {of_desk} were read");
}
