//! A connection whose client has a limited time for the head of each further request.
//!
//! actix-http times the first head of a connection, and after an answer how long nothing at all comes; whoever then sends a head a byte at a time
//! could take for ever. So the bytes of a connection pass by here: those that come while no request is under way begin a head, and if no request has
//! begun of them in time, reading ends, as if the client had gone. What is being sent is sent to its end.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{dev::ServiceRequest, rt::net::TcpStream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// A stream of bytes, and the time for a head.
pub struct Paced {
    stream: TcpStream,
    limit: Duration,
    pace: Rc<Pace>,
    head: Option<Head>,
    /// Set once and late rather than anew for each head: it ends once in each `limit` at most, whatever comes.
    timer: Option<Pin<Box<Sleep>>>,
}

/// What requests tell their connection.
#[derive(Debug, Default)]
pub struct Pace {
    /// How many have begun; it may wrap.
    begun: Cell<u32>,
    is_under_way: Cell<bool>,
}

/// The first bytes after the answer to request `after`.
#[derive(Clone, Copy)]
struct Head {
    after: u32,
    due: Instant,
}

impl Paced {
    /// `stream`, with `limit` for each head but the first.
    #[must_use]
    pub fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, pace: Rc::default(), head: None, timer: None }
    }

    /// The connection itself.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// What its requests have to find among the data of the connection.
    #[must_use]
    pub fn pace(&self) -> Rc<Pace> {
        Rc::clone(&self.pace)
    }

    fn bytes_came(&mut self) {
        let after = self.pace.begun.get();
        // A first head is timed elsewhere, and answered with 408; what comes during a request is its body.
        if after == 0 || self.pace.is_under_way.get() || self.head.is_some_and(|head| head.after == after) {
            return;
        }
        self.head = Some(Head { after, due: Instant::now() + self.limit });
    }

    /// Whether a head should have come to its end by now. Else the task is woken when it should.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let begun = self.pace.begun.get();
        let Some(Head { due, .. }) = self.head.filter(|head| head.after == begun) else { return false };
        if self.pace.is_under_way.get() {
            return false;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        while timer.as_mut().poll(context).is_ready() {
            if timer.deadline() >= due {
                return true;
            }
            timer.as_mut().reset(due);
        }
        false
    }
}

impl AsyncRead for Paced {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            this.bytes_came();
        }
        // Nothing read is the end of what is to be read.
        if read.is_pending() && this.is_late(context) { Poll::Ready(Ok(())) } else { read }
    }
}

impl AsyncWrite for Paced {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// A request that is under way, until it is dropped.
#[must_use]
pub struct UnderWay(Option<Rc<Pace>>);

impl UnderWay {
    /// Tells the connection of `request` that its head is whole.
    pub fn begin(request: &ServiceRequest) -> Self {
        let pace = request.conn_data::<Rc<Pace>>().cloned();
        if let Some(pace) = &pace {
            pace.begun.set(pace.begun.get().wrapping_add(1).max(1));
            pace.is_under_way.set(true);
        }
        Self(pace)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(pace) = &self.0 {
            pace.is_under_way.set(false);
        }
    }
}
