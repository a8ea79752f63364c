//! A line between one instance and Redis that is slow, or cut, while the others' is good.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
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
pub(super) struct Line {
    port: u16,
    /// Milliseconds that each piece takes longer, either way; [`CUT`]: nothing passes, and connections are closed.
    delay: Arc<AtomicU64>,
}

const CUT: u64 = u64::MAX;

impl Line {
    /// A good line to the server on this port.
    pub(super) async fn lay(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), delay: Arc::default() };
        let laid = line.clone();
        tokio::spawn(async move {
            loop {
                let Ok((here, _)) = listener.accept().await else { return };
                if !laid.is_cut()
                    && let Ok(there) = TcpStream::connect(("127.0.0.1", upstream)).await
                {
                    laid.join(here, there);
                }
            }
        });
        line
    }

    /// The address of what is at its other end.
    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// It takes so much longer from now on.
    pub(super) fn slow_down(&self, delay: Duration) {
        self.delay.store(u64::try_from(delay.as_millis()).unwrap(), SeqCst);
    }

    /// Nothing passes from now on.
    pub(super) fn cut(&self) {
        self.delay.store(CUT, SeqCst);
    }

    /// It is good again.
    pub(super) fn mend(&self) {
        self.delay.store(0, SeqCst);
    }

    fn is_cut(&self) -> bool {
        self.delay.load(SeqCst) == CUT
    }

    fn join(&self, here: TcpStream, there: TcpStream) {
        let ((read_here, write_here), (read_there, write_there)) = (here.into_split(), there.into_split());
        tokio::spawn(self.clone().pass(read_here, write_there));
        tokio::spawn(self.clone().pass(read_there, write_here));
    }

    async fn pass(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let length = tokio::select! {
                read = from.read(&mut piece) => match read {
                    Ok(length) if length > 0 => length,
                    _ => return,
                },
                () = self.until_cut() => return,
            };
            let delay = self.delay.load(SeqCst);
            if delay == CUT {
                return;
            }
            tokio::time::sleep(Duration::from_millis(delay)).await;
            if to.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    }

    async fn until_cut(&self) {
        while !self.is_cut() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
