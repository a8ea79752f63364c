//! Pooled connections (`deadpool-redis`): for what is rare or big, for TLS and for database numbers.
//!
//! A connection is checked out per command and pinged when it is handed out, which makes a dropped one unnoticeable
//! and costs three quarters of the throughput of the [actor](super::actor). Nothing connects before the first use.

use deadpool_redis::redis::{AsyncConnectionConfig, ConnectionInfo, IntoConnectionInfo as _, RedisError};
use deadpool_redis::{BuildError, Manager, Pool, PoolConfig, PoolError, Runtime, Timeouts};

use super::{Command, Error, Reply};
use crate::settings;

/// The address in the settings is not one that the client understands. Its text is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address.
    #[error("REDIS_URL cannot be used")]
    Address(#[from] RedisError),
    /// The pool around it.
    #[error("the pool of Redis connections cannot be made")]
    Pool(#[from] BuildError),
}

/// A pool as `options` say. Fails only for an address that cannot be understood.
pub(super) fn open(options: &settings::RedisSettings) -> Result<Pool, OpenError> {
    let info = address(options)?;
    let connection = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(options.connect_timeout))
        .set_response_timeout(Some(options.timeout));
    let manager = Manager::new_with_config(info, connection)?;
    let config = PoolConfig {
        max_size: options.max_connections,
        timeouts: Timeouts {
            wait: Some(options.timeout),
            create: Some(options.connect_timeout),
            recycle: Some(options.timeout),
        },
        ..PoolConfig::default()
    };
    Ok(Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build()?)
}

/// The address as the client library has it. Fails only for one that cannot be understood.
pub(super) fn address(options: &settings::RedisSettings) -> Result<ConnectionInfo, OpenError> {
    Ok(options.expose().into_connection_info()?)
}

/// Sends one command over a connection of its own.
pub(super) async fn send(pool: &Pool, command: &Command) -> Result<Reply, Error> {
    let mut connection = pool.get().await.map_err(unavailable)?;
    let answer = command.to_redis().query_async(&mut connection).await;
    Reply::from_redis(answer.map_err(|error| failed(&error))?)
}

fn unavailable(error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => failed(&error),
        other => Error::Disconnected(other.to_string()),
    }
}

/// The client library keeps a server's error in parts; put it back as the server said it, code first.
pub(super) fn failed(error: &RedisError) -> Error {
    match error.code() {
        Some(code) => Error::Refused(format!("{code} {}", error.detail().unwrap_or_default())),
        None => Error::Disconnected(error.to_string()),
    }
}
