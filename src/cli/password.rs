//! Asks for a new password without showing it.

use std::io::{IsTerminal as _, stdin};

use secrecy::SecretString;

use super::Failure;

/// A new password: typed twice at a terminal, else the first line of standard input.
pub(super) fn ask() -> Result<SecretString, Failure> {
    if !stdin().is_terminal() {
        return first_line();
    }
    let unreadable = |error| Failure::new(format_args!("cannot read the password: {error}"));
    let password = rpassword::prompt_password("Password: ").map_err(unreadable)?;
    let again = rpassword::prompt_password("The same again: ").map_err(unreadable)?;
    if password == again {
        Ok(password.into())
    } else {
        Err(Failure::new("the two passwords differ; nothing was changed"))
    }
}

fn first_line() -> Result<SecretString, Failure> {
    let mut line = String::new();
    stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::new(format_args!("cannot read the password from standard input: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::new("no password: type it when asked, or give it on standard input"));
    }
    Ok(password.into())
}
