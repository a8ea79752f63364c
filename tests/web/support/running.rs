//! A server in a thread of its own.

use std::{collections::BTreeMap, net::SocketAddr, sync::mpsc, thread};

use telemedicine::state::AppState;

/// A server in a thread of its own, until this is dropped.
pub(super) struct Running {
    handle: actix_web::dev::ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
}

/// What the server's thread tells when it serves.
pub(super) struct Started {
    pub(super) address: SocketAddr,
    pub(super) handle: actix_web::dev::ServerHandle,
    pub(super) state: AppState,
    pub(super) vars: BTreeMap<String, String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(matches!(ended, Some(Ok(()))) || thread::panicking(), "the server's thread panicked");
    }
}

/// Runs `server` in a thread of its own, and waits until it serves.
pub(super) fn launch(server: impl AsyncFnOnce(mpsc::Sender<Started>) + Send + 'static) -> (Started, Running) {
    let (told, hears) = mpsc::channel();
    let thread = thread::spawn(move || {
        let system = actix_web::rt::System::new();
        let runtime = system.block_on(async move {
            server(told).await;
            tokio::runtime::Handle::current()
        });
        // What is still under way is dropped with the system. A connection of the database that is given back then looks for a runtime, and without one ends the
        // process of all tests.
        let _inside = runtime.enter();
        drop(system);
    });
    let Ok(started) = hears.recv() else {
        let cause = thread.join().expect_err("a server that did not start has panicked");
        std::panic::resume_unwind(cause);
    };
    let running = Running { handle: started.handle.clone(), thread: Some(thread) };
    (started, running)
}
