//! The clinic of `telemedicine demo` without options, as whoever tries it finds it: what is on it at other hours is tried in `src/cli/demo`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Duration, NaiveDateTime, NaiveTime, Timelike as _};
use entity::{appointment, availability, doctor, patient, time_off, user};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use telemedicine::time_zone::Tz;

use crate::{figures::assert_figures, support::*};

use AppointmentStatus as Status;

/// What was stored of the first hospital.
struct Stored {
    zone: Tz,
    doctors: Vec<doctor::Model>,
    visits: Vec<appointment::Model>,
    hours: Vec<availability::Model>,
    absences: Vec<time_off::Model>,
    patients: BTreeMap<i64, user::Model>,
}

impl Stored {
    async fn read(app: &TestApp) -> Self {
        let users = user::Entity::find().filter(user::Column::HospitalId.eq(1)).all(&app.db).await.unwrap();
        let users: BTreeMap<i64, user::Model> = users.into_iter().map(|user| (user.id, user)).collect();
        let doctors = doctor::Entity::find().all(&app.db).await.unwrap();
        let patients = patient::Entity::find().all(&app.db).await.unwrap();
        let of_patient = |row: patient::Model| users.get(&row.user_id).map(|user| (row.id, user.clone()));
        let visits = appointment::Entity::find().filter(appointment::Column::HospitalId.eq(1));
        Self {
            zone: "Asia/Kathmandu".parse().unwrap(),
            doctors: doctors.into_iter().filter(|row| users.contains_key(&row.user_id)).collect(),
            visits: visits.all(&app.db).await.unwrap(),
            hours: availability::Entity::find().all(&app.db).await.unwrap(),
            absences: time_off::Entity::find().all(&app.db).await.unwrap(),
            patients: patients.into_iter().filter_map(of_patient).collect(),
        }
    }

    fn local(&self, visit: &appointment::Model) -> NaiveDateTime {
        visit.starts_at.with_timezone(&self.zone).naive_local()
    }

    /// Whether the visit lies on the grid of some hours of its doctor.
    fn is_in_hours(&self, visit: &appointment::Model) -> bool {
        let minute = |time: NaiveTime| i64::from(time.num_seconds_from_midnight() / 60);
        let at = self.local(visit);
        let mut hours = self.hours.iter().filter(|hours| hours.doctor_id == visit.doctor_id);
        hours.any(|hours| {
            let (start, end) = (minute(hours.start_time), hours.end_minute.map_or(minute(hours.end_time), i64::from));
            let is_on = |days: i64| {
                let weekday = (at.date() - Duration::days(days)).weekday().num_days_from_monday();
                let begins = minute(at.time()) + days * 24 * 60;
                i16::try_from(weekday).unwrap() == hours.weekday
                    && (start..=end - 30).contains(&begins)
                    && (begins - start) % 30 == 0
            };
            is_on(0) || is_on(1)
        })
    }

    fn is_away(&self, visit: &appointment::Model) -> bool {
        self.absences
            .iter()
            .any(|away| away.doctor_id == visit.doctor_id && (away.starts_at..away.ends_at).contains(&visit.starts_at))
    }
}

#[tokio::test]
async fn a_newcomer_finds_a_clinic_at_work() {
    let app = TestApp::start().await;
    let [_, desk, surgery, home] = <[Demo; 4]>::try_from(Demo::load(&app, &[]).await).ok().unwrap();
    let stored = Stored::read(&app).await;
    twelve_doctors_share_it(&stored, &desk).await;
    every_visit_to_come_is_in_hours(&app, &stored);
    the_days_are_about_half_booked(&app, &stored);
    an_absence_has_visits(&app, &stored, &desk).await;
    somebody_was_entered_twice(&stored, &desk).await;
    the_first_patient_has_something_to_look_at(&home).await;
    let (board, dashboard) = (desk.client.get("/dashboard").await.ok(), surgery.client.get("/dashboard").await.ok());
    // In the hours about midnight what is around now is on two days.
    if (2..22).contains(&app.clock.now().with_timezone(&stored.zone).hour()) {
        for column in ["expected", "waiting", "in_visit", "done"] {
            assert!(!board.appointments(&format!("[data-column={column}]")).is_empty(), "nobody is {column}");
        }
    }
    assert!(board.figure("waiting") >= 12 && dashboard.figure("waiting") >= 2 && dashboard.figure("requests") >= 2);
    for (person, page) in [(&desk, &board), (&surgery, &dashboard), (&home, &home.client.get("/dashboard").await.ok())]
    {
        assert_figures(&app, page, (person.role, person.user_id), stored.zone).await;
    }
    assert_stored_counts(&app).await;
}

async fn twelve_doctors_share_it(stored: &Stored, desk: &Demo) {
    let fields: BTreeSet<&str> = stored.doctors.iter().map(|doctor| doctor.specialization.as_str()).collect();
    assert_eq!((stored.doctors.len(), fields.len()), (12, 12));
    let board = desk.client.get("/dashboard").await.ok();
    assert_eq!(board.figure("doctors"), 12);
    let book = desk.client.get("/schedule").await.ok();
    assert!(book.text("#book-count").starts_with("Doctors 1 to 8 of 12"), "{}", book.text("#book-count"));
}

fn every_visit_to_come_is_in_hours(app: &TestApp, stored: &Stored) {
    let now = app.clock.now();
    let coming = stored.visits.iter().filter(|visit| visit.starts_at > now);
    let outside: Vec<_> = coming.filter(|visit| !stored.is_in_hours(visit)).collect();
    assert!(outside.is_empty(), "{outside:?}");
    let mut walk_ins = stored.visits.iter().filter(|visit| visit.overbook_reason.is_some());
    assert!(walk_ins.all(|visit| visit.status == Status::Waiting && visit.starts_at < now));
}

/// Of the next six days there are 14 slots of twelve doctors in five at least.
fn the_days_are_about_half_booked(app: &TestApp, stored: &Stored) {
    let today = app.clock.now().with_timezone(&stored.zone).date_naive();
    let busy = stored.visits.iter().filter(|visit| visit.status.is_busy());
    let mut days: BTreeMap<i64, u32> = BTreeMap::new();
    for visit in busy {
        *days.entry((stored.local(visit).date() - today).num_days()).or_default() += 1;
    }
    let on = |from: i64, until: i64| days.range(from..until).map(|(_, count)| count).sum::<u32>();
    assert!((120..=300).contains(&on(1, 5)), "{days:?}");
    assert!(on(1, 8) > 2 * on(8, 15) && on(8, 15) > on(22, 29), "it thins out: {days:?}");
}

async fn an_absence_has_visits(app: &TestApp, stored: &Stored, desk: &Demo) {
    let now = app.clock.now();
    let left = |visit: &&appointment::Model| visit.starts_at > now && visit.status.is_busy() && stored.is_away(visit);
    let without: Vec<_> = stored.visits.iter().filter(left).collect();
    let doctors: BTreeSet<i64> = without.iter().map(|visit| visit.doctor_id).collect();
    assert_eq!((without.len(), doctors.len()), (3, 1));
    let doctor = *doctors.first().unwrap();
    let away = stored.absences.iter().find(|away| away.doctor_id == doctor).unwrap();
    let page = desk.client.get(&format!("/doctors/{doctor}/time-off/{}/visits", away.id)).await.ok();
    assert!(without.iter().all(|visit| page.shows_appointment(visit.id)));
    let of_days = |away: &&time_off::Model| {
        let own = stored.doctors.iter().any(|row| row.id == away.doctor_id && row.id != doctor);
        own && away.ends_at - away.starts_at >= Duration::days(3) && away.starts_at < now + Duration::days(8)
    };
    assert_eq!(stored.absences.iter().filter(of_days).count(), 1, "one is away for whole days");
}

async fn somebody_was_entered_twice(stored: &Stored, desk: &Demo) {
    let mut people: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for (id, user) in &stored.patients {
        people.entry((&user.first_name, &user.last_name, user.date_of_birth)).or_default().push(*id);
    }
    let twice: Vec<_> = people.into_iter().filter(|(_, ids)| ids.len() > 1).collect();
    let [((first, last, _), both)] = &twice[..] else { panic!("{twice:?}") };
    let found = desk.client.get(&format!("/patients?q={first}%20{last}")).await.ok();
    assert!(both.iter().all(|id| found.links().contains(&format!("/patients/{id}"))));
}

async fn the_first_patient_has_something_to_look_at(home: &Demo) {
    let dashboard = home.client.get("/dashboard").await.ok();
    assert!(dashboard.figure("upcoming") >= 1);
    assert!(home.client.get("/documents").await.ok().has("main a[href^=\"/documents/\"]"));
    let past = home.client.get("/appointments?when=past&status=completed").await.ok();
    let visits = past.appointments("main");
    let mut summaries = 0;
    for visit in visits {
        let page = home.client.get(&format!("/appointments/{visit}/summary")).await;
        summaries += u32::from(page.says("measure your blood pressure each morning"));
    }
    assert!(summaries >= 2, "what was signed is read");
}
