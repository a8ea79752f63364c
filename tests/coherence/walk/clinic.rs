//! The clinic of one walk, its instances, and everybody's browser.

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use super::faults::Struck;
use crate::{number, support::*};

/// When a walk begins: an ordinary day; the evening before the clocks go forward in London; the one before they go back.
pub(super) const BEGINNINGS: [DateTime<Utc>; 3] =
    [NOW, DateTime::from_timestamp(1_774_731_600, 0).unwrap(), DateTime::from_timestamp(1_792_873_800, 0).unwrap()];

/// Sessions last for a week here; the clock of a walk goes no further.
pub(super) const LONGEST: TimeDelta = TimeDelta::days(6);

/// Somebody with a browser.
pub(super) struct Member {
    pub(super) person: Person,
    /// `doctor.id` or `patient.id`; 0 for others.
    pub(super) side: i64,
    /// Which of the hospitals; none for who runs the platform.
    pub(super) house: Option<usize>,
    pub(super) browser: Client,
    pub(super) password: &'static str,
    /// What the browser has kept, by path: tag and page.
    pub(super) kept: Mutex<HashMap<String, (String, String)>>,
}

/// A walk that is under way.
pub(super) struct Walk {
    pub(super) began: DateTime<Utc>,
    pub(super) hospitals: Vec<Hospital>,
    /// The first is who runs the platform.
    pub(super) members: Vec<Member>,
    pub(super) visitor: Client,
    /// How many times pages were checked: each time other variations of the lists.
    pub(super) round: usize,
    /// The addresses of the instances with caches.
    pub(super) sites: Vec<String>,
    /// The address of the one that keeps nothing.
    pub(super) plain: String,
    _others: Vec<Instance>,
    pub(super) app: TestApp,
    /// What may fail on this walk; on most nothing does. After the instances: they are stopped before their Redis.
    pub(super) struck: Option<Struck>,
}

/// Of all instances. Where nothing fails, nobody is told that Redis is slow when the machine is.
const SETTINGS: [(&str, &str); 5] = [
    ("SESSION_IDLE_MINUTES", "10080"),
    ("SESSION_MAX_HOURS", "168"),
    ("PAGE_SIZE", "5"),
    ("WORKERS", "2"),
    ("REDIS_PATIENCE_MS", "5000"),
];

impl Walk {
    /// Two hospitals with an administrator, two doctors and three patients each, and some visits.
    pub(super) async fn begin(beginning: usize, struck: Option<Struck>) -> Self {
        let redis = |instance| struck.as_ref().map(|struck| ("REDIS_URL", struck.url(instance)));
        let app = TestApp::start_with(&with(&SETTINGS, redis(0).as_ref())).await;
        app.clock.set(BEGINNINGS[beginning]);
        let good = struck.as_ref().map(|struck| ("REDIS_URL", struck.good_url()));
        let keeps_nothing = [("CACHE_PAGE_SECONDS", "0"), ("CACHE_VERIFY", "false")];
        let plain = app.another_instance_with(&with(&keeps_nothing, good.as_ref()));
        let mut sites = vec![app.origin()];
        let mut others = Vec::new();
        for instance in 1..instances() {
            let place = usize::try_from(instance).unwrap();
            let another = app.another_instance_with(&with(&[("CACHE_VERIFY", "false")], redis(place).as_ref()));
            sites.push(another.origin());
            others.push(another);
        }
        let mut walk = Self {
            began: app.now(),
            hospitals: Vec::new(),
            members: Vec::new(),
            visitor: app.visitor(),
            round: 0,
            sites,
            plain: plain.origin(),
            _others: others.into_iter().chain([plain]).collect(),
            app,
            struck,
        };
        walk.fill().await;
        walk
    }

    async fn fill(&mut self) {
        let person = super_admin().create(&self.app).await;
        self.welcome(person, 0, None).await;
        for (house, zone) in ["Asia/Kathmandu", "Europe/London"].into_iter().enumerate() {
            let hospital = hospital().in_zone(zone.parse().unwrap()).create(&self.app).await;
            let person = hospital_admin(&hospital).create(&self.app).await;
            self.welcome(person, 0, Some(house)).await;
            let (mut doctors, mut patients) = (Vec::new(), Vec::new());
            for _ in 0..2 {
                let doctor = doctor(&hospital).create(&self.app).await;
                self.welcome(doctor.person.clone(), doctor.id, Some(house)).await;
                works_daily(&self.app, &doctor, (9, 17)).await;
                doctors.push(doctor);
            }
            for _ in 0..3 {
                let patient = patient(&hospital).create(&self.app).await;
                self.welcome(patient.person.clone(), patient.id, Some(house)).await;
                patients.push(patient);
            }
            for (number, status) in [
                AppointmentStatus::Requested,
                AppointmentStatus::Proposed,
                AppointmentStatus::Scheduled,
                AppointmentStatus::Confirmed,
                AppointmentStatus::Waiting,
                AppointmentStatus::InProgress,
            ]
            .into_iter()
            .enumerate()
            {
                let starts_at = self.app.in_minutes(i64::try_from(number).unwrap() * 120 - 150);
                let (doctor, patient) = (&doctors[number % 2], &patients[number % 3]);
                let visit = appointment().of(doctor).with(patient).at(starts_at).status(status);
                visit.create(&self.app).await;
            }
            self.hospitals.push(hospital);
        }
    }

    async fn welcome(&mut self, person: Person, side: i64, house: Option<usize>) {
        let browser = self.app.sign_in(&person).await;
        self.enlist((person, side), house, (browser, PASSWORD));
    }

    /// Takes somebody in, with the browser in which they are signed in.
    pub(super) fn enlist(
        &mut self,
        (person, side): (Person, i64),
        house: Option<usize>,
        (browser, password): (Client, &'static str),
    ) {
        self.members.push(Member { person, side, house, browser, password, kept: Mutex::default() });
    }

    /// The address of the instance that `choice` falls on.
    pub(super) fn site(&self, choice: u8) -> &str {
        &self.sites[usize::from(choice) % self.sites.len()]
    }

    /// The browser of that member, at that instance.
    pub(super) fn browser(&self, who: usize, at: u8) -> Client {
        self.members[who].browser.at(self.site(at))
    }

    /// Everybody's places in `members`.
    pub(super) fn everybody(&self) -> Vec<usize> {
        (0..self.members.len()).collect()
    }
}

/// How many keep pages: one where they could not tell each other.
pub(super) fn instances() -> u32 {
    let tell_each_other = variable("TEST_REDIS_URL").is_some() && uses_postgres();
    if tell_each_other { number("WALK_INSTANCES").unwrap_or(2) } else { 1 }
}

fn with<'a>(settings: &[(&'a str, &'a str)], one: Option<&'a (&str, String)>) -> Vec<(&'a str, &'a str)> {
    settings.iter().copied().chain(one.map(|(name, value)| (*name, value.as_str()))).collect()
}

impl Member {
    /// Forgets what the browser has kept, as on signing out.
    pub(super) fn forget(&self) {
        self.kept.lock().unwrap().clear();
    }
}
