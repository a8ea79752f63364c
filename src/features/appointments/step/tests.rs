//! Which step may follow which, and when.

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
            let stage = Stage { status, starts_at, ends_at, proposed_starts_at: Some(starts_at), zone: Tz::UTC };
            let [before, then, after] = [-1, 0, 1].map(|off_by| step.may_follow(&stage, &at(off_by)));
            let is_late = step == Step::Complete && NOT_BEGUN.contains(&status);
            let is_promise = promises.contains(&(step, status));
            let from_then_on = (before || is_late) && !is_promise;
            assert_eq!((then, after), (from_then_on, from_then_on), "{step:?} from {status:?}");
            assert!(!(before && is_late) && (before || !is_promise));
            assert_eq!(step.is_untimely(&stage, &at(0)).is_some(), is_promise);
        }
    }
}

#[test]
fn somebody_is_there_on_the_visits_day_only_and_nobody_misses_it_before_its_start() {
    let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
    // 09:00 in Kathmandu; its day lasts from 18:15 to 18:15. The second is at a quarter to midnight, for half an hour.
    // Nobody arrives half a day behind its end.
    for (start, from, until, latest) in [
        ("2026-11-25T03:15:00Z", "2026-11-24T18:15:00Z", "2026-11-25T18:15:00Z", "2026-11-25T15:45:00Z"),
        ("2026-11-25T18:00:00Z", "2026-11-24T18:15:00Z", "2026-11-25T20:30:00Z", "2026-11-25T20:30:00Z"),
        ("2026-11-25T18:30:00Z", "2026-11-25T16:30:00Z", "2026-11-26T18:15:00Z", "2026-11-26T07:00:00Z"),
    ] {
        let (starts_at, zone) = (instant(start), "Asia/Kathmandu".parse().unwrap_or_default());
        let ends_at = starts_at + TimeDelta::minutes(30);
        let may = |step: Step, status, text: &str, off_by| {
            let stage = Stage { status, starts_at, ends_at, proposed_starts_at: None, zone };
            step.may_follow(&stage, &Present::new(instant(text) + TimeDelta::microseconds(off_by), None))
        };
        for (step, status, until) in [(Step::Arrive, Status::Confirmed, latest), (Step::Start, Status::Waiting, until)]
        {
            assert!(!may(step, status, from, -1) && may(step, status, from, 0), "{step:?} {start}");
            assert!(may(step, status, until, -1) && !may(step, status, until, 0), "{step:?} {start}");
        }
        assert!(!may(Step::MissVisit, Status::Waiting, start, -1) && may(Step::MissVisit, Status::Waiting, start, 0));
        assert!(may(Step::MissVisit, Status::Scheduled, "2027-01-01T00:00:00Z", 0));
        assert!(may(Step::Complete, Status::Waiting, "2027-01-01T00:00:00Z", 0));
    }
}
