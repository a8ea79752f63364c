//! Two hospitals with everybody and everything in them, for the suites that go over all pages.

use entity::{
    audit_entry,
    enums::{AddendumKind, AppointmentStatus, AuditAction, AuditSubject, CallPath, NotificationKind},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, Iterable};

use super::{
    TestApp,
    factories::{
        Appointment, Attachment, Doctor, Document, Guest, Hospital, Message, Note, Notification, Patient, Person,
        address_link, answered, appointment, attachment, availability, call, device_check, doctor, document,
        gone_without, guest, hospital, hospital_admin, message, note, notification, password_link, patient, session,
        super_admin, time_off, works_daily,
    },
};

/// One hospital with one of each role, an appointment in each status, and what surrounds them.
pub(crate) struct House {
    pub(crate) hospital: Hospital,
    pub(crate) admin: Person,
    pub(crate) doctor: Doctor,
    pub(crate) patient: Patient,
    /// A patient who never had anything to do with the doctor.
    pub(crate) stranger: Patient,
    /// One in each status, between the doctor and the patient.
    pub(crate) appointments: Vec<Appointment>,
    /// What was said at the beginning of those that wait, and of those that go on.
    pub(crate) opening_texts: Vec<String>,
    /// Let in, and there, in the visit that waits.
    pub(crate) guests: Vec<Guest>,
    /// A draft of the visit in progress, and a signed one, with an addendum, of the completed visit.
    pub(crate) notes: Vec<Note>,
    /// One that counts, and one that was revoked, both of the completed visit.
    pub(crate) documents: Vec<Document>,
    /// Of the visit that is agreed: what the doctor wrote to the patient, and the patient to the doctor; neither has read it.
    pub(crate) messages: Vec<Message>,
    /// What came with the doctor's.
    pub(crate) attachments: Vec<Attachment>,
    /// One for each of admin, doctor and patient, in this order; unread.
    pub(crate) notifications: Vec<Notification>,
    pub(crate) time_off_id: i64,
    /// A session of the patient on another browser.
    pub(crate) session_id: i64,
    /// Of a link by which an administrator who has never signed in chooses a password.
    pub(crate) link_token: String,
    /// Of a link by which the same administrator keeps their address.
    pub(crate) address_token: String,
}

/// Two hospitals and who runs the platform.
pub(crate) struct Clinic {
    pub(crate) super_admin: Person,
    pub(crate) super_notification: Notification,
    /// Where those who are looked at belong.
    pub(crate) here: House,
    /// Where the others belong.
    pub(crate) there: House,
}

impl Clinic {
    pub(crate) async fn create(app: &TestApp) -> Self {
        Self::saying(app, "").await
    }

    /// With `payload` in every text of every record.
    pub(crate) async fn saying(app: &TestApp, payload: &str) -> Self {
        let super_admin = super_admin().saying(payload).create(app).await;
        let super_notification =
            notification(&super_admin).of_kind(NotificationKind::AppointmentCancelled).create(app).await;
        session(app, &super_admin, &format!("Firefox {payload}")).await;
        Self {
            super_notification,
            here: House::create(app, payload).await,
            there: House::create(app, payload).await,
            super_admin,
        }
    }
}

impl House {
    /// The appointment in that status.
    pub(crate) fn appointment(&self, status: AppointmentStatus) -> &Appointment {
        self.appointments.iter().find(|appointment| appointment.status == status).expect("there is one in each status")
    }

    /// What only those may read who treat the patients, and the patients.
    pub(crate) fn clinical_texts(&self) -> Vec<String> {
        let appointments = self.appointments.iter().flat_map(|appointment| &appointment.texts);
        let notes = self.notes.iter().flat_map(|note| &note.texts);
        let documents = self.documents.iter().flat_map(|document| &document.texts);
        appointments
            .chain(&self.opening_texts)
            .chain(notes)
            .chain(documents)
            .chain(self.messages.iter().map(|message| &message.text))
            .chain(self.attachments.iter().map(|attachment| &attachment.text))
            .chain(&self.patient.texts)
            .chain(&self.stranger.texts)
            .cloned()
            .collect()
    }

    /// Every other text: of the hospital, its doctor and its admin.
    pub(crate) fn other_texts(&self) -> Vec<String> {
        self.hospital.texts.iter().chain(&self.doctor.texts).chain(&self.admin.texts).cloned().collect()
    }

    async fn create(app: &TestApp, payload: &str) -> Self {
        let hospital = hospital().saying(payload).create(app).await;
        let admin = hospital_admin(&hospital).saying(payload).create(app).await;
        let doctor = doctor(&hospital).saying(payload).create(app).await;
        let patient = patient(&hospital).by_their_own_word().saying(payload).create(app).await;
        let stranger = super::patient(&hospital).saying(payload).even_in_the_email().create(app).await;
        let newcomer = hospital_admin(&hospital).saying(payload).create(app).await;
        let link_token = password_link(app, &newcomer).await;
        let address_token = address_link(app, &newcomer).await;
        let mut house = Self {
            link_token,
            address_token,
            time_off_id: time_off(app, &doctor, (app.in_hours(24 * 7), app.in_hours(24 * 8)), payload).await,
            session_id: session(app, &patient, &format!("Firefox {payload}")).await,
            appointments: Vec::new(),
            opening_texts: Vec::new(),
            guests: Vec::new(),
            notes: Vec::new(),
            documents: Vec::new(),
            messages: Vec::new(),
            attachments: Vec::new(),
            notifications: Vec::new(),
            hospital,
            admin,
            doctor,
            patient,
            stranger,
        };
        house.fill(app, payload).await;
        house
    }

    async fn fill(&mut self, app: &TestApp, payload: &str) {
        works_daily(app, &self.doctor, (9, 17)).await;
        for (status, hours) in AppointmentStatus::iter().zip(1..) {
            // What is over lies in the past, what is to come in the future.
            let starts_at = app.in_hours(if status.is_terminal() { -hours } else { hours });
            let visit = appointment().of(&self.doctor).with(&self.patient).at(starts_at).status(status).saying(payload);
            self.appointments.push(visit.create(app).await);
        }
        let waiting = self.appointment(AppointmentStatus::Waiting).clone();
        self.opening_texts = answered(app, &waiting, payload).await;
        self.guests.push(guest(app, (&waiting, &self.doctor), payload).await);
        let goes_on = self.appointment(AppointmentStatus::InProgress).clone();
        self.opening_texts.extend(gone_without(app, (&goes_on, &self.doctor), payload).await);
        let draft = note(self.appointment(AppointmentStatus::InProgress), &self.doctor).saying(payload);
        self.notes.push(draft.create(app).await);
        let signed = note(self.appointment(AppointmentStatus::Completed), &self.doctor).saying(payload);
        self.notes.push(signed.with_addendum(AddendumKind::Addition).create(app).await);
        let completed = self.appointment(AppointmentStatus::Completed).clone();
        self.call_each_other(app, (&waiting, &completed)).await;
        for is_revoked in [false, true] {
            self.documents.push(document(app, (&completed, &self.doctor), is_revoked, payload).await);
        }
        let agreed = self.appointment(AppointmentStatus::Scheduled).clone();
        for by_doctor in [true, false] {
            let said = message(app, &agreed, (&self.doctor, &self.patient, by_doctor), payload).await;
            self.messages.push(said);
        }
        self.attachments.push(attachment(app, &self.doctor, &self.messages[0], payload).await);
        let about = self.appointment(AppointmentStatus::Rejected).clone();
        for person in [&self.admin, &self.doctor.person, &self.patient.person] {
            self.notifications.push(
                notification(person).of_kind(NotificationKind::AppointmentRejected).about(&about).create(app).await,
            );
        }
        session(app, &self.admin, &format!("Firefox {payload}")).await;
        session(app, &self.doctor, &format!("Firefox {payload}")).await;
        self.leave_a_trail(app).await;
    }

    /// What they have tried before a visit, and how it went in another.
    async fn call_each_other(&self, app: &TestApp, (before, over): (&Appointment, &Appointment)) {
        device_check(app, before, &self.patient).await;
        device_check(app, before, &self.doctor).await;
        call(over, &self.doctor).create(app).await;
        let connected = call(over, &self.doctor).later(2).connected(600, Some(CallPath::RelayUdp), Some(1_400));
        connected.troubled(1, Some(3)).create(app).await;
    }

    async fn leave_a_trail(&self, app: &TestApp) {
        let entry = audit_entry::ActiveModel {
            at: Set(app.now()),
            actor_id: Set(self.admin.user_id),
            actor_name: Set(self.admin.name()),
            actor_role: Set(self.admin.role),
            hospital_id: Set(self.admin.hospital_id),
            ip: Set(Some("203.0.113.7".to_owned())),
            action: Set(AuditAction::Opened),
            subject_kind: Set(AuditSubject::Patient),
            subject_id: Set(self.patient.id),
            detail: Set(serde_json::json!({})),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        entry.insert(&app.db).await.unwrap();
    }
}
