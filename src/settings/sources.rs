//! Where variables come from: the process environment first, then the file `.env`.

use std::collections::BTreeMap;
use std::path::Path;

use super::problems::Problems;
use super::variables::VARIABLES;

const FILE: &str = ".env";

/// The variables of [`VARIABLES`] that are set somewhere. An empty one in the environment hides the file's.
pub(super) fn variables() -> Result<BTreeMap<String, String>, Problems> {
    let mut vars = if Path::new(FILE).is_file() { from_file(Path::new(FILE))? } else { BTreeMap::new() };
    let mut problems = Problems::default();
    for variable in VARIABLES {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        match std::env::var(variable.name) {
            Ok(value) => {
                vars.insert(variable.name.to_owned(), value);
            }
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => problems.add(variable.name, "must be valid UTF-8"),
        }
    }
    if problems.is_empty() { Ok(vars) } else { Err(problems) }
}

/// The file's variables; the process environment is left as it is.
fn from_file(file: &Path) -> Result<BTreeMap<String, String>, Problems> {
    let unreadable = |error: &dotenvy::Error| match error {
        // The line may hold a secret: only say where the trouble is.
        dotenvy::Error::LineParse(..) => {
            Problems::one(FILE, "has a line that is not NAME=value; quote values with spaces, $ or #")
        }
        error => Problems::one(FILE, format!("cannot be read: {error}")),
    };
    let lines = dotenvy::from_path_iter(file).map_err(|error| unreadable(&error))?;
    lines.collect::<Result<_, _>>().map_err(|error| unreadable(&error))
}
