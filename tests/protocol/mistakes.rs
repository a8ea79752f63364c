//! Planted mistakes: each must be found.

use stateright::{Checker as _, HasDiscoveries, Model as _};

use crate::checks::{NO_FAULTS, copied, cut_off, given_up, lost_leases, one_write, outbox};
use crate::config::{Config, Mistake};
use crate::properties::{ANSWERED, FRESH};
use crate::state::Faults;

/// One write of one topic.
fn one_topic(faults: Faults) -> Config {
    Config { lease: 1, writes: [(0, 0b01), (1, 0)], depends_on: 0b01, faults, ..one_write() }
}

/// Some way leads to what the mistake does, and the checker finds it: the shortest one.
fn finds(mistake: Mistake, property: &'static str, config: Config) {
    let checker = Config { mistake, ..config }.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    assert!(checker.discovery(property).is_some(), "{mistake:?} is not found");
}

#[test]
fn mistakes_of_the_fast_path() {
    let none = NO_FAULTS;
    let plain = one_topic(none);
    for mistake in
        [Mistake::CommitWithoutWaiting, Mistake::ReleaseBeforeCommit, Mistake::LeaseFromReceipt, Mistake::MapGoesBack]
    {
        finds(mistake, FRESH, plain.clone());
    }
    finds(Mistake::WaitsForEver, ANSWERED, plain);
    finds(Mistake::NoGrace, FRESH, one_topic(Faults { flush: 1, ..none }));
    finds(Mistake::LateReleaseAnswered, FRESH, one_topic(Faults { flush: 1, ..none }));
    finds(Mistake::MapOutlivesSubscription, FRESH, one_topic(Faults { break_subscription: 1, ..none }));
    finds(Mistake::RepeatedHoldStands, FRESH, one_topic(Faults { late: 1, evict_key: 1, ..none }));
    finds(Mistake::GraceOnce, FRESH, lost_leases());
}

#[test]
fn mistakes_of_the_outbox() {
    finds(Mistake::OutboxUnread, FRESH, outbox());
    finds(Mistake::ResumedOnOldReading, FRESH, outbox());
    finds(Mistake::RowDeletedEarly, FRESH, Config { drains: 0b01, ..outbox() });
    finds(Mistake::CommitWhileRegistered, FRESH, Config { lease: 2, ..outbox() });
    finds(Mistake::TrustOnReply, FRESH, Config { lease: 1, ..cut_off() });
    let both = Config { lease: 1, writes: [(0, 0b01), (1, 0b01)], near: 0b10, ..cut_off() };
    finds(Mistake::AnsweredByRelease, FRESH, both);
}

#[test]
fn mistakes_of_reading_from_a_copy() {
    finds(Mistake::CopyUnproved, FRESH, copied(NO_FAULTS));
    finds(Mistake::SinceOutlivesEpoch, FRESH, copied(Faults { fail_over: 1, ..NO_FAULTS }));
}

#[test]
fn mistakes_of_registration() {
    let none = NO_FAULTS;
    let flush = Faults { flush: 1, ..none };
    finds(Mistake::RegistryForgotten, FRESH, Config { lease: 1, faults: flush, ..cut_off() });
    finds(Mistake::LossReportedOnce, FRESH, Config { faults: Faults { evict_registry: 1, ..none }, ..cut_off() });
    finds(Mistake::RegistrationFromExecution, FRESH, Config { faults: Faults { late: 1, ..none }, ..cut_off() });
    finds(Mistake::RegisteredWithoutRow, FRESH, Config { lease: 1, starting: 0b01, faults: flush, ..cut_off() });
    finds(Mistake::UnregisteredCommits, FRESH, Config { starting: 0b01, ..cut_off() });
}

#[test]
fn mistakes_of_striking_off() {
    let striking = Config { strikes: true, ..cut_off() };
    finds(Mistake::StruckUnread, FRESH, striking.clone());
    finds(Mistake::AnsweredWhenStruck, FRESH, striking);
    let back = Config { readers: 0b01, near: 0b11, strikes: true, writes: [(0, 0), (1, 0b01)], ..outbox() };
    finds(Mistake::StruckWhileBack, FRESH, back);
}

#[test]
fn mistakes_of_giving_up() {
    for mistake in [Mistake::GivenUpEarly, Mistake::RowUnseen, Mistake::RejoinedOnOldAnswer, Mistake::RejoinedUnread] {
        finds(mistake, FRESH, given_up());
    }
}
