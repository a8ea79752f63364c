//! A line between one instance and a service that is slow, cut, or bad for those who listen alone, while the others' is good.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// How the line is, for all connections over it. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Line {
    port: u16,
    how: Arc<How>,
}

#[derive(Default)]
struct How {
    /// Where it leads: a port of the loopback address.
    upstream: AtomicU16,
    /// Milliseconds that each piece takes longer, either way.
    delay: AtomicU64,
    /// Nothing passes, and connections are closed.
    is_cut: AtomicBool,
    /// What becomes of what is published: a number of [`Published`].
    published: AtomicU8,
    /// Moves each time that all connections are closed.
    closed: AtomicU64,
}

/// What becomes of what comes to who is subscribed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    Arrives = 0,
    /// By 300 milliseconds.
    Late = 1,
    /// Nothing comes any more, and the connection stays.
    Swallowed = 2,
    /// The connection is closed in the middle of the next message.
    Torn = 3,
}

/// One connection of who may have subscribed.
#[derive(Clone)]
struct Connection {
    line: Line,
    is_subscribed: Arc<AtomicBool>,
    opened: u64,
}

impl Line {
    /// A good line to the server on this port.
    pub(crate) async fn lay(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), how: Arc::default() };
        line.how.upstream.store(upstream, SeqCst);
        let laid = line.clone();
        tokio::spawn(async move {
            loop {
                let Ok((here, _)) = listener.accept().await else { return };
                if !laid.how.is_cut.load(SeqCst)
                    && let Ok(there) = TcpStream::connect(("127.0.0.1", laid.how.upstream.load(SeqCst))).await
                {
                    laid.join(here, there);
                }
            }
        });
        line
    }

    /// The port at which it begins.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of the Redis at its other end.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// It takes so much longer from now on.
    pub(crate) fn slow_down(&self, delay: Duration) {
        self.how.delay.store(u64::try_from(delay.as_millis()).unwrap(), SeqCst);
    }

    /// Nothing passes from now on.
    pub(crate) fn cut(&self) {
        self.how.is_cut.store(true, SeqCst);
    }

    /// What is published fares so from now on.
    pub(crate) fn publish(&self, published: Published) {
        self.how.published.store(published as u8, SeqCst);
    }

    /// All connections are closed, and new ones lead there.
    pub(crate) fn lead_to(&self, upstream: u16) {
        self.how.upstream.store(upstream, SeqCst);
        self.how.closed.fetch_add(1, SeqCst);
    }

    /// It is good again.
    pub(crate) fn mend(&self) {
        self.publish(Published::Arrives);
        self.slow_down(Duration::ZERO);
        self.how.is_cut.store(false, SeqCst);
    }

    /// Whether it is.
    pub(crate) fn is_good(&self) -> bool {
        self.how.published.load(SeqCst) == 0 && self.how.delay.load(SeqCst) == 0 && !self.how.is_cut.load(SeqCst)
    }

    fn join(&self, here: TcpStream, there: TcpStream) {
        let opened = self.how.closed.load(SeqCst);
        let connection = Connection { line: self.clone(), is_subscribed: Arc::default(), opened };
        let ((read_here, write_here), (read_there, write_there)) = (here.into_split(), there.into_split());
        tokio::spawn(connection.clone().say((read_here, write_there)));
        tokio::spawn(connection.hear((read_there, write_here)));
    }
}

impl Connection {
    /// From the instance to the server.
    async fn say(self, (mut from, mut to): (OwnedReadHalf, OwnedWriteHalf)) {
        let mut piece = vec![0; 64 * 1024];
        while let Some(length) = self.next(&mut from, &mut piece).await {
            if piece[..length].windows(9).any(|word| word == b"SUBSCRIBE") {
                self.is_subscribed.store(true, SeqCst);
            }
            if to.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    }

    /// From the server to the instance.
    async fn hear(self, (mut from, mut to): (OwnedReadHalf, OwnedWriteHalf)) {
        let mut piece = vec![0; 64 * 1024];
        while let Some(mut length) = self.next(&mut from, &mut piece).await {
            let published = self.line.how.published.load(SeqCst);
            let is_published = self.is_subscribed.load(SeqCst);
            if is_published && published == Published::Late as u8 {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            if is_published && published == Published::Swallowed as u8 {
                continue;
            }
            let is_torn = is_published && published == Published::Torn as u8;
            if is_torn {
                length /= 2;
            }
            if to.write_all(&piece[..length]).await.is_err() || is_torn {
                return;
            }
        }
    }

    /// Reads a piece, and takes the line's time for it. Nothing: the connection is over.
    async fn next(&self, from: &mut OwnedReadHalf, piece: &mut [u8]) -> Option<usize> {
        let length = tokio::select! {
            read = from.read(piece) => read.ok().filter(|length| *length > 0)?,
            () = self.until_closed() => return None,
        };
        tokio::time::sleep(Duration::from_millis(self.line.how.delay.load(SeqCst))).await;
        Some(length)
    }

    async fn until_closed(&self) {
        while !self.line.how.is_cut.load(SeqCst) && self.line.how.closed.load(SeqCst) == self.opened {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
