//! What is read before a document is issued or revoked.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment, doctor, document,
    enums::{AppointmentStatus, DocumentKind},
    hospital, patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::LockType,
};

use super::DocumentHead;
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::ReadConnection,
    features::appointments::{scope_of_doctor, with_parties},
};

/// A document that a form has issued.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct IssuedBefore {
    pub(in crate::features::documents) id: i64,
    pub(in crate::features::documents) appointment_id: i64,
    pub(in crate::features::documents) kind: DocumentKind,
    pub(in crate::features::documents) body: String,
}

/// The document that was issued by the form with this token, if one was.
pub(in crate::features::documents) async fn issued_with(
    conn: &ReadConnection<'_>,
    viewer: &Viewer,
    token: Option<&str>,
) -> Result<Option<IssuedBefore>, DbErr> {
    let Some(token) = token else { return Ok(None) };
    let issued = document::Entity::find()
        .filter(document::Column::IssuedBy.eq(viewer.user_id))
        .filter(document::Column::Token.eq(token));
    issued.into_partial_model().one(conn).await
}

/// The highest number of the hospital's documents, 0 without any.
pub(in crate::features::documents) async fn last_number(
    conn: &ReadConnection<'_>,
    hospital_id: i64,
) -> Result<i32, DbErr> {
    let last = document::Entity::find()
        .select_only()
        .column(document::Column::Number)
        .filter(document::Column::HospitalId.eq(hospital_id))
        .order_by_desc(document::Column::Number);
    Ok(last.into_tuple().one(conn).await?.unwrap_or(0))
}

/// A visit, for whoever is about to issue a document in it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(in crate::features::documents) struct VisitOfDocument {
    pub(in crate::features::documents) hospital_id: i64,
    pub(in crate::features::documents) patient_id: i64,
    pub(in crate::features::documents) status: AppointmentStatus,
    #[sea_orm(nested)]
    pub(in crate::features::documents) told: VisitOfNews,
    #[sea_orm(nested)]
    hospital: HospitalOfDocument,
    #[sea_orm(nested)]
    doctor: DoctorOfDocument,
    #[sea_orm(nested, alias = "patient_user")]
    patient: PersonOfDocument,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
struct HospitalOfDocument {
    name: String,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor::Entity")]
struct DoctorOfDocument {
    specialization: String,
    license_number: String,
    #[sea_orm(nested, alias = "doctor_user")]
    user: PersonOfDocument,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct PersonOfDocument {
    first_name: String,
    last_name: String,
    date_of_birth: Option<NaiveDate>,
}

impl PersonOfDocument {
    fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

impl VisitOfDocument {
    /// What everybody is called now.
    pub(in crate::features::documents) fn head(&self) -> DocumentHead {
        DocumentHead {
            hospital_name: Some(self.hospital.name.clone()),
            doctor_name: Some(format!("Dr {}", self.doctor.user.name())),
            doctor_field: Some(self.doctor.specialization.clone()),
            doctor_license: Some(self.doctor.license_number.clone()),
            patient_name: Some(self.patient.name()),
            patient_born: self.patient.date_of_birth,
        }
    }
}

/// What the patient of a visit is told of it by.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(in crate::features::documents) struct VisitOfNews {
    pub(in crate::features::documents) id: i64,
    pub(in crate::features::documents) starts_at: DateTime<Utc>,
    pub(in crate::features::documents) version: i32,
    doctor_id: i64,
    patient_id: i64,
    #[sea_orm(nested)]
    pub(in crate::features::documents) patient: PatientOfDocument,
}

/// Who is told.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(in crate::features::documents) struct PatientOfDocument {
    pub(in crate::features::documents) user_id: i64,
    #[sea_orm(nested, alias = "patient_user")]
    account: AccountOfPatient,
}

#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct AccountOfPatient {
    erased_at: Option<DateTime<Utc>>,
}

impl VisitOfNews {
    /// Whose documents they are.
    pub(in crate::features::documents) fn topics(&self) -> Topics {
        [Topic::Agenda(self.doctor_id), Topic::PatientAgenda(self.patient_id)].into()
    }

    /// Whether nothing about the patient is kept any more.
    pub(in crate::features::documents) fn is_of_nobody(&self) -> bool {
        self.patient.account.erased_at.is_some()
    }
}

/// The visit `id`, if the viewer issues its documents. Whoever issues one in its hospital meanwhile waits for the next number.
pub(in crate::features::documents) async fn visit_of_document(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfDocument>, DbErr> {
    let visit = appointment::Entity::find_by_id(id).filter(scope_of_doctor(viewer));
    let mut visit =
        with_parties(visit, JoinType::InnerJoin).join(JoinType::InnerJoin, appointment::Relation::Hospital.def());
    QuerySelect::query(&mut visit).lock_with_tables(LockType::NoKeyUpdate, [hospital::Entity]);
    visit.into_partial_model().one(conn).await
}

/// A document, for whoever is about to revoke it.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct StandingOfDocument {
    pub(in crate::features::documents) number: i32,
    pub(in crate::features::documents) revoked_at: Option<DateTime<Utc>>,
    pub(in crate::features::documents) version: i32,
    #[sea_orm(nested)]
    pub(in crate::features::documents) visit: VisitOfNews,
}

/// The document `id`, if the viewer issues those of its visit.
pub(in crate::features::documents) async fn standing(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<StandingOfDocument>, DbErr> {
    let found = document::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join_as(JoinType::InnerJoin, patient::Relation::User.def(), "patient_user")
        .filter(scope_of_doctor(viewer));
    found.into_partial_model().one(conn).await
}
