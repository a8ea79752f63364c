//! A visit of today that is changed without end: its patient has come, has not after all, and is expected at another time.

use chrono::NaiveTime;
use telemedicine::time_zone::Tz;

use super::{operations::post, site::Shared};
use crate::support::*;

/// Such a visit, and its place among the things.
pub(super) struct Restless {
    pub(super) id: i64,
    pub(super) thing: usize,
    /// The desk's.
    pub(super) browser: Client,
    /// Where it goes to and fro.
    pub(super) times: [String; 2],
}

/// A visit in two hours, which somebody comes to and does not, and which is moved.
pub(super) async fn restless_visit(app: &TestApp, pair: (&Doctor, &Patient)) -> Appointment {
    let visit = appointment().of(pair.0).with(pair.1).at(app.in_hours(2)).status(AppointmentStatus::Scheduled);
    visit.create(app).await
}

/// The times between which that visit goes to and fro, as forms send them; at none of them it is at first. Its doctor works all day.
pub(super) async fn restless_times(app: &TestApp, (doctor, zone): (&Doctor, Tz)) -> [String; 2] {
    let (midnight, late) = (NaiveTime::MIN, NaiveTime::from_hms_opt(23, 30, 0).unwrap());
    for weekday in 0..7 {
        availability(app, doctor, weekday, (midnight, late)).await;
    }
    let later = app.in_hours(3).with_timezone(&zone);
    ["00", "30"].map(|minute| format!("{}:{minute}", later.format("%Y-%m-%dT%H")))
}

/// The patient has come, has not after all, is expected at another time.
pub(super) async fn unsettle(shared: &Shared, visit: &Restless, (site, done): (usize, &mut u64)) {
    let version = done.to_string();
    let [first, second] = &visit.times;
    let time = if *done % 6 < 3 { first } else { second };
    let moved = [("version", version.as_str()), ("starts_at", time), ("overbook_reason", "Nothing else is free")];
    let (act, fields) = match *done % 3 {
        0 => ("arrival", &moved[..1]),
        1 => ("correction", &moved[..1]),
        _ => ("rescheduling", &moved[..]),
    };
    let path = format!("/appointments/{}/{act}", visit.id);
    if let Some(by) = post(shared, (&visit.browser, site), (&path, fields)).await {
        *done += 1;
        shared.ledger.learn(visit.thing, *done, by);
    }
}
