//! The page that moves a visit.

use chrono::NaiveDate;
use entity::enums::{AppointmentStatus, Role};
use serde::Serialize;

use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{
            forms::MoveDraft,
            queries::{Colleague, VisitToMove},
            service::{moving, proposing, wishing},
            wishes::Wish,
        },
        schedules::{Rules, Schedule},
    },
    web::{AppError, FormView, Moment, Page, local_in_words, local_value, moment::date_in_words},
};

use super::{
    new::PartyChoice,
    times::{OfferedTimes, within_reach},
};

/// What somebody chooses another time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::appointments) enum Purpose {
    /// Staff move the visit there.
    Move,
    /// Its patient asks for that time.
    Wish,
    /// Its doctor proposes it instead of the one that was asked for.
    Proposal,
}

impl Purpose {
    /// What `viewer` chooses another time for, as the visit stands.
    pub(in crate::features::appointments) fn of(viewer: &Viewer, visit: &VisitToMove) -> Self {
        match (viewer.role(), visit.state.status) {
            (Role::Patient, _) => Self::Wish,
            (Role::Doctor, AppointmentStatus::Requested) => Self::Proposal,
            _ => Self::Move,
        }
    }

    /// Why nothing can be chosen for it.
    fn refusal(
        self,
        PageContext { viewer, present }: PageContext<'_>,
        (visit, rules): (&VisitToMove, Rules),
    ) -> Option<AppError> {
        let may = match self {
            Self::Move => moving::may_be_moved((&visit.state).into(), present),
            Self::Wish => wishing::may_wish(&visit.state, rules, present),
            Self::Proposal => proposing::may_propose(viewer, &visit.state, present),
        };
        may.err()
    }
}

/// The doctors with whom a visit could be, and the one whose times are looked at.
#[derive(Debug)]
pub(in crate::features::appointments) struct DoctorChoice {
    /// `doctor.id`; none while nobody is chosen for a visit whose doctor is gone.
    id: Option<i64>,
    /// Whether it is another than who has the visit.
    is_other: bool,
    doctors: Vec<Colleague>,
}

impl DoctorChoice {
    /// Whoever is `wanted`, else who has the visit; nobody else than who practises there.
    pub(in crate::features::appointments) fn of(
        visit: &VisitToMove,
        doctors: Vec<Colleague>,
        wanted: Option<i64>,
    ) -> Self {
        let own = visit.state.doctor_id;
        let can_have = |id: &i64| doctors.iter().any(|doctor| doctor.id == *id);
        let id = wanted.filter(can_have).or(Some(own).filter(can_have));
        Self { id, is_other: id.is_some_and(|id| id != own), doctors }
    }

    /// `doctor.id` of whose times are looked at.
    pub(in crate::features::appointments) fn id(&self) -> Option<i64> {
        self.id
    }
}

/// Choose to when, and to whom.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct RescheduleForm {
    form: FormView,
    id: i64,
    version: i32,
    /// Whether its patient asks for another time, who moves nothing.
    is_wish: bool,
    /// Whether its doctor proposes another time, and nothing else.
    is_proposal: bool,
    /// What they have asked for already.
    wish: Option<String>,
    patient: String,
    born: Option<String>,
    doctor: String,
    /// When the visit is now.
    starts_at: Moment,
    /// Why it cannot be moved.
    refusal: Option<String>,
    /// With whom it could be; whose times are shown, and whether that is another than who has it.
    doctors: Vec<PartyChoice>,
    doctor_id: Option<i64>,
    is_handed_over: bool,
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
    /// The page of `draft` for `visit`, with what the schedule of whoever is chosen is without it.
    pub(in crate::features::appointments) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        draft: MoveDraft,
        (visit, choice, purpose): (&VisitToMove, DoctorChoice, Purpose),
        (schedule, rules): (&Schedule, Rules),
    ) -> Self {
        let date = first_day(context, &draft, visit);
        let is_move = purpose == Purpose::Move;
        let with = choice.id.filter(|_| choice.is_other).map(|id| format!("&doctor_id={id}")).unwrap_or_default();
        let href = |from| format!("/appointments/{}/rescheduling?date={from}{with}", visit.state.id);
        let times = OfferedTimes::new((schedule, rules), (date, is_move), present, href);
        // Its own time is free without it, and none to move it to, but another doctor's.
        let own = local_value(visit.state.starts_at, viewer.zone());
        let times = if choice.is_other { times } else { times.without(&own) };
        let typed = draft.form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        Self {
            id: visit.state.id,
            version: visit.state.version,
            is_wish: purpose == Purpose::Wish,
            is_proposal: purpose == Purpose::Proposal,
            wish: wished(context, visit),
            patient: visit.patient(),
            born: visit.patient_date_of_birth.map(date_in_words),
            doctor: visit.doctor(),
            starts_at: Moment::new(visit.state.starts_at, viewer.zone()),
            refusal: purpose.refusal(context, (visit, rules)).map(sentence),
            date: date.to_string(),
            times,
            zone: viewer.zone().name(),
            hours_href: choice
                .id
                .filter(|_| schedule.windows.is_empty() && purpose != Purpose::Wish)
                .filter(|_| !choice.is_other || viewer.role() == Role::HospitalAdmin)
                .map(|id| format!("/doctors/{id}/availability")),
            doctor_id: choice.id,
            is_handed_over: choice.is_other,
            doctors: choice.doctors.iter().map(self::choice).collect(),
            asks_why: typed || draft.form.errors.contains_key("overbook_reason"),
            form: draft.form,
        }
    }
}

/// The other time that its patient asks for, if anybody can still answer.
fn wished(PageContext { viewer, present }: PageContext<'_>, visit: &VisitToMove) -> Option<String> {
    let wish = Wish::from(&visit.state);
    let wished = wish.wished().filter(|_| wish.is_open(present))?;
    Some(local_in_words(viewer.zone().local(wished)))
}

fn choice(doctor: &Colleague) -> PartyChoice {
    PartyChoice { value: doctor.id.to_string(), label: format!("{}, {}", doctor.name(), doctor.specialization) }
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
        if self.is_wish {
            "Ask for another time".to_owned()
        } else if self.is_proposal {
            "Propose another time".to_owned()
        } else {
            format!("Move the visit of {}", self.patient)
        }
    }
}
