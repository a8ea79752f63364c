//! The list of appointments: a page of rows, and how many there are, in one statement, and the doctors
//! that the filter offers.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::Role,
    user,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, Order, PartialModelTrait, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    AppointmentRow,
    wanted::{NEAR, WantedVisits, of_visits},
    with_parties,
};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::{Topic, Topics},
    db::{Reader, Selecting, counted, counting, is_word},
    features::appointments::forms::ListFilter,
    text::doctor_name,
    web::{Paginated, Paging, Present},
};

/// A doctor to choose in the filter.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct DoctorOption {
    pub(in crate::features::appointments) id: i64,
    first_name: String,
    last_name: String,
}

impl DoctorOption {
    /// As it is written everywhere.
    pub(in crate::features::appointments) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// What is said of the whole list, and one row of this page; none when the page has no rows.
#[derive(FromQueryResult)]
struct Counted {
    total: i64,
    /// How many there are on the other side of today.
    beside: Option<i64>,
    /// When another visit comes onto the list, or leaves it, though nobody does anything.
    next_entry: Option<DateTime<Utc>>,
    /// The next that comes onto the list a day before this moment.
    next_near: Option<DateTime<Utc>>,
    #[sea_orm(nested(prefix = "row_"))]
    row: Option<AppointmentRow>,
}

/// The doctors of the viewer's hospital by name. None to a doctor, whose list is their own.
pub(in crate::features::appointments) async fn doctors(
    viewer: &Viewer,
    reader: &Reader,
) -> Result<Vec<DoctorOption>, DbErr> {
    let (ViewerKind::HospitalAdmin { hospital } | ViewerKind::Patient { hospital, .. }) = &viewer.kind else {
        return Ok(Vec::new());
    };
    let found = doctor::Entity::find()
        .select_only()
        .column(doctor::Column::Id)
        .columns([user::Column::FirstName, user::Column::LastName])
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(user::Column::HospitalId.eq(hospital.id))
        .filter(is_word(user::Column::Role, Role::Doctor))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(doctor::Column::Id);
    let topic = Topic::Doctors(hospital.id);
    reader.run(topic, async |conn| found.clone().into_model().all(conn).await).await
}

/// The list of visits: a page of it, and how many there are that it does not have.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct FoundVisits {
    pub(in crate::features::appointments) page: Paginated<AppointmentRow>,
    /// How many there are on the other side of today, counted as those of the page are.
    pub(in crate::features::appointments) beside: u64,
}

/// The viewer's appointments that `filter` lets through, and how many there are on all pages: what is to come with the earliest start first,
/// what is past and what is chosen by days or by a status with the latest, and what is somebody's work with the earliest, as on the dashboard.
pub(in crate::features::appointments) async fn list(
    viewer: &Viewer,
    reader: &Reader,
    (filter, present): (&ListFilter, &Present),
    paging: Paging,
) -> Result<FoundVisits, DbErr> {
    let rows = page_of(WantedVisits::new(viewer, filter, present), paging);
    let found = reader
        .run(topics(viewer, filter), async |conn| {
            Counted::find_by_statement(counting(&rows, conn.get_database_backend())).all(conn).await
        })
        .await?;
    let first = found.first();
    present.ends_with(first.and_then(|first| first.next_entry));
    present.ends_with(first.and_then(|first| first.next_near).map(|moment| moment - NEAR));
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let (total, beside) = (count(first.map(|first| first.total)), count(first.and_then(|first| first.beside)));
    let rows = found.into_iter().filter_map(|counted| counted.row).collect();
    Ok(FoundVisits { page: Paginated { total, rows }, beside })
}

/// What the list depends on. Names are a part of the visits; how people are reached is not, but by an address or a phone number they
/// are found.
fn topics(viewer: &Viewer, filter: &ListFilter) -> Topics {
    let hospital = viewer.hospital().filter(|_| filter.search.terms().iter().any(|term| term.contact.is_some()));
    let reached = hospital.map(|hospital| [Topic::Patients(hospital.id), Topic::Doctors(hospital.id)]);
    viewer.visit_topics().and(reached.into_iter().flatten())
}

/// One row at least, whatever there is on the page: what is said of the whole list is true of an empty one as well.
fn page_of(wanted: WantedVisits, paging: Paging) -> SelectStatement {
    let WantedVisits { among, beside, ends, nears, order } = wanted;
    let count = |condition| Expr::from(counted(of_visits(condition)));
    let moment = |found: Option<SelectStatement>| found.map_or_else(|| Expr::val(None::<DateTime<Utc>>), Expr::from);
    let whole = Query::select()
        .expr_as(count(among.clone()), "total")
        .expr_as(beside.map_or_else(|| Expr::val(None::<i64>), count), "beside")
        .expr_as(moment(ends), "next_entry")
        .expr_as(moment(nears), "next_near")
        .to_owned();
    // Only the rows of this page meet the people: joined first, a late page would read all of both.
    let mut on_page = of_visits(among);
    by_start(on_page.column((appointment::Entity, Column::Id)), &order).limit(paging.size).offset(paging.offset());
    let mut rows = Query::select();
    rows.columns(["total", "beside", "next_entry", "next_near"].map(|column| ("whole", column)))
        .from_subquery(whole, "whole")
        .join_subquery(JoinType::LeftJoin, on_page, "on_page", Expr::Constant(true.into()))
        .join(
            JoinType::LeftJoin,
            appointment::Entity,
            Expr::col(("on_page", Column::Id)).equals((appointment::Entity, Column::Id)),
        );
    let rows = with_parties(Selecting(rows), JoinType::LeftJoin);
    let mut rows = AppointmentRow::select_cols_nested(rows, Some("row_"), None).0;
    by_start(&mut rows, &order);
    rows
}

fn by_start<'a>(rows: &'a mut SelectStatement, order: &Order) -> &'a mut SelectStatement {
    rows.order_by((appointment::Entity, Column::StartsAt), order.clone())
        .order_by((appointment::Entity, Column::Id), order.clone())
}
