//! What happens to Redis.

use std::time::{Duration, Instant};

use deadpool_redis::redis::{Client as RedisClient, cmd};

use crate::{line::Line, support::*};

/// Longer than a page waits for Redis.
const SILENCE: Duration = Duration::from_millis(700);
/// Between two outages: long enough for every process to have found Redis again, and for quiet after that.
const QUIET: Duration = Duration::from_millis(3_800);

/// One after the other, again and again, for that long, and each at least once. Returns how many there were.
pub(super) async fn go_on_for((mut redis, line): (RedisServer, Line), time: Duration) -> usize {
    let start = Instant::now();
    let mut faults = 0;
    let kinds: [fn(&mut RedisServer, &Line); 8] = [
        |redis, _| freeze(redis),
        |redis, _| deafen(redis),
        |redis, _| come_back_empty(redis),
        |_, line| slow_down(line),
        |redis, _| come_back_old(redis),
        |_, line| cut(line),
        |redis, _| come_back_old_at_once(redis),
        |redis, _| freeze_twice(redis),
    ];
    while start.elapsed() < time || faults < kinds.len() {
        quiet(&redis).await;
        let fault = kinds[faults % kinds.len()];
        let struck_line = line.clone();
        let struck = tokio::task::spawn_blocking(move || {
            fault(&mut redis, &struck_line);
            redis
        });
        redis = struck.await.unwrap();
        faults += 1;
    }
    quiet(&redis).await;
    faults
}

/// Redis answers all the time, and forgets everything now and then: no excuse for anybody. After that writers wait for as long as leases of
/// before may go on, so it must not be too often for anything to be kept.
async fn quiet(redis: &RedisServer) {
    for _ in 0..2 {
        tokio::time::sleep(QUIET / 2).await;
        assert_eq!(redis.command("FLUSHALL"), "+OK");
    }
}

fn freeze(redis: &mut RedisServer) {
    redis.freeze();
    std::thread::sleep(SILENCE);
    redis.thaw();
}

/// All listeners lose their connections, and nothing else.
fn deafen(redis: &mut RedisServer) {
    for _ in 0..3 {
        redis.command("CLIENT KILL TYPE pubsub");
        std::thread::sleep(SILENCE / 2);
    }
}

/// Whatever one instance says or is told comes late, by more than its pages wait.
fn slow_down(line: &Line) {
    for delay in [20, 150, 300] {
        line.slow_down(Duration::from_millis(delay));
        std::thread::sleep(SILENCE * 2);
    }
    line.mend();
}

/// One instance alone loses Redis, for longer than its lease.
fn cut(line: &Line) {
    line.cut();
    std::thread::sleep(SILENCE * 4);
    line.mend();
}

fn freeze_twice(redis: &mut RedisServer) {
    redis.freeze();
    std::thread::sleep(SILENCE / 2);
    redis.thaw();
    std::thread::sleep(SILENCE / 8);
    freeze(redis);
}

fn come_back_empty(redis: &mut RedisServer) {
    redis.command("FLUSHALL");
    redis.command("SAVE");
    redis.kill();
    std::thread::sleep(SILENCE);
    redis.start_again();
}

/// With stamps that were renewed since.
fn come_back_old(redis: &mut RedisServer) {
    redis.command("SAVE");
    std::thread::sleep(SILENCE);
    redis.kill();
    std::thread::sleep(SILENCE);
    redis.start_again();
}

/// The same, as quickly as a process can be started.
fn come_back_old_at_once(redis: &mut RedisServer) {
    redis.command("SAVE");
    std::thread::sleep(SILENCE);
    redis.kill();
    redis.start_again();
}

/// All stamps as they stood at one moment.
pub(super) struct Stamps {
    client: RedisClient,
    values: Vec<(String, String)>,
}

impl Stamps {
    /// As they stand now.
    pub(super) fn read(url: &str) -> Self {
        let client = RedisClient::open(url).unwrap();
        let mut connection = client.get_connection().unwrap();
        let keys: Vec<String> = cmd("KEYS").arg("*:topic:*").query(&mut connection).unwrap();
        assert!(!keys.is_empty(), "there are stamps");
        let value = |key: String| (key.clone(), cmd("GET").arg(&key).query(&mut connection).unwrap());
        Self { client: client.clone(), values: keys.into_iter().map(value).collect() }
    }

    /// Puts them back.
    pub(super) fn write_back(&self) {
        let mut connection = self.client.get_connection().unwrap();
        for (key, value) in &self.values {
            cmd("SET").arg(key).arg(value).exec(&mut connection).unwrap();
        }
        // Who has heard what they were meanwhile asks anew.
        cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub").exec(&mut connection).unwrap();
    }
}
