//! Runs the program in a folder of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Below the folder.
const LOG: &str = "server.log";
/// Longest that a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder to run in, and the variables to run with.
pub(crate) struct Program {
    folder: TempDir,
    vars: Vec<(String, String)>,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// Checks the exit code, that the message holds each of `parts`, and gives it back.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, parts: &[&str]) -> String {
        assert_eq!(self.code, code, "{self:?}");
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in {self:?}");
        }
        self.err
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), vars: Vec::new() }
    }

    pub(crate) fn var(mut self, name: &str, value: impl Into<String>) -> Self {
        self.vars.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(Command::new(env!("CARGO_BIN_EXE_telemedicine")));
        command.args(arguments);
        command
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .envs(self.vars.iter().cloned())
            .current_dir(self.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that never reads its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the server and reads its greeting, up to the line that says how to stop it.
    pub(crate) fn serve(&self) -> Serving {
        self.serve_with_log(Stdio::inherit())
    }

    /// The same with its log in this file of its folder.
    pub(crate) fn serve_logging_to(&self, name: &str) -> Serving {
        self.serve_with_log(File::create(self.folder().join(name)).unwrap().into())
    }

    /// The same in a shell that first runs `preparation`.
    pub(crate) fn serve_after(&self, preparation: &str) -> Serving {
        let script = format!("{preparation} && exec \"$0\" serve");
        let mut shell = self.prepared(Command::new("/bin/sh"));
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_telemedicine")]).stderr(Stdio::inherit());
        Self::greeted(shell.spawn().unwrap())
    }

    fn serve_with_log(&self, log: Stdio) -> Serving {
        Self::greeted(self.command(&["serve"]).stderr(log).spawn().unwrap())
    }

    /// The same, its log kept for [`Self::log`].
    pub(crate) fn serve_logging(&self) -> Serving {
        self.serve_logging_to(LOG)
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join(LOG)).unwrap()
    }

    fn greeted(mut child: Child) -> Serving {
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("Ctrl-C") {
            let read = out.read_line(&mut greeting).unwrap();
            assert!(read > 0, "the server ended: {greeting}");
        }
        Serving { child, out, greeting }
    }
}

/// A server that runs until it is stopped or dropped.
pub(crate) struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) greeting: String,
}

impl Serving {
    /// Of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address in the greeting.
    pub(crate) fn url(&self) -> String {
        let from = self.greeting.find("http://").expect("an address in the greeting");
        self.greeting[from..].split_whitespace().next().unwrap().to_owned()
    }

    /// Asks it to stop as a process supervisor would, and gives back its exit code.
    pub(crate) fn stop(self) -> Option<i32> {
        self.terminate();
        self.ended()
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Its exit code, once it has ended.
    pub(crate) fn ended(mut self) -> Option<i32> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut rest = String::new();
                self.out.read_to_string(&mut rest).unwrap();
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not stop");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A service that the tests were given, or `None` after saying that there is none.
pub(crate) fn service(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        eprintln!("{variable} is not set: not tested here");
    }
    url
}
