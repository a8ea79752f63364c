//! Free times across doctors: a week of whole days.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use entity::enums::Role;
use serde::Serialize;

use super::{
    super::{
        forms::{ANY_DOCTOR, TimesSearch, fields},
        free::{NoTimes, Rules, Schedules, Stretch},
        queries::DoctorOfSchedule,
    },
    days::{DayLink, FreeDay, FreeTime, booking_href, in_words},
};
use crate::{
    access::{PageContext, Viewer, ViewerKind},
    web::{FormView, Page, moment::date_in_words},
};

/// So many days are shown at once.
pub(in super::super) const WEEK: u64 = 7;

/// An entry of a select.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    label: String,
}

/// The free times of the doctors of a hospital.
#[derive(Debug, Serialize)]
pub(in super::super) struct FreeWeek {
    form: FormView,
    doctors: Vec<Choice>,
    fields: Vec<Choice>,
    /// What stands behind each time, where any doctor would do.
    behind: Option<&'static str>,
    /// How a time is booked; none where there is none.
    hint: Option<&'static str>,
    zone: &'static str,
    /// `24 November 2026 to 30 November 2026`; empty while it is not understood what is looked for.
    span: String,
    days: Vec<FreeDay>,
    /// The next day that has a free time, of a week without one.
    next_free: Option<DayLink>,
    earlier: Option<DayLink>,
    later: Option<DayLink>,
}

/// What is looked for, and what there is of it.
pub(in super::super) struct FoundWeek {
    pub(in super::super) search: TimesSearch,
    pub(in super::super) week: Schedules,
    pub(in super::super) rules: Rules,
    /// The next day that has a free time, of a week without one.
    pub(in super::super) next_free: Option<NaiveDate>,
}

impl FreeWeek {
    /// The week that was found, with the form that looked for it.
    pub(in super::super) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        doctors: &[DoctorOfSchedule],
        form: FormView,
        FoundWeek { search, week, rules, next_free }: &FoundWeek,
    ) -> Self {
        let free = |date| week.free_with(date, *rules, present);
        let sentence = if search.doctor_id.is_some() { NoTimes::sentence } else { NoTimes::sentence_of_all };
        let day =
            |date| FreeDay::new(date, free(date).map(|free| times((viewer, doctors), search, free)).map_err(sentence));
        let link = |date: NaiveDate| DayLink { href: search.address(date), label: in_words(date) };
        let next = search.from + Days::new(WEEK);
        let days: Vec<FreeDay> = search.from.iter_days().take_while(|date| *date < next).map(day).collect();
        Self {
            behind: search
                .doctor_id
                .is_none()
                .then(|| if is_told_names(viewer) { "who is free then" } else { "how many doctors are free then" }),
            hint: days.iter().any(|day| !day.is_empty()).then(|| hint(viewer, search.doctor_id)),
            span: format!("{} to {}", date_in_words(search.from), date_in_words(next - Days::new(1))),
            days,
            next_free: next_free.map(link),
            earlier: (search.from > search.today).then(|| link(search.today.max(search.from - Days::new(WEEK)))),
            later: (next <= search.last_day()).then(|| link(next)),
            ..Self::refused(viewer, doctors, form)
        }
    }

    /// The form alone, with what is wrong in it.
    pub(in super::super) fn refused(viewer: &Viewer, doctors: &[DoctorOfSchedule], form: FormView) -> Self {
        let any = (ANY_DOCTOR.to_owned(), "Any doctor".to_owned());
        let each = doctors.iter().map(|doctor| (doctor.id.to_string(), doctor.label()));
        let choice = |(value, label)| Choice { value, label };
        Self {
            form,
            doctors: [any].into_iter().chain(each).filter(|_| !doctors.is_empty()).map(choice).collect(),
            fields: fields(doctors).into_iter().map(|field| choice((field.to_owned(), field.to_owned()))).collect(),
            behind: None,
            hint: None,
            zone: viewer.zone().name(),
            span: String::new(),
            days: Vec::new(),
            next_free: None,
            earlier: None,
            later: None,
        }
    }
}

/// A doctor books with nobody but themselves.
fn hint(viewer: &Viewer, wanted: Option<i64>) -> &'static str {
    match (&viewer.kind, wanted) {
        (ViewerKind::Doctor { .. }, None) => "Choose one at which you are free to book it.",
        (ViewerKind::Doctor { doctor_id, .. }, Some(id)) if *doctor_id != id => "The desk books visits with others.",
        _ => "Choose one to book it.",
    }
}

/// The times of a day, each once: with whom it is booked, and how many are free then where any of them would do.
fn times(
    (viewer, doctors): (&Viewer, &[DoctorOfSchedule]),
    search: &TimesSearch,
    free: BTreeMap<Stretch, Vec<i64>>,
) -> Vec<FreeTime> {
    let names = |ids: &[i64]| is_told_names(viewer).then(|| names(doctors, ids));
    let begin = |ids: &[i64]| match (search.doctor_id, &viewer.kind) {
        (Some(id), _) => booking_href(viewer, id),
        (None, ViewerKind::Doctor { doctor_id, .. }) => {
            ids.contains(doctor_id).then(|| booking_href(viewer, *doctor_id))?
        }
        (None, _) => Some(search.book()),
    };
    let time = |(slot, ids): (Stretch, Vec<i64>)| {
        let time = FreeTime::new(slot.starts_at, viewer.zone(), begin(&ids).as_deref());
        if search.doctor_id.is_none() { time.with_doctors(ids.len(), names(&ids)) } else { time }
    };
    free.into_iter().map(time).collect()
}

/// A patient asks whoever is free; the desk is asked who that is.
fn is_told_names(viewer: &Viewer) -> bool {
    viewer.role() != Role::Patient
}

/// So many letters of names stand beside a time, and one name however long it is.
const NAMED: usize = 64;

/// Who is free, by name: as many as there is room for, and how many more.
fn names(doctors: &[DoctorOfSchedule], ids: &[i64]) -> String {
    let mut named = String::new();
    let mut left = ids.len();
    for name in doctors.iter().filter(|doctor| ids.contains(&doctor.id)).map(DoctorOfSchedule::name) {
        if !named.is_empty() {
            if named.chars().count() + name.chars().count() > NAMED {
                break;
            }
            named.push_str(", ");
        }
        named.push_str(&name);
        left -= 1;
    }
    if left == 0 { named } else { format!("{named} and {left} more") }
}

impl Page for FreeWeek {
    const TEMPLATE: &'static str = "schedules/week.html";

    fn title(&self) -> String {
        "Free times".to_owned()
    }
}
