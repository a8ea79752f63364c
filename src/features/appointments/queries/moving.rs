//! A visit that is moved, and the doctors of its hospital, whom it could be with.

use chrono::NaiveDate;
use entity::{appointment::Column, doctor, document, enums::Role, note, user};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait,
    sea_query::{Condition, Expr, ExprTrait as _, LockType, SimpleExpr},
};

use super::{
    change::{AppointmentState, states},
    scope,
};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ReadConnection, Reader, is_word},
    text::doctor_name,
};

/// A visit that somebody is about to move, with who meets.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct VisitToMove {
    #[sea_orm(nested)]
    pub(in crate::features::appointments) state: AppointmentState,
    doctor_first_name: String,
    doctor_last_name: String,
    patient_first_name: String,
    patient_last_name: String,
    /// Two of one name are told apart by it.
    pub(in crate::features::appointments) patient_date_of_birth: Option<NaiveDate>,
}

/// A doctor who practises in the hospital of a visit.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct Colleague {
    /// `doctor.id`
    #[sea_orm(alias = "colleague_id")]
    pub(in crate::features::appointments) id: i64,
    #[sea_orm(alias = "colleague_first_name")]
    first_name: String,
    #[sea_orm(alias = "colleague_last_name")]
    last_name: String,
    #[sea_orm(alias = "colleague_field")]
    pub(in crate::features::appointments) specialization: String,
}

/// The visit, once beside each doctor.
#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    visit: VisitToMove,
    #[sea_orm(nested)]
    colleague: Option<Colleague>,
}

impl VisitToMove {
    /// As it is written everywhere.
    pub(in crate::features::appointments) fn doctor(&self) -> String {
        doctor_name(&self.doctor_first_name, &self.doctor_last_name)
    }

    pub(in crate::features::appointments) fn patient(&self) -> String {
        format!("{} {}", self.patient_first_name, self.patient_last_name)
    }
}

impl Colleague {
    /// As it is written everywhere.
    pub(in crate::features::appointments) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// The visit `id` for the page that moves it, if it is the viewer's to see, and all who practise in its hospital, by name. One statement.
pub(in crate::features::appointments) async fn visit_to_move(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(VisitToMove, Vec<Colleague>)>, DbErr> {
    let patient_is = |column: user::Column| Expr::col(("patient_user", column));
    let colleague_is = |column: user::Column| Expr::col(("colleague_user", column));
    let mut found = states()
        .column_as(user::Column::FirstName, "doctor_first_name")
        .column_as(user::Column::LastName, "doctor_last_name")
        .expr_as(patient_is(user::Column::FirstName), "patient_first_name")
        .expr_as(patient_is(user::Column::LastName), "patient_last_name")
        .expr_as(patient_is(user::Column::DateOfBirth), "patient_date_of_birth")
        .expr_as(Expr::col(("colleague", doctor::Column::Id)), "colleague_id")
        .expr_as(colleague_is(user::Column::FirstName), "colleague_first_name")
        .expr_as(colleague_is(user::Column::LastName), "colleague_last_name")
        .expr_as(Expr::col(("colleague", doctor::Column::Specialization)), "colleague_field")
        .filter(Column::Id.eq(id))
        .filter(scope(viewer));
    let practises = Condition::all()
        .add(colleague_is(user::Column::HospitalId).eq(Column::HospitalId.into_expr()))
        .add(colleague_is(user::Column::Role).eq(Role::Doctor.to_value()))
        .add(colleague_is(user::Column::Active).eq(true));
    let is_theirs = colleague_is(user::Column::Id).equals(("colleague", doctor::Column::UserId));
    QuerySelect::query(&mut found)
        .join_as(JoinType::LeftJoin, user::Entity, "colleague_user", practises)
        .join_as(JoinType::LeftJoin, doctor::Entity, "colleague", is_theirs)
        .order_by_expr(colleague_is(user::Column::NameKey), sea_orm::Order::Asc)
        .order_by_expr(Expr::col(("colleague", doctor::Column::Id)), sea_orm::Order::Asc);
    let topics = Topics::exempt("a form, whose page is not kept");
    let rows: Vec<Row> = reader.run(topics, async |conn| found.clone().into_model().all(conn).await).await?;
    let visit = rows.first().map(|row| row.visit.clone());
    Ok(visit.map(|visit| (visit, rows.into_iter().filter_map(|row| row.colleague).collect())))
}

/// Who is to have a visit that another doctor has now.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct ReceivingDoctor {
    /// `doctor.id`
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) user_id: i64,
    /// Whether they practise there still.
    pub(in crate::features::appointments) active: bool,
    /// Whether a note of the visit was begun, or a document of it issued: it is that of who wrote it.
    pub(in crate::features::appointments) has_writing: bool,
}

/// The doctor `id` for a visit of their hospital, within the unit of work of whoever hands it over: until that ends nobody records an absence of theirs.
pub(in crate::features::appointments) async fn receiving_doctor(
    conn: &ReadConnection<'_>,
    visit: &AppointmentState,
    id: i64,
) -> Result<Option<ReceivingDoctor>, DbErr> {
    let mut found = doctor::Entity::find_by_id(id)
        .select_only()
        .columns([doctor::Column::Id, doctor::Column::UserId])
        .column(user::Column::Active)
        .expr_as(has_writing(visit.id), "has_writing")
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(is_word(user::Column::Role, Role::Doctor))
        .filter(user::Column::HospitalId.eq(visit.hospital_id));
    QuerySelect::query(&mut found).lock_with_tables(LockType::Share, [doctor::Entity]);
    found.into_model().one(conn).await
}

fn has_writing(appointment_id: i64) -> SimpleExpr {
    let notes = note::Entity::find()
        .select_only()
        .column(note::Column::Id)
        .filter(note::Column::AppointmentId.eq(appointment_id));
    let documents = document::Entity::find()
        .select_only()
        .column(document::Column::Id)
        .filter(document::Column::AppointmentId.eq(appointment_id));
    Expr::exists(notes.into_query()).or(Expr::exists(documents.into_query()))
}
