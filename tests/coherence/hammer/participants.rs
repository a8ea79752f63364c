//! The people: sixteen who write, and whoever looks.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{
    restless::{self, Restless},
    things::{self, Kind, Thing},
};
use crate::support::*;

/// Doctors of a hospital, and patients of it: twice as many people write there.
const PAIRS: usize = 4;
/// Those of them who take their visits through their lives. The others read their notifications: a step of a visit sends new
/// ones, and the number of the unread could go up.
const PAIRS_WITH_VISITS: usize = 2;
/// Notifications of each person for each second of hammering: more than anybody reads.
const NOTIFICATIONS: u64 = 3;

/// Everything that is written and seen.
pub(super) struct Participants {
    pub(super) things: Vec<Thing>,
    pub(super) writers: Vec<Writer>,
    /// Somebody who does not wait for answers.
    pub(super) fickle: Client,
}

/// Somebody who changes things that nobody else changes.
pub(super) struct Writer {
    pub(super) browser: Client,
    /// Their name, and its place among the things.
    pub(super) mark: String,
    pub(super) name: usize,
    /// Their unread notifications, and the place of their number among the things.
    pub(super) notifications: Vec<i64>,
    pub(super) unread: usize,
    /// Doctors only: visits to be taken through their lives.
    pub(super) visits: Vec<Visit>,
    pub(super) patient: Option<Client>,
    /// Doctors who have such visits only: what they write about one of today, and how late they run.
    pub(super) today: Option<Today>,
    /// The same doctors: what they do after their visits and in one of them.
    pub(super) care: Option<Care>,
}

/// What a doctor signs, issues and is called for, for a patient who only looks on; and the places of all that among the things.
pub(super) struct Care {
    /// Visits that took place, whose notes are to be written.
    pub(super) unwritten: Vec<i64>,
    /// A visit that goes on.
    pub(super) under_way: i64,
    pub(super) notes: usize,
    /// Of each note that is signed and each document that is issued the patient is told.
    pub(super) news: usize,
    /// In one visit of each hospital, whose report counts its calls.
    pub(super) calls: Option<usize>,
}

/// A visit of today, and the places of its thread and of its doctor's delay among the things.
pub(super) struct Today {
    pub(super) id: i64,
    pub(super) doctor_id: i64,
    pub(super) thread: usize,
    pub(super) late: usize,
    pub(super) restless: Restless,
}

/// A visit, and its place among the things.
pub(super) struct Visit {
    pub(super) id: i64,
    pub(super) thing: usize,
    /// How many steps it has taken.
    pub(super) steps: AtomicUsize,
}

/// One hospital while it is made.
struct House {
    hospital: Hospital,
    admin: Client,
    doctors: Vec<(Doctor, Client)>,
    patients: Vec<(Patient, Client)>,
}

impl Participants {
    /// Two hospitals, with enough to do for so many seconds.
    pub(super) async fn gather(app: &TestApp, seconds: u64) -> Self {
        let mut participants = Self { things: Vec::new(), writers: Vec::new(), fickle: app.visitor() };
        for number in 0..2 {
            let house = House::create(app, number).await;
            let fickle = patient(&house.hospital).named("Maya", &things::name("Qfickle", 0)).create(app).await;
            participants.fickle = app.sign_in(&fickle).await;
            for pair in 0..PAIRS {
                participants.add_doctor(app, (&house, pair), seconds).await;
                participants.add_patient(app, (&house, pair), seconds).await;
            }
        }
        participants
    }

    async fn add_doctor(&mut self, app: &TestApp, (house, pair): (&House, usize), seconds: u64) {
        let (doctor, browser) = &house.doctors[pair];
        let (patient, patients_browser) = &house.patients[pair];
        let number = if has_visits(pair) { 8 + i64::try_from(seconds).unwrap() / 5 } else { 8 };
        let mut visits = Vec::new();
        let mut day = String::new();
        for (visit, path) in things::visits(app, (doctor, patient, house.hospital.zone), number).await {
            let browsers = [browser, patients_browser, &house.admin];
            let now = now_of(&visit);
            let sights = browsers.into_iter().flat_map(|browser| [&path, &now].map(|at| (browser.clone(), at.clone())));
            let sights: Vec<_> = sights.collect();
            day = path;
            visits.push(Visit { id: visit.id, thing: self.things.len(), steps: AtomicUsize::new(0) });
            self.things.push(Thing { kind: Kind::Visit { id: visit.id }, sights });
        }
        let today = if has_visits(pair) { Some(self.add_today(app, (house, pair)).await) } else { None };
        let care = if has_visits(pair) { Some(self.add_care(app, (house, pair), seconds).await) } else { None };
        let sights = vec![
            (browser.clone(), "/dashboard".to_owned()),
            (browser.clone(), "/notifications".to_owned()),
            (house.admin.clone(), "/doctors".to_owned()),
            (house.patients[(pair + 1) % PAIRS].1.clone(), "/doctors".to_owned()),
            (patients_browser.clone(), "/dashboard".to_owned()),
            (patients_browser.clone(), day),
            (app.visitor(), format!("/hospitals/{}", house.hospital.id)),
        ];
        let writer = self.add(app, (&doctor.person, browser), (sights, unread(pair, seconds))).await;
        visits.retain(|_| has_visits(pair));
        self.writers.push(Writer { visits, patient: Some(patients_browser.clone()), today, care, ..writer });
    }

    /// Notes to sign, a visit for documents and calls, and their patient.
    async fn add_care(&mut self, app: &TestApp, (house, pair): (&House, usize), seconds: u64) -> Care {
        let (doctor, surgery) = &house.doctors[pair];
        let in_care = patient(&house.hospital).named("Maya", "In Care").create(app).await;
        let home = app.sign_in(&in_care).await;
        // The doctor's day counts two hundred of them.
        let number = (8 + i64::try_from(seconds).unwrap() / 5).min(200);
        let unwritten = things::visits_without_notes(app, (doctor, &in_care), number).await;
        let under_way = things::visit_under_way(app, (doctor, &in_care)).await.id;
        let sight = |browser: &Client, path: &str| (browser.clone(), path.to_owned());
        let notes = self.things.len();
        let all = u64::try_from(unwritten.len()).unwrap();
        self.things.push(Thing { kind: Kind::Notes { all }, sights: vec![sight(surgery, "/dashboard")] });
        let sights = ["/dashboard", "/notifications", "/appointments", "/doctors"].map(|path| sight(&home, path));
        self.things.push(Thing { kind: Kind::News, sights: sights.into() });
        let calls = (pair == 0).then(|| {
            self.things.push(Thing { kind: Kind::Calls, sights: vec![sight(&house.admin, "/reports/calls")] });
            notes + 2
        });
        Care { unwritten, under_way, notes, news: notes + 1, calls }
    }

    /// A visit about which its doctor writes to the patient, who reads nothing of it, and for which the doctor is late.
    async fn add_today(&mut self, app: &TestApp, (house, pair): (&House, usize)) -> Today {
        let ((doctor, surgery), (patient, home)) = (&house.doctors[pair], &house.patients[pair]);
        let visit = things::visit_today(app, (doctor, patient)).await;
        let thread = self.things.len();
        let told = format!("{}/messages/now", visit.path());
        let sights = [(home, "/messages"), (home, "/dashboard"), (home, told.as_str()), (surgery, told.as_str())];
        let sights = sights.map(|(browser, path)| (browser.clone(), path.to_owned()));
        self.things.push(Thing { kind: Kind::Thread { id: visit.id }, sights: sights.into() });
        let sights = [surgery, home, &house.admin].map(|browser| (browser.clone(), now_of(&visit)));
        self.things.push(Thing { kind: Kind::Late, sights: sights.into() });
        let restless = self.add_restless(app, (house, pair)).await;
        Today { id: visit.id, doctor_id: doctor.id, thread, late: thread + 1, restless }
    }

    /// A visit of the same day that nothing else is about.
    async fn add_restless(&mut self, app: &TestApp, (house, pair): (&House, usize)) -> Restless {
        let ((doctor, surgery), (patient, home)) = (&house.doctors[pair], &house.patients[pair]);
        let visit = restless::restless_visit(app, (doctor, patient)).await;
        let stands = format!("{}/standing", visit.path());
        let sights = [surgery, home, &house.admin]
            .into_iter()
            .flat_map(|browser| ["/dashboard", &stands].map(|path| (browser.clone(), path.to_owned())));
        let sights = sights.collect();
        let thing = self.things.len();
        self.things.push(Thing { kind: Kind::Version { id: visit.id }, sights });
        let times = restless::restless_times(app, (doctor, house.hospital.zone)).await;
        Restless { id: visit.id, thing, browser: house.admin.clone(), times }
    }

    async fn add_patient(&mut self, app: &TestApp, (house, pair): (&House, usize), seconds: u64) {
        let (patient, browser) = &house.patients[pair];
        let doctors_browser = &house.doctors[pair].1;
        let sights = vec![
            (browser.clone(), "/dashboard".to_owned()),
            (browser.clone(), "/appointments".to_owned()),
            (house.admin.clone(), "/patients".to_owned()),
            (house.admin.clone(), "/appointments".to_owned()),
            (doctors_browser.clone(), "/patients".to_owned()),
            (doctors_browser.clone(), "/dashboard".to_owned()),
        ];
        let writer = self.add(app, (&patient.person, browser), (sights, unread(pair, seconds))).await;
        self.writers.push(writer);
    }

    /// The things of any person.
    async fn add(
        &mut self,
        app: &TestApp,
        (person, browser): (&Person, &Client),
        (sights, unread): (Vec<(Client, String)>, u64),
    ) -> Writer {
        let notifications = things::notifications(app, person, unread).await;
        let mark = mark(person).to_owned();
        let name = self.things.len();
        self.things.push(Thing { kind: Kind::Name { mark: mark.clone() }, sights });
        let own = ["/dashboard", "/doctors", "/notifications", "/appointments"];
        let sights = own.iter().map(|path| (browser.clone(), (*path).to_owned())).collect();
        let kind = Kind::Unread { all: u64::try_from(notifications.len()).unwrap() };
        self.things.push(Thing { kind, sights });
        let browser = browser.clone();
        Writer {
            browser,
            mark,
            name,
            notifications,
            unread: name + 1,
            visits: Vec::new(),
            patient: None,
            today: None,
            care: None,
        }
    }
}

/// The page of where a visit stands.
fn now_of(visit: &Appointment) -> String {
    format!("{}/now", visit.path())
}

fn has_visits(pair: usize) -> bool {
    pair < PAIRS_WITH_VISITS
}

/// How many unread notifications the people of a pair need.
fn unread(pair: usize, seconds: u64) -> u64 {
    if has_visits(pair) { 0 } else { 100 + seconds * NOTIFICATIONS }
}

impl House {
    async fn create(app: &TestApp, number: usize) -> Self {
        let hospital = hospital().in_zone(things::zone_in_the_morning(app.now())).create(app).await;
        let admin = app.sign_in(&hospital_admin(&hospital).create(app).await).await;
        let (mut doctors, mut patients) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            let name = |role| things::name(&format!("Q{role}{number}{pair}"), 0);
            let doctor = doctor(&hospital).named("Asha", &name('d')).create(app).await;
            let patient = patient(&hospital).named("Maya", &name('p')).create(app).await;
            doctors.push((doctor.clone(), app.sign_in(&doctor).await));
            patients.push((patient.clone(), app.sign_in(&patient).await));
        }
        Self { hospital, admin, doctors, patients }
    }
}

/// What all versions of a person's name begin with.
fn mark(person: &Person) -> &str {
    person.last_name.split('v').next().unwrap()
}

impl Visit {
    /// Nobody knows how far it is: it is left alone from now on.
    pub(super) fn abandon(&self) {
        self.steps.store(things::LIFE.len(), Relaxed);
    }

    /// The next step of its life; nothing when it is over.
    pub(super) fn next(&self) -> Option<(usize, &'static str)> {
        let steps = self.steps.load(Relaxed);
        things::LIFE.get(steps).map(|(_, step)| (steps, *step)).filter(|(_, step)| !step.is_empty())
    }
}
