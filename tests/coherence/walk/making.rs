//! What is there on a walk, and what comes there past the application: visits, newcomers, the time.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone as _, Utc};
use entity::{appointment, patient as patient_row, user};
use sea_orm::{ColumnTrait as _, EntityTrait as _, Iterable as _, QueryFilter as _, QueryOrder as _};

use super::clinic::{LONGEST, Walk};
use crate::support::*;

impl Walk {
    /// All visits, the oldest first.
    pub(super) async fn visits(&self) -> Vec<appointment::Model> {
        appointment::Entity::find().order_by_asc(appointment::Column::Id).all(&self.app.db).await.unwrap()
    }

    /// The visit that `choice` falls on; its id.
    pub(super) async fn visit(&self, choice: u8) -> i64 {
        let visits = self.visits().await;
        visits[usize::from(choice) % visits.len()].id
    }

    /// The doctor, the patient and an administrator of a visit.
    pub(super) async fn parties(&self, visit: i64) -> [usize; 3] {
        let row = appointment::Entity::find_by_id(visit).one(&self.app.db).await.unwrap().unwrap();
        let place = |role, side| {
            let is_it = |place: &usize| self.members[*place].person.role == role && self.members[*place].side == side;
            self.everybody().into_iter().find(is_it).unwrap()
        };
        let doctor = place(Role::Doctor, row.doctor_id);
        let house = self.members[doctor].house.unwrap();
        [doctor, place(Role::Patient, row.patient_id), self.one_of(house, Role::HospitalAdmin)]
    }

    /// Another of them each round.
    pub(super) fn one_of(&self, house: usize, role: Role) -> usize {
        let those = self.all_of(Some(house), role);
        those[self.round % those.len()]
    }

    fn all_of(&self, house: Option<usize>, role: Role) -> Vec<usize> {
        let is_one = |place: &usize| {
            let member = &self.members[*place];
            member.person.role == role && (house.is_none() || member.house == house)
        };
        self.everybody().into_iter().filter(is_one).collect()
    }

    pub(super) fn member(&self, choice: u8) -> usize {
        usize::from(choice) % self.members.len()
    }

    /// A doctor and a patient of one hospital.
    fn pair(&self, doctor: u8, patient: u8) -> (usize, usize) {
        let doctors = self.all_of(None, Role::Doctor);
        let doctor = doctors[usize::from(doctor) % doctors.len()];
        let patients = self.all_of(self.members[doctor].house, Role::Patient);
        (doctor, patients[usize::from(patient) % patients.len()])
    }

    /// A visit in any status that begins in so many minutes: its patient, and its id.
    pub(super) async fn book(&self, choice: (u8, u8), status: u8, minutes: i16) -> (usize, i64) {
        let (doctor, place) = self.pair(choice.0, choice.1);
        let (doctor, patient) = (&self.members[doctor], &self.members[place]);
        let doctor = Doctor { id: doctor.side, person: doctor.person.clone() };
        let patient = Patient { id: patient.side, person: patient.person.clone() };
        let status = AppointmentStatus::iter().cycle().nth(status.into()).unwrap();
        let starts_at = self.app.in_minutes(minutes.into());
        let ends_at = starts_at + TimeDelta::minutes(30);
        let is_in_the_way = |other: &appointment::Model| {
            (other.doctor_id == doctor.id || other.patient_id == patient.id)
                && other.starts_at < ends_at
                && starts_at < other.ends_at
        };
        let is_taken = self.visits().await.iter().any(is_in_the_way);
        let visit = appointment().of(&doctor).with(&patient).at(starts_at).status(status);
        let visit = if is_taken { visit.overbooked() } else { visit };
        (place, visit.create(&self.app).await.id)
    }

    /// Takes in a patient who has made their own account; their place.
    pub(super) async fn take_in(
        &mut self,
        (email, password): (&str, &'static str),
        house: usize,
        browser: Client,
    ) -> usize {
        let row = user::Entity::find().filter(user::Column::Email.eq(email)).one(&self.app.db).await.unwrap().unwrap();
        let side = patient_row::Entity::find().filter(patient_row::Column::UserId.eq(row.id));
        let side = side.one(&self.app.db).await.unwrap().unwrap().id;
        let person = Person {
            user_id: row.id,
            role: row.role,
            hospital_id: row.hospital_id,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            texts: Vec::new(),
        };
        self.enlist((person, side), Some(house), (browser, password));
        self.members.len() - 1
    }

    /// Lets time pass, but not beyond what a walk may take. Returns one whom it concerns: it concerns all.
    pub(super) fn pass(&self, time: TimeDelta) -> usize {
        let now = self.app.now();
        self.app.clock.set((now + time).clamp(now, self.began + LONGEST));
        self.round % self.members.len()
    }

    /// One of the next moments at which a page may look different by the clock alone, and the visit whose moment it is.
    pub(super) async fn edge(&self, choice: u8) -> (DateTime<Utc>, Option<i64>) {
        let edges = self.edges(self.app.now()).await;
        edges[usize::from(choice) % edges.len().min(8)]
    }

    /// A visit begins or ends, is a day or half a day away, or a local day begins.
    async fn edges(&self, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, Option<i64>)> {
        let visits = self.visits().await;
        let of_visit = |visit: &appointment::Model| {
            let ahead = [0, 12, 24].map(|hours| visit.starts_at - TimeDelta::hours(hours));
            let moments = ahead.into_iter().chain([visit.ends_at]).chain(visit.proposed_starts_at);
            moments.map(|moment| (moment, Some(visit.id))).collect::<Vec<_>>()
        };
        let midnight = |hospital: &Hospital| {
            let tomorrow = now.with_timezone(&hospital.zone).date_naive() + Days::new(1);
            let midnight = hospital.zone.from_local_datetime(&tomorrow.and_time(NaiveTime::MIN)).earliest();
            (midnight.unwrap().to_utc(), None)
        };
        let of_visits = visits.iter().flat_map(of_visit).filter(|(edge, _)| *edge > now);
        let mut edges: Vec<_> = of_visits.chain(self.hospitals.iter().map(midnight)).collect();
        edges.sort();
        edges.dedup_by_key(|(edge, _)| *edge);
        edges
    }
}
