//! The numbers on the dashboards are those of the database, counted here in plain SQL.

mod tiles;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Statement, Value};
use telemedicine::time_zone::Tz;

use crate::support::*;

/// Drafts, and visits of the last 30 days that took place and have no note.
const NOTES_TO_SIGN: &str = "SELECT (SELECT count(*) FROM note WHERE author_id = :user AND state = 'draft')
    + (SELECT count(*) FROM appointment WHERE doctor_id = (SELECT id FROM doctor WHERE user_id = :user) AND status = 'completed'
       AND starts_at >= :month_ago AND NOT EXISTS (SELECT 1 FROM note WHERE appointment_id = appointment.id))";
const UNREAD_MESSAGES: &str = "SELECT count(*) FROM message
    JOIN appointment ON appointment.id = message.appointment_id
    JOIN doctor ON doctor.id = appointment.doctor_id JOIN patient ON patient.id = appointment.patient_id
    LEFT JOIN message_read ON message_read.appointment_id = appointment.id AND message_read.user_id = :user
    WHERE :user IN (doctor.user_id, patient.user_id) AND message.sender_id <> :user AND message.retracted_at IS NULL
      AND message.id > coalesce(message_read.last_read_id, 0)";
const BUSY: &str = "status IN ('scheduled', 'confirmed', 'waiting', 'in_progress')";

#[tokio::test]
async fn every_figure_is_a_true_count() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    fill_the_lists(&app, &clinic.here).await;
    assert_stored_counts(&app).await;
    for (person, zone) in [
        (&clinic.super_admin, Tz::UTC),
        (&clinic.here.admin, clinic.here.hospital.zone),
        (&clinic.here.doctor.person, clinic.here.hospital.zone),
        (&clinic.here.patient.person, clinic.here.hospital.zone),
        (&clinic.there.admin, clinic.there.hospital.zone),
    ] {
        let dashboard = app.sign_in(person).await.get("/dashboard").await.ok();
        assert_figures(&app, &dashboard, (person.role, person.user_id), zone).await;
    }
}

/// The edges: what is just inside and what is just outside of "the next 24 hours", "today", "needs an outcome".
#[tokio::test]
async fn the_edges_of_time_are_where_they_are_said_to_be() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    // Midnight in Kathmandu is 18:15 UTC: "today" is [23 November 18:15, 24 November 18:15).
    let edges = [
        ("ends now: no outcome needed yet", app.in_minutes(-30)),
        ("ended a minute ago", app.in_minutes(-31)),
        ("starts now", app.in_minutes(0)),
        ("in a minute less than 24 hours", app.in_minutes(24 * 60 - 1)),
        ("in 24 hours", app.in_minutes(24 * 60)),
        ("the first minute of today", app.in_minutes(-10 * 60)),
        ("the last minute of yesterday", app.in_minutes(-10 * 60 - 1)),
        ("the last minute of today", app.in_minutes(14 * 60 - 1)),
        ("the first minute of tomorrow", app.in_minutes(14 * 60)),
    ];
    for (_, at) in edges {
        let patient = patient(&hospital).create(&app).await;
        appointment().of(&doctor).with(&patient).at(at).overbooked().create(&app).await;
    }
    let dashboard = app.sign_in(&doctor).await.get("/dashboard").await.ok();
    assert_eq!(dashboard.figure("needs-outcome"), 3);
    assert_eq!(dashboard.figure("next-24-hours"), 4);
    let admin = hospital_admin(&hospital).create(&app).await;
    let dashboard = app.sign_in(&admin).await.get("/dashboard").await.ok();
    assert_eq!(dashboard.figure("visits-today"), 5);
}

/// More of everything than a dashboard lists.
async fn fill_the_lists(app: &TestApp, house: &House) {
    for number in 0..12 {
        let patient = patient(&house.hospital).create(app).await;
        let visit =
            |status, hours: i64| appointment().of(&house.doctor).with(&patient).at(app.in_hours(hours)).status(status);
        visit(AppointmentStatus::Requested, 30).create(app).await;
        visit(AppointmentStatus::Scheduled, -50 - number).create(app).await;
        visit(AppointmentStatus::Completed, -90 - number).create(app).await;
        appointment().of(&house.doctor).with(&house.patient).at(app.in_hours(50 + number)).create(app).await;
        notification(&house.doctor).create(app).await;
        notification(&house.admin).create(app).await;
    }
    // What is closed does not count.
    doctor(&house.hospital).deactivated().create(app).await;
    patient(&house.hospital).deactivated().create(app).await;
    hospital().inactive().create(app).await;
}

/// Each figure that this role's dashboard must have, compared with a count of its own.
pub(crate) async fn assert_figures(app: &TestApp, dashboard: &Page, (role, user_id): (Role, i64), zone: Tz) {
    for (figure, sql) in counts(role) {
        let expected = count(app, sql, user_id, zone).await;
        assert_eq!(dashboard.figure(figure), expected, "{}: {figure}", dashboard.asked);
        let is_shown = dashboard.has(&format!("[data-figure=\"{figure}\"]"));
        assert_eq!(is_shown, role != Role::Patient || expected > 0, "{}: {figure}", dashboard.asked);
    }
}

/// What each figure counts; `:user`, `:now`, `:in_half_an_hour`, `:tomorrow`, `:midnight` and `:next_midnight` are put in.
fn counts(role: Role) -> Vec<(&'static str, String)> {
    match role {
        Role::Doctor => of_a_doctor(),
        Role::Patient => of_a_patient(),
        Role::HospitalAdmin => of_a_hospital_admin(),
        Role::SuperAdmin => vec![
            ("hospitals", "SELECT count(*) FROM hospital WHERE active".to_owned()),
            ("admins", active("hospital_admin", "")),
            ("doctors", active("doctor", "")),
            ("patients", active("patient", "")),
        ],
    }
}

fn of_a_doctor() -> Vec<(&'static str, String)> {
    let own = |what: &str| visits("doctor_id = (SELECT id FROM doctor WHERE user_id = :user)", what);
    vec![
        ("next-24-hours", own(&format!("{BUSY} AND starts_at >= :now AND starts_at < :tomorrow"))),
        ("waiting", own("status = 'waiting'")),
        ("here-now", patients_here("a.doctor_id = (SELECT id FROM doctor WHERE user_id = :user)")),
        ("requests", own("status = 'requested'")),
        ("needs-outcome", own(&format!("{BUSY} AND ends_at < :now"))),
        ("patients-seen", distinct("patient_id", &own("status = 'completed'"))),
        ("notes-to-sign", NOTES_TO_SIGN.to_owned()),
        ("unread-messages", UNREAD_MESSAGES.to_owned()),
        ("unread", UNREAD.to_owned()),
    ]
}

/// In how many rooms of visits that go on or begin within half an hour the patient is now.
fn patients_here(whose: &str) -> String {
    format!(
        "SELECT count(*) FROM visit_presence p JOIN appointment a ON a.id = p.appointment_id JOIN patient t ON t.id = a.patient_id
         WHERE t.user_id = p.user_id AND p.here_until > :now AND a.{BUSY}
         AND (a.status IN ('waiting', 'in_progress') OR a.starts_at <= :in_half_an_hour) AND {whose}"
    )
}

fn of_a_patient() -> Vec<(&'static str, String)> {
    let own = |what: &str| visits("patient_id = (SELECT id FROM patient WHERE user_id = :user)", what);
    vec![
        ("upcoming", own("status IN ('scheduled', 'confirmed') AND ends_at >= :now")),
        ("requests", own("status = 'requested'")),
        ("proposed", own("status = 'proposed'")),
        ("completed", own("status = 'completed'")),
        ("doctors", distinct("doctor_id", &own("status = 'completed'"))),
        ("unread-messages", UNREAD_MESSAGES.to_owned()),
        ("unread", UNREAD.to_owned()),
    ]
}

fn of_a_hospital_admin() -> Vec<(&'static str, String)> {
    let own = |what: &str| visits(&format!("hospital_id = {OWN_HOSPITAL}"), what);
    let today = "starts_at >= :midnight AND starts_at < :next_midnight";
    let here = format!("AND hospital_id = {OWN_HOSPITAL}");
    vec![
        ("doctors", active("doctor", &here)),
        ("patients", active("patient", &here)),
        ("visits-today", own(&format!("{today} AND status NOT IN ('rejected', 'cancelled')"))),
        ("waiting", own("status = 'waiting'")),
        ("here-now", patients_here(&format!("a.hospital_id = {OWN_HOSPITAL}"))),
        ("requests", own("status = 'requested'")),
        ("unread", UNREAD.to_owned()),
    ]
}

const OWN_HOSPITAL: &str = "(SELECT hospital_id FROM \"user\" WHERE id = :user)";
const UNREAD: &str = "SELECT count(*) FROM notification WHERE recipient_id = :user AND read_at IS NULL";

fn visits(whose: &str, what: &str) -> String {
    format!("SELECT count(*) FROM appointment WHERE {whose} AND {what}")
}

fn distinct(column: &str, sql: &str) -> String {
    sql.replace("count(*)", &format!("count(DISTINCT {column})"))
}

fn active(role: &str, whose: &str) -> String {
    format!("SELECT count(*) FROM \"user\" WHERE role = '{role}' AND active {whose}")
}

async fn count(app: &TestApp, sql: String, user_id: i64, zone: Tz) -> i64 {
    let now = app.now();
    let today = now.with_timezone(&zone).date_naive();
    let midnight = |days| -> DateTime<Utc> {
        let local = (today + Days::new(days)).and_time(NaiveTime::MIN).and_local_timezone(zone);
        local.earliest().unwrap().with_timezone(&Utc)
    };
    let instant = |at: DateTime<Utc>| format!("'{}'", at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false));
    let mut sql = sql;
    for (name, value) in [
        (":user", user_id.to_string()),
        (":now", instant(now)),
        (":in_half_an_hour", instant(now + TimeDelta::minutes(30))),
        (":tomorrow", instant(now + TimeDelta::hours(24))),
        (":midnight", instant(midnight(0))),
        (":next_midnight", instant(midnight(1))),
        (":month_ago", instant(midnight(0) - TimeDelta::days(30))),
    ] {
        sql = sql.replace(name, &value);
    }
    let statement = Statement::from_sql_and_values(app.db.get_database_backend(), sql, Vec::<Value>::new());
    let row = app.db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
