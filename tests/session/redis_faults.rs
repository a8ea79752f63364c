//! The Redis layer alone: limits, breaker, recovery, and the epoch.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use telemedicine::redis::{Command, Error, Redis, Reply, THRESHOLD};

use super::redis_server::RedisServer;
use super::{redis_settings, until};

const PATIENCE: Duration = Duration::from_millis(250);
/// For a busy machine.
const SLACK: Duration = Duration::from_millis(250);
/// How long a proof holds.
const PROVED_FOR: Duration = Duration::from_millis(10);

fn both(server: &RedisServer) -> [Redis; 2] {
    let settings = redis_settings(&server.url());
    [Redis::open(&settings, "test").unwrap(), Redis::open_pooled(&settings, "test").unwrap()]
}

fn ping() -> Command {
    Command::new("PING")
}

#[actix_web::test]
async fn many_commands_at_once_are_all_answered_in_order() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        let sent = (0..500).map(|n: i64| redis.run(Command::new("ECHO").int(n)));
        for (n, answer) in join_all(sent).await.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), Reply::Bytes(n.to_string().into_bytes()));
        }
    }
}

#[actix_web::test]
async fn a_password_is_given_whenever_the_server_asks() {
    let Some(mut server) = RedisServer::start_with_password(Some("open-sesame-1")) else {
        return;
    };
    for redis in both(&server) {
        redis.run(Command::new("SET").arg("a").arg("1")).await.unwrap();
        server.kill();
        server.start_again();
        until(Duration::from_secs(3), async || redis.run(ping()).await.is_ok()).await;
    }
    let wrong = server.url().replace("sesame", "barley");
    let refused = Redis::open(&redis_settings(&wrong), "test").unwrap().run(ping()).await.unwrap_err();
    assert_eq!(refused.code(), "WRONGPASS", "{refused}");
}

#[actix_web::test]
async fn a_frozen_server_costs_the_patience_and_then_nothing_until_it_is_back() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.run(ping()).await.unwrap();
        server.freeze();
        for _ in 0..THRESHOLD {
            let start = Instant::now();
            assert!(matches!(redis.run(ping()).await, Err(Error::TimedOut(_))));
            assert!(start.elapsed() < PATIENCE + SLACK, "{:?}", start.elapsed());
        }
        assert!(redis.breaker().is_open());
        let start = Instant::now();
        for _ in 0..1000 {
            assert!(matches!(redis.run(ping()).await, Err(Error::Open)));
        }
        assert!(start.elapsed() < SLACK);
        server.thaw();
        let back = until(Duration::from_secs(3), async || redis.run(ping()).await.is_ok()).await;
        assert!(back < Duration::from_secs(2), "{back:?}");
    }
}

#[actix_web::test]
async fn a_killed_server_is_used_again_soon_after_it_is_back() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.run(ping()).await.unwrap();
        server.kill();
        let away = Instant::now();
        while away.elapsed() < Duration::from_secs(4) {
            let start = Instant::now();
            assert!(redis.run(ping()).await.is_err());
            assert!(start.elapsed() < PATIENCE + SLACK);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        server.start_again();
        let back = until(Duration::from_secs(3), async || redis.run(ping()).await.is_ok()).await;
        assert!(back < Duration::from_secs(2), "{back:?}");
    }
}

#[actix_web::test]
async fn a_restart_while_nobody_asks_is_not_noticed_by_the_next_command() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        redis.run(ping()).await.unwrap();
        server.kill();
        server.start_again();
        tokio::time::sleep(Duration::from_millis(700)).await;
        redis.run(ping()).await.unwrap();
    }
}

#[actix_web::test]
async fn the_epoch_stays_while_all_is_well_and_is_shared() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let [one, other] = both(&server);
    let first = one.read_trusted(&["x"]).await.unwrap();
    assert_eq!(first.values, [None]);
    assert_eq!(one.read_trusted(&[]).await.unwrap().epoch, first.epoch);
    let second = other.read_trusted(&[]).await.unwrap();
    assert_eq!(second.epoch, first.epoch, "a process that starts costs the others nothing");
    server.command("FLUSHALL");
    let third = one.read_trusted(&[]).await.unwrap();
    assert_ne!(third.epoch, second.epoch);
    assert_eq!(other.read_trusted(&[]).await.unwrap().epoch, third.epoch);
}

#[actix_web::test]
async fn a_server_restarted_from_an_old_snapshot_is_not_believed() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    for redis in both(&server) {
        let before = redis.read_trusted(&[]).await.unwrap();
        server.command("SAVE");
        server.kill();
        server.start_again();
        assert_eq!(server.command("EXISTS test:epoch"), ":1", "the old epoch came back");
        tokio::time::sleep(Duration::from_millis(700)).await;
        let after = redis.read_trusted(&[]).await.unwrap();
        assert_ne!(after.epoch, before.epoch);
    }
}

#[actix_web::test]
async fn after_a_failure_of_its_own_a_process_asks_again_and_the_epoch_stays() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let [one, other] = both(&server);
    other.read_trusted(&[]).await.unwrap();
    let before = one.read_trusted(&[]).await.unwrap();
    server.freeze();
    one.run(Command::new("DEL").arg("copy")).await.unwrap_err();
    server.thaw();
    until(Duration::from_secs(3), async || one.read_trusted(&[]).await.is_ok()).await;
    assert_eq!(one.read_trusted(&[]).await.unwrap().epoch, before.epoch);
    assert_eq!(other.read_trusted(&[]).await.unwrap().epoch, before.epoch, "one bad line costs nobody else anything");
}

#[actix_web::test]
async fn a_server_that_takes_no_writes_is_not_believed() {
    let refusals = [
        ("OOM", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("READONLY", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("NOREPLICAS", "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
    ];
    for (code, refuse, relent) in refusals {
        let Some(server) = RedisServer::start() else {
            return;
        };
        for redis in both(&server) {
            let before = redis.read_trusted(&["x"]).await.unwrap();
            server.command(refuse);
            // What was proved before the server refused may last a little.
            tokio::time::sleep(PROVED_FOR * 2).await;
            for _ in 0..5 {
                let refused = redis.read_trusted(&["x"]).await.unwrap_err();
                assert_eq!(refused.code(), code, "{refused}");
            }
            assert!(!redis.breaker().is_open());
            assert_eq!(redis.run(Command::new("GET").arg("x")).await.unwrap(), Reply::Nil, "other commands go on");
            server.command(relent);
            let after = redis.read_trusted(&["x"]).await.unwrap();
            // One that was a replica may have another's data; the others have what they had.
            assert_eq!(after.epoch == before.epoch, code != "READONLY", "{code}");
        }
    }
}

#[actix_web::test]
async fn a_server_that_became_a_replica_is_not_believed_though_the_epoch_is_there() {
    let (Some(server), Some(replica)) = (RedisServer::start(), RedisServer::start()) else {
        return;
    };
    let redis = Redis::open(&redis_settings(&replica.url()), "test").unwrap();
    let before = redis.read_trusted(&[]).await.unwrap();
    let upstream = server.url().replace("redis://", "").replace(':', " ");
    server.command(&format!("SET test:epoch {}", String::from_utf8_lossy(&before.epoch)));
    replica.command(&format!("REPLICAOF {upstream}"));
    until(Duration::from_secs(10), async || {
        server.command("SET mark here");
        replica.command("EXISTS mark") == ":1"
    })
    .await;
    assert_eq!(replica.command("EXISTS test:epoch"), ":1", "the epoch that it believed is still there to read");
    redis.read_trusted(&[]).await.unwrap_err();
    replica.command("REPLICAOF NO ONE");
    assert_ne!(redis.read_trusted(&[]).await.unwrap().epoch, before.epoch);
}

#[actix_web::test]
async fn a_connect_into_a_black_hole_is_given_up_for_a_new_one() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    // A socket whose backlog is full: the kernel drops whatever else wants to connect.
    let hole = tokio::net::TcpSocket::new_v4().unwrap();
    hole.set_reuseaddr(true).unwrap();
    hole.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let hole = hole.listen(1).unwrap();
    let address = hole.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) = tokio::time::timeout(SLACK, tokio::net::TcpStream::connect(address)).await {
        fillers.push(filler.unwrap());
    }
    let redis = Redis::open(&redis_settings(&format!("redis://{address}")), "test").unwrap();
    let away = Instant::now();
    while away.elapsed() < Duration::from_secs(4) {
        let start = Instant::now();
        assert!(redis.run(ping()).await.is_err());
        assert!(start.elapsed() < PATIENCE + SLACK);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The way is free again. The first connect, whose pauses have grown to four seconds, is not waited for.
    drop((hole, fillers));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let upstream = server.url().replace("redis://", "");
    let relay = actix_web::rt::spawn(async move {
        loop {
            let (mut here, _) = listener.accept().await.unwrap();
            let upstream = upstream.clone();
            actix_web::rt::spawn(async move {
                let mut there = tokio::net::TcpStream::connect(upstream).await.unwrap();
                drop(tokio::io::copy_bidirectional(&mut here, &mut there).await);
            });
        }
    });
    let back = until(Duration::from_secs(5), async || redis.run(ping()).await.is_ok()).await;
    assert!(back < Duration::from_millis(2500), "{back:?}");
    relay.abort();
}
