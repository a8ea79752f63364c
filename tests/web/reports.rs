//! The reports: numbers that are those of the dashboards, of the days that were asked for, as a page and as files.

mod calls;

use chrono::{NaiveTime, TimeDelta};
use entity::{appointment as appointment_row, appointment_event};
use sea_orm::{ActiveModelTrait, EntityTrait as _, Iterable as _, Set};

use crate::support::*;

/// What stands in the row of a day under this head.
fn of_day(page: &Page, day: &str, head: &str) -> String {
    page.texts(&format!("tr[data-day='{day}'] td[data-label='{head}']")).concat()
}

/// A completed visit at this time, begun so many seconds after the patient arrived.
async fn waited(app: &TestApp, (doctor, patient): (&Doctor, &Patient), hours: i64, seconds: i64) {
    let visit = appointment().of(doctor).with(patient).at(app.in_hours(hours)).status(AppointmentStatus::Completed);
    let visit = visit.overbooked().create(app).await;
    let arrived = visit.starts_at - TimeDelta::minutes(20);
    for (kind, to, at) in [
        (EventKind::Arrived, AppointmentStatus::Waiting, arrived),
        (EventKind::Started, AppointmentStatus::InProgress, arrived + TimeDelta::seconds(seconds)),
    ] {
        let event = appointment_event::ActiveModel {
            appointment_id: Set(visit.id),
            actor_id: Set(doctor.user_id),
            kind: Set(kind),
            from_status: Set(Some(AppointmentStatus::Confirmed)),
            to_status: Set(to),
            from_doctor_id: Set(None),
            at: Set(at),
            created_at: Set(at),
            updated_at: Set(at),
            ..Default::default()
        };
        event.insert(&app.db).await.unwrap();
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_beginning_that_was_no_mistake() {
    let pair = Pair::of(TestApp::start().await, hospital()).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let visit = pair.meet_in(5, AppointmentStatus::Confirmed).await;
    let take = async |who: &Client, noun: &str, fields: &[(&str, &str)], minutes: i64| {
        who.post_form(&format!("{}/{noun}", visit.path()), fields).await.expect(303);
        pair.app.clock.advance(TimeDelta::minutes(minutes));
    };
    let median = async || of_day(&desk.get("/reports").await.ok(), "2026-11-24", "Median wait");
    take(&desk, "arrival", &[("version", "0")], 4).await;
    take(&pair.surgery, "start", &[("version", "1")], 1).await;
    assert_eq!(median().await, "4 min");
    take(&pair.surgery, "correction", &[("version", "2")], 15).await;
    assert_eq!(median().await, "–", "they wait still");
    take(&pair.surgery, "start", &[("version", "3")], 1).await;
    assert_eq!(median().await, "20 min");
}

#[tokio::test]
async fn todays_visits_are_those_of_the_dashboard() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let doctor = doctor(&house).create(&app).await;
    // 10:00 in Kathmandu: the first and the last minute of today, and those next to them.
    for minutes in [-10 * 60 - 1, -10 * 60, 0, 14 * 60 - 1, 14 * 60] {
        let patient = patient(&house).create(&app).await;
        appointment().of(&doctor).with(&patient).at(app.in_minutes(minutes)).overbooked().create(&app).await;
        let off = appointment().of(&doctor).with(&patient).at(app.in_minutes(minutes));
        off.status(AppointmentStatus::Cancelled).create(&app).await;
    }
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let today = desk.get("/dashboard").await.ok().figure("visits-today");
    let report = desk.get("/reports").await.ok();
    assert_eq!(today, 3);
    assert_eq!(of_day(&report, "2026-11-24", "Visits"), today.to_string());
    assert_eq!(of_day(&report, "2026-11-24", "Cancelled or declined"), "3");
    assert_eq!(of_day(&report, "2026-11-23", "Visits"), "1");
    assert_eq!(report.figure("report-visits"), 4, "tomorrow is not among the last thirty days");
    assert_eq!(report.texts("tr[data-day]").len(), 30);
    assert!(report.has("tr[data-day='2026-10-26']") && report.statements() <= 3, "{}", report.statements());
}

#[tokio::test]
async fn the_clinics_report_is_the_dashboards_as_well() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    for house in [&clinic.here, &clinic.there] {
        let desk = app.sign_in(&house.admin).await;
        let today = desk.get("/dashboard").await.ok().figure("visits-today");
        let report = desk.get("/reports").await.ok();
        assert!(today > 0);
        assert_eq!(of_day(&report, "2026-11-24", "Visits"), today.to_string());
    }
}

#[tokio::test]
async fn outcomes_and_waits_are_told_by_day_and_for_all_days() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let doctor = doctor(&house).create(&app).await;
    let patient = patient(&house).create(&app).await;
    for minutes in [10, 3, 7, 1, 9, 2, 8, 5, 4, 6] {
        waited(&app, (&doctor, &patient), -24, minutes * 60).await;
    }
    waited(&app, (&doctor, &patient), -48, 40 * 60).await;
    let missed = appointment().of(&doctor).with(&patient).at(app.in_hours(-25)).status(AppointmentStatus::NoShow);
    missed.create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let report = desk.get("/reports?from=2026-11-01&to=2026-11-24").await.ok();
    let yesterday = |head| of_day(&report, "2026-11-23", head);
    assert_eq!((yesterday("Completed"), yesterday("Visits")), ("10".to_owned(), "11".to_owned()));
    assert!(yesterday("Did not attend").starts_with("1 (9 %)"), "{}", yesterday("Did not attend"));
    assert_eq!((yesterday("Median wait"), yesterday("Nine of ten waited")), ("5 min".to_owned(), "9 min".to_owned()));
    assert_eq!(of_day(&report, "2026-11-22", "Median wait"), "40 min");
    assert_eq!(of_day(&report, "2026-11-21", "Median wait"), "–");
    // Of all eleven together, not a mean of days: 1 … 10 and 40.
    assert_eq!((report.figure("report-median"), report.figure("report-ninetieth")), (6, 10));
    assert_eq!(report.figure("report-missed"), 1);
}

/// Whatever happened: the file says what is found by going over the rows, one by one.
#[tokio::test]
async fn the_numbers_are_those_of_the_rows() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&house).create(&app).await, patient(&house).create(&app).await);
    let statuses: Vec<AppointmentStatus> = AppointmentStatus::iter().collect();
    let seed: u64 = rand::random();
    let mut chance = seed;
    let mut next = |of: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % of
    };
    for _ in 0..60 {
        let hours = -i64::try_from(next(24 * 8)).unwrap();
        match next(3) {
            0 => waited(&app, (&doctor, &patient), hours, i64::try_from(next(5_000)).unwrap()).await,
            _ => {
                let status = statuses[usize::try_from(next(10)).unwrap()];
                let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(hours)).status(status);
                visit.overbooked().create(&app).await;
            }
        }
    }
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let file = desk.get("/reports/days.csv?from=2026-11-15&to=2026-11-24").await.ok();
    assert_eq!(file.body.lines().skip(1).collect::<Vec<_>>(), lines_of_days(&app).await, "seed {seed}");
}

/// The lines of the file, of the ten days up to today in Kathmandu.
async fn lines_of_days(app: &TestApp) -> Vec<String> {
    let visits = appointment_row::Entity::find().all(&app.db).await.unwrap();
    let events = appointment_event::Entity::find().all(&app.db).await.unwrap();
    let at = |id: i64, kind| {
        events.iter().find(|event| event.appointment_id == id && event.kind == kind).map(|event| event.at)
    };
    let wait = |id| Some((at(id, EventKind::Started)? - at(id, EventKind::Arrived)?).num_seconds());
    let line = |days: i64| {
        use AppointmentStatus::{Cancelled, Completed, NoShow, Rejected};
        let local = |at: chrono::DateTime<chrono::Utc>| (at + TimeDelta::minutes(5 * 60 + 45)).date_naive();
        let date = local(app.now()) - TimeDelta::days(days);
        let of_day: Vec<_> = visits.iter().filter(|visit| local(visit.starts_at) == date).collect();
        let count = |among: &[AppointmentStatus]| of_day.iter().filter(|visit| among.contains(&visit.status)).count();
        let (completed, missed, called_off) = (count(&[Completed]), count(&[NoShow]), count(&[Rejected, Cancelled]));
        let (all, outcomes) = (of_day.len(), completed + missed);
        let percent = match outcomes {
            0 => String::new(),
            _ => ((missed * 200 + outcomes) / (outcomes * 2)).to_string(),
        };
        let mut waits: Vec<i64> = of_day.iter().filter_map(|visit| wait(visit.id)).collect();
        waits.sort_unstable();
        let ranked = |place: usize| {
            waits.get(place.wrapping_sub(1)).map(|wait| ((wait + 30) / 60).to_string()).unwrap_or_default()
        };
        format!(
            "{date},{},{completed},{missed},{},{called_off},{percent},{},{},{}",
            all - called_off,
            all - called_off - outcomes,
            waits.len(),
            ranked(waits.len().div_ceil(2)),
            ranked((waits.len() * 9).div_ceil(10))
        )
    };
    (0..10).rev().map(line).collect()
}

#[tokio::test]
async fn a_doctors_booked_minutes_are_compared_with_their_hours() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).named("Asha", "Rai").create(&app).await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    // Tuesdays from 9 to 13; on 24 November, a Tuesday, away from 10:00 to 11:00.
    availability(&app, &asha, 1, (at(9), at(13))).await;
    time_off(&app, &asha, (app.now(), app.in_hours(1)), "").await;
    for (hours, status) in [
        (1, AppointmentStatus::Scheduled),
        (-1, AppointmentStatus::Completed),
        (2, AppointmentStatus::Cancelled),
        (3, AppointmentStatus::Requested),
    ] {
        let patient = patient(&house).create(&app).await;
        appointment().of(&asha).with(&patient).at(app.in_hours(hours)).status(status).create(&app).await;
    }
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let one_day = "from=2026-11-24&to=2026-11-24";
    let file = desk.get(&format!("/reports/doctors.csv?{one_day}")).await.ok();
    assert_eq!(file.body, "\u{feff}doctor,booked_minutes,available_minutes,booked_percent\nDr Asha Rai,60,180,33\n");
    let page = desk.get(&format!("/reports?{one_day}")).await.ok();
    assert!(page.says("3 h 00 min") && page.says("33 %"), "{}", page.body);
    // Two Tuesdays.
    let file = desk.get("/reports/doctors.csv?from=2026-11-17&to=2026-11-24").await.ok();
    assert!(file.body.ends_with("Dr Asha Rai,60,420,14\n"), "{}", file.body);
}

#[tokio::test]
async fn files_carry_the_numbers_of_the_page_and_no_formula() {
    let app = TestApp::start().await;
    let house = hospital().named("=HYPERLINK(1)").create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let patient = patient(&house).create(&app).await;
    waited(&app, (&asha, &patient), -2, 90).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let file = desk.get("/reports/days.csv?from=2026-11-23&to=2026-11-24").await.ok();
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"visits-2026-11-23-to-2026-11-24.csv\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines[1..], ["2026-11-23,0,0,0,0,0,,0,,", "2026-11-24,1,1,0,0,0,0,1,2,2"]);
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let file = platform.get("/reports/hospitals.csv?from=2026-11-24&to=2026-11-24").await.ok();
    assert!(file.body.contains("\n'=HYPERLINK(1),1,1,"), "{}", file.body);
    for address in ["/reports/days.csv?from=x", "/reports/doctors.csv?to=2026-02-30", "/reports/days.csv?page=1"] {
        desk.get(address).await.expect(422);
    }
}

#[tokio::test]
async fn the_platform_sees_the_numbers_of_each_hospital_and_nobodys_name() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let desk = app.sign_in(&clinic.here.admin).await.get("/reports").await.ok();
    let page = app.sign_in(&clinic.super_admin).await.get("/reports").await.ok();
    let rows = page.texts("tbody tr");
    assert_eq!(rows.len(), 3, "both hospitals and their sum: {rows:?}");
    let own = rows.iter().find(|row| row.starts_with(&clinic.here.hospital.name)).unwrap();
    let visits = desk.figure("report-visits").to_string();
    assert!(own.trim_start_matches(&clinic.here.hospital.name).trim_start().starts_with(&visits), "{visits} in {own}");
    for name in [&clinic.here.doctor.last_name, &clinic.here.patient.last_name] {
        assert!(!page.says(name), "{name}");
    }
    assert!(page.statements() <= 3);
}

#[tokio::test]
async fn days_that_cannot_be_used_are_refused_with_the_form() {
    let app = TestApp::start().await;
    let desk = app.sign_in(&hospital_admin(&hospital().create(&app).await).create(&app).await).await;
    for query in ["from=2026-11-24&to=2026-11-23", "from=2026-02-30", "to=x", "from=2025-01-01&to=2026-01-02"] {
        let page = desk.get(&format!("/reports?{query}")).await.expect(422);
        assert!(page.has("[aria-invalid=true]"), "{query}");
    }
    let year = desk.get("/reports?from=2025-01-01&to=2026-01-01").await.ok();
    assert_eq!(year.texts("tr[data-day]").len(), 366);
    let only_from = desk.get("/reports?from=2026-11-20").await.ok();
    assert_eq!(only_from.texts("tr[data-day]").len(), 5, "to today");
}
