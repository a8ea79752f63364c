//! A Postgres of one test's own with a standby, also for the tests of `tests/coherence`, and an address that leads to either.

#![allow(dead_code, reason = "two targets of tests share this")]

use std::cell::{Cell, RefCell};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use sea_orm::sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, spawn_local};

use crate::ports::free_port;

const PASSWORD: &str = "of-this-test-alone";

/// A server that runs as long as the value lives.
pub(crate) struct Server {
    folder: PathBuf,
    pub(crate) port: u16,
}

/// The programs of a server; `None`, with a message, where they are not: in CI that is a failure instead.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(debian.map(|version| version.path().join("bin")));
    let is_whole =
        |folder: &PathBuf| ["initdb", "pg_ctl", "pg_basebackup"].iter().all(|name| folder.join(name).exists());
    let found = folders.into_iter().find(is_whole);
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "the programs of PostgreSQL are not installed");
        eprintln!("skipped: this test needs initdb, pg_ctl and pg_basebackup");
    }
    found
}

/// Runs a program to its end. Postgres refuses to run as root; then it runs as the user that its package made.
fn run_program(program: &Path, arguments: &[&str]) {
    let is_root = rustix::process::getuid().is_root();
    let mut command = if is_root { Command::new("runuser") } else { Command::new(program) };
    if is_root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    let done = command.args(arguments).env("PGPASSWORD", PASSWORD).current_dir("/").stdin(Stdio::null());
    // Not piped: a server that is started keeps what it is given.
    let log = tempfile::NamedTempFile::new().unwrap();
    let done = done.stdout(log.reopen().unwrap()).stderr(log.reopen().unwrap()).status().unwrap();
    assert!(done.success(), "{}: {}", program.display(), std::fs::read_to_string(log.path()).unwrap());
}

impl Server {
    /// A primary in a part of `folder` of its own.
    pub(crate) fn primary(programs: &Path, folder: &Path) -> Self {
        let (data, password) = (folder.join("primary"), folder.join("password"));
        std::fs::write(&password, PASSWORD).unwrap();
        let (pgdata, pwfile) = (format!("--pgdata={}", data.display()), format!("--pwfile={}", password.display()));
        let rights = ["--username=postgres", "--auth=scram-sha-256", "--no-sync"];
        run_program(&programs.join("initdb"), &[&[pgdata.as_str(), &pwfile], &rights[..]].concat());
        Self::start(programs, data)
    }

    /// A copy of `self` that follows it.
    pub(crate) fn standby(&self, programs: &Path, folder: &Path) -> Self {
        let (data, port) = (folder.join("standby"), self.port.to_string());
        let pgdata = format!("--pgdata={}", data.display());
        let from = ["--host=127.0.0.1", "--port", &port, "--username=postgres", "--write-recovery-conf"];
        run_program(
            &programs.join("pg_basebackup"),
            &[&[pgdata.as_str(), "--no-sync", "--checkpoint=fast"], &from[..]].concat(),
        );
        Self::start(programs, data)
    }

    fn start(programs: &Path, folder: PathBuf) -> Self {
        let server = Self { folder, port: free_port() };
        server.start_again(programs);
        server
    }

    /// Starts it where it was, after [`Self::kill`].
    pub(crate) fn start_again(&self, programs: &Path) {
        let (folder, port) = (&self.folder, self.port);
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off");
        let (data, log) = (folder.display().to_string(), folder.with_extension("log").display().to_string());
        run_program(&programs.join("pg_ctl"), &["start", "-w", "-D", &data, "-l", &log, "-o", &options]);
    }

    /// Ends it at once, as when it crashes. Its own process, by the id that it names.
    pub(crate) fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("postmaster.pid")).unwrap_or_default();
        let pid = pid.lines().next().and_then(|line| line.parse().ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            // SIGQUIT.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        }
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&address(self.port)).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder goes away next.
        self.kill();
    }
}

/// The superuser's way to the server on `port`.
pub(crate) fn address(port: u16) -> String {
    format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres")
}

/// An address that is moved from one server to another. On the current [`tokio::task::LocalSet`].
pub(crate) struct Address {
    pub(crate) port: u16,
    server: Cell<u16>,
    swallows_answers: Cell<bool>,
    pumps: RefCell<Vec<AbortHandle>>,
}

impl Address {
    pub(crate) async fn of(server: &Server) -> Rc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (server, swallows_answers, pumps) = (Cell::new(server.port), Cell::default(), RefCell::default());
        let address = Rc::new(Self { port, server, swallows_answers, pumps });
        let carrying = Rc::clone(&address);
        spawn_local(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, carrying.server.get())).await.unwrap();
                carrying.carry(client, server);
            }
        });
        address
    }

    fn carry(self: &Rc<Self>, client: TcpStream, server: TcpStream) {
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let questions = async move { drop(tokio::io::copy(&mut from_client, &mut to_server).await) };
        let address = Rc::clone(self);
        let answers = async move {
            let mut buffer = vec![0; 16_384];
            while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                if !address.swallows_answers.get() && to_client.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        };
        self.pumps.borrow_mut().extend([spawn_local(questions).abort_handle(), spawn_local(answers).abort_handle()]);
    }

    /// From now on what the server says gets lost.
    pub(crate) fn swallow_answers(&self) {
        self.swallows_answers.set(true);
    }

    /// Leads whoever connects from now on to another server.
    pub(crate) fn lead_new_to(&self, server: &Server) {
        self.server.set(server.port);
    }

    /// Leads to another server, and cuts the connections that there are.
    pub(crate) fn move_to(&self, server: &Server) {
        self.server.set(server.port);
        self.swallows_answers.set(false);
        self.pumps.borrow_mut().drain(..).for_each(|pump| pump.abort());
    }
}

/// Waits, a minute at most.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..1_200 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: not within a minute");
}
