//! Open streams of live pages, as browsers have them.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::clinic::Clinic;

/// Streams of one session; a seventh would end the first.
pub(crate) const OF_ONE_SESSION: usize = 6;
/// Longer than anything may take here.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of them.
pub(crate) struct OpenStream {
    socket: TcpStream,
    received: String,
}

impl OpenStream {
    /// What `cookie` is told of the page with that token, by `origin`.
    pub(crate) fn open(origin: &str, cookie: &str, token: &str) -> Self {
        let host = origin.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            socket,
            "GET /live?on={token} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip, br\r\n\r\n"
        )
        .unwrap();
        Self { socket, received: String::new() }
    }

    /// Waits for this event and forgets what came before; the moment at which it came.
    pub(crate) fn comes_to(&mut self, event: &str) -> Instant {
        let mark = format!("event: {event}\n");
        let mut buffer = [0; 2048];
        loop {
            if let Some(at) = self.received.find(&mark) {
                self.received.drain(..at + mark.len());
                return Instant::now();
            }
            let count = self.socket.read(&mut buffer).unwrap();
            assert!(count > 0, "the stream ended before {event}: {}", self.received);
            self.received.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    }
}

/// What a page is told by.
pub(crate) fn token(clinic: &Clinic, path: &str, cookie: &str) -> String {
    let page = String::from_utf8(clinic.page(path, cookie, "").body).unwrap();
    let token = page.split("data-live=\"").nth(1).and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("{path} is not live")).to_owned()
}

/// So many streams of dashboards of people who are signed in, each of them ready.
pub(crate) fn open(clinic: &Clinic, cookies: &[String], count: usize) -> Vec<OpenStream> {
    let mut streams = Vec::with_capacity(count);
    for cookie in cookies {
        let token = token(clinic, "/dashboard", cookie);
        let more = OF_ONE_SESSION.min(count - streams.len());
        streams.extend((0..more).map(|_| OpenStream::open(&clinic.origin, cookie, &token)));
    }
    assert_eq!(streams.len(), count, "too few people are signed in");
    for stream in &mut streams {
        stream.comes_to("ready");
    }
    streams
}
