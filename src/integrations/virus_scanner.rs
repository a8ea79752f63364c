//! `clamd`, asked whether a file is harmful: `INSTREAM`, over TCP, a connection for each file.

use std::{fmt, io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long a file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(5);
/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;
/// The longest answer that is read.
const ANSWER: u64 = 4096;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing that the scanner knows.
    Nothing,
    /// Something harmful.
    Harmful,
}

/// Why nothing is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Nobody answers. A sentence for the log.
    Away(String),
    /// It answers, and not about this file. What it said.
    NotAboutThis(String),
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(why) => f.write_str(why),
            Self::NotAboutThis(said) => write!(f, "the virus scanner said {said:?}"),
        }
    }
}

/// Asks the scanner at `address`, a host and a port, about `file`.
///
/// # Errors
/// When there is no answer, or one that says neither.
pub async fn scan(address: &str, file: &[u8]) -> Result<Finding, Unanswered> {
    let asked = timeout(PATIENCE, ask(address, file)).await;
    let answer = asked.map_err(|_late| Unanswered::Away("the virus scanner did not answer in time".to_owned()))?;
    let answer = answer.map_err(|error| Unanswered::Away(format!("the virus scanner cannot be asked: {error}")))?;
    let answer = answer.trim_end_matches(['\0', '\n']);
    match answer.strip_prefix("stream: ") {
        Some("OK") => Ok(Finding::Nothing),
        Some(found) if found.ends_with(" FOUND") => Ok(Finding::Harmful),
        _ if answer.is_empty() => Err(Unanswered::Away("the virus scanner hung up".to_owned())),
        _ => Err(Unanswered::NotAboutThis(answer.chars().take(120).collect())),
    }
}

/// Whether there is a scanner at `address`. Nothing is scanned.
///
/// # Errors
/// When there is none.
pub async fn greet(address: &str) -> Result<(), Unanswered> {
    let asked = timeout(GREETING, async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"zPING\0").await?;
        answer(stream).await
    });
    match asked.await {
        Ok(Ok(said)) if said.starts_with("PONG") => Ok(()),
        Ok(Ok(said)) => Err(Unanswered::NotAboutThis(said)),
        Ok(Err(error)) => Err(Unanswered::Away(error.to_string())),
        Err(_late) => Err(Unanswered::Away("no answer in time".to_owned())),
    }
}

async fn ask(address: &str, file: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"zINSTREAM\0").await?;
    for chunk in file.chunks(CHUNK) {
        stream.write_u32(u32::try_from(chunk.len()).map_err(io::Error::other)?).await?;
        stream.write_all(chunk).await?;
    }
    stream.write_u32(0).await?;
    answer(stream).await
}

async fn answer(stream: TcpStream) -> io::Result<String> {
    let mut answer = Vec::new();
    stream.take(ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
