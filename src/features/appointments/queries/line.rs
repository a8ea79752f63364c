//! Visits that lists show, and who waits before them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::AppointmentStatus,
};
use sea_orm::{ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, QueryFilter};

use super::{
    arrived_at,
    rows::{AppointmentRow, of_ids, visits},
};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_word},
};

/// Somebody who waits, as far as the turn of others depends on it.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct Waiting {
    id: i64,
    doctor_id: i64,
    starts_at: DateTime<Utc>,
    #[sea_orm(from_expr = "arrived_at()")]
    arrived_at: Option<DateTime<Utc>>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "line_"))]
    line: InList<Waiting>,
    #[sea_orm(nested(prefix = "visit_"))]
    visit: InList<AppointmentRow>,
}

/// Visits by id, and for those that wait whose turn it is: 1 is next.
#[derive(Debug, Default)]
pub(crate) struct VisitsInLine {
    pub(crate) visits: BTreeMap<i64, AppointmentRow>,
    pub(crate) places: BTreeMap<i64, usize>,
}

/// [`visits`], in line with all others who wait for `doctors` (`doctor.id`), which are those that the viewer waits for. One statement.
pub(crate) async fn visits_in_line(
    viewer: &Viewer,
    reader: &Reader,
    (ids, doctors): (Vec<i64>, &[i64]),
) -> Result<VisitsInLine, DbErr> {
    let Some(found) = of_ids(viewer, ids.clone()).filter(|_| !doctors.is_empty()) else {
        return Ok(VisitsInLine { visits: visits(viewer, reader, ids).await?, places: BTreeMap::new() });
    };
    let waiting = appointment::Entity::find()
        .filter(Column::DoctorId.is_in(doctors.iter().copied()))
        .filter(is_word(Column::Status, AppointmentStatus::Waiting));
    let lists = SideBySide::default().list::<Waiting>("line", waiting).list::<AppointmentRow>("visit", found);
    let topics = viewer.visit_topics().and(doctors.iter().map(|doctor| Topic::Agenda(*doctor)));
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let (mut line, mut visits) = (Vec::new(), BTreeMap::new());
    for row in rows {
        line.extend(row.line);
        visits.extend(row.visit.into_iter().map(|visit| (visit.id, visit)));
    }
    line.sort_unstable_by_key(|waiting| (waiting.arrived_at, waiting.id));
    let places = line.iter().filter(|own| visits.contains_key(&own.id)).map(|own| (own.id, place(viewer, &line, *own)));
    Ok(VisitsInLine { places: places.collect(), visits })
}

/// Its place among those in `line` who wait for the same doctor on the same day; as the room has it.
fn place(viewer: &Viewer, line: &[Waiting], own: Waiting) -> usize {
    let day = |waiting: &Waiting| (waiting.doctor_id, viewer.zone().local(waiting.starts_at).date());
    let before = line.iter().take_while(|waiting| waiting.id != own.id).filter(|waiting| day(waiting) == day(&own));
    before.count() + 1
}
