//! Reads that are put together: everybody gets what they asked for, of a moment after they asked, whatever becomes of the
//! others.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::poll;
use telemedicine::redis::{Command, Error, Redis, Trusted};

use super::redis_server::RedisServer;
use super::{redis_settings, until};

const PATIENCE: Duration = Duration::from_millis(250);
/// For a busy machine.
const SLACK: Duration = Duration::from_millis(250);

fn both(server: &RedisServer) -> [Redis; 2] {
    let settings = redis_settings(&server.url());
    [Redis::open(&settings, "test").unwrap(), Redis::open_pooled(&settings, "test").unwrap()]
}

/// How often the server was told to read several values, since it started.
async fn reads(redis: &Redis) -> usize {
    let told = redis.run(Command::new("INFO").arg("commandstats")).await.unwrap().into_bytes().unwrap().unwrap();
    let told = String::from_utf8(told).unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("cmdstat_mget:calls="));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

fn texts(trusted: &Trusted) -> Vec<Option<&str>> {
    trusted.values.iter().map(|value| value.as_deref().map(|bytes| std::str::from_utf8(bytes).unwrap())).collect()
}

async fn ask(redis: &Redis, keys: &[String]) -> Result<Trusted, Error> {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    redis.read_trusted(&keys).await
}

#[actix_web::test]
async fn calls_made_together_are_one_command_and_each_has_its_own_values_in_its_own_order() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for n in 0..100 {
        server.command(&format!("SET k{n} v{n}"));
    }
    for redis in both(&server) {
        // What is known of the server runs out after a few milliseconds. Calls that meet that moment, and on a slow machine all of them do, are
        // said once more in a second command.
        let known = round(&redis, Duration::ZERO).await;
        assert!((1..=2).contains(&known), "{known}");
        // Once it has run out, what is asked proves it anew.
        assert_eq!(round(&redis, Duration::from_millis(50)).await, 1);
    }
}

/// 200 calls at once, so long after the server proved which one it is, each of which gets what it asked for: how many commands they were.
async fn round(redis: &Redis, after: Duration) -> usize {
    let epoch = redis.read_trusted(&[]).await.unwrap().epoch;
    let before = reads(redis).await;
    tokio::time::sleep(after).await;
    let calls = (0..200).map(|n| vec![format!("k{}", n + 1), "none".to_owned(), "k7".to_owned(), format!("k{n}")]);
    let calls: Vec<Vec<String>> = calls.collect();
    let answers = join_all(calls.iter().map(|keys| ask(redis, keys))).await;
    for (n, answer) in answers.into_iter().enumerate() {
        let answer = answer.unwrap();
        let value = |n: usize| (n < 100).then(|| format!("v{n}"));
        let (next, own) = (value(n + 1), value(n));
        assert_eq!(texts(&answer), [next.as_deref(), None, Some("v7"), own.as_deref()]);
        assert_eq!(answer.epoch, epoch);
    }
    reads(redis).await - before
}

#[actix_web::test]
async fn what_gathers_behind_an_answer_is_one_command_as_well() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.read_trusted(&[]).await.unwrap();
        let before = reads(&redis).await;
        // Till what is known of the server has run out, so that each proves it anew instead of being said twice.
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.freeze();
        let first = actix_web::rt::spawn({
            let redis = redis.clone();
            async move { redis.read_trusted(&["a"]).await.map(drop) }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        let later = join_all((0..50).map(|_| redis.read_trusted(&["a", "b"])));
        let (_, later) = tokio::join!(async { server.thaw() }, later);
        assert!(later.iter().all(Result::is_ok));
        first.await.unwrap().unwrap();
        assert_eq!(reads(&redis).await - before, 2);
    }
}

#[actix_web::test]
async fn no_value_is_older_than_the_moment_it_was_asked_for() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        let written = Cell::new(0);
        let writer = async {
            for n in 1..=300_i64 {
                redis.run(Command::new("SET").arg("n").int(n)).await.unwrap();
                written.set(n);
            }
        };
        let reader = || async {
            while written.get() < 300 {
                let at_least = written.get();
                // Only one task at a time may set the first epoch.
                let Ok(answer) = redis.read_trusted(&["n"]).await else {
                    continue;
                };
                let read: i64 = texts(&answer)[0].map_or(0, |text| text.parse().unwrap());
                assert!(read >= at_least, "{read} was read after {at_least} had been written");
            }
        };
        tokio::join!(writer, join_all((0..16).map(|_| reader())));
    }
}

#[actix_web::test]
async fn a_caller_that_goes_away_takes_nothing_from_the_others() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    server.command("SET b there");
    for redis in both(&server) {
        redis.read_trusted(&[]).await.unwrap();
        let mut leaver = Box::pin(redis.read_trusted(&["a"]));
        let mut stayer = Box::pin(redis.read_trusted(&["b"]));
        assert!(poll!(&mut leaver).is_pending() && poll!(&mut stayer).is_pending());
        drop(leaver);
        assert_eq!(texts(&stayer.await.unwrap()), [Some("there")]);
        // Also when it is under way, and when nobody else waits.
        let mut leaver = Box::pin(redis.read_trusted(&["a"]));
        assert!(poll!(&mut leaver).is_pending());
        tokio::task::yield_now().await;
        drop(leaver);
        assert_eq!(texts(&redis.read_trusted(&["b"]).await.unwrap()), [Some("there")]);
    }
}

#[actix_web::test]
async fn a_failure_is_told_to_all_within_the_patience_of_each_and_opens_the_breaker_at_once() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.read_trusted(&[]).await.unwrap();
        server.freeze();
        let ask = async |pause: u64| {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let start = Instant::now();
            redis.read_trusted(&["a"]).await.unwrap_err();
            assert!(start.elapsed() < PATIENCE + SLACK, "{:?}", start.elapsed());
        };
        join_all((0..20).map(|n| ask(n * 10))).await;
        assert!(redis.breaker().is_open());
        server.thaw();
        until(Duration::from_secs(3), async || redis.read_trusted(&["a"]).await.is_ok()).await;
    }
}

#[actix_web::test]
async fn more_keys_than_one_command_takes_are_read_by_several() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.read_trusted(&[]).await.unwrap();
        let before = reads(&redis).await;
        let calls: Vec<Vec<String>> = (0..300).map(|n| (0..10).map(|m| format!("k{n}:{m}")).collect()).collect();
        let answers = join_all(calls.iter().map(|keys| ask(&redis, keys))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().unwrap().values.len() == 10));
        // On a busy machine an answer may come too late to be believed, and is asked for once more.
        let reads = reads(&redis).await - before;
        assert!((6..=12).contains(&reads), "3000 keys, 520 at a time: {reads}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_without_an_actor_put_theirs_together_too() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.read_trusted(&[]).await.unwrap();
        let tasks = (0..64).map(|n| {
            let redis = redis.clone();
            tokio::spawn(async move {
                for m in 0..20 {
                    let key = format!("own:{n}:{m}");
                    redis.run(Command::new("SET").arg(&key).int(n)).await.unwrap();
                    let answer = redis.read_trusted(&["none", &key]).await.unwrap();
                    assert_eq!(texts(&answer), [None, Some(n.to_string().as_str())]);
                }
            })
        });
        for task in join_all(tasks).await {
            task.unwrap();
        }
    }
}

#[test]
fn a_thread_whose_runtime_ended_in_the_middle_reads_again_on_its_next() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for redis in both(&server) {
        runtime().block_on(async { assert!(poll!(Box::pin(redis.read_trusted(&["a"]))).is_pending()) });
        runtime().block_on(async {
            redis.read_trusted(&["a"]).await.unwrap();
        });
    }
}
