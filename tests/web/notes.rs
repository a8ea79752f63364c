//! The note of a visit: written, signed, added to, read by the patient; and who gets no word of it.

mod reading;
mod signing;
mod sweeping;
mod telling;
mod writing;

use crate::support::*;

pub(crate) use writing::page_of_somebody_signed_out;

/// A hospital with a doctor and a patient, who see each other.
struct Surgery {
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
}

impl Surgery {
    async fn open(app: &TestApp) -> Self {
        let hospital = hospital().create(app).await;
        let (doctor, patient) = (doctor(&hospital).create(app).await, patient(&hospital).create(app).await);
        Self { hospital, doctor, patient }
    }

    /// A visit that was completed so many hours ago, at whose beginning the doctor has gone without what is asked then.
    async fn visit(&self, app: &TestApp, hours: i64) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(app.in_hours(-hours));
        let visit = visit.status(AppointmentStatus::Completed).create(app).await;
        gone_without(app, (&visit, &self.doctor), "").await;
        visit
    }

    /// A visit that is going on, at whose beginning the doctor has said why they go without what is asked then.
    async fn visit_now(&self, app: &TestApp) -> Appointment {
        let visit = self.begun(app, AppointmentStatus::InProgress).await;
        gone_without(app, (&visit, &self.doctor), "").await;
        visit
    }

    /// A visit of now that stands so, of whose beginning nothing is known.
    async fn begun(&self, app: &TestApp, status: AppointmentStatus) -> Appointment {
        appointment().of(&self.doctor).with(&self.patient).at(app.in_minutes(-5)).status(status).create(app).await
    }
}

/// The address of a visit's note, or of what is done with it.
fn of(visit: &Appointment, act: &str) -> String {
    format!("{}/note{act}", visit.path())
}
