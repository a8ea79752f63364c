//! How most stories begin: a doctor and a patient of one hospital, each at a browser of their own.

use super::factories::HospitalDraft;
use super::{Appointment, AppointmentStatus, Client, Doctor, Hospital, Patient, TestApp, appointment, doctor, patient};

/// The two who meet, signed in. A file of tests that needs more puts it around this.
pub(crate) struct Pair {
    pub(crate) app: TestApp,
    pub(crate) hospital: Hospital,
    /// Asha Rai.
    pub(crate) doctor: Doctor,
    /// Maya Gurung.
    pub(crate) patient: Patient,
    /// The doctor's browser.
    pub(crate) surgery: Client,
    /// The patient's.
    pub(crate) home: Client,
}

impl Pair {
    /// Of that hospital.
    pub(crate) async fn of(app: TestApp, hospital: HospitalDraft) -> Self {
        let hospital = hospital.create(&app).await;
        let doctor = doctor(&hospital).named("Asha", "Rai").create(&app).await;
        let patient = patient(&hospital).named("Maya", "Gurung").create(&app).await;
        let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
        Self { app, hospital, doctor, patient, surgery, home }
    }

    /// A visit of the two in so many minutes, which the patient asked for if somebody still has to agree.
    pub(crate) async fn meet_in(&self, minutes: i64, status: AppointmentStatus) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_minutes(minutes)).status(status);
        let is_asked = status == AppointmentStatus::Requested;
        let visit = if is_asked { visit.requested_by(&self.patient) } else { visit };
        visit.create(&self.app).await
    }
}
