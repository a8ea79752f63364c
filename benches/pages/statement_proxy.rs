//! What a page says to Postgres, read off the wire: the statements with their values, exactly as they were sent.

use std::{
    collections::HashMap,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use chrono::{DateTime, TimeDelta};
use url::Url;

/// Stands between a server and its Postgres, passes everything on, and notes what is executed.
pub(crate) struct StatementProxy {
    address: String,
    log: Log,
}

/// A statement and the values of its `$1`, `$2` …
#[derive(Clone, Debug)]
pub(crate) struct Executed {
    pub(crate) sql: String,
    /// As text; `None` is null.
    pub(crate) values: Vec<Option<String>>,
}

type Log = Arc<Mutex<Vec<Executed>>>;

impl StatementProxy {
    /// In front of the Postgres at that address.
    pub(crate) fn before(database: &Url) -> Self {
        let target = format!("{}:{}", database.host_str().unwrap(), database.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let log = Log::default();
        let statement_proxy = Self { address, log: Arc::clone(&log) };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let log = Arc::clone(&log);
                thread::spawn(move || relay(client, server, log));
            }
        });
        statement_proxy
    }

    /// The database's address, by way of this.
    pub(crate) fn url(&self, database: &Url) -> String {
        let (host, port) = self.address.split_once(':').unwrap();
        let mut url = database.clone();
        url.set_host(Some(host)).unwrap();
        url.set_port(port.parse().ok()).unwrap();
        url.set_query(Some("sslmode=disable"));
        url.into()
    }

    /// What was executed since this was last asked, but for the look into the outbox that the server takes each second.
    pub(crate) fn take(&self) -> Vec<Executed> {
        let log = std::mem::take(&mut *self.log.lock().unwrap());
        log.into_iter().filter(|executed| !executed.sql.contains("cache_outbox")).collect()
    }
}

fn relay(mut client: TcpStream, mut server: TcpStream, log: Log) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (mut back, mut out) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut back, &mut out);
        let _ = out.shutdown(Shutdown::Both);
    });
    let mut listener = Listener { log, ..Listener::default() };
    let mut chunk = vec![0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut chunk) {
        listener.read(&chunk[..length]);
        if server.write_all(&chunk[..length]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// Follows what one connection's client says.
#[derive(Default)]
struct Listener {
    unread: Vec<u8>,
    /// The first message has no kind.
    begun: bool,
    /// SQL and the types of its parameters, by the statement's name.
    prepared: HashMap<String, (String, Vec<u32>)>,
    log: Log,
}

impl Listener {
    fn read(&mut self, chunk: &[u8]) {
        self.unread.extend_from_slice(chunk);
        loop {
            let start = usize::from(self.begun);
            let Some(length) = self.unread.get(start..start + 4) else { return };
            let end = start + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if self.unread.len() < end {
                return;
            }
            let message: Vec<u8> = self.unread.drain(..end).collect();
            if self.begun {
                self.decode(message[0], Message(&message[5..]));
            }
            self.begun = true;
        }
    }

    fn decode(&mut self, kind: u8, mut message: Message<'_>) {
        match kind {
            b'P' => {
                let (name, sql) = (message.text(), message.text());
                let types = message.list(|message| u32::from_be_bytes(message.take()));
                self.prepared.insert(name, (sql, types));
            }
            b'B' => {
                let (_portal, name) = (message.text(), message.text());
                let formats = message.list(|message| i16::from_be_bytes(message.take()));
                let values = message.list(Message::value);
                let (sql, types) = self.prepared.get(&name).unwrap();
                let format = |at: usize| formats.get(at).or(formats.first().filter(|_| formats.len() == 1)) == Some(&1);
                let shown = values.iter().enumerate().map(|(at, value)| {
                    let value = value.as_ref()?;
                    Some(if format(at) { text_of(types[at], value) } else { utf8(value) })
                });
                self.log.lock().unwrap().push(Executed { sql: sql.clone(), values: shown.collect() });
            }
            _ => {}
        }
    }
}

/// The rest of a message.
struct Message<'a>(&'a [u8]);

impl Message<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_at(N);
        self.0 = rest;
        taken.try_into().unwrap()
    }

    fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap();
        let text = utf8(&self.0[..end]);
        self.0 = &self.0[end + 1..];
        text
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let length = u16::from_be_bytes(self.take());
        (0..length).map(|_| item(self)).collect()
    }

    fn value(&mut self) -> Option<Vec<u8>> {
        let length = usize::try_from(i32::from_be_bytes(self.take())).ok()?;
        let (value, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(value.to_vec())
    }
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A value in binary form, by the number of its type.
fn text_of(kind: u32, value: &[u8]) -> String {
    match kind {
        16 => (value == [1]).to_string(),
        20 => i64::from_be_bytes(value.try_into().unwrap()).to_string(),
        21 => i16::from_be_bytes(value.try_into().unwrap()).to_string(),
        23 => i32::from_be_bytes(value.try_into().unwrap()).to_string(),
        25 | 1042 | 1043 => utf8(value),
        1082 => {
            let since_2000 = TimeDelta::days(i32::from_be_bytes(value.try_into().unwrap()).into());
            (DateTime::from_timestamp(946_684_800, 0).unwrap() + since_2000).date_naive().to_string()
        }
        1184 => {
            let since_2000 = TimeDelta::microseconds(i64::from_be_bytes(value.try_into().unwrap()));
            (DateTime::from_timestamp(946_684_800, 0).unwrap() + since_2000).to_rfc3339()
        }
        _ => panic!("a value of the type {kind}: add it to this list"),
    }
}
