//! What happens to Redis, for all.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Fault, SILENCE, Struck};
use crate::support::*;

pub(super) const KINDS: &[Fault] = &[
    ("silent", freeze),
    ("silent twice", freeze_twice),
    ("slow", slow_down),
    ("listeners cut off", deafen),
    ("away", go_away),
    ("back empty", come_back_empty),
    ("back old", come_back_old),
    ("back old at once", come_back_old_at_once),
    ("followed by its replica", be_followed),
    ("read-only", become_a_replica),
    ("full", fill_up),
];

fn freeze(struck: &mut Struck) {
    struck.redis.freeze();
    sleep(SILENCE);
    struck.redis.thaw();
}

fn freeze_twice(struck: &mut Struck) {
    struck.redis.freeze();
    sleep(SILENCE / 2);
    struck.redis.thaw();
    sleep(SILENCE / 8);
    freeze(struck);
}

/// By more than pages wait, at last.
fn slow_down(struck: &mut Struck) {
    for delay in [30, 120, 300] {
        struck.lines(|line| line.slow_down(Duration::from_millis(delay)));
        sleep(SILENCE * 2);
    }
    struck.lines(|line| line.mend());
}

/// All listeners lose their connections, and nothing else.
fn deafen(struck: &mut Struck) {
    for _ in 0..3 {
        struck.redis.command("CLIENT KILL TYPE pubsub");
        sleep(SILENCE / 2);
    }
}

/// For longer than any lease.
fn go_away(struck: &mut Struck) {
    struck.redis.kill();
    sleep(SILENCE * 5);
    struck.redis.start_again();
}

fn come_back_empty(struck: &mut Struck) {
    struck.redis.command("FLUSHALL");
    struck.redis.command("SAVE");
    struck.redis.kill();
    sleep(SILENCE);
    struck.redis.start_again();
}

/// With stamps that were renewed since.
fn come_back_old(struck: &mut Struck) {
    struck.redis.command("SAVE");
    sleep(SILENCE);
    struck.redis.kill();
    sleep(SILENCE);
    struck.redis.start_again();
}

/// The same, as quickly as a process can be started.
fn come_back_old_at_once(struck: &mut Struck) {
    struck.redis.command("SAVE");
    sleep(SILENCE);
    struck.redis.kill();
    struck.redis.start_again();
}

/// A replica that has everything is cut off, so that it misses what is written from then on; then it takes over, with all that it has.
fn be_followed(struck: &mut Struck) {
    let Some(replica) = RedisServer::start() else { return };
    replica.command(&format!("REPLICAOF 127.0.0.1 {}", struck.redis.port()));
    let began = Instant::now();
    while !replica.text("INFO replication").contains("master_link_status:up") {
        assert!(began.elapsed() < Duration::from_secs(20), "the replica does not get what the master has");
        sleep(Duration::from_millis(20));
    }
    replica.command("REPLICAOF NO ONE");
    sleep(SILENCE);
    // First the end of the one, then the other: two that take writes at a time are no fault that can be borne.
    struck.redis.kill();
    struck.lines(|line| line.lead_to(replica.port()));
    struck.redis = replica;
}

/// Of a master that is not there: it answers, and takes no writes.
fn become_a_replica(struck: &mut Struck) {
    struck.redis.command("REPLICAOF 127.0.0.1 1");
    sleep(SILENCE * 3);
    struck.redis.command("REPLICAOF NO ONE");
}

fn fill_up(struck: &mut Struck) {
    struck.redis.command("CONFIG SET maxmemory 1");
    sleep(SILENCE * 3);
    struck.redis.command("CONFIG SET maxmemory 0");
}
