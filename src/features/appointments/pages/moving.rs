//! The page that moves a visit.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    access::PageContext,
    features::{
        appointments::{forms::MoveDraft, queries::VisitToMove, service::moving},
        schedules::{Rules, Schedule},
    },
    web::{AppError, FormView, Moment, Page, moment::date_in_words},
};

use super::times::{OfferedTimes, within_reach};

/// Choose to when.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct RescheduleForm {
    form: FormView,
    id: i64,
    version: i32,
    patient: String,
    born: Option<String>,
    doctor: String,
    /// When the visit is now.
    starts_at: Moment,
    /// Why it cannot be moved.
    refusal: Option<String>,
    /// The first day that is shown.
    date: String,
    #[serde(flatten)]
    times: OfferedTimes,
    zone: &'static str,
    /// Of a doctor who has no hours: where they are entered.
    hours_href: Option<String>,
    /// Whether the reason for overbooking is asked for.
    asks_why: bool,
}

impl RescheduleForm {
    /// The page of `draft` for `visit`, with what the schedule of its doctor is without it.
    pub(in crate::features::appointments) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        draft: MoveDraft,
        visit: &VisitToMove,
        (schedule, rules): (&Schedule, Rules),
    ) -> Self {
        let date = first_day(context, &draft, visit);
        let refusal = moving::may_be_moved((&visit.state).into(), present).err();
        let href = |from| format!("/appointments/{}/rescheduling?date={from}", visit.state.id);
        let times = OfferedTimes::new((schedule, rules), (date, true), present, href);
        // Its own time is free without it, and none to move it to.
        let own = viewer.zone().local(visit.state.starts_at).format("%Y-%m-%dT%H:%M").to_string();
        let typed = draft.form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        Self {
            id: visit.state.id,
            version: visit.state.version,
            patient: visit.patient(),
            born: visit.patient_date_of_birth.map(date_in_words),
            doctor: visit.doctor(),
            starts_at: Moment::new(visit.state.starts_at, viewer.zone()),
            refusal: refusal.map(sentence),
            date: date.to_string(),
            times: times.without(&own),
            zone: viewer.zone().name(),
            hours_href: schedule.windows.is_empty().then(|| format!("/doctors/{}/availability", visit.state.doctor_id)),
            asks_why: typed || draft.form.errors.contains_key("overbook_reason"),
            form: draft.form,
        }
    }
}

fn sentence(refusal: AppError) -> String {
    match refusal {
        AppError::Conflict(why) => why,
        other => other.to_string(),
    }
}

/// The day that is looked for, or that of the visit: most are moved by hours or days. None that is over.
pub(in crate::features::appointments) fn first_day(
    PageContext { viewer, present }: PageContext<'_>,
    draft: &MoveDraft,
    visit: &VisitToMove,
) -> NaiveDate {
    let today = present.date(viewer.zone());
    let of_visit = viewer.zone().local(visit.state.starts_at).date();
    within_reach(draft.date.unwrap_or(of_visit), today)
}

impl Page for RescheduleForm {
    const TEMPLATE: &'static str = "appointments/moving.html";
    // What was typed may say why.
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        format!("Move the visit of {}", self.patient)
    }
}
