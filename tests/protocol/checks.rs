//! The protocol as it is, under different faults, in every reachable state.
//!
//! Each check leaves out what it does not need, so that all of them together take seconds; the ignored ones leave out less.

use stateright::{Checker as _, Model as _};

use crate::config::{Config, Mistake};
use crate::state::Faults;

pub(crate) const NO_FAULTS: Faults = Faults {
    break_subscription: 0,
    lose_message: 0,
    flush: 0,
    fail_over: 0,
    evict_key: 0,
    evict_leases: 0,
    evict_registry: 0,
    evict_topic: 0,
    late: 0,
    crash: 0,
};

/// Process 0 writes, process 1 reads; one write of two topics that a page depends on.
pub(crate) fn one_write() -> Config {
    Config {
        lease: 2,
        readers: 0b10,
        writes: [(0, 0b11), (1, 0)],
        depends_on: 0b11,
        has_outbox: false,
        starting: 0,
        cut_off: 0,
        near: 0,
        drains: 0b10,
        strikes: false,
        has_copy: false,
        gives_up: false,
        faults: NO_FAULTS,
        mistake: Mistake::None,
    }
}

/// One write of each process, each of another topic.
pub(crate) fn two_writes() -> Config {
    Config { lease: 1, writes: [(0, 0b01), (1, 0b10)], ..one_write() }
}

/// One write of one topic, and pages that may be read from a copy of the database.
pub(crate) fn copied(faults: Faults) -> Config {
    Config { lease: 1, writes: [(0, 0b01), (1, 0)], depends_on: 0b01, has_copy: true, faults, ..one_write() }
}

/// One write that may have to go by the outbox, of one topic.
pub(crate) fn outbox() -> Config {
    Config { lease: 1, writes: [(0, 0b01), (1, 0)], depends_on: 0b01, has_outbox: true, ..one_write() }
}

/// As [`outbox`], by a process that cannot reach the server.
pub(crate) fn cut_off() -> Config {
    Config { lease: 2, cut_off: 0b01, ..outbox() }
}

/// Leases are lost between two writes; pages depend on the topic of the second.
pub(crate) fn lost_leases() -> Config {
    let faults = Faults { evict_leases: 1, ..NO_FAULTS };
    Config { lease: 1, writes: [(0, 0b10), (0, 0b01)], depends_on: 0b01, faults, ..one_write() }
}

/// A process that never reached the server, and another that does, of which the table of processes may have no sign of life.
pub(crate) fn given_up() -> Config {
    Config { lease: 1, starting: 0b01, gives_up: true, ..cut_off() }
}

fn holds(config: Config) {
    let checker = config.checker().spawn_bfs().join();
    checker.assert_properties();
}

/// All faults of the fast path, one at a time.
fn each_fault() -> [Faults; 9] {
    let none = NO_FAULTS;
    [
        Faults { break_subscription: 1, ..none },
        Faults { lose_message: 1, ..none },
        Faults { flush: 1, ..none },
        Faults { fail_over: 1, ..none },
        Faults { evict_key: 1, ..none },
        Faults { evict_leases: 1, ..none },
        Faults { evict_topic: 1, ..none },
        Faults { late: 1, ..none },
        Faults { crash: 1, ..none },
    ]
}

#[test]
fn two_writes_of_two_processes_without_faults() {
    holds(Config { lease: 2, writes: [(0, 0b01), (1, 0b11)], ..one_write() });
}

#[test]
fn one_write_under_each_fault() {
    for faults in each_fault() {
        holds(Config { faults, ..one_write() });
    }
}

#[test]
fn two_writes_while_a_subscription_breaks() {
    holds(Config { faults: Faults { break_subscription: 1, ..NO_FAULTS }, ..two_writes() });
}

#[test]
fn two_processes_that_both_read() {
    holds(Config { lease: 1, readers: 0b11, writes: [(0, 0b01), (1, 0)], depends_on: 0b01, ..one_write() });
}

#[test]
fn a_repeated_hold_and_a_lost_key() {
    let faults = Faults { late: 1, evict_key: 1, ..NO_FAULTS };
    holds(Config { lease: 1, writes: [(0, 0b01), (1, 0)], depends_on: 0b01, faults, ..one_write() });
}

#[test]
fn a_write_by_the_outbox() {
    holds(outbox());
}

#[test]
fn a_copy_that_is_behind_under_each_fault() {
    holds(copied(NO_FAULTS));
    for faults in each_fault() {
        holds(copied(faults));
    }
    holds(Config { has_copy: true, ..one_write() });
    holds(Config { has_copy: true, ..outbox() });
}

#[test]
fn a_process_that_is_cut_off_under_each_loss_of_the_registry() {
    holds(cut_off());
    holds(Config { lease: 1, faults: Faults { flush: 1, ..NO_FAULTS }, ..cut_off() });
    holds(Config { lease: 1, faults: Faults { evict_registry: 1, ..NO_FAULTS }, ..cut_off() });
}

#[test]
fn a_process_that_is_cut_off_and_struck_off() {
    holds(Config { strikes: true, ..cut_off() });
}

#[test]
fn a_process_that_starts_without_the_server() {
    holds(Config { lease: 1, starting: 0b01, ..cut_off() });
}

#[test]
fn a_process_that_starts_without_the_server_beside_one_that_shows_no_sign_of_life() {
    holds(given_up());
}

#[test]
#[ignore = "minutes: see the module documentation of the target"]
fn two_writes_under_each_fault() {
    holds(lost_leases());
    for faults in each_fault() {
        holds(Config { faults, ..two_writes() });
    }
}

#[test]
#[ignore = "minutes: see the module documentation of the target"]
fn the_outbox_under_each_fault() {
    let none = NO_FAULTS;
    holds(Config { lease: 2, ..outbox() });
    holds(Config { drains: 0b11, ..outbox() });
    holds(Config { writes: [(0, 0b01), (1, 0b01)], ..outbox() });
    holds(Config { strikes: true, ..outbox() });
    holds(Config { starting: 0b01, ..outbox() });
    for faults in [
        Faults { evict_registry: 1, ..none },
        Faults { crash: 1, ..none },
        Faults { flush: 1, ..none },
        Faults { late: 1, ..none },
    ] {
        holds(Config { faults, ..outbox() });
    }
    holds(Config { starting: 0b01, faults: Faults { flush: 1, ..none }, ..outbox() });
    holds(Config { lease: 2, ..given_up() });
    holds(Config { faults: Faults { flush: 1, ..none }, ..given_up() });
}
