//! One Tuesday from the first request to the report, with every dashboard looked at after every step.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use entity::appointment::{self, Column};
use sea_orm::{EntityTrait, QueryOrder};

use crate::support::*;

const SLOT: TimeDelta = TimeDelta::minutes(20);

/// A hospital of two doctors and thirty patients, everybody with a browser.
struct Day {
    app: TestApp,
    opens_at: DateTime<Utc>,
    doctors: Vec<(Doctor, Client)>,
    patients: Vec<(Patient, Client)>,
    desk: Client,
    steps: usize,
}

impl Day {
    async fn open() -> Self {
        let app = TestApp::start_with(&[("SESSION_IDLE_MINUTES", "720")]).await;
        // Eight o'clock in Kathmandu; the doctors begin at nine.
        let morning: DateTime<Utc> = "2026-11-24T02:15:00Z".parse().unwrap();
        app.clock.set(morning);
        let hospital = hospital().with_slots_of(20).booked_ahead_by(0).create(&app).await;
        let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let (mut doctors, mut patients) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let doctor = doctor(&hospital).create(&app).await;
            availability(&app, &doctor, 1, (hour(9), hour(17))).await;
            let surgery = app.sign_in(&doctor).await;
            doctors.push((doctor, surgery));
        }
        for number in 0..30_i64 {
            let patient = patient(&hospital).create(&app).await;
            // Everybody has been there before, so that their doctor can book for them.
            let before = appointment().of(&doctors[usize::from(number % 2 == 1)].0).with(&patient);
            let before = before.status(AppointmentStatus::Completed);
            before.at(morning - TimeDelta::days(30) + SLOT * i32::try_from(number).unwrap()).create(&app).await;
            let home = app.sign_in(&patient).await;
            patients.push((patient, home));
        }
        Self { app, opens_at: morning + TimeDelta::hours(1), doctors, patients, desk, steps: 0 }
    }

    /// The time of the `number`th visit of a doctor, as forms send it.
    fn time(&self, number: i32) -> String {
        let local = self.opens_at + SLOT * number + TimeDelta::minutes(345);
        local.format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Patient `number` gets a visit: by the desk, by their doctor, or by asking for it. Its id.
    async fn book(&mut self, number: usize) -> i64 {
        let (doctor, surgery) = &self.doctors[number % 2];
        let (patient, home) = &self.patients[number];
        let (doctor, patient) = (doctor.id.to_string(), patient.id.to_string());
        let time = self.time(i32::try_from(number / 2).unwrap());
        let (by, fields): (_, Vec<(&str, &str)>) = match number % 3 {
            0 => (&self.desk, vec![("doctor_id", &doctor), ("patient_id", &patient)]),
            1 => (surgery, vec![("patient_id", &patient)]),
            _ => (home, vec![("doctor_id", &doctor)]),
        };
        let fields = [fields, vec![("starts_at", time.as_str())]].concat();
        let booked = by.post_form("/appointments", &fields).await.expect(303);
        let id = booked.location().rsplit('/').next().unwrap().parse().unwrap();
        self.look().await;
        id
    }

    async fn visit(&self, id: i64) -> appointment::Model {
        appointment::Entity::find_by_id(id).one(&self.app.db).await.unwrap().unwrap()
    }

    /// Somebody takes a step with a visit; everybody looks at their dashboards.
    async fn step(&mut self, id: i64, (by, noun): (&Client, &str), more: &[(&str, &str)]) {
        let version = self.visit(id).await.version.to_string();
        let fields = [&[("version", version.as_str())], more].concat();
        by.post_form(&format!("/appointments/{id}/{noun}"), &fields).await.expect(303);
        self.look().await;
    }

    /// The figures of the desk and of both doctors are those of the rows.
    async fn look(&mut self) {
        self.steps += 1;
        let rows = appointment::Entity::find().order_by_asc(Column::Id).all(&self.app.db).await.unwrap();
        let now = self.app.now();
        let day = (self.opens_at - TimeDelta::hours(9), self.opens_at + TimeDelta::hours(15));
        let count = |wanted: &dyn Fn(&appointment::Model) -> bool| {
            i64::try_from(rows.iter().filter(|row| wanted(row)).count()).unwrap()
        };
        let gone = [AppointmentStatus::Rejected, AppointmentStatus::Cancelled];
        let today = count(&|row| (day.0..day.1).contains(&row.starts_at) && !gone.contains(&row.status));
        let desk = self.desk.get("/dashboard").await.ok();
        let step = self.steps;
        assert_eq!(desk.figure("visits-today"), today, "step {step}");
        assert_eq!(desk.figure("waiting"), count(&|row| row.status == AppointmentStatus::Waiting), "step {step}");
        assert_eq!(desk.figure("requests"), count(&|row| row.status == AppointmentStatus::Requested), "step {step}");
        for (doctor, surgery) in &self.doctors {
            let board = surgery.get("/dashboard").await.ok();
            let own = |status| count(&|row| row.doctor_id == doctor.id && row.status == status);
            assert_eq!(board.figure("waiting"), own(AppointmentStatus::Waiting), "step {step}");
            assert_eq!(board.figure("requests"), own(AppointmentStatus::Requested), "step {step}");
            let late = count(&|row| row.doctor_id == doctor.id && row.status.is_busy() && row.ends_at < now);
            assert_eq!(board.figure("needs-outcome"), late, "step {step}");
        }
        assert_stored_counts(&self.app).await;
    }
}

#[tokio::test]
async fn a_clinic_day_from_the_first_request_to_the_report() {
    let mut day = Day::open().await;
    let mut visits = Vec::new();
    for number in 0..30 {
        visits.push(day.book(number).await);
    }
    decide(&mut day, &visits).await;
    overbook_and_leave(&mut day).await;
    let (seen, missed) = hold(&mut day, &visits).await;

    let report = day.desk.get("/reports?from=2026-11-24&to=2026-11-24").await.ok();
    assert_eq!((report.figure("report-completed"), report.figure("report-missed")), (seen, missed));
    for (_, surgery) in &day.doctors {
        let board = surgery.get("/dashboard").await.ok();
        assert_eq!((board.figure("waiting"), board.figure("requests"), board.figure("needs-outcome")), (0, 0, 0));
    }
}

/// Of the ten requests one is declined, two get another time, the others are approved.
async fn decide(day: &mut Day, visits: &[i64]) {
    let clients: Vec<Client> = day.doctors.iter().map(|(_, surgery)| surgery.clone()).collect();
    for number in (2..30).step_by(3) {
        let (id, surgery) = (visits[number], &clients[number % 2]);
        match number {
            2 => day.step(id, (surgery, "rejection"), &[("reason", "Your own doctor is back tomorrow.")]).await,
            5 | 8 => {
                let later = day.time(18 + i32::try_from(number % 2).unwrap());
                day.step(id, (surgery, "proposal"), &[("starts_at", &later)]).await;
                let answers = if number == 5 { day.patients[number].1.clone() } else { day.desk.clone() };
                day.step(id, (&answers, "proposal/acceptance"), &[]).await;
            }
            _ => day.step(id, (surgery, "approval"), &[]).await,
        }
    }
}

/// Somebody with chest pain is seen at nine beside another; the second doctor leaves at four.
async fn overbook_and_leave(day: &mut Day) {
    let (doctor, patient) = (day.doctors[0].0.id.to_string(), day.patients[2].0.id.to_string());
    let time = day.time(0);
    let fields = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", &time)];
    let refused = day.desk.post_form("/appointments", &fields).await.expect(409);
    let why = [("starts_at", time.as_str()), ("patient_id", &patient), ("overbook_reason", "Chest pain.")];
    day.desk.submit(&refused, "#times form", &why).await.expect(303);
    day.look().await;
    let away = [("starts_at", "2026-11-24T16:00"), ("ends_at", "2026-11-25T00:00"), ("reason", "A train.")];
    let path = format!("/doctors/{}", day.doctors[1].0.id);
    day.desk.post_form(&format!("{path}/time-off"), &away).await.expect(303);
    let times = day.desk.get(&format!("{path}/times?date=2026-11-24")).await.ok();
    assert!(times.says("15:40") && !times.says("16:00"));
}

/// Everybody comes when they are due, but two; how many were seen, and how many were not.
async fn hold(day: &mut Day, visits: &[i64]) -> (i64, i64) {
    let mut due = Vec::new();
    for (number, id) in visits.iter().enumerate() {
        let visit = day.visit(*id).await;
        if visit.status == AppointmentStatus::Scheduled {
            due.push((visit.starts_at, number, *id));
        }
    }
    due.sort_unstable();
    let urgent = appointment::Entity::find().order_by_desc(Column::Id).one(&day.app.db).await.unwrap().unwrap();
    due.insert(0, (urgent.starts_at, 2, urgent.id));
    let (mut seen, mut missed) = (0, 0);
    for (starts_at, number, id) in due {
        day.app.clock.set(starts_at);
        let surgery = day.doctors[number % 2].1.clone();
        if [0, 1].contains(&number) {
            day.app.clock.set(starts_at + SLOT + TimeDelta::seconds(1));
            day.step(id, (&surgery, "outcome"), &[("outcome", "no_show")]).await;
            missed += 1;
            continue;
        }
        let (desk, home) = (day.desk.clone(), day.patients[number].1.clone());
        day.step(id, (if number % 2 == 0 { &desk } else { &home }, "arrival"), &[]).await;
        day.step(id, (&surgery, "start"), &[]).await;
        day.step(id, (&surgery, "outcome"), &[("outcome", "completed")]).await;
        seen += 1;
    }
    (seen, missed)
}
