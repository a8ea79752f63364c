//! What is said to Redis and what comes back, in one form for both ways of saying it (actor and pool).

use std::time::Duration;

use actix_redis::RespValue;
use deadpool_redis::redis;

/// A command and its arguments.
#[derive(Clone, Debug)]
pub struct Command(Vec<Vec<u8>>);

impl Command {
    /// A command by its name, e.g. `Command::new("GET").arg(key)`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(vec![name.as_bytes().to_vec()])
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.0.push(argument.as_ref().to_vec());
        self
    }

    /// Adds one argument per item.
    #[must_use]
    pub fn args<A: AsRef<[u8]>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.extend(arguments.into_iter().map(|argument| argument.as_ref().to_vec()));
        self
    }

    /// Adds a number in decimal.
    #[must_use]
    pub fn int(self, number: impl Into<i128>) -> Self {
        self.arg(number.into().to_string())
    }

    pub(super) fn to_resp(&self) -> RespValue {
        RespValue::Array(self.0.iter().cloned().map(RespValue::BulkString).collect())
    }

    pub(super) fn to_redis(&self) -> redis::Cmd {
        let mut command = redis::Cmd::new();
        for argument in &self.0 {
            command.arg(argument);
        }
        command
    }
}

/// An answer of Redis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No such value.
    Nil,
    /// A number.
    Int(i64),
    /// A string; also a status such as `OK`.
    Bytes(Vec<u8>),
    /// Several answers in one.
    Array(Vec<Reply>),
}

impl Reply {
    /// The items of an array; anything else is [`Error::Unexpected`].
    pub fn into_array(self) -> Result<Vec<Reply>, Error> {
        match self {
            Self::Array(items) => Ok(items),
            other => Err(other.unexpected()),
        }
    }

    /// The bytes of a string, `None` for nil; anything else is [`Error::Unexpected`].
    pub fn into_bytes(self) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Self::Nil => Ok(None),
            Self::Bytes(bytes) => Ok(Some(bytes)),
            other => Err(other.unexpected()),
        }
    }

    /// A number; anything else is [`Error::Unexpected`].
    pub fn into_int(self) -> Result<i64, Error> {
        match self {
            Self::Int(number) => Ok(number),
            other => Err(other.unexpected()),
        }
    }

    fn unexpected(&self) -> Error {
        Error::Unexpected(match self {
            Self::Nil => "nil",
            Self::Int(_) => "a number",
            Self::Bytes(_) => "a string",
            Self::Array(_) => "an array",
        })
    }

    /// Errors that the server answered become [`Error::Refused`].
    pub(super) fn from_resp(value: RespValue) -> Result<Self, Error> {
        Ok(match value {
            RespValue::Nil => Self::Nil,
            RespValue::Integer(number) => Self::Int(number),
            RespValue::BulkString(bytes) => Self::Bytes(bytes),
            RespValue::SimpleString(text) => Self::Bytes(text.into_bytes()),
            RespValue::Error(text) => return Err(Error::Refused(text)),
            RespValue::Array(items) => Self::Array(items.into_iter().map(Self::from_resp).collect::<Result<_, _>>()?),
        })
    }

    pub(super) fn from_redis(value: redis::Value) -> Result<Self, Error> {
        use redis::Value;
        Ok(match value {
            Value::Nil => Self::Nil,
            Value::Int(number) => Self::Int(number),
            Value::BulkString(bytes) => Self::Bytes(bytes),
            Value::SimpleString(text) => Self::Bytes(text.into_bytes()),
            Value::Okay => Self::Bytes(b"OK".to_vec()),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from_redis).collect::<Result<_, _>>()?),
            Value::ServerError(error) => return Err(Error::Refused(error.to_string())),
            _ => return Err(Error::Unexpected("a type of the newer protocol")),
        })
    }
}

/// Why there is no answer. Never shown to people: whoever asks Redis has another way to go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Redis failed a moment ago and this command was not sent.
    #[error("not asked, redis failed a moment ago")]
    Open,
    /// No answer in time. The command may still be carried out later.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// There is no connection, or it was dropped while waiting.
    #[error("no connection: {0}")]
    Disconnected(String),
    /// The server answered with an error; the text begins with its code (`NOAUTH`, `OOM`, `READONLY`, …).
    #[error("refused: {0}")]
    Refused(String),
    /// The server answered something of another kind than was asked for.
    #[error("unexpected answer: {0}")]
    Unexpected(&'static str),
}

impl Error {
    /// The code of a [`Error::Refused`], else an empty text.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(text) => text.split([' ', ':']).next().unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether the server's user lacks a permission for it, be it within a script.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        // Within a script servers before 7.2 say it in a sentence.
        const SAYINGS: [&str; 3] = ["NOPERM", "ACL failure", "user executing the script can't"];
        matches!(self, Self::Refused(text) if SAYINGS.iter().any(|saying| text.contains(saying)))
    }

    /// Why the server, which answers, takes no writes, if it says so.
    pub(super) fn refuses_writes(&self) -> Option<&'static str> {
        const WHY: [(&str, &str); 4] = [
            ("OOM", "its memory is full"),
            ("READONLY", "it is a replica"),
            ("MISCONF", "it cannot store them"),
            ("NOREPLICAS", "it has too few replicas"),
        ];
        let Self::Refused(text) = self else { return None };
        // Within a script servers before 7 say it behind other words.
        let says = |code: &str| self.code() == code || text.contains(&format!("-{code} "));
        WHY.into_iter().find(|(code, _)| says(code)).map(|(_, why)| why)
    }

    /// Whether the server could not serve at all, so that asking it again at once is of no use. A server that
    /// takes no writes (out of memory, read-only, unable to store or to replicate) or has not got a script still answers
    /// what it can.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::TimedOut(_) | Self::Disconnected(_) => true,
            Self::Refused(_) => !matches!(self.code(), "NOSCRIPT" | "ERR") && self.refuses_writes().is_none(),
            Self::Open | Self::Unexpected(_) => false,
        }
    }
}
