//! Where an appointment stands: what its page says of it without opening the record.

use chrono::{DateTime, Utc};
use entity::{
    appointment,
    enums::{GuestKind, NoteState},
    note, visit_guest,
};
use sea_orm::{
    DerivePartialModel, JoinType, QuerySelect, RelationDef, RelationTrait, Select,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::{AppointmentRow, DeviceChecks, RecordedStep, is_kept_from_patient, with_device_checks, with_parties};

/// Where an appointment stands. Nothing clinical but what lists have.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct StandingRecord {
    pub(in crate::features::appointments) row: AppointmentRow,
    pub(in crate::features::appointments) note: Option<NoteOfVisit>,
    pub(in crate::features::appointments) devices: DeviceChecks,
    /// Those who were let into its call beside the two who meet.
    pub(in crate::features::appointments) guests: Vec<GuestOfVisit>,
    /// The step by which it came to where it stands, if it is one that can be taken back.
    pub(in crate::features::appointments) recorded: Option<RecordedStep>,
    /// Whether it ever began.
    pub(in crate::features::appointments) was_started: bool,
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
    pub(super) guest: Option<GuestOfVisit>,
}

impl From<StandingRow> for StandingRecord {
    fn from(StandingRow { row, note, devices, guest }: StandingRow) -> Self {
        Self { row, note, devices, guests: Vec::from_iter(guest), recorded: None, was_started: false }
    }
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
