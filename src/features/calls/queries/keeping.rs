//! Calls that nobody is in any more, for whoever ends them by the clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    appointment, call,
    call::Column,
    call_peer,
    enums::{AppointmentStatus, CallState, Modality},
};
use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::{is_over, peers::last_here};
use crate::{
    coherence::{Topic, Topics},
    db::{ReadConnection, is_not_word},
    features::appointments::{VisitSituation, call_seen_by},
};

/// A call that is to be ended, as far as was seen.
#[derive(Clone, Debug)]
pub(in crate::features::calls) struct LostCall {
    /// `call.id`
    pub(in crate::features::calls) id: i64,
    /// `appointment.id`
    pub(in crate::features::calls) visit: i64,
    /// When it began; since then nobody was there, if it has no page.
    pub(in crate::features::calls) started_at: DateTime<Utc>,
    /// Whether nobody can take part in it any more, who is there or not.
    pub(in crate::features::calls) is_over: bool,
    pub(in crate::features::calls) seen_by: Topics,
}

#[derive(FromQueryResult)]
struct Line {
    id: i64,
    state: CallState,
    started_at: DateTime<Utc>,
    appointment_id: i64,
    status: AppointmentStatus,
    modality: Modality,
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
            id: self.id,
            visit: self.appointment_id,
            started_at: self.started_at,
            is_over: is_over(self.state, VisitSituation { status: self.status, modality: self.modality }),
            seen_by: call_seen_by(lists, self.appointment_id),
        }
    }
}

/// Calls that go on, and of whose pages, without those of guests, none was heard of since the instant `before`; or in which nobody can take part. All that
/// go on are looked at: there are as many as doctors who speak with somebody. Of their pages those alone are that were there since.
pub(in crate::features::calls) async fn lost(
    conn: &ReadConnection<'_>,
    before: DateTime<Utc>,
) -> Result<Vec<LostCall>, DbErr> {
    let lately = call::Relation::CallPeer.def().on_condition(move |_, peer| {
        let left = Expr::col((peer.clone(), call_peer::Column::LeftAt));
        let lately = left.clone().is_null().or(left.gt(before)).into_condition();
        // A guest who is left alone keeps no call.
        lately.add(Expr::col((peer, call_peer::Column::GuestId)).is_null())
    });
    let open = call::Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::StartedAt, Column::AppointmentId])
        .columns([
            appointment::Column::Status,
            appointment::Column::Modality,
            appointment::Column::HospitalId,
            appointment::Column::DoctorId,
            appointment::Column::PatientId,
        ])
        .columns([call_peer::Column::HereUntil, call_peer::Column::LeftAt])
        .join(JoinType::InnerJoin, call::Relation::Appointment.def())
        .join(JoinType::LeftJoin, lately)
        .filter(is_not_word(Column::State, CallState::Ended))
        .order_by_asc(Column::Id);
    let lines: Vec<Line> = open.into_model().all(conn).await?;
    let mut calls: BTreeMap<i64, (bool, LostCall)> = BTreeMap::new();
    for line in &lines {
        let (is_there, _) = calls.entry(line.id).or_insert_with(|| (false, line.call()));
        *is_there |= before < line.last_here();
    }
    Ok(calls.into_values().filter(|(is_there, call)| call.is_over || !is_there).map(|(_, call)| call).collect())
}
