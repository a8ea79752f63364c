//! Appointments: the list, the record, and the steps of their life.

mod absences;
mod after_the_fact;
mod asked_again;
mod growth;
mod list;
mod needs_outcome;
mod offers;
mod races;
mod record;
mod sides;
mod steps;
mod told_then;

use entity::{
    appointment as appointment_row, appointment_event, audit_entry, enums::AuditAction, notification as told,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::*;

/// A hospital with a doctor, a patient and an administrator, all signed in.
struct Practice {
    app: TestApp,
    hospital: Hospital,
    admin: Person,
    doctor: Doctor,
    patient: Patient,
    desk: Client,
    surgery: Client,
    home: Client,
}

impl Practice {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let admin = hospital_admin(&hospital).named("Bina", "Thapa").create(&app).await;
        let doctor = doctor(&hospital).named("Asha", "Rai").create(&app).await;
        let patient = patient(&hospital).named("Maya", "Gurung").create(&app).await;
        Self {
            desk: app.sign_in(&admin).await,
            surgery: app.sign_in(&doctor).await,
            home: app.sign_in(&patient).await,
            app,
            hospital,
            admin,
            doctor,
            patient,
        }
    }

    /// A visit between the two in that state, tomorrow.
    async fn visit(&self, status: AppointmentStatus) -> Appointment {
        self.visit_at(status, 24).await
    }

    async fn visit_at(&self, status: AppointmentStatus, hours: i64) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_hours(hours)).status(status);
        visit.create(&self.app).await
    }

    async fn stored(&self, id: i64) -> appointment_row::Model {
        appointment_row::Entity::find_by_id(id).one(&self.app.db).await.unwrap().unwrap()
    }

    /// The steps of its history, oldest first.
    async fn history(&self, id: i64) -> Vec<appointment_event::Model> {
        let steps = appointment_event::Entity::find().filter(appointment_event::Column::AppointmentId.eq(id));
        steps.order_by_asc(appointment_event::Column::Id).all(&self.app.db).await.unwrap()
    }

    /// Who was told what about it.
    async fn told(&self, id: i64) -> Vec<(NotificationKind, i64)> {
        let rows =
            told::Entity::find().filter(told::Column::AppointmentId.eq(id)).order_by_asc(told::Column::RecipientId);
        let rows = rows.all(&self.app.db).await.unwrap();
        rows.into_iter().map(|row| (row.kind, row.recipient_id)).collect()
    }

    /// What the trail says about it, openings aside.
    async fn trail(&self, id: i64) -> Vec<audit_entry::Model> {
        let entries = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(entity::enums::AuditSubject::Appointment))
            .filter(audit_entry::Column::SubjectId.eq(id))
            .filter(audit_entry::Column::Action.ne(AuditAction::Opened));
        entries.order_by_asc(audit_entry::Column::Id).all(&self.app.db).await.unwrap()
    }
}
