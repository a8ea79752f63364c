//! Tries are counted the same in Redis and in process, and somewhere in any case.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use futures_util::future::join_all;
use telemedicine::integrations::clock::Clock;
use telemedicine::redis::Redis;
use telemedicine::web::rate_limit::{Key, RateLimiter};

use super::redis_server::RedisServer;
use super::redis_settings;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const WORK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn clock() -> Clock {
    Clock::fixed(DateTime::from_timestamp(1_900_000_000, 0).unwrap())
}

/// A limiter in process and, where there is a Redis, two that share one.
async fn limiters() -> (Vec<[RateLimiter; 2]>, Clock, Option<RedisServer>) {
    let clock = clock();
    let local = RateLimiter::new(None, clock.clone());
    let mut limiters = vec![[local.clone(), local]];
    let server = RedisServer::start();
    if let Some(server) = &server {
        let instance = || {
            let redis = Redis::open(&redis_settings(&server.url()), "test").unwrap();
            RateLimiter::new(Some(redis), clock.clone())
        };
        limiters.push([instance(), instance()]);
    }
    (limiters, clock, server)
}

#[actix_web::test]
async fn ten_failures_and_the_next_is_told_when() {
    let (limiters, clock, _server) = limiters().await;
    for [one, other] in limiters {
        let keys = Key::password(7);
        for n in 0..10 {
            let limiter = if n % 2 == 0 { &one } else { &other };
            drop(limiter.attempt(&keys).await.unwrap());
            clock.advance(TimeDelta::seconds(10));
        }
        let wait = other.attempt(&keys).await.unwrap_err();
        assert_eq!(wait.seconds(), 15 * 60 - 100, "until the oldest is 15 minutes old");
        one.attempt(&Key::password(8)).await.unwrap().succeeded().await;
        clock.advance(TimeDelta::seconds(15 * 60 - 101));
        assert!(one.attempt(&keys).await.is_err(), "a second too early");
        clock.advance(TimeDelta::seconds(1));
        drop(one.attempt(&keys).await.unwrap());
        assert!(other.attempt(&keys).await.is_err(), "the window slides, it does not empty");
        clock.advance(TimeDelta::hours(1));
    }
}

/// Mended by hand, or by a machine that went on where it had stood.
#[actix_web::test]
async fn a_clock_that_was_set_back_locks_nobody_out() {
    let (limiters, clock, _server) = limiters().await;
    for [one, other] in limiters {
        let keys = Key::password(7);
        for _ in 0..10 {
            drop(one.attempt(&keys).await.unwrap());
        }
        clock.advance(TimeDelta::seconds(-5));
        assert!(one.attempt(&keys).await.is_err() && other.attempt(&keys).await.is_err(), "clocks differ by so much");
        clock.advance(TimeDelta::hours(-1));
        for limiter in [&one, &other] {
            drop(limiter.attempt(&keys).await.unwrap());
        }
        clock.advance(TimeDelta::hours(3));
    }
}

#[actix_web::test]
async fn good_tries_do_not_count() {
    let (limiters, _, _server) = limiters().await;
    for [one, other] in limiters {
        let keys = Key::sign_in("asha@clinic.test", HOME);
        for _ in 0..60 {
            one.attempt(&keys).await.unwrap().succeeded().await;
            other.attempt(&keys).await.unwrap().succeeded().await;
        }
    }
}

#[actix_web::test]
async fn tries_sent_at_once_do_not_slip_through() {
    let (limiters, _, _server) = limiters().await;
    for [one, other] in limiters {
        let keys = Key::password(7);
        let tries = (0..60).map(|n| if n % 2 == 0 { one.attempt(&keys) } else { other.attempt(&keys) });
        let admitted = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(admitted, 10);
    }
}

#[actix_web::test]
async fn an_address_is_limited_in_the_accounts_that_it_makes() {
    let (limiters, _, _server) = limiters().await;
    for [one, other] in limiters {
        for _ in 0..10 {
            drop(one.attempt(&Key::sign_up(HOME)).await.unwrap());
            drop(other.attempt(&Key::sign_up(HOME)).await.unwrap());
        }
        assert!(one.attempt(&Key::sign_up(HOME)).await.is_err());
        assert!(one.attempt(&Key::sign_up(WORK)).await.is_ok());
    }
}

#[actix_web::test]
async fn strangers_can_slow_an_account_down_but_not_lock_it() {
    let (limiters, _, _server) = limiters().await;
    for [one, other] in limiters {
        for n in 0..10_u8 {
            let stranger = IpAddr::from([198, 51, 100, n]);
            drop(one.attempt(&Key::sign_in("asha@clinic.test", stranger)).await.unwrap());
        }
        // One at once, one a second later: whichever instance they come to, its owner is let in.
        for limiter in [&one, &other, &one] {
            limiter.attempt(&Key::sign_in("asha@clinic.test", HOME)).await.unwrap().succeeded().await;
        }
        let (keys, device) = (Key::sign_in("asha@clinic.test", WORK), Key::device("0123"));
        let many = (0..40).map(|_| one.attempt(&keys));
        let (many, known) = futures_util::future::join(join_all(many), one.attempt(&device)).await;
        assert!(known.is_ok(), "a browser that is known waits for nobody");
        let judged = many.iter().filter(|attempt| attempt.is_ok()).count();
        assert!((1..=20).contains(&judged), "{judged} of 40");
        assert!(one.attempt(&Key::sign_in("bina@clinic.test", HOME)).await.is_ok());
    }
}

#[actix_web::test]
async fn what_redis_forgets_is_not_forgiven() {
    let (limiters, _, server) = limiters().await;
    for [one, _] in limiters {
        for _ in 0..10 {
            drop(one.attempt(&Key::password(7)).await.unwrap());
        }
        if let Some(server) = &server {
            assert_eq!(server.command("FLUSHALL"), "+OK");
        }
        assert!(one.attempt(&Key::password(7)).await.is_err());
    }
}

#[actix_web::test]
async fn without_redis_tries_are_still_counted_and_nothing_hangs() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let redis = Redis::open(&redis_settings(&server.url()), "test").unwrap();
    let limiter = RateLimiter::new(Some(redis), clock());
    server.freeze();
    let keys = Key::sign_up(HOME);
    let start = Instant::now();
    for _ in 0..20 {
        drop(limiter.attempt(&keys).await.unwrap());
    }
    assert!(limiter.attempt(&keys).await.is_err());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
