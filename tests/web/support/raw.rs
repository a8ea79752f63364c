//! Bytes on a wire, for requests that no client library would send.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

use super::browser::PATIENCE;

/// What came back, as text.
#[derive(Clone, Debug)]
pub(crate) struct RawAnswer {
    /// 0 when the server closed the connection without an answer.
    pub(crate) status: u16,
    /// The header lines.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl RawAnswer {
    /// A header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let of = |line: &'_ str| line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .find(|line| of(line))
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value.trim())
    }
}

/// Sends `request` on a new connection and reads until the server closes it, so the request should
/// say `Connection: close`.
pub(super) fn send(address: SocketAddr, request: &[u8]) -> RawAnswer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The server may answer and close before it has read everything: that is its right.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    RawAnswer { status, head: head.to_owned(), body: body.to_owned() }
}
