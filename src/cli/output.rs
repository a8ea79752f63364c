//! Standard output of the commands.

use std::io::{ErrorKind, Write as _};

use super::Failure;

/// Writes `bytes` and a line break. A reader that has gone away, as in `telemedicine routes | head`, is no failure.
pub(super) fn line(bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(bytes.as_ref()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says on standard error how far a long command is, so that what it prints stays what was asked for. Who does not listen misses nothing.
pub(super) fn progress(what: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "{what}"));
}
