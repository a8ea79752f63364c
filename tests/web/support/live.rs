//! A stream of events, as it comes over the wire.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::browser::PATIENCE;

/// An open `GET /live`, read by a thread of its own. Closed when dropped.
pub(crate) struct Live {
    connection: TcpStream,
    received: Arc<Mutex<Received>>,
    seen: usize,
}

#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Live {
    /// Asks `address` for what the tokens are told of, with this `Cookie` header.
    pub(crate) fn open(address: SocketAddr, cookies: &str, tokens: &[&str]) -> Self {
        Self::open_with(address, &format!("Host: {address}\r\nCookie: {cookies}\r\n"), tokens)
    }

    /// The same with these header lines, each ended by CRLF.
    pub(crate) fn open_with(address: SocketAddr, lines: &str, tokens: &[&str]) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(tokens.iter().map(|token| ("on", token)))
            .finish();
        let request = format!(
            "GET /live?{query} HTTP/1.1\r\n{lines}Accept: text/event-stream\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
        );
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let received = Arc::new(Mutex::new(Received::default()));
        let (mut reader, writes) = (connection.try_clone().unwrap(), Arc::clone(&received));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let count = reader.read(&mut buffer).unwrap_or_default();
                let mut received = writes.lock().unwrap();
                received.bytes.extend_from_slice(&buffer[..count]);
                if count == 0 {
                    received.is_over = true;
                    return;
                }
            }
        });
        Self { connection, received, seen: 0 }
    }

    /// Waits for the head of the answer.
    pub(crate) async fn head(&self) -> String {
        self.until("the head of the answer", |text, _| text.split_once("\r\n\r\n").map(|(head, _)| head.to_lowercase()))
            .await
    }

    pub(crate) async fn status(&self) -> u16 {
        self.head().await.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Waits for the next event: its name and data.
    pub(crate) async fn next(&mut self) -> (String, String) {
        self.first("an event", |_| true).await
    }

    /// Waits for the next event that is not a beat, and has this name.
    pub(crate) async fn expect(&mut self, name: &str) -> String {
        let (found, data) = self.first(name, |found| found != "beat").await;
        assert_eq!(found, name, "{data}");
        data
    }

    /// Waits for the next event of this name, whatever comes before.
    pub(crate) async fn comes_to(&mut self, name: &str) -> String {
        self.first(name, |found| found == name).await.1
    }

    /// The first of those that were not looked at yet which is one. Beats come for ever, so they do not make it wait longer.
    async fn first(&mut self, what: &str, is_one: impl Fn(&str) -> bool) -> (String, String) {
        let seen = self.seen;
        let find = |text: &str| events(text).into_iter().enumerate().skip(seen).find(|(_, (name, _))| is_one(name));
        let (at, event) = self.until(what, |text, _| find(text)).await;
        self.seen = at + 1;
        event
    }

    /// Waits until the server has ended it. On a connection that is kept what ends is the answer.
    pub(crate) async fn ends(&self) {
        self.until("the end", |text, is_over| (is_over || text.ends_with("\r\n0\r\n\r\n")).then_some(())).await;
    }

    async fn until<T>(&self, what: &str, look: impl Fn(&str, bool) -> Option<T>) -> T {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let found = {
                let received = self.received.lock().unwrap();
                look(&String::from_utf8_lossy(&received.bytes), received.is_over)
            };
            if let Some(found) = found {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what} does not come; so far: {}", String::from_utf8_lossy(&self.received.lock().unwrap().bytes));
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}

/// The events in an answer in chunks. They are plain text, so each begins with its name.
fn events(answer: &str) -> Vec<(String, String)> {
    let Some((_, mut rest)) = answer.split_once("\r\n\r\n") else { return Vec::new() };
    let mut text = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        let Some(chunk) = after.get(..size) else { break };
        text.push_str(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    let event = |block: &str| {
        let (name, data) = block.strip_prefix("event: ")?.split_once("\ndata: ")?;
        Some((name.to_owned(), data.to_owned()))
    };
    text.split_inclusive("\n\n").filter_map(|block| event(block.strip_suffix("\n\n")?)).collect()
}
