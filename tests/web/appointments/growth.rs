//! What one visit leaves behind in each table, as README says.

use std::collections::BTreeMap;

use super::*;

/// The table of README.
const README: &str = include_str!("../../../README.md");

async fn rows(app: &TestApp) -> BTreeMap<String, i64> {
    let mut rows = BTreeMap::new();
    for (table, _) in everything(&app.db).await {
        *rows.entry(table).or_default() += 1;
    }
    rows
}

/// A step, taken after a look at the visit.
async fn step(practice: &Practice, client: &Client, (visit, noun): (&str, &str), fields: &[(&str, &str)]) {
    client.get(visit).await.ok();
    let id = visit.rsplit('/').next().unwrap().parse().unwrap();
    let version = practice.stored(id).await.version.to_string();
    let fields = [&[("version", version.as_str())], fields].concat();
    client.post_form(&format!("{visit}/{noun}"), &fields).await.expect(303);
}

/// What is more in the tables than before.
fn added(before: &BTreeMap<String, i64>, after: BTreeMap<String, i64>, total: &mut BTreeMap<String, i64>) {
    for (table, rows) in after {
        *total.entry(table.clone()).or_default() += rows - before.get(&table).copied().unwrap_or_default();
    }
}

#[tokio::test]
async fn one_visit_adds_to_each_table_what_readme_says() {
    let mut practice = Practice::open().await;
    let (from, until) = (chrono::NaiveTime::MIN, chrono::NaiveTime::from_hms_opt(23, 59, 0).unwrap());
    for weekday in 0..7 {
        availability(&practice.app, &practice.doctor, weekday, (from, until)).await;
    }
    let mut total = BTreeMap::new();
    let before = rows(&practice.app).await;
    let doctor = practice.doctor.id.to_string();
    let form = [("doctor_id", doctor.as_str()), ("starts_at", "2026-11-25T10:30")];
    let visit = practice.home.post_form("/appointments", &form).await.expect(303).location();
    step(&practice, &practice.surgery, (&visit, "approval"), &[]).await;
    step(&practice, &practice.home, (&visit, "confirmation"), &[]).await;
    added(&before, rows(&practice.app).await, &mut total);
    // The next day they sign in, which is no part of it.
    practice.app.clock.advance(chrono::TimeDelta::hours(24));
    practice.home = practice.app.sign_in(&practice.patient).await;
    practice.surgery = practice.app.sign_in(&practice.doctor).await;
    let before = rows(&practice.app).await;
    step(&practice, &practice.home, (&visit, "arrival"), &[]).await;
    step(&practice, &practice.surgery, (&visit, "start"), &[]).await;
    let said = [("location_now", "Patan"), ("call_back", "+977 1 5550123"), ("identity", "known")];
    practice.surgery.get(&format!("{visit}/room")).await.ok();
    practice
        .surgery
        .post_form(&format!("{visit}/opening"), &[&[("version", "0")], &said[..]].concat())
        .await
        .expect(303);
    practice.surgery.get(&format!("{visit}/note")).await.ok();
    practice.surgery.post_form(&format!("{visit}/note"), &[("version", "0"), ("plan", "Rest")]).await.expect(303);
    step(&practice, &practice.surgery, (&visit, "outcome"), &[("outcome", "completed")]).await;
    practice.surgery.get(&format!("{visit}/note")).await.ok();
    practice.surgery.post_form(&format!("{visit}/note/signature"), &[("version", "1")]).await.expect(303);
    added(&before, rows(&practice.app).await, &mut total);
    total.retain(|_, rows| *rows != 0);
    let table = README.split("<!-- begin: one visit -->").nth(1).unwrap().split("<!-- end -->").next().unwrap();
    let said: BTreeMap<String, i64> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| {
            (line.split('`').next().unwrap().to_owned(), line.split('|').nth(1).unwrap().trim().parse().unwrap())
        })
        .collect();
    assert_eq!(total, said);
}
