//! A Redis server of one test's own, to be stopped, killed and restarted without disturbing other tests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::ports::free_port;

/// A running `redis-server` on a free port of the loopback address; killed, by its process id, when dropped.
pub(crate) struct RedisServer {
    process: Child,
    port: u16,
    folder: TempDir,
    password: Option<String>,
}

impl RedisServer {
    /// `None`, with a message, where there is no `redis-server` program. In CI that is a failure instead, and wherever the run was given a
    /// Redis, from Docker for example: it would pass without having run.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with_password(None)
    }

    /// As [`Self::start`]; commands are refused with `NOAUTH` until the password was given.
    pub(crate) fn start_with_password(password: Option<&str>) -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            #[expect(clippy::disallowed_methods, reason = "what has to run is the runner's to say, not a setting")]
            let must_run = ["CI", "TEST_REDIS_URL"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!must_run, "redis-server is not installed, and the tests of its outages need one of their own");
            eprintln!("SKIPPED: this test needs the program redis-server");
            return None;
        }
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let password = password.map(str::to_owned);
        let process = spawn(port, &folder, password.as_deref());
        let server = Self { process, port, folder, password };
        server.wait_until_ready();
        Some(server)
    }

    /// The address for `REDIS_URL`.
    pub(crate) fn url(&self) -> String {
        match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}", self.port),
            None => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// Its port on the loopback address.
    #[allow(dead_code, reason = "only some of the suites that share this lay lines to it")]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Stops the process in its tracks (SIGSTOP): connections are accepted by the kernel, nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Undoes [`Self::freeze`]; what was sent meanwhile is answered now.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Ends the process (SIGKILL): connections are refused.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// A new process on the same port, with what [`Self::command`]`("SAVE")` last stored, or empty.
    pub(crate) fn start_again(&mut self) {
        self.process = spawn(self.port, &self.folder, self.password.as_deref());
        self.wait_until_ready();
    }

    /// Says one command, e.g. `SET a b`; the first line of the answer.
    pub(crate) fn command(&self, line: &str) -> String {
        self.try_command(line).unwrap()
    }

    /// Says one command that is answered with a text, e.g. `INFO stats`; the whole text.
    #[allow(dead_code, reason = "not every suite that has a Redis of its own reads texts")]
    pub(crate) fn text(&self, line: &str) -> String {
        let mut stream = self.say(line).unwrap();
        let length = read_line(&mut stream).unwrap();
        let length: usize = length.trim_start_matches('$').parse().unwrap_or_else(|_| panic!("{line}: {length}"));
        let mut text = vec![0; length];
        stream.read_exact(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }

    fn try_command(&self, line: &str) -> std::io::Result<String> {
        read_line(&mut self.say(line)?)
    }

    fn say(&self, line: &str) -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        if let Some(password) = &self.password {
            stream.write_all(format!("AUTH {password}\r\n").as_bytes())?;
            read_line(&mut stream)?;
        }
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        Ok(stream)
    }

    fn wait_until_ready(&self) {
        let start = Instant::now();
        while self.try_command("PING").ok().as_deref() != Some("+PONG") {
            assert!(start.elapsed() < Duration::from_secs(30), "redis-server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(port: u16, folder: &TempDir, password: Option<&str>) -> Child {
    let port = port.to_string();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]);
    command.arg(folder.path());
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn read_line(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte)?;
        match byte {
            [b'\n'] => return Ok(String::from_utf8_lossy(&line).into_owned()),
            [b'\r'] => {}
            [other] => line.push(other),
        }
    }
}
