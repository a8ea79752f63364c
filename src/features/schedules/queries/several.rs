//! The schedules of several doctors of a hospital, of whom any would do: one statement for all of them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    appointment, doctor,
    enums::{AppointmentStatus, Role},
    user,
};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QueryOrder, sea_query::ExprTrait as _};

use super::{
    super::free::{Schedule, Schedules, Stretch},
    DoctorOfSchedule, in_state, lists, of_hospital, read,
};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{ReadConnection, Reader},
};

/// The doctors who practise in the viewer's hospital, by name; to a patient those who take requests.
pub(in super::super) async fn practising(viewer: &Viewer, reader: &Reader) -> Result<Vec<DoctorOfSchedule>, DbErr> {
    let Some(hospital) = viewer.hospital() else { return Ok(Vec::new()) };
    let mut found = of_hospital(hospital.id)
        .filter(user::Column::Active.eq(true))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(doctor::Column::Id);
    if viewer.role() == Role::Patient {
        found = found.filter(doctor::Column::Accepting.eq(true));
    }
    let topics = Topics::from([Topic::Doctors(hospital.id), Topic::Hospital(hospital.id)]);
    reader.run(topics, async |conn| found.clone().into_model().all(conn).await).await
}

/// The doctors of one hospital who could be visited, and the patient who is to come to one of them, if it is known who.
#[derive(Clone, Debug)]
pub(crate) struct Candidates {
    pub(crate) hospital_id: i64,
    /// `doctor.id`
    pub(crate) doctors: Vec<i64>,
    /// `patient.id`
    pub(crate) patient_id: Option<i64>,
    /// How far ahead they can be booked.
    pub(crate) horizon: TimeDelta,
}

/// The schedules of the candidates as far as they touch `within`. The caller has seen to it that the viewer may know.
pub(crate) async fn several(reader: &Reader, among: &Candidates, within: Stretch) -> Result<Schedules, DbErr> {
    // The hospital's board has the visits of all of them: a page that named the agenda of each would have too many topics to be told of changes.
    let topics = Topics::from(Topic::Board(among.hospital_id))
        .and(among.doctors.iter().map(|id| Topic::Schedule(*id)))
        .and(among.patient_id.map(Topic::PatientAgenda));
    reader.run(topics, async |conn| several_now(conn, among, within).await).await
}

/// The same for somebody who is about to promise a time, within their unit of work.
pub(crate) async fn several_now(
    conn: &ReadConnection<'_>,
    among: &Candidates,
    within: Stretch,
) -> Result<Schedules, DbErr> {
    let Candidates { hospital_id, doctors, patient_id, horizon } = among;
    let theirs = appointment::Column::HospitalId
        .eq(*hospital_id)
        .and(appointment::Column::DoctorId.is_in(doctors.iter().copied()));
    let busy = in_state(theirs, &AppointmentStatus::BUSY, within);
    let found: BTreeMap<i64, Schedule> = read(conn, doctors, lists(doctors, *patient_id, busy, within)).await?;
    Ok(Schedules::new(found, *horizon))
}
