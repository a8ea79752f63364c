//! Secrets that stand in a file of their own, as Docker and Kubernetes hand them to a container: `SECRET_KEY_FILE` names
//! the file with `SECRET_KEY`, and so for every variable that has a [`file`](super::Variable::file).
//!
//! A value in the environment is seen by whoever may inspect the container or read `/proc`; a file only by its owner.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use super::problems::Problems;
use super::variables::VARIABLES;

/// Longest file, in bytes: more than the longest list of addresses. A device that never ends is not read to its end.
const LONGEST: u64 = 64 * 1024;

/// `vars` with each secret that a file holds under its own name.
///
/// # Errors
/// Every file that cannot be used, and every secret that is given both ways.
pub(super) fn read(mut vars: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problems> {
    let mut problems = Problems::default();
    for variable in VARIABLES {
        let Some((file, path)) = variable.file.and_then(|file| Some((file, given(&vars, file)?))) else { continue };
        if given(&vars, variable.name).is_some() {
            problems.add(file, format!("and {} are both set: take one of them away", variable.name));
            continue;
        }
        match content(&path) {
            Ok(value) => {
                vars.insert(variable.name.to_owned(), value);
            }
            Err(says) => problems.add(file, says),
        }
    }
    if problems.is_empty() { Ok(vars) } else { Err(problems) }
}

fn given(vars: &BTreeMap<String, String>, name: &str) -> Option<String> {
    vars.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The file's text without the space around it. A message tells the path, which is no secret, and never the text.
fn content(path: &str) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("names {path}, which cannot be read: {error}");
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text)).map_err(unreadable)?;
    match text.trim() {
        _ if text.len() as u64 > LONGEST => Err(format!("names {path}, which is longer than {LONGEST} bytes")),
        // Otherwise an empty file would silently mean the default: another database, or a server without Redis.
        "" => Err(format!("names {path}, which is empty")),
        value => Ok(value.to_owned()),
    }
}
