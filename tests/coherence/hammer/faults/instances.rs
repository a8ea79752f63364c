//! What happens to one instance, while the others are well; and to clocks.

use std::{thread::sleep, time::Duration};

use chrono::TimeDelta;

use super::{Fault, SILENCE, Struck};
use crate::{
    hammer::site::{Site, WaitedFor},
    line::{Line, Published},
};

/// How long instances answer from memory.
const LEASE: Duration = Duration::from_secs(1);

pub(super) const KINDS: &[Fault] = &[
    ("stopped for less than a lease", |struck| stop(struck, LEASE * 2 / 5)),
    ("stopped for more than a lease", stop_for_long),
    ("line slow", slow_down),
    ("line cut", cut),
    ("messages late", |struck| publish(struck, Published::Late)),
    ("messages cut in the middle", |struck| publish(struck, Published::Torn)),
    ("messages swallowed", |struck| publish(struck, Published::Swallowed)),
    ("without Postgres", lose_the_database),
    ("clocks set", set_clocks),
];

impl Struck {
    /// Does something to the lines of all to Redis.
    pub(super) fn lines(&self, act: impl Fn(&Line)) {
        self.shared.sites.iter().filter_map(|site| site.line.as_ref()).for_each(act);
    }

    fn any_line(&self) -> Line {
        let lines: Vec<&Line> = self.shared.sites.iter().filter_map(|site| site.line.as_ref()).collect();
        lines[rand::random_range(0..lines.len())].clone()
    }

    /// Who is registered in Redis and does not run in this process.
    fn processes(&self) -> Vec<String> {
        let ask = format!("EVAL \"return table.concat(redis.call('HKEYS', '{}:processes'), ' ')\" 0", self.prefix);
        let within: Vec<String> = self.shared.sites.iter().filter_map(Site::name).collect();
        let all = self.redis.text(&ask);
        all.split_whitespace()
            .filter(|name| *name != "#" && !within.iter().any(|own| own == name))
            .map(str::to_owned)
            .collect()
    }

    fn waited_for(&self) -> Vec<WaitedFor> {
        self.shared.sites.iter().map(Site::waited_for).collect()
    }
}

/// All that run by themselves stand still, whatever they are about to do.
fn stop(struck: &mut Struck, time: Duration) {
    struck.shared.stop();
    sleep(time);
    struck.shared.go_on();
}

/// Once their leases are over nobody waits for them any more.
fn stop_for_long(struck: &mut Struck) {
    let stopped = struck.processes();
    struck.shared.stop();
    // Who began to wait just before their leases were over is through with it as well.
    sleep(LEASE * 5 / 2);
    let before = struck.waited_for();
    sleep(LEASE * 3 / 2);
    for (before, now) in before.iter().zip(struck.waited_for()) {
        if let Some((process, time)) = now.filter(|now| before.as_ref() != Some(now) && stopped.contains(&now.0)) {
            struck.violation(format!("a writer waited {time:?} for process {process}, whose lease was over"));
        }
    }
    struck.shared.go_on();
}

/// Whatever one instance says or is told comes late, by more than its pages wait.
fn slow_down(struck: &mut Struck) {
    let line = struck.any_line();
    for delay in [20, 150, 300] {
        line.slow_down(Duration::from_millis(delay));
        sleep(SILENCE * 2);
    }
    line.mend();
}

/// One instance alone loses Redis, for longer than its lease.
fn cut(struck: &mut Struck) {
    let line = struck.any_line();
    line.cut();
    sleep(SILENCE * 4);
    line.mend();
}

/// What is published fares so on its way to one listener, and nothing else does.
fn publish(struck: &mut Struck, published: Published) {
    let line = struck.any_line();
    line.publish(published);
    sleep(SILENCE * 4);
    line.mend();
}

/// It may say that it cannot serve, and must not serve anything old.
fn lose_the_database(struck: &mut Struck) {
    let with_lines: Vec<&Site> = struck.shared.sites.iter().filter(|site| site.database.is_some()).collect();
    let site = with_lines[rand::random_range(0..with_lines.len())];
    let Some(line) = &site.database else { return };
    site.set_without_database(true);
    line.cut();
    sleep(SILENCE * 5);
    line.mend();
    // Until its pool has found that out.
    sleep(SILENCE * 3);
    site.set_without_database(false);
}

/// Those of the instances of this process: the others have the machine's.
fn set_clocks(struck: &mut Struck) {
    for minutes in [5, -10] {
        struck.clock.advance(TimeDelta::minutes(minutes));
        sleep(SILENCE * 2);
    }
}
