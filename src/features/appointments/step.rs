//! The steps of an appointment's life: which may follow which, whose they are, and what they are
//! called. The one source for the service that takes them and for the policy that offers them.

use chrono::{DateTime, Days, TimeDelta, Utc};
use entity::enums::{AppointmentStatus as Status, AuditAction, EventKind, Role};

use super::{
    policy::{AnswerProposal, CancelAppointment, ConfirmAppointment, DecideAppointment, RecordArrival},
    queries::{AppointmentRow, AppointmentState},
};
use crate::{access::Permission, features::schedules::Stretch, time_zone::Tz, web::Present};

/// One step from a state to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The doctor accepts the request.
    Approve,
    /// The doctor offers another time.
    Propose,
    /// The doctor declines the request, with a reason.
    Reject,
    /// The proposed time is taken instead of the old one.
    AcceptProposal,
    /// The proposed time is declined; the request stands as it was.
    RefuseProposal,
    /// The patient says that they will come.
    Confirm,
    /// The patient is there.
    Arrive,
    /// The visit begins.
    Start,
    /// The visit took place.
    Complete,
    /// The patient did not come.
    MissVisit,
    /// A party calls it off, with a reason.
    Cancel,
}

const NOT_BEGUN: [Status; 3] = [Status::Scheduled, Status::Confirmed, Status::Waiting];
const NOT_OVER: [Status; 6] =
    [Status::Requested, Status::Proposed, Status::Scheduled, Status::Confirmed, Status::Waiting, Status::InProgress];

/// What of a visit decides which steps may follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    pub(super) status: Status,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) proposed_starts_at: Option<DateTime<Utc>>,
    /// Whose days count.
    pub(super) zone: Tz,
}

/// How long before its start, and behind its end, a visit is near whatever the day: around midnight.
const NEAR: TimeDelta = TimeDelta::hours(2);
const LATEST_ARRIVAL: TimeDelta = TimeDelta::hours(12);

impl Stage {
    /// Of a visit in a hospital of `zone`, as lists have it.
    pub(super) fn of_row(row: &AppointmentRow, zone: Tz) -> Self {
        let AppointmentRow { status, starts_at, ends_at, proposed_starts_at, .. } = *row;
        Self { status, starts_at, ends_at, proposed_starts_at, zone }
    }

    /// The same, of one that is about to be changed.
    pub(super) fn of(visit: &AppointmentState, zone: Tz) -> Self {
        let AppointmentState { status, starts_at, ends_at, proposed_starts_at, .. } = *visit;
        Self { status, starts_at, ends_at, proposed_starts_at, zone }
    }

    /// When it has come that somebody can be there for it: its own day.
    fn day_has_come(&self, present: &Present) -> bool {
        let day = self.zone.start_of_day(self.zone.local(self.starts_at).date());
        present.has_come(day.min(self.starts_at - NEAR))
    }

    /// Whether it is the day of the visit.
    pub(super) fn is_today(&self, present: &Present) -> bool {
        self.day_has_come(present) && !self.day_is_over(present)
    }

    /// When that is over.
    fn day_is_over(&self, present: &Present) -> bool {
        let next = self.zone.start_of_day(self.zone.local(self.starts_at).date() + Days::new(1));
        present.has_come(next.max(self.ends_at + NEAR))
    }
}

const NOT_YET: &str = "That visit is on another day. This is recorded when its day has come.";
const DAY_OVER: &str = "The day of that visit is over. The doctor records what came of it.";
const LONG_OVER: &str = "The time of that visit has been over for half a day. The doctor records what came of it.";
const NOT_BEGUN_YET: &str = "That visit has not begun yet, so nobody has missed it.";
const TIME_OVER: &str = "The time of that visit is over, so nobody can promise it any more. Below is what can be done.";

impl Step {
    /// All steps, in the order in which they are offered.
    pub(super) const ALL: [Self; 11] = [
        Self::Approve,
        Self::Propose,
        Self::AcceptProposal,
        Self::RefuseProposal,
        Self::Confirm,
        Self::Arrive,
        Self::Start,
        Self::Complete,
        Self::MissVisit,
        Self::Reject,
        Self::Cancel,
    ];

    /// Whether it may be taken now with a visit at this stage.
    pub(super) fn may_follow(self, stage: &Stage, present: &Present) -> bool {
        if self.late_from().contains(&stage.status) {
            return present.has_come(stage.ends_at);
        }
        self.from().contains(&stage.status) && self.untimely(stage, present).is_none()
    }

    /// Why it cannot be taken now with a visit at this stage, if nothing but the time is in the way.
    pub(super) fn is_untimely(self, stage: &Stage, present: &Present) -> Option<&'static str> {
        self.untimely(stage, present).filter(|_| self.from().contains(&stage.status))
    }

    /// What the time says against it. Whoever arrives is there on the day of the visit: what came of an old one is recorded by the doctor, and
    /// one wrong click on one to come would fill a waiting room.
    fn untimely(self, stage: &Stage, present: &Present) -> Option<&'static str> {
        match self {
            Self::Arrive | Self::Start if !stage.day_has_come(present) => Some(NOT_YET),
            Self::Arrive | Self::Start if stage.day_is_over(present) => Some(DAY_OVER),
            Self::Arrive if present.has_come(stage.ends_at + LATEST_ARRIVAL) => Some(LONG_OVER),
            Self::MissVisit if !present.has_come(stage.starts_at) => Some(NOT_BEGUN_YET),
            _ => self.promised(stage).filter(|visit| present.has_come(visit.ends_at)).map(|_| TIME_OVER),
        }
    }

    /// Whether somebody says by it that a visit will be.
    pub(super) fn is_promise(self) -> bool {
        matches!(self, Self::Approve | Self::Confirm | Self::AcceptProposal)
    }

    /// Of such a step: from when to when. Nobody can promise what has been.
    pub(super) fn promised(self, stage: &Stage) -> Option<Stretch> {
        let proposed = stage.proposed_starts_at.filter(|_| self == Self::AcceptProposal);
        let starts_at = if self == Self::AcceptProposal { proposed? } else { stage.starts_at };
        self.is_promise().then(|| Stretch { starts_at, ends_at: starts_at + (stage.ends_at - stage.starts_at) })
    }

    /// The states it may be taken from at any time.
    fn from(self) -> &'static [Status] {
        match self {
            Self::Approve | Self::Propose | Self::Reject => &[Status::Requested],
            Self::AcceptProposal | Self::RefuseProposal => &[Status::Proposed],
            Self::Confirm => &[Status::Scheduled],
            Self::Arrive => &Status::AGREED,
            Self::Start => &[Status::Waiting],
            Self::Complete => &[Status::InProgress],
            Self::MissVisit => &NOT_BEGUN,
            Self::Cancel => &NOT_OVER,
        }
    }

    /// The states it may be taken from as well once the visit's time is over.
    ///
    /// In a visit's life as it is drawn only what was begun is completed. But on a busy day nobody records the arrival, and
    /// the patient is seen all the same. Afterwards the doctor could only say that they did not attend, which is false, or
    /// leave the visit on the list of what needs an outcome for ever. To record an arrival and a beginning then would put two
    /// moments into the history, and into the waiting times of the reports, at which nothing happened. So the outcome is
    /// recorded as what it is: known after the fact. Before the end it cannot be known, and the steps in between are the way.
    fn late_from(self) -> &'static [Status] {
        match self {
            Self::Complete => &NOT_BEGUN,
            _ => &[],
        }
    }

    /// The state it leads to.
    pub(super) fn to(self) -> Status {
        match self {
            Self::Approve | Self::AcceptProposal => Status::Scheduled,
            Self::Propose => Status::Proposed,
            Self::Reject => Status::Rejected,
            Self::RefuseProposal => Status::Requested,
            Self::Confirm => Status::Confirmed,
            Self::Arrive => Status::Waiting,
            Self::Start => Status::InProgress,
            Self::Complete => Status::Completed,
            Self::MissVisit => Status::NoShow,
            Self::Cancel => Status::Cancelled,
        }
    }

    /// Who may take it: those its route lets in.
    pub(super) fn roles(self) -> &'static [Role] {
        match self {
            Self::Approve | Self::Propose | Self::Reject | Self::Start | Self::Complete | Self::MissVisit => {
                DecideAppointment::ROLES
            }
            Self::AcceptProposal | Self::RefuseProposal => AnswerProposal::ROLES,
            Self::Confirm => ConfirmAppointment::ROLES,
            Self::Arrive => RecordArrival::ROLES,
            Self::Cancel => CancelAppointment::ROLES,
        }
    }

    /// Its address below the appointment's.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Approve => "approval",
            Self::Propose => "proposal",
            Self::Reject => "rejection",
            Self::AcceptProposal => "proposal/acceptance",
            Self::RefuseProposal => "proposal/refusal",
            Self::Confirm => "confirmation",
            Self::Arrive => "arrival",
            Self::Start => "start",
            Self::Complete | Self::MissVisit => "outcome",
            Self::Cancel => "cancellation",
        }
    }

    /// The value of the field `outcome`, of the two steps that share an address.
    pub(super) fn outcome(self) -> Option<&'static str> {
        match self {
            Self::Complete => Some("completed"),
            Self::MissVisit => Some("no_show"),
            _ => None,
        }
    }

    /// Whether whoever takes it must say why.
    pub(super) fn needs_reason(self) -> bool {
        matches!(self, Self::Reject | Self::Cancel)
    }

    /// Whether a wish for another time is over with it. With a promise to come at the visit's time it is not, should it stay there, and with an arrival,
    /// which may be taken back: while somebody waits nothing is said of it.
    pub(super) fn settles_wish(self) -> bool {
        !matches!(self, Self::Confirm | Self::Arrive)
    }

    /// Whether whoever takes it must say when.
    pub(super) fn needs_time(self) -> bool {
        self == Self::Propose
    }

    /// What the history says.
    pub(super) fn event(self) -> EventKind {
        match self {
            Self::Approve => EventKind::Approved,
            Self::Propose => EventKind::Proposed,
            Self::Reject => EventKind::Rejected,
            Self::AcceptProposal => EventKind::ProposalAccepted,
            Self::RefuseProposal => EventKind::ProposalRefused,
            Self::Confirm => EventKind::Confirmed,
            Self::Arrive => EventKind::Arrived,
            Self::Start => EventKind::Started,
            Self::Complete => EventKind::Completed,
            Self::MissVisit => EventKind::NoShow,
            Self::Cancel => EventKind::Cancelled,
        }
    }

    /// What the trail says.
    pub(super) fn action(self) -> AuditAction {
        match self {
            Self::Approve => AuditAction::Approved,
            Self::Propose => AuditAction::Proposed,
            Self::Reject => AuditAction::Rejected,
            Self::AcceptProposal => AuditAction::ProposalAccepted,
            Self::RefuseProposal => AuditAction::ProposalRefused,
            Self::Confirm => AuditAction::Confirmed,
            Self::Arrive => AuditAction::Arrived,
            Self::Start => AuditAction::Started,
            Self::Complete => AuditAction::Completed,
            Self::MissVisit => AuditAction::NoShow,
            Self::Cancel => AuditAction::Cancelled,
        }
    }

    /// What is said once it is taken.
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Approve => "The visit is scheduled.",
            Self::Propose => "The other time is proposed.",
            Self::Reject => "The request is declined.",
            Self::AcceptProposal => "The proposed time is accepted: the visit is scheduled.",
            Self::RefuseProposal => "The proposed time is refused: the request stands as it was.",
            Self::Confirm => "The visit is confirmed.",
            Self::Arrive => "The arrival is recorded, and the doctor notified.",
            Self::Start => "The visit has begun.",
            Self::Complete => "The visit is recorded as completed.",
            Self::MissVisit => "It is recorded that the patient did not attend.",
            Self::Cancel => "The visit is cancelled.",
        }
    }
}

#[cfg(test)]
mod tests;
