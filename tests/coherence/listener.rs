//! The listener by itself, over a line that fails those who are subscribed and nobody else.

use std::{collections::BTreeMap, time::Duration};

use telemedicine::{
    coherence::{Change, RedisStore, Store as _, boot_clock},
    redis::Redis,
    settings::Settings,
};
use tokio::task::spawn_local;

use crate::{
    line::{Line, Published},
    support::RedisServer,
};

/// For a busy machine.
const TRIES: u32 = 300;

async fn comes(what: &str, is_there: impl Fn() -> bool) {
    for _ in 0..TRIES {
        if is_there() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never comes to this: {what}");
}

fn store_over(line: &Line, lease: Duration) -> RedisStore {
    let vars = BTreeMap::from([("REDIS_URL".to_owned(), line.url())]);
    let settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
    let store = RedisStore::new(Redis::open_pooled(settings.redis.as_ref().unwrap(), "listener").unwrap(), lease);
    store.membership().unwrap().has_row(boot_clock::now());
    store
}

/// A connection that is open and over which nothing comes any more is found out, also where nothing is answered from memory and so no
/// nonce is missed: whoever follows changes would wait for ever.
#[actix_web::test]
async fn a_subscription_that_has_gone_silent_is_given_up() {
    let Some(redis) = RedisServer::start() else { return };
    for lease in [Duration::ZERO, Duration::from_secs(1)] {
        let line = Line::lay(redis.port()).await;
        let store = store_over(&line, lease);
        let listening = spawn_local(store.clone().listen_forever(|| ()));
        comes("it listens", || store.condition().is_listening).await;
        let mut changes = store.changes();
        line.publish(Published::Swallowed);
        let given_up = async { while changes.recv().await != Ok(Change::Unknown) {} };
        let waited = tokio::time::timeout(Duration::from_secs(15), given_up).await;
        assert!(waited.is_ok(), "with a lease of {lease:?} nobody notices");
        line.mend();
        comes("it listens again", || store.condition().is_listening).await;
        listening.abort();
    }
}

/// And one over which nothing has to come stays: no change is missed for that.
#[actix_web::test]
async fn a_quiet_subscription_is_kept() {
    let Some(redis) = RedisServer::start() else { return };
    let line = Line::lay(redis.port()).await;
    let store = store_over(&line, Duration::ZERO);
    let listening = spawn_local(store.clone().listen_forever(|| ()));
    comes("it listens", || store.condition().is_listening).await;
    let mut changes = store.changes();
    // More than a subscription is given to say something.
    let heard = tokio::time::timeout(Duration::from_secs(4), changes.recv()).await;
    assert!(heard.is_err(), "{heard:?}");
    listening.abort();
}
