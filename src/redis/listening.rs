//! A connection that listens, with one beside it to answer over.
//!
//! Both belong to whoever opened them and to nobody else: not to the actor, whose commands wait for each other, and not to
//! the pool, which hands connections on. They are given up together.

use std::time::Duration;

use deadpool_redis::redis::aio::{MultiplexedConnection, PubSubSink, PubSubStream};
use deadpool_redis::redis::{AsyncConnectionConfig, Client, ConnectionInfo, IntoConnectionInfo as _, RedisError};
use futures_util::StreamExt as _;

use super::{Command, Error, Reply, pool};

/// A subscription to some channels. Dropping it ends it.
pub struct Subscription {
    stream: PubSubStream,
    /// The stream ends with it.
    _sink: PubSubSink,
    answers: Answers,
}

/// The connection beside a subscription. Clones share it; commands are sent without waiting for those before them.
#[derive(Clone)]
pub struct Answers {
    connection: MultiplexedConnection,
    limit: Duration,
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// On which channel.
    pub channel: String,
    /// The message.
    pub payload: Vec<u8>,
}

/// Opens both connections and subscribes. Answered or failed within about `limit`.
pub(super) async fn subscribe(
    info: &ConnectionInfo,
    channels: &[String],
    limit: Duration,
) -> Result<Subscription, Error> {
    let opened = async {
        let client = Client::open(info.clone().into_connection_info()?)?;
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(limit)).set_response_timeout(Some(limit));
        let connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let (mut sink, stream) = client.get_async_pubsub().await?.split();
        sink.subscribe(channels).await?;
        Ok::<_, RedisError>(Subscription { stream, _sink: sink, answers: Answers { connection, limit } })
    };
    match tokio::time::timeout(limit, opened).await {
        Ok(opened) => opened.map_err(|error| pool::failed(&error)),
        Err(_elapsed) => Err(Error::TimedOut(limit)),
    }
}

impl Subscription {
    /// The next message; `None` when the connection is gone.
    pub async fn next(&mut self) -> Option<Published> {
        let message = self.stream.next().await?;
        Some(Published {
            channel: message.get_channel_name().to_owned(),
            payload: message.get_payload_bytes().to_vec(),
        })
    }

    /// The connection beside it.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }
}

impl Answers {
    /// Says a command.
    ///
    /// # Errors
    /// See [`Error`]; the connection is of no use any more unless the server refused the command.
    pub async fn run(&mut self, command: &Command) -> Result<Reply, Error> {
        let command = command.to_redis();
        match tokio::time::timeout(self.limit, command.query_async(&mut self.connection)).await {
            Ok(answer) => Reply::from_redis(answer.map_err(|error| pool::failed(&error))?),
            Err(_elapsed) => Err(Error::TimedOut(self.limit)),
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answers")
    }
}
