//! Ending in order: not ready first, then a pause in which a load balancer can notice, then no new connections. What is under way is
//! finished.

use std::io;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::web::shutdown::Shutdown;

/// The signals that ask a process to end: SIGTERM of a supervisor, SIGINT of Ctrl-C.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they do not end the process by themselves.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// The next of them.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for a signal, then ends the server of `handle` in order, with a pause of `delay`. A second signal ends the pause. Returns only when
    /// there is a third one: then what is under way is broken off, and the error says so. `end_streams` is called before the server waits for
    /// what is under way: streams would go on for ever.
    pub(super) async fn obey(
        mut self,
        handle: ServerHandle,
        (shutdown, delay): (&Shutdown, Duration),
        end_streams: impl FnOnce(),
    ) -> io::Error {
        self.next().await;
        shutdown.begin();
        log::info!("asked to end: not ready any more, and no new connections in {} s", delay.as_secs());
        let cut_short = tokio::time::timeout(delay, self.next()).await.is_ok();
        log::info!(cut_short; "no new connections any more; what is under way is finished");
        end_streams();
        tokio::select! {
            () = handle.stop(true) => std::future::pending().await,
            () = self.next() => io::Error::new(io::ErrorKind::Interrupted, "asked once more, it broke off what was under way"),
        }
    }
}
