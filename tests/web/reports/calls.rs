//! The report of calls: how many connect, which way, how soon there is a picture; by week and by doctor, as a page and as a file.

use std::collections::BTreeMap;

use chrono::{Datelike as _, TimeDelta};
use entity::{
    call as call_row,
    enums::{CallEnd, CallPath},
};
use sea_orm::{EntityTrait as _, Iterable as _};

use crate::support::*;

/// A visit that is over, so many hours ago.
async fn held(app: &TestApp, (doctor, patient): (&Doctor, &Patient), hours: i64) -> Appointment {
    let visit = appointment().of(doctor).with(patient).at(app.in_hours(-hours)).status(AppointmentStatus::Completed);
    visit.overbooked().create(app).await
}

/// What stands under this head in the row whose name is `name`.
fn cell(page: &Page, name: &str, head: &str) -> String {
    let rows = page.texts("tbody tr th");
    let place = rows.iter().position(|row| row == name).unwrap_or_else(|| panic!("{name} in {rows:?}"));
    page.texts(&format!("tbody td[data-label='{head}']"))[place].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn calls_are_told_by_week_and_by_doctor() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).named("Asha", "Rai").create(&app).await;
    let bina = doctor(&house).named("Bina", "Shah").create(&app).await;
    let patient = patient(&house).create(&app).await;
    // 24 November is a Tuesday: today, and Friday of the week before.
    let today = held(&app, (&asha, &patient), 2).await;
    let before = held(&app, (&asha, &patient), 4 * 24).await;
    let other = held(&app, (&bina, &patient), 4 * 24 + 1).await;
    call(&today, &asha).create(&app).await;
    let relayed =
        call(&today, &asha).later(2).connected(600, Some(CallPath::RelayTls), Some(2_940)).troubled(3, Some(4));
    relayed.create(&app).await;
    call(&today, &asha).later(14).connected(301, Some(CallPath::Direct), Some(810)).create(&app).await;
    call(&before, &asha).connected(30, None, None).ended(CallEnd::MovedToPhone).create(&app).await;
    call(&other, &bina).connected(1_200, Some(CallPath::Direct), Some(1_060)).ended(CallEnd::Lost).create(&app).await;
    call(&other, &bina).later(30).connected(60, Some(CallPath::Direct), Some(640)).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let page = desk.get("/reports/calls").await.ok();
    assert!(page.statements() <= 3, "{}", page.statements());
    for (figure, number) in [
        ("report-calls", 6),
        ("report-connected", 5),
        ("report-relayed", 1),
        ("report-by-phone", 1),
        ("report-first-frame", 800),
        ("report-first-frame-ninetieth", 2_900),
    ] {
        assert_eq!(page.figure(figure), number, "{figure}");
    }
    let weeks = page.attributes("tr[data-week]", "data-week");
    assert_eq!(weeks, ["2026-11-23", "2026-11-16", "2026-11-09", "2026-11-02", "2026-10-26"]);
    let told = |name: &str| {
        let heads = [
            "Visits",
            "Calls",
            "Connected",
            "Through the relay",
            "Not answered",
            "Lost",
            "On by telephone",
            "Other way looked for",
            "First picture",
            "Mean length",
        ];
        heads.map(|head| cell(&page, name, head)).join("|")
    };
    assert_eq!(
        told("All weeks"),
        "3|6|5 (83 %)|1 (25 %)|1 (17 %)|1 (17 %)|1 (33 %)|3|0.8 s (nine of ten 2.9 s)|7 min 18 s"
    );
    assert_eq!(
        told("23 Nov – 24 Nov 2026"),
        "1|3|2 (67 %)|1 (50 %)|1 (33 %)|0 (0 %)|0 (0 %)|3|0.8 s (nine of ten 2.9 s)|7 min 31 s"
    );
    assert_eq!(told("9 Nov – 15 Nov 2026"), "0|0|0|0|0|0|0|0|–|–");
    assert_eq!(
        told("Dr Bina Shah"),
        "1|2|2 (100 %)|0 (0 %)|0 (0 %)|1 (50 %)|0 (0 %)|0|0.6 s (nine of ten 1.1 s)|10 min 30 s"
    );
    assert!(page.says("Way not told"), "one told no way");
    let one_week = desk.get("/reports/calls?from=2026-11-16&to=2026-11-22").await.ok();
    assert_eq!(one_week.figure("report-calls"), 3);
    let none = desk.get("/reports/calls?from=2026-10-01&to=2026-10-10").await.ok();
    assert!(none.figure("report-calls") == 0 && none.says("No call in the visits of these days"));
}

/// Whatever happened: the file says what is found by going over the rows, one by one.
#[tokio::test]
async fn the_file_of_calls_is_that_of_the_rows() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let elsewhere = hospital().create(&app).await;
    let doctors = [
        doctor(&house).named("=Asha", "Rai").create(&app).await,
        doctor(&house).named("Bina", "Shah").create(&app).await,
    ];
    let patient_here = patient(&house).create(&app).await;
    let (there, patient_there) = (doctor(&elsewhere).create(&app).await, patient(&elsewhere).create(&app).await);
    let seed: u64 = rand::random();
    let mut chance = seed;
    let mut next = |of: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((chance >> 33) % of).unwrap()
    };
    let (paths, ends): (Vec<CallPath>, Vec<CallEnd>) = (CallPath::iter().collect(), CallEnd::iter().collect());
    let mut visits: BTreeMap<i64, (Appointment, usize)> = BTreeMap::new();
    for number in 0..30 {
        let by = next(2);
        let visit = held(&app, (&doctors[by], &patient_here), 1 + 13 * number).await;
        for _ in 0..next(4) {
            let draft = call(&visit, &doctors[by]).troubled(i32::try_from(next(3)).unwrap(), None);
            let frame = (next(4) > 0).then(|| i32::try_from(next(9_000)).unwrap());
            let seconds = i32::try_from(next(4_000)).unwrap();
            let draft = if next(4) > 0 { draft.connected(seconds, paths.get(next(5)).copied(), frame) } else { draft };
            draft.ended(ends[next(5)]).create(&app).await;
        }
        visits.insert(visit.id, (visit, by));
    }
    let foreign = held(&app, (&there, &patient_there), 30).await;
    call(&foreign, &there).connected(60, None, Some(500)).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let file = desk.get("/reports/calls.csv?from=2026-11-01&to=2026-11-24").await.ok();
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"calls-2026-11-01-to-2026-11-24.csv\"");
    assert_eq!(file.body.lines().skip(1).collect::<Vec<_>>(), lines(&app, &visits).await, "seed {seed}");
    for address in ["/reports/calls.csv?from=x", "/reports/calls.csv?to=2026-02-30", "/reports/calls.csv?page=1"] {
        desk.get(address).await.expect(422);
    }
}

/// The lines of the file, of 1 to 24 November in Kathmandu.
async fn lines(app: &TestApp, visits: &BTreeMap<i64, (Appointment, usize)>) -> Vec<String> {
    let local = |at: chrono::DateTime<chrono::Utc>| (at + TimeDelta::minutes(5 * 60 + 45)).date_naive();
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let mut groups: BTreeMap<(chrono::NaiveDate, usize), Vec<call_row::Model>> = BTreeMap::new();
    for row in call_row::Entity::find().all(&app.db).await.unwrap() {
        let Some((visit, by)) = visits.get(&row.appointment_id) else { continue };
        let date = local(visit.starts_at);
        if (day(1)..=day(24)).contains(&date) {
            let monday = date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday()));
            groups.entry((monday.max(day(1)), *by)).or_default().push(row);
        }
    }
    let line = |((from, by), calls): ((chrono::NaiveDate, usize), Vec<call_row::Model>)| {
        let sunday = from + TimeDelta::days(6 - i64::from(from.weekday().num_days_from_monday()));
        let count = |which: &dyn Fn(&call_row::Model) -> bool| calls.iter().filter(|call| which(call)).count();
        let visits_of = |which: &dyn Fn(&call_row::Model) -> bool| {
            let mut ids: Vec<i64> = calls.iter().filter(|call| which(call)).map(|call| call.appointment_id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.len()
        };
        let by_path = |path| count(&|call| call.connected_at.is_some() && call.path == Some(path));
        let ended = |end| count(&|call| call.end_reason == Some(end));
        let mut frames: Vec<i32> = calls.iter().filter_map(|call| call.first_frame).collect();
        frames.sort_unstable();
        let ranked = |place: usize| {
            let frame = frames.get(place.wrapping_sub(1));
            frame.map(|frame| ((frame + 50) / 100 * 100).to_string()).unwrap_or_default()
        };
        let cells = [
            from.to_string(),
            sunday.min(day(24)).to_string(),
            ["Dr =Asha Rai", "Dr Bina Shah"][by].to_owned(),
            visits_of(&|_| true).to_string(),
            calls.len().to_string(),
            count(&|call| call.connected_at.is_some()).to_string(),
            by_path(CallPath::Direct).to_string(),
            by_path(CallPath::RelayUdp).to_string(),
            by_path(CallPath::RelayTcp).to_string(),
            by_path(CallPath::RelayTls).to_string(),
            ended(CallEnd::NotAnswered).to_string(),
            ended(CallEnd::Lost).to_string(),
            visits_of(&|call| call.end_reason == Some(CallEnd::MovedToPhone)).to_string(),
            calls.iter().map(|call| call.restarts).sum::<i32>().to_string(),
            calls.iter().map(|call| call.connected_seconds).sum::<i32>().to_string(),
            frames.len().to_string(),
            ranked(frames.len().div_ceil(2)),
            ranked((frames.len() * 9).div_ceil(10)),
        ];
        cells.join(",")
    };
    groups.into_iter().map(line).collect()
}

#[tokio::test]
async fn calls_are_reported_to_whoever_runs_the_hospital_and_to_nobody_else() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let desk = app.sign_in(&clinic.there.admin).await.get("/reports/calls").await.ok();
    assert!(desk.figure("report-calls") > 0);
    for text in
        clinic.there.clinical_texts().iter().chain([&clinic.here.doctor.last_name, &clinic.there.patient.last_name])
    {
        assert!(!desk.body.contains(text.as_str()), "{text}");
    }
    for person in [&clinic.super_admin, &clinic.there.doctor.person, &clinic.there.patient.person] {
        app.sign_in(person).await.get("/reports/calls").await.expect(403);
    }
    let desk = app.sign_in(&clinic.there.admin).await;
    let refused = desk.get("/reports/calls?from=2026-11-24&to=2026-11-23").await.expect(422);
    assert!(refused.has("form[action='/reports/calls'] [aria-invalid=true]"), "{}", refused.body);
}
