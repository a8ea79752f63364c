//! Stamps that are put back by hand: what no fault may do.

use deadpool_redis::redis::{Client as RedisClient, cmd};

/// All stamps as they stood at one moment.
pub(in super::super) struct Stamps {
    client: RedisClient,
    values: Vec<(String, String)>,
}

impl Stamps {
    /// As they stand now.
    pub(in super::super) fn read(url: &str) -> Self {
        let client = RedisClient::open(url).unwrap();
        let mut connection = client.get_connection().unwrap();
        let keys: Vec<String> = cmd("KEYS").arg("*:topic:*").query(&mut connection).unwrap();
        assert!(!keys.is_empty(), "there are stamps");
        let value = |key: String| (key.clone(), cmd("GET").arg(&key).query(&mut connection).unwrap());
        Self { client: client.clone(), values: keys.into_iter().map(value).collect() }
    }

    /// Puts them back.
    pub(in super::super) fn write_back(&self) {
        let mut connection = self.client.get_connection().unwrap();
        for (key, value) in &self.values {
            cmd("SET").arg(key).arg(value).exec(&mut connection).unwrap();
        }
        // Who has heard what they were meanwhile asks anew.
        cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub").exec(&mut connection).unwrap();
    }
}
