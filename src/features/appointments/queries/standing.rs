//! Where an appointment stands: what its page says of it without opening the record.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event as event, call,
    enums::{EventKind, GuestKind, NoteState},
    note, patient, visit_guest,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef, RelationTrait, Select,
    sea_query::{Expr, ExprTrait, IntoCondition, SimpleExpr},
};

use super::{AppointmentRow, DeviceChecks, is_kept_from_patient, scope, with_device_checks, with_parties};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader, is_word},
};

/// Where an appointment stands. Nothing clinical but what lists have.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct StandingRecord {
    pub(in crate::features::appointments) row: AppointmentRow,
    pub(in crate::features::appointments) note: Option<NoteOfVisit>,
    pub(in crate::features::appointments) devices: DeviceChecks,
    /// Those who were let into its call beside the two who meet.
    pub(in crate::features::appointments) guests: Vec<GuestOfVisit>,
    pub(in crate::features::appointments) marks: RecordMarks,
}

/// That there is a note, and whether it is to be read; nothing of what it says.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "note::Entity")]
pub(in crate::features::appointments) struct NoteOfVisit {
    pub(in crate::features::appointments) state: NoteState,
    pub(in crate::features::appointments) signed_at: Option<DateTime<Utc>>,
    /// Whether the patient sees nothing of it: it is kept from them, or was entered in error.
    #[sea_orm(from_expr = "is_kept_from_patient()")]
    pub(in crate::features::appointments) is_kept_from_patient: bool,
}

/// A guest who was let into the call.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit_guest::Entity")]
pub(in crate::features::appointments) struct GuestOfVisit {
    pub(super) id: i64,
    /// None some weeks after the visit.
    pub(in crate::features::appointments) name: Option<String>,
    pub(in crate::features::appointments) kind: GuestKind,
    pub(in crate::features::appointments) admitted_at: Option<DateTime<Utc>>,
}

/// By what the rest of the record is told from what it was before, without a word of it: its history with the reasons, and whom it is about.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(in crate::features::appointments) struct RecordMarks {
    #[sea_orm(from_expr = "last_event()")]
    pub(in crate::features::appointments) last_event: Option<i64>,
    #[sea_orm(from_expr = "ended_calls()")]
    pub(in crate::features::appointments) ended_calls: i64,
    #[sea_orm(from_expr = "was_started()")]
    pub(in crate::features::appointments) was_started: bool,
    #[sea_orm(nested)]
    pub(in crate::features::appointments) patient: PatientMark,
}

/// When the record of the patient was changed last: what stands above each page about them may be another.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(crate) struct PatientMark {
    pub(crate) updated_at: DateTime<Utc>,
}

/// The same beside one guest; the guest is missing when there is none.
#[derive(Clone, Debug, DerivePartialModel)]
pub(super) struct StandingRow {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    note: Option<NoteOfVisit>,
    #[sea_orm(nested)]
    devices: DeviceChecks,
    #[sea_orm(nested)]
    marks: RecordMarks,
    #[sea_orm(nested)]
    pub(super) guest: Option<GuestOfVisit>,
}

impl From<StandingRow> for StandingRecord {
    fn from(StandingRow { row, note, devices, marks, guest }: StandingRow) -> Self {
        Self { row, note, devices, guests: Vec::from_iter(guest), marks }
    }
}

/// Where the appointment `id` stands, if it is the viewer's to see. One statement.
pub(in crate::features::appointments) async fn standing(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<StandingRecord>, DbErr> {
    let visit = appointment::Entity::find().filter(scope(viewer)).filter(Column::Id.eq(id));
    let joined = with_standing(visit).order_by_asc(visit_guest::Column::Id);
    // Of notes all that is told here is on lists as well.
    let topics = viewer.visit_topics().and([Topic::Visit(id)]);
    let read = async |conn: &ReadConnection<'_>| joined.clone().into_partial_model().all(conn).await;
    let found: Vec<StandingRow> = reader.run(topics, read).await?;
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return Ok(None) };
    let mut standing = StandingRecord::from(first);
    standing.guests.extend(found.filter_map(|row| row.guest));
    Ok(Some(standing))
}

/// `visit` with what [`StandingRow`] reads.
pub(super) fn with_standing(visit: Select<appointment::Entity>) -> Select<appointment::Entity> {
    with_device_checks(with_parties(visit, JoinType::InnerJoin))
        .join(JoinType::LeftJoin, note::Relation::Appointment.def().rev())
        .join(JoinType::LeftJoin, were_let_in())
}

fn were_let_in() -> RelationDef {
    let is_let_in = |_, guest| Expr::col((guest, visit_guest::Column::AdmittedAt)).is_not_null().into_condition();
    appointment::Relation::VisitGuest.def().on_condition(is_let_in)
}

/// The steps of the visit, of a statement that has `appointment` in it.
fn steps() -> Select<event::Entity> {
    let own = Expr::col((event::Entity, event::Column::AppointmentId)).equals((appointment::Entity, Column::Id));
    event::Entity::find().select_only().filter(own)
}

fn last_event() -> SimpleExpr {
    Expr::from(steps().expr(event::Column::Id.max()).into_query())
}

fn was_started() -> SimpleExpr {
    let starts = steps().column(event::Column::Id).filter(is_word(event::Column::Kind, EventKind::Started));
    Expr::exists(starts.into_query())
}

fn ended_calls() -> SimpleExpr {
    let own = Expr::col((call::Entity, call::Column::AppointmentId)).equals((appointment::Entity, Column::Id));
    let ended = call::Entity::find()
        .select_only()
        .expr(call::Column::Id.count())
        .filter(own)
        .filter(call::Column::EndReason.is_not_null());
    Expr::from(ended.into_query())
}
