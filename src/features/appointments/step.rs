//! The steps of an appointment's life: which may follow which, whose they are, and what they are
//! called. The one source for the service that takes them and for the policy that offers them.

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus as Status, AuditAction, EventKind, Role};

use super::{
    policy::{AnswerProposal, CancelAppointment, ConfirmAppointment, DecideAppointment, RecordArrival},
    queries::{AppointmentRow, AppointmentState},
};
use crate::{access::Permission, features::schedules::Stretch, web::Present};

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

const EXPECTED: [Status; 2] = [Status::Scheduled, Status::Confirmed];
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
}

impl From<&AppointmentRow> for Stage {
    fn from(row: &AppointmentRow) -> Self {
        let AppointmentRow { status, starts_at, ends_at, proposed_starts_at, .. } = *row;
        Self { status, starts_at, ends_at, proposed_starts_at }
    }
}

impl From<&AppointmentState> for Stage {
    fn from(visit: &AppointmentState) -> Self {
        let AppointmentState { status, starts_at, ends_at, proposed_starts_at, .. } = *visit;
        Self { status, starts_at, ends_at, proposed_starts_at }
    }
}

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
        self.from().contains(&stage.status) && self.promised(stage).is_none_or(|visit| !present.has_come(visit.ends_at))
    }

    /// Whether it could have been taken with a visit at this stage, had it not been left until the visit's time was over.
    pub(super) fn is_too_late(self, stage: &Stage, present: &Present) -> bool {
        self.from().contains(&stage.status) && !self.may_follow(stage, present)
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
            Self::Arrive => &EXPECTED,
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
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn nothing_follows_the_last_states_and_everything_else_can_be_cancelled() {
        for step in Step::ALL {
            for from in [step.from(), step.late_from()] {
                assert!(!from.iter().any(|status| status.is_terminal()));
                assert!(!from.contains(&step.to()));
            }
        }
        assert!(NOT_OVER.iter().all(|status| !status.is_terminal()));
        assert_eq!(NOT_OVER.len() + Status::TERMINAL.len(), crate::features::appointments::STATUSES.len());
    }

    #[test]
    fn what_was_never_begun_is_completed_from_its_end_on_and_nothing_else_waits_for_it() {
        let ends_at = DateTime::<Utc>::UNIX_EPOCH;
        let starts_at = ends_at - TimeDelta::minutes(30);
        let at = |microseconds| Present::new(ends_at + TimeDelta::microseconds(microseconds), None);
        let promises = [
            (Step::Approve, Status::Requested),
            (Step::Confirm, Status::Scheduled),
            (Step::AcceptProposal, Status::Proposed),
        ];
        for step in Step::ALL {
            for status in crate::features::appointments::STATUSES {
                let stage = Stage { status, starts_at, ends_at, proposed_starts_at: Some(starts_at) };
                let [before, then, after] = [-1, 0, 1].map(|off_by| step.may_follow(&stage, &at(off_by)));
                let is_late = step == Step::Complete && NOT_BEGUN.contains(&status);
                let is_promise = promises.contains(&(step, status));
                let from_then_on = (before || is_late) && !is_promise;
                assert_eq!((then, after), (from_then_on, from_then_on), "{step:?} from {status:?}");
                assert!(!(before && is_late) && (before || !is_promise));
                assert_eq!(step.is_too_late(&stage, &at(0)), is_promise);
            }
        }
    }
}
