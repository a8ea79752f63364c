//! The rows of the book: one for each time at which a visit begins or could.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use serde::Serialize;

use super::column::BookColumn;
use crate::{
    access::PageContext,
    features::{
        appointments::{StatusTag, status_tag},
        day_book::queries::VisitOfBook,
        schedules::{Rules, Time, booking_href},
    },
    web::Moment,
};

/// A row: what begins then.
#[derive(Debug, Serialize)]
pub(super) struct BookRow {
    /// When it begins.
    time: String,
    /// Whether there is time before it in which nothing begins.
    follows_gap: bool,
    /// Whether it is the last that has begun: the present is drawn below it.
    is_now: bool,
    cells: Vec<BookCell>,
}

/// What there is of a column in a row.
#[derive(Debug, Serialize)]
struct BookCell {
    doctor_id: i64,
    visits: Vec<VisitInBook>,
    free: Vec<FreeInBook>,
    /// The doctor is away for some of it.
    is_away: bool,
    /// And not in the row above it.
    begins_away: bool,
    /// A visit that began before it goes on, and nothing else begins.
    goes_on: bool,
}

/// A visit in a cell.
#[derive(Debug, Serialize)]
struct VisitInBook {
    id: i64,
    /// Whether it stands on the day before as well, where it has begun.
    continues: bool,
    href: String,
    person: String,
    starts_at: Moment,
    /// None where it is as long as a row.
    ends_at: Option<Moment>,
    status: StatusTag,
    marks: Vec<&'static str>,
}

/// A time that can be booked.
#[derive(Debug, Serialize)]
struct FreeInBook {
    #[serde(flatten)]
    time: Time,
    href: String,
    /// With whom, and when, for those who hear the link alone.
    about: String,
}

/// The rows, and whether the present is before the first of them. It is drawn where today is among the days.
pub(super) fn rows(context: PageContext<'_>, columns: &[BookColumn<'_>]) -> (Vec<BookRow>, bool) {
    let Some(grid) = columns.first().map(|column| Grid { rules: column.rules }) else { return (Vec::new(), false) };
    let zone = grid.rules.zone;
    let begun = columns.iter().flat_map(|column| {
        let slots = column.slots.iter().map(|slot| slot.starts_at);
        slots.map(|at| grid.number(at)).chain(column.visits.iter().map(|visit| grid.row_of(column, visit)))
    });
    let numbers: BTreeSet<i64> = begun.collect();
    let today = context.present.date(zone);
    let is_today = columns.iter().any(|column| column.date == today);
    let has_begun = |number: &i64| context.present.has_come(zone.resolve(grid.begins(today, *number)));
    let last_begun = numbers.iter().copied().filter(|number| is_today && has_begun(number)).max();
    let mut before = None;
    let rows: Vec<BookRow> = numbers
        .iter()
        .map(|number| BookRow {
            time: grid.begins(today, *number).format("%H:%M").to_string(),
            is_now: last_begun == Some(*number),
            cells: columns.iter().map(|column| grid.cell(context, column, (*number, before))).collect(),
            follows_gap: before
                .replace(*number)
                .is_some_and(|above: i64| above + grid.rules.slot.num_minutes() < *number),
        })
        .collect();
    let is_now_first = is_today && last_begun.is_none() && !rows.is_empty();
    (rows, is_now_first)
}

/// A row's number is the minute of the day, on the clock of the hospital.
#[derive(Clone, Copy)]
struct Grid {
    rules: Rules,
}

impl Grid {
    /// In which row that is which begins `at`.
    fn number(self, at: DateTime<Utc>) -> i64 {
        let time = self.rules.zone.local(at).time();
        i64::from(time.hour() * 60 + time.minute())
    }

    /// In which row of the column the visit stands: one that goes on from the day before in the first there can be.
    fn row_of(self, column: &BookColumn<'_>, visit: &VisitOfBook) -> i64 {
        if column.continues(visit) { 0 } else { self.number(visit.row.starts_at) }
    }

    fn begins(self, date: NaiveDate, number: i64) -> NaiveDateTime {
        date.and_time(NaiveTime::MIN) + TimeDelta::minutes(number)
    }

    /// The cell of `column` in the row `number`, which stands below the row `above`.
    fn cell(self, context: PageContext<'_>, column: &BookColumn<'_>, (number, above): (i64, Option<i64>)) -> BookCell {
        let zone = self.rules.zone;
        let begins = |number| self.begins(column.date, number);
        // For some of the visit that would begin then.
        let is_away = |number| {
            let until = begins(number) + self.rules.slot;
            column.absences().any(|absence| absence.from < until && begins(number) < absence.until)
        };
        let begins_here = |at: DateTime<Utc>| self.number(at) == number;
        let goes_on = |visit: &&VisitOfBook| {
            let (from, until) = (zone.local(visit.row.starts_at), zone.local(visit.row.ends_at));
            visit.has_time() && from < begins(number) && begins(number) < until
        };
        let begin = column.visits.iter().filter(|visit| self.row_of(column, visit) == number);
        let visits: Vec<VisitInBook> = begin.map(|visit| self.visit(context, column, visit)).collect();
        let begin = column.free.iter().filter(|slot| begins_here(slot.starts_at));
        let free: Vec<FreeInBook> = begin.filter_map(|slot| FreeInBook::new(context, column, slot.starts_at)).collect();
        BookCell {
            doctor_id: column.doctor.id,
            is_away: is_away(number),
            begins_away: is_away(number) && !above.is_some_and(is_away),
            goes_on: visits.is_empty() && free.is_empty() && column.visits.iter().any(goes_on),
            visits,
            free,
        }
    }

    fn visit(self, context: PageContext<'_>, column: &BookColumn<'_>, visit: &VisitOfBook) -> VisitInBook {
        let moment = |at| Moment::new(at, self.rules.zone);
        let row = &visit.row;
        let continues = column.continues(visit);
        let is_usual = !continues && row.ends_at - row.starts_at == self.rules.slot;
        VisitInBook {
            id: row.id,
            continues,
            href: format!("/appointments/{}", row.id),
            person: row.patient_name(),
            starts_at: moment(row.starts_at),
            ends_at: (!is_usual).then(|| moment(row.ends_at)),
            status: status_tag(row.status),
            marks: column.marks(context, visit),
        }
    }
}

impl FreeInBook {
    fn new(context: PageContext<'_>, column: &BookColumn<'_>, starts_at: DateTime<Utc>) -> Option<Self> {
        let begin = booking_href(context.viewer, column.doctor.id)?;
        let time = Time::new(starts_at, column.rules.zone);
        let about = format!(", {}, {}", column.doctor.name(), column.date.format("%A %-d %B"));
        Some(Self { href: format!("{begin}starts_at={}", time.value), about, time })
    }
}
