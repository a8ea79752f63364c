//! Which rows of each table are about a patient, and which are a hospital's.

use entity::{
    address_link, appointment, appointment_event, audit_entry, availability, call, care_relation, device_check, doctor,
    doctor_delay, doctor_tally, document, enums::AuditSubject, erasure, hospital, hospital_tally, mail, notification,
    passkey, password_link, patient, recovery_code, second_factor, time_off, user, user_session, visit, visit_guest,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityName, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use serde_json::{Map, Value};

use super::{ExportSink, Exporter, SinkError};
use crate::features::exports::format::{DOCTORS_OF_VISITS, Subject};

/// Ids in one statement.
const IDS: usize = 500;

impl<S: ExportSink> Exporter<'_, S> {
    pub(super) async fn patient(&mut self, id: i64) -> Result<(), SinkError> {
        let subject = Subject::Patient(id);
        let person = patient::Entity::find_by_id(id).one(self.conn).await?;
        let user_id = person.map(|person| person.user_id).ok_or_else(|| DbErr::RecordNotFound("patient".to_owned()))?;
        let visits =
            || ids(appointment::Entity::find(), appointment::Column::Id, appointment::Column::PatientId.eq(id));
        let own_hospital = ids(user::Entity::find(), user::Column::HospitalId, user::Column::Id.eq(user_id));
        self.table(subject, hospital::Entity::find().filter(hospital::Column::Id.in_subquery(own_hospital))).await?;
        self.table(subject, user::Entity::find_by_id(user_id)).await?;
        self.table(subject, patient::Entity::find_by_id(id)).await?;
        self.table(subject, appointment::Entity::find().filter(appointment::Column::PatientId.eq(id))).await?;
        self.course_of(subject, visits).await?;
        self.table(subject, device_check::Entity::find().filter(device_check::Column::UserId.eq(user_id))).await?;
        self.notes_of_patient(id).await?;
        self.messages_of_patient((id, user_id), visits()).await?;
        self.attachments_of_patient(id, visits()).await?;
        let paper = document::Column::AppointmentId;
        self.table(subject, document::Entity::find().filter(paper.in_subquery(visits()))).await?;
        self.doctors_of(id).await?;
        self.table(subject, care_relation::Entity::find().filter(care_relation::Column::PatientId.eq(id))).await?;
        self.of_people(subject, |column| column.eq(user_id)).await?;
        self.trail_of(id, user_id).await
    }

    /// What happened before and in visits, and who else was there.
    async fn course_of(&mut self, subject: Subject, visits: impl Fn() -> SelectStatement) -> Result<(), SinkError> {
        let event = appointment_event::Column::AppointmentId;
        self.table(subject, appointment_event::Entity::find().filter(event.in_subquery(visits()))).await?;
        let opening = visit::Column::AppointmentId;
        self.table(subject, visit::Entity::find().filter(opening.in_subquery(visits()))).await?;
        let calls = call::Column::AppointmentId;
        self.table(subject, call::Entity::find().filter(calls.in_subquery(visits()))).await?;
        let guests = visit_guest::Column::AppointmentId;
        self.table(subject, visit_guest::Entity::find().filter(guests.in_subquery(visits()))).await
    }

    /// What is kept for people, of those whom `theirs` lets through.
    async fn of_people(&mut self, subject: Subject, theirs: impl Fn(Expr) -> Expr) -> Result<(), SinkError> {
        let of = |column: Expr| theirs(column);
        let recipient = Expr::col(notification::Column::RecipientId.as_column_ref());
        self.table(subject, notification::Entity::find().filter(of(recipient))).await?;
        let recipient = Expr::col(mail::Column::RecipientId.as_column_ref());
        self.table(subject, mail::Entity::find().filter(of(recipient))).await?;
        let person = Expr::col(user_session::Column::UserId.as_column_ref());
        self.table(subject, user_session::Entity::find().filter(of(person))).await?;
        let person = Expr::col(password_link::Column::UserId.as_column_ref());
        self.table(subject, password_link::Entity::find().filter(of(person))).await?;
        let person = Expr::col(address_link::Column::UserId.as_column_ref());
        self.table(subject, address_link::Entity::find().filter(of(person))).await?;
        let person = Expr::col(second_factor::Column::UserId.as_column_ref());
        self.table(subject, second_factor::Entity::find().filter(of(person))).await?;
        let person = Expr::col(recovery_code::Column::UserId.as_column_ref());
        self.table(subject, recovery_code::Entity::find().filter(of(person))).await?;
        let person = Expr::col(passkey::Column::UserId.as_column_ref());
        self.table(subject, passkey::Entity::find().filter(of(person))).await?;
        let person = Expr::col(erasure::Column::UserId.as_column_ref());
        self.table(subject, erasure::Entity::find().filter(of(person))).await
    }

    /// Who the doctors of a patient's visits are, and nothing else about them.
    async fn doctors_of(&mut self, patient_id: i64) -> Result<(), SinkError> {
        let theirs = ids(
            appointment::Entity::find(),
            appointment::Column::DoctorId,
            appointment::Column::PatientId.eq(patient_id),
        );
        let visits =
            ids(appointment::Entity::find(), appointment::Column::Id, appointment::Column::PatientId.eq(patient_id));
        // With whom they were before they were handed over.
        let former = ids(
            appointment_event::Entity::find(),
            appointment_event::Column::FromDoctorId,
            appointment_event::Column::AppointmentId.in_subquery(visits),
        );
        let is_one =
            Condition::any().add(doctor::Column::Id.in_subquery(theirs)).add(doctor::Column::Id.in_subquery(former));
        let doctors = doctor::Entity::find().filter(is_one);
        let doctors = doctors.find_also_related(user::Entity).all(self.conn).await?;
        self.begin(DOCTORS_OF_VISITS)?;
        for (doctor, account) in doctors {
            let name = |part: fn(&user::Model) -> &String| account.as_ref().map(part).cloned().into();
            self.put(Map::from_iter([
                ("id".to_owned(), doctor.id.into()),
                ("first_name".to_owned(), name(|account| &account.first_name)),
                ("last_name".to_owned(), name(|account| &account.last_name)),
                ("specialization".to_owned(), doctor.specialization.into()),
            ]))?;
        }
        self.end()
    }

    /// What a patient did, and who did something to their record or their visits: without the names of others and where they sat.
    async fn trail_of(&mut self, patient_id: i64, user_id: i64) -> Result<(), SinkError> {
        let subject = Subject::Patient(patient_id);
        let by_others = |kind: AuditSubject| {
            let others = audit_entry::Column::ActorId.ne(user_id);
            audit_entry::Entity::find().filter(audit_entry::Column::SubjectKind.eq(kind)).filter(others)
        };
        let id = audit_entry::Column::SubjectId;
        self.begin(audit_entry::Entity.table_name())?;
        self.rows(subject, audit_entry::Entity::find().filter(audit_entry::Column::ActorId.eq(user_id)), |_| ())
            .await?;
        self.rows(subject, by_others(AuditSubject::Patient).filter(id.eq(patient_id)), without_others).await?;
        self.rows(subject, by_others(AuditSubject::User).filter(id.eq(user_id)), without_others).await?;
        let visits = appointment::Entity::find().select_only().column(appointment::Column::Id);
        let visits = visits.filter(appointment::Column::PatientId.eq(patient_id));
        let visits: Vec<i64> = visits.into_tuple().all(self.conn).await?;
        for some in visits.chunks(IDS) {
            let of_visits = by_others(AuditSubject::Appointment).filter(id.is_in(some.iter().copied()));
            self.rows(subject, of_visits, without_others).await?;
        }
        self.end()
    }

    pub(super) async fn hospital(&mut self, id: i64) -> Result<(), SinkError> {
        let subject = Subject::Hospital(id);
        let people = || ids(user::Entity::find(), user::Column::Id, user::Column::HospitalId.eq(id));
        let doctors = || ids(doctor::Entity::find(), doctor::Column::Id, doctor::Column::UserId.in_subquery(people()));
        let visits =
            || ids(appointment::Entity::find(), appointment::Column::Id, appointment::Column::HospitalId.eq(id));
        self.table(subject, hospital::Entity::find_by_id(id)).await?;
        let tally = hospital_tally::Column::HospitalId;
        self.table(subject, hospital_tally::Entity::find().filter(tally.eq(id))).await?;
        self.table(subject, user::Entity::find().filter(user::Column::HospitalId.eq(id))).await?;
        self.table(subject, doctor::Entity::find().filter(doctor::Column::UserId.in_subquery(people()))).await?;
        self.table(subject, patient::Entity::find().filter(patient::Column::UserId.in_subquery(people()))).await?;
        let windows = availability::Column::DoctorId.in_subquery(doctors());
        self.table(subject, availability::Entity::find().filter(windows)).await?;
        let absences = time_off::Column::DoctorId.in_subquery(doctors());
        self.table(subject, time_off::Entity::find().filter(absences)).await?;
        let tallies = doctor_tally::Column::DoctorId.in_subquery(doctors());
        self.table(subject, doctor_tally::Entity::find().filter(tallies)).await?;
        self.table(subject, appointment::Entity::find().filter(appointment::Column::HospitalId.eq(id))).await?;
        self.course_of(subject, visits).await?;
        let checks = device_check::Column::AppointmentId;
        self.table(subject, device_check::Entity::find().filter(checks.in_subquery(visits()))).await?;
        let delays = doctor_delay::Column::DoctorId.in_subquery(doctors());
        self.table(subject, doctor_delay::Entity::find().filter(delays)).await?;
        self.notes_of_hospital(id, visits()).await?;
        self.messages_of_hospital(id, visits).await?;
        self.attachments_of_hospital(id).await?;
        let paper = document::Column::HospitalId;
        self.table(subject, document::Entity::find().filter(paper.eq(id))).await?;
        let relations = care_relation::Column::DoctorId.in_subquery(doctors());
        self.table(subject, care_relation::Entity::find().filter(relations)).await?;
        self.of_people(subject, |column| column.in_subquery(people())).await?;
        self.table(subject, audit_entry::Entity::find().filter(audit_entry::Column::HospitalId.eq(id))).await
    }
}

/// One column of the rows that `which` lets through, to be looked for in another table.
fn ids<E: EntityTrait>(rows: sea_orm::Select<E>, column: E::Column, which: Expr) -> SelectStatement {
    rows.filter(which).select_only().column(column).into_query()
}

/// An entry about somebody who is not the patient: their role says who they were to them.
fn without_others(entry: &mut Map<String, Value>) {
    for name in ["actor_name", "ip"] {
        entry.insert(name.to_owned(), Value::Null);
    }
}
