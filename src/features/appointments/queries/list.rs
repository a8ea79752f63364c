//! The list of appointments: a page of rows, and how many there are, in one statement, and the doctors
//! that the filter offers.

use chrono::{DateTime, Days, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::Role,
    patient, user,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, Order, PartialModelTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{AppointmentRow, needs_outcome, not_over, of_absent_parties, scope, to_come, with_parties, without_doctor};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::{Topic, Topics},
    db::{Reach, Reader, Selecting, counted, counting, is_person, is_word},
    features::appointments::{appointment::StatusFilter, forms::ListFilter},
    text::Term,
    time_zone::Tz,
    web::{Paginated, Paging, Present, start_of_day},
};

/// A doctor to choose in the filter.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct DoctorOption {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) first_name: String,
    pub(in crate::features::appointments) last_name: String,
}

/// What is said of the whole list, and one row of this page; none when the page has no rows.
#[derive(FromQueryResult)]
struct Counted {
    total: i64,
    /// When another visit comes onto the list, or leaves it, though nobody does anything.
    next_entry: Option<DateTime<Utc>>,
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

/// The viewer's appointments that `filter` lets through, the latest start first, and how many there
/// are on all pages. Of what needs an outcome the earliest start comes first, as on the dashboard.
pub(in crate::features::appointments) async fn list(
    viewer: &Viewer,
    reader: &Reader,
    (filter, present): (&ListFilter, &Present),
    paging: Paging,
) -> Result<Paginated<AppointmentRow>, DbErr> {
    let rows = page_of(viewer, (filter, present.instant()), paging);
    let found = reader
        .run(topics(viewer, filter), async |conn| {
            Counted::find_by_statement(counting(&rows, conn.get_database_backend())).all(conn).await
        })
        .await?;
    let (total, next_entry) = found.first().map_or((0, None), |first| (first.total, first.next_entry));
    present.ends_with(next_entry);
    let rows = found.into_iter().filter_map(|counted| counted.row).collect();
    Ok(Paginated { total: u64::try_from(total).unwrap_or(0), rows })
}

/// What the list depends on. Names are a part of the visits; how people are reached is not, but by an address or a phone number they
/// are found.
fn topics(viewer: &Viewer, filter: &ListFilter) -> Topics {
    let hospital = viewer.hospital().filter(|_| filter.search.terms().iter().any(|term| term.contact.is_some()));
    let reached = hospital.map(|hospital| [Topic::Patients(hospital.id), Topic::Doctors(hospital.id)]);
    viewer.visit_topics().and(reached.into_iter().flatten())
}

/// One row at least, whatever there is on the page: what is said of the whole list is true of an empty one as well.
fn page_of(viewer: &Viewer, (filter, now): (&ListFilter, DateTime<Utc>), paging: Paging) -> SelectStatement {
    let among = scope(viewer).add(matching(viewer, filter));
    let (wanted, next_entry, order) = match filter.status {
        None => (among, None, Order::Desc),
        Some(StatusFilter::Is(status)) => (among.add(is_word(Column::Status, status)), None, Order::Desc),
        Some(StatusFilter::NeedsOutcome) => {
            (among.clone().add(needs_outcome(now)), Some(first_end(among.add(not_over(now)))), Order::Asc)
        }
        Some(StatusFilter::ToCome) => {
            let to_come = among.add(to_come(now));
            (to_come.clone(), Some(first_end(to_come)), Order::Asc)
        }
        Some(StatusFilter::WithoutDoctor) => {
            let without = among.clone().add(without_doctor(viewer, now));
            (without, Some(first_end(among.add(of_absent_parties(viewer, now)))), Order::Asc)
        }
    };
    let count = counted(of_visits(wanted.clone()));
    let nothing = || Expr::val(None::<DateTime<Utc>>);
    let whole = Query::select()
        .expr_as(Expr::from(count), "total")
        .expr_as(next_entry.map_or_else(nothing, Expr::from), "next_entry")
        .to_owned();
    // Only the rows of this page meet the people: joined first, a late page would read all of both.
    let mut on_page = of_visits(wanted);
    by_start(on_page.column((appointment::Entity, Column::Id)), &order).limit(paging.size).offset(paging.offset());
    let mut rows = Query::select();
    rows.columns([("whole", "total"), ("whole", "next_entry")])
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

fn of_visits(condition: Condition) -> SelectStatement {
    Query::select().from(appointment::Entity).cond_where(condition).to_owned()
}

/// When the first of them ends.
fn first_end(condition: Condition) -> SelectStatement {
    of_visits(condition).expr(Expr::col((appointment::Entity, Column::EndsAt)).min()).to_owned()
}

fn by_start<'a>(rows: &'a mut SelectStatement, order: &Order) -> &'a mut SelectStatement {
    rows.order_by((appointment::Entity, Column::StartsAt), order.clone())
        .order_by((appointment::Entity, Column::Id), order.clone())
}

/// What the filter asks for besides the status.
fn matching(viewer: &Viewer, filter: &ListFilter) -> Condition {
    let mut condition = Condition::all();
    if let Some(doctor_id) = filter.doctor_id {
        condition = condition.add(Column::DoctorId.eq(doctor_id));
    }
    if let Some(patient_id) = filter.patient_id {
        condition = condition.add(Column::PatientId.eq(patient_id));
    }
    condition = condition.add(days(filter, viewer.zone()));
    filter.search.terms().iter().fold(condition, |all, term| all.add(party_is(viewer, term)))
}

/// From the first instant of the first day to the last of the last, in `zone`.
fn days(filter: &ListFilter, zone: Tz) -> Condition {
    let mut condition = Condition::all();
    if let Some(from) = filter.from {
        condition = condition.add(Column::StartsAt.gte(start_of_day(from, zone)));
    }
    if let Some(to) = filter.to {
        let end = start_of_day(to + Days::new(1), zone);
        condition = condition.add(Column::StartsAt.lt(end));
    }
    condition
}

/// Whether `term` finds somebody the viewer would look for: the other party, to an administrator either.
fn party_is(viewer: &Viewer, term: &Term) -> Condition {
    let patient = Column::PatientId
        .in_subquery(found((patient::Entity, patient::Column::Id, patient::Column::UserId), (viewer, term)));
    let doctor = Column::DoctorId
        .in_subquery(found((doctor::Entity, doctor::Column::Id, doctor::Column::UserId), (viewer, term)));
    match viewer.role() {
        Role::Doctor => Condition::any().add(patient),
        Role::Patient => Condition::any().add(doctor),
        Role::HospitalAdmin | Role::SuperAdmin => Condition::any().add(patient).add(doctor),
    }
}

/// The ids of those of one side, in the viewer's hospital, whom `term` finds. A patient does not see how doctors are reached.
fn found<E: EntityTrait>(
    (side, id, user_id): (E, E::Column, E::Column),
    (viewer, term): (&Viewer, &Term),
) -> SelectStatement {
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    Query::select()
        .column((side, id))
        .from(side)
        .inner_join(user::Entity, Expr::col((user::Entity, user::Column::Id)).equals((side, user_id)))
        .and_where(user::Column::HospitalId.eq(hospital_id))
        .cond_where(is_person(term, Reach::of(viewer.role() != Role::Patient)))
        .to_owned()
}
