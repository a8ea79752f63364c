//! Calls that nobody is in any more, for whoever ends them by the clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    appointment, call,
    call::Column,
    call_peer,
    enums::{AppointmentStatus, CallPath, CallState},
};
use sea_orm::{DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

use super::peers::last_here;
use crate::{
    coherence::{Topic, Topics},
    db::{ReadConnection, is_not_word},
    features::appointments::{OpenCall, call_seen_by},
};

/// A call to be ended.
#[derive(Clone, Debug)]
pub(in crate::features::calls) struct LostCall {
    pub(in crate::features::calls) call: OpenCall,
    /// When somebody was there for the last time; when it began, if nobody was.
    pub(in crate::features::calls) last_here: DateTime<Utc>,
    pub(in crate::features::calls) seen_by: Topics,
}

#[derive(FromQueryResult)]
struct Line {
    id: i64,
    started_at: DateTime<Utc>,
    connected_at: Option<DateTime<Utc>>,
    path: Option<CallPath>,
    restarts: i32,
    appointment_id: i64,
    status: AppointmentStatus,
    hospital_id: i64,
    doctor_id: i64,
    patient_id: i64,
    here_until: Option<DateTime<Utc>>,
    left_at: Option<DateTime<Utc>>,
}

impl Line {
    fn last_here(&self) -> DateTime<Utc> {
        last_here(self.here_until.unwrap_or(self.started_at), self.left_at)
    }

    fn call(&self) -> LostCall {
        let lists = Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id);
        LostCall {
            call: OpenCall { id: self.id, connected_at: self.connected_at, path: self.path, restarts: self.restarts },
            last_here: self.last_here(),
            seen_by: call_seen_by(lists, self.appointment_id),
        }
    }
}

/// Calls that go on, and of whose pages none was heard of since the instant `before`; or whose visits are over. All that go on are looked at: there are as
/// many as doctors who speak with somebody.
pub(in crate::features::calls) async fn lost(
    conn: &ReadConnection<'_>,
    before: DateTime<Utc>,
) -> Result<Vec<LostCall>, DbErr> {
    let open = call::Entity::find()
        .select_only()
        .columns([Column::Id, Column::StartedAt, Column::ConnectedAt, Column::Path, Column::Restarts])
        .column(Column::AppointmentId)
        .columns([
            appointment::Column::Status,
            appointment::Column::HospitalId,
            appointment::Column::DoctorId,
            appointment::Column::PatientId,
        ])
        .columns([call_peer::Column::HereUntil, call_peer::Column::LeftAt])
        .join(JoinType::InnerJoin, call::Relation::Appointment.def())
        .join(JoinType::LeftJoin, call::Relation::CallPeer.def())
        .filter(is_not_word(Column::State, CallState::Ended))
        .order_by_asc(Column::Id);
    let lines: Vec<Line> = open.into_model().all(conn).await?;
    let mut calls: BTreeMap<i64, (bool, LostCall)> = BTreeMap::new();
    for line in &lines {
        let (_, call) = calls.entry(line.id).or_insert_with(|| (!line.status.is_under_way(), line.call()));
        call.last_here = call.last_here.max(line.last_here());
    }
    Ok(calls
        .into_values()
        .filter(|(is_over, call)| *is_over || call.last_here <= before)
        .map(|(_, call)| call)
        .collect())
}
