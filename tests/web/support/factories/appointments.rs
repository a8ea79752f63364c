//! Appointments with their history.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    appointment, appointment_event,
    enums::{AppointmentStatus, EventKind, Modality},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{
    super::TestApp,
    people::{Doctor, Patient, Person},
    texts::Texts,
};

/// An appointment in the database.
#[derive(Clone, Debug)]
pub(crate) struct Appointment {
    pub(crate) id: i64,
    pub(crate) hospital_id: i64,
    pub(crate) doctor_id: i64,
    pub(crate) patient_id: i64,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) status: AppointmentStatus,
    /// As forms send it.
    pub(crate) version: String,
    /// Every text of the record and of its history.
    pub(crate) texts: Vec<String>,
}

impl Appointment {
    /// Its page.
    pub(crate) fn path(&self) -> String {
        format!("/appointments/{}", self.id)
    }
}

/// An appointment of 30 minutes, scheduled for tomorrow unless something else is said. It needs a
/// doctor and a patient.
pub(crate) fn appointment() -> AppointmentDraft {
    AppointmentDraft {
        texts: Texts::new(),
        doctor: None,
        patient: None,
        at: None,
        minutes: 30,
        status: AppointmentStatus::Scheduled,
        requested_by: None,
        since: None,
        overbooked: false,
        modality: Modality::Video,
    }
}

#[must_use]
pub(crate) struct AppointmentDraft {
    texts: Texts,
    doctor: Option<Doctor>,
    patient: Option<Patient>,
    at: Option<DateTime<Utc>>,
    minutes: i64,
    status: AppointmentStatus,
    requested_by: Option<i64>,
    since: Option<DateTime<Utc>>,
    overbooked: bool,
    modality: Modality,
}

impl AppointmentDraft {
    pub(crate) fn of(mut self, doctor: &Doctor) -> Self {
        self.doctor = Some(doctor.clone());
        self
    }

    pub(crate) fn with(mut self, patient: &Patient) -> Self {
        self.patient = Some(patient.clone());
        self
    }

    pub(crate) fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    pub(crate) fn lasting(mut self, minutes: i64) -> Self {
        self.minutes = minutes;
        self
    }

    pub(crate) fn status(mut self, status: AppointmentStatus) -> Self {
        self.status = status;
        self
    }

    /// Who asked for it; the patient unless said.
    pub(crate) fn requested_by(mut self, person: &Person) -> Self {
        self.requested_by = Some(person.user_id);
        self
    }

    /// When it came to its status; now unless said.
    pub(crate) fn since(mut self, at: DateTime<Utc>) -> Self {
        self.since = Some(at);
        self
    }

    /// It may overlap others.
    pub(crate) fn overbooked(mut self) -> Self {
        self.overbooked = true;
        self
    }

    /// How it is held; by video unless said.
    pub(crate) fn held(mut self, modality: Modality) -> Self {
        self.modality = modality;
        self
    }

    /// Puts `payload` into every text.
    pub(crate) fn saying(mut self, payload: &str) -> Self {
        self.texts.say(payload);
        self
    }

    pub(crate) async fn create(mut self, app: &TestApp) -> Appointment {
        let doctor = self.doctor.clone().expect("an appointment is of() a doctor");
        let patient = self.patient.clone().expect("an appointment is with() a patient");
        let row = self.row(app, (&doctor, &patient));
        let row = row.insert(&app.db).await.unwrap();
        self.record_history(app, row.id, (&doctor, &patient)).await;
        Appointment {
            id: row.id,
            hospital_id: row.hospital_id,
            doctor_id: row.doctor_id,
            patient_id: row.patient_id,
            starts_at: row.starts_at,
            status: row.status,
            version: row.version.to_string(),
            texts: self.texts.made,
        }
    }

    fn row(&mut self, app: &TestApp, (doctor, patient): (&Doctor, &Patient)) -> appointment::ActiveModel {
        let starts_at = self.at.unwrap_or_else(|| app.in_hours(24));
        let status = self.status;
        let texts = &mut self.texts;
        let mut said = |is_so: bool, field: &str, most| is_so.then(|| texts.make(field, most));
        appointment::ActiveModel {
            hospital_id: Set(doctor.hospital_id.expect("a doctor has a hospital")),
            doctor_id: Set(doctor.id),
            patient_id: Set(patient.id),
            starts_at: Set(starts_at),
            ends_at: Set(starts_at + TimeDelta::minutes(self.minutes)),
            status: Set(status),
            modality: Set(self.modality),
            symptoms: Set(said(true, "Symptoms", 2000)),
            requested_by: Set(self.requested_by.unwrap_or(patient.user_id)),
            rejection_reason: Set(said(status == AppointmentStatus::Rejected, "Rejection", 500)),
            cancellation_reason: Set(said(status == AppointmentStatus::Cancelled, "Cancellation", 500)),
            proposed_starts_at: Set((status == AppointmentStatus::Proposed).then(|| starts_at + TimeDelta::days(1))),
            overbook_reason: Set(said(self.overbooked, "Overbooking", 500)),
            version: Set(0),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        }
    }

    /// The request, and the step to where it stands now.
    async fn record_history(&mut self, app: &TestApp, id: i64, (doctor, patient): (&Doctor, &Patient)) {
        let since = self.since.unwrap_or_else(|| app.now());
        let asked = since - TimeDelta::days(2);
        let first = (EventKind::Requested, None, AppointmentStatus::Requested, asked, patient.user_id);
        let then =
            last_step(self.status).map(|kind| (kind, Some(before(self.status)), self.status, since, doctor.user_id));
        for (kind, from_status, to_status, at, actor_id) in [Some(first), then].into_iter().flatten() {
            let event = appointment_event::ActiveModel {
                appointment_id: Set(id),
                actor_id: Set(actor_id),
                kind: Set(kind),
                from_status: Set(from_status),
                to_status: Set(to_status),
                note: Set(Some(self.texts.make("Note", 500))),
                from_doctor_id: Set(None),
                at: Set(at),
                created_at: Set(at),
                updated_at: Set(at),
                ..Default::default()
            };
            event.insert(&app.db).await.unwrap();
        }
    }
}

fn last_step(status: AppointmentStatus) -> Option<EventKind> {
    match status {
        AppointmentStatus::Requested => None,
        AppointmentStatus::Proposed => Some(EventKind::Proposed),
        AppointmentStatus::Scheduled => Some(EventKind::Approved),
        AppointmentStatus::Confirmed => Some(EventKind::Confirmed),
        AppointmentStatus::Waiting => Some(EventKind::Arrived),
        AppointmentStatus::InProgress => Some(EventKind::Started),
        AppointmentStatus::Completed => Some(EventKind::Completed),
        AppointmentStatus::NoShow => Some(EventKind::NoShow),
        AppointmentStatus::Rejected => Some(EventKind::Rejected),
        AppointmentStatus::Cancelled => Some(EventKind::Cancelled),
    }
}

/// Where it stood before that, as it goes most of the time.
fn before(status: AppointmentStatus) -> AppointmentStatus {
    match status {
        AppointmentStatus::Completed => AppointmentStatus::InProgress,
        AppointmentStatus::InProgress => AppointmentStatus::Waiting,
        AppointmentStatus::Waiting | AppointmentStatus::Confirmed | AppointmentStatus::NoShow => {
            AppointmentStatus::Scheduled
        }
        _ => AppointmentStatus::Requested,
    }
}
