//! The visits in an absence of their doctor, each with what can become of it.

mod rows;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use self::rows::{ResultLine, RowInAbsence, may_be_moved_here};
use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{
            forms::{EachVisit, fields_of},
            queries::{AbsencePlace, AppointmentRow, FoundInAbsence, VisitInAbsence},
            service::absence::ClearedVisit,
        },
        schedules::{FreeTimes as _, ManagedAbsence, Rules, Stretch, share_out, span, visits_href},
    },
    web::{AppError, FormView, Moment, Page, Pagination, Paging, Present},
};

/// So many other times each visit is offered.
const OFFERED: usize = 4;
/// How far ahead they are looked for, in days.
const AHEAD: u64 = 28;

/// What of an absence is shown.
#[derive(Debug)]
pub(in crate::features::appointments) struct PageOfAbsence {
    pub(in crate::features::appointments) paging: Paging,
    pub(in crate::features::appointments) found: FoundInAbsence,
    /// How far ahead visits can be booked.
    pub(in crate::features::appointments) horizon: TimeDelta,
}

/// Where the visits of `absence` are looked for, and free times instead: from the day on which the doctor is back.
pub(in crate::features::appointments) fn place_of(context: PageContext<'_>, absence: &ManagedAbsence) -> AbsencePlace {
    let Stretch { starts_at, ends_at } = absence.stretch();
    let within = Stretch { starts_at: starts_at.max(context.present.instant()), ends_at };
    let around = span(first_day(context, absence), AHEAD, context.viewer.zone());
    AbsencePlace { doctor_id: absence.doctor.id, within, around }
}

/// The last day of the absence: who is away for some hours has other times on it.
fn first_day(PageContext { viewer, present }: PageContext<'_>, absence: &ManagedAbsence) -> NaiveDate {
    let last = viewer.zone().local(absence.stretch().ends_at - TimeDelta::seconds(1)).date();
    last.max(present.date(viewer.zone()))
}

/// The page.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct AbsencePage {
    form: FormView,
    is_own: bool,
    doctor: String,
    back_href: String,
    back_label: String,
    action: String,
    from: Moment,
    to: Moment,
    reason: Option<String>,
    /// Where the free times of all doctors of the field are; none where nothing is left to move.
    others_href: Option<String>,
    /// How many were moved, cancelled and left by the form that was sent; none before.
    told: Option<String>,
    results: Vec<ResultLine>,
    rows: Vec<RowInAbsence>,
    /// Where the first time of each is chosen, and where each is cancelled; none where that says nothing.
    first_href: Option<String>,
    cancel_href: Option<String>,
    /// The number of this page, unless it is the first.
    number: Option<u64>,
    pagination: Pagination,
}

impl AbsencePage {
    /// The page of what was found of `absence`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the list has no such page.
    pub(in crate::features::appointments) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        absence: &ManagedAbsence,
        PageOfAbsence { paging, found, horizon }: PageOfAbsence,
    ) -> Result<Self, AppError> {
        let (zone, doctor) = (viewer.zone(), &absence.doctor);
        let is_own = doctor.user_id == viewer.user_id;
        let action = visits_href(doctor.id, absence.absence_id);
        let (first, last) = (first_day(context, absence), present.instant() + horizon);
        let mut offers = offers(&found, (first, last), doctor.rules(viewer), present);
        let row = |visit: &VisitInAbsence| {
            RowInAbsence::new(visit, offers.remove(&visit.row.id).unwrap_or_default(), (present, zone))
        };
        let rows: Vec<_> = found.visits.iter().map(row).collect();
        let each = |can: fn(&RowInAbsence) -> bool, each| {
            let page = if paging.number > 1 { format!("&page={}", paging.number) } else { String::new() };
            (rows.iter().filter(|row| can(row)).count() > 1).then(|| format!("{action}?each={each}{page}"))
        };
        Ok(Self {
            first_href: each(RowInAbsence::has_times, "first"),
            cancel_href: each(RowInAbsence::can_be_cancelled, "cancel"),
            form: FormView::default(),
            is_own,
            back_label: if is_own { "Your hours".to_owned() } else { format!("Hours of {}", doctor.name()) },
            doctor: doctor.name(),
            back_href: format!("/doctors/{}/availability", doctor.id),
            from: Moment::new(absence.stretch().starts_at, zone),
            to: Moment::new(absence.stretch().ends_at, zone),
            reason: absence.reason.clone(),
            others_href: found.visits.first().map(|visit| others_href(viewer, &visit.row)),
            told: None,
            results: Vec::new(),
            rows,
            number: Some(paging.number).filter(|number| *number > 1),
            pagination: Pagination::new(paging, found.total, "visits", (&action, &[]))?,
            action,
        })
    }

    /// The same with this chosen for each visit for which it can be.
    pub(in crate::features::appointments) fn choosing(mut self, each: Option<EachVisit>) -> Self {
        if let Some(each) = each {
            self.rows.iter_mut().for_each(|row| row.choose_as_each(each));
        }
        self
    }

    /// The same with a form in which something is wrong, and what was chosen in it.
    pub(in crate::features::appointments) fn refusing(mut self, form: FormView) -> Self {
        for row in &mut self.rows {
            if let Some(chosen) = form.values.get(&fields_of(row.id).0) {
                row.choose(chosen);
            }
        }
        Self { form, ..self }
    }

    /// The same with what became of each visit, first of those with which something is left to do. What is said to the patients is there still while some are as they were.
    pub(in crate::features::appointments) fn telling(
        mut self,
        viewer: &Viewer,
        cleared: Vec<ClearedVisit>,
        typed: FormView,
    ) -> Self {
        let all = cleared.len();
        self.results = cleared.into_iter().map(|visit| ResultLine::new(viewer, visit)).collect();
        self.results.sort_by_key(|line| !line.is_refused());
        self.told = Some(ResultLine::counted(&self.results));
        match self.results.iter().filter(|line| line.is_refused()).count() {
            0 => self,
            refused => {
                let why = format!("{refused} of {all} visits are as they were. Why is said below, beside each.");
                Self { form: typed.with_error("", why), ..self }
            }
        }
    }

    /// Of the answer.
    pub(in crate::features::appointments) fn status(&self) -> StatusCode {
        if self.form.summary.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT }
    }
}

/// From the first of the visits on. A doctor whose account is shut may be the only one of their field.
fn others_href(viewer: &Viewer, visit: &AppointmentRow) -> String {
    let first = viewer.zone().local(visit.starts_at).date();
    let field = Some(&visit.doctor.specialization).filter(|_| visit.doctor.user.active);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(field.map(|field| ("specialization", field)));
    query.append_pair("from", &first.to_string());
    format!("/times?{}", query.finish())
}

/// The times that are offered to each visit that can be moved, by its id.
fn offers(
    found: &FoundInAbsence,
    (first, last): (NaiveDate, DateTime<Utc>),
    rules: Rules,
    present: &Present,
) -> BTreeMap<i64, Vec<Stretch>> {
    let is_movable = |visit: &&VisitInAbsence| may_be_moved_here(&visit.row, present);
    let movable: Vec<&AppointmentRow> = found.visits.iter().filter(is_movable).map(|visit| &visit.row).collect();
    let busy: Vec<&[Stretch]> = movable.iter().map(|row| found.busy(row.patient_id)).collect();
    // Twice as many as are offered: some patients have no time then.
    let least = movable.len() * OFFERED * 2;
    let days = found.schedule.whole_days((first, AHEAD), rules, (present, least));
    let free = days.into_iter().flat_map(|(_, slots)| slots).filter(|slot| slot.starts_at <= last).collect();
    movable.iter().map(|row| row.id).zip(share_out(free, &busy, OFFERED)).collect()
}

impl Page for AbsencePage {
    const TEMPLATE: &'static str = "appointments/absence.html";
    // What was typed may say why.
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        if self.is_own {
            "Visits in your absence".to_owned()
        } else {
            format!("Visits in the absence of {}", self.doctor)
        }
    }
}
