//! A scanner that speaks as `clamd` does: it takes `EICAR` for harmful, says something else at `CONFUSED`, and
//! hangs up while it is away.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

pub(super) struct Scanner {
    pub(super) address: String,
    is_away: Arc<AtomicBool>,
}

impl Scanner {
    /// Until the process ends.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let is_away = Arc::new(AtomicBool::new(false));
        let away = Arc::clone(&is_away);
        thread::spawn(move || {
            for stream in listener.incoming().flatten().filter(|_| !away.load(SeqCst)) {
                answer(stream);
            }
        });
        Self { address, is_away }
    }

    pub(super) fn goes_away(&self) {
        self.is_away.store(true, SeqCst);
    }

    pub(super) fn comes_back(&self) {
        self.is_away.store(false, SeqCst);
    }
}

fn answer(mut stream: TcpStream) {
    let mut command = [0; 10];
    stream.read_exact(&mut command).unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut file = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 {
            break;
        }
        let mut chunk = vec![0; length];
        stream.read_exact(&mut chunk).unwrap();
        file.extend(chunk);
    }
    let said = String::from_utf8_lossy(&file);
    let answer: &[u8] = match () {
        () if said.contains("CONFUSED") => b"INSTREAM size limit exceeded. ERROR\0",
        () if said.contains("EICAR") => b"stream: Eicar-Test-Signature FOUND\0",
        () => b"stream: OK\0",
    };
    stream.write_all(answer).unwrap();
}
