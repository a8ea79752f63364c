//! What fails on a walk, from one fault to the next: Redis for all, or one instance's line to it. Nobody is told, and no page is older for it.

use std::{thread::sleep, time::Duration};

use super::clinic::Walk;
use crate::{
    line::{Line, Published},
    support::*,
};

/// Redis, and the lines of the instances that keep pages.
pub(super) struct Struck {
    redis: RedisServer,
    lines: Vec<Line>,
    /// What is not as it should be.
    now: Fault,
}

/// Something that lasts until the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Everything is mended.
    None,
    /// One instance does not reach Redis.
    CutOff,
    /// One has a long way to it.
    Far,
    /// One hears nothing of what others say, and does not know.
    Deaf,
    /// One hears it late.
    LateToHear,
    /// One is cut off from those who listen in the middle of a word.
    Torn,
    /// Redis forgets everything.
    Flushed,
    /// It has gone, and comes back empty.
    Away,
    /// When this ends, it has what it had when it began.
    Old,
    /// It answers nobody.
    Silent,
    /// It takes no writes.
    ReadOnly,
    /// It has no room.
    Full,
}

const FAULTS: [Fault; 12] = [
    Fault::None,
    Fault::CutOff,
    Fault::Far,
    Fault::Deaf,
    Fault::LateToHear,
    Fault::Torn,
    Fault::Flushed,
    Fault::Away,
    Fault::Old,
    Fault::Silent,
    Fault::ReadOnly,
    Fault::Full,
];

impl Walk {
    /// Lets something fail, if anything does on this walk. Returns one whom it concerns: it concerns all.
    pub(super) fn fail(&mut self, what: u8, at: u8) -> usize {
        if let Some(struck) = &mut self.struck {
            struck.strike(what, at);
        }
        self.round % self.members.len()
    }
}

impl Struck {
    /// A Redis of the walk's own, with so many lines to it; `None` where there is none to be had.
    pub(super) async fn begin(instances: u32) -> Option<Self> {
        let redis = RedisServer::start()?;
        let mut lines = Vec::new();
        for _ in 0..instances {
            lines.push(Line::lay(redis.port()).await);
        }
        Some(Self { redis, lines, now: Fault::None })
    }

    /// The address of Redis for who is never cut off.
    pub(super) fn good_url(&self) -> String {
        self.redis.url()
    }

    /// The same by way of that instance's line.
    pub(super) fn url(&self, instance: usize) -> String {
        self.lines[instance].url()
    }

    /// Mends what is not as it should be, and lets something else fail; of the instances that on which `at` falls.
    fn strike(&mut self, what: u8, at: u8) {
        self.mend();
        self.now = FAULTS[usize::from(what) % FAULTS.len()];
        let line = &self.lines[usize::from(at) % self.lines.len()];
        match self.now {
            Fault::None => {}
            Fault::CutOff => line.cut(),
            Fault::Far => line.slow_down(Duration::from_millis(150)),
            Fault::Deaf => line.publish(Published::Swallowed),
            Fault::LateToHear => line.publish(Published::Late),
            Fault::Torn => line.publish(Published::Torn),
            Fault::Flushed => drop(self.redis.command("FLUSHALL")),
            Fault::Old => drop(self.redis.command("SAVE")),
            Fault::Away => {
                self.redis.command("FLUSHALL");
                self.redis.command("SAVE");
                self.redis.kill();
            }
            Fault::Silent => self.redis.freeze(),
            Fault::ReadOnly => drop(self.redis.command("REPLICAOF 127.0.0.1 1")),
            Fault::Full => drop(self.redis.command("CONFIG SET maxmemory 1")),
        }
        // Now and then it goes on when somebody has noticed, now and then at once.
        if at > 127 {
            sleep(Duration::from_millis(1_500));
        }
    }

    fn mend(&mut self) {
        for line in &self.lines {
            line.mend();
        }
        match self.now {
            Fault::Away => self.redis.start_again(),
            Fault::Old => {
                self.redis.kill();
                self.redis.start_again();
            }
            Fault::Silent => self.redis.thaw(),
            Fault::ReadOnly => drop(self.redis.command("REPLICAOF NO ONE")),
            Fault::Full => drop(self.redis.command("CONFIG SET maxmemory 0")),
            _ => {}
        }
        self.now = Fault::None;
    }
}
