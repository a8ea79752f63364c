//! Where variables come from: the process environment first, then the file `.env`.

use std::collections::BTreeMap;
use std::path::Path;

use super::problems::Problems;
use super::secret_files;
use super::variables::VARIABLES;

const FILE: &str = ".env";

/// The variables of [`VARIABLES`] that are set somewhere, secrets that stand in files of their own among them. An empty one in
/// the environment hides the file's.
pub(super) fn variables() -> Result<BTreeMap<String, String>, Problems> {
    let file = if Path::new(FILE).is_file() { from_file(Path::new(FILE))? } else { BTreeMap::new() };
    secret_files::read(merged(file, environment()?))
}

/// What the environment says over what the file says. Of a secret it hides both forms, else a file copied from the example
/// could not be overridden by a secret that stands in a file.
pub(super) fn merged(
    mut file: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    for variable in VARIABLES {
        let forms = [Some(variable.name), variable.file];
        if forms.iter().flatten().any(|name| environment.contains_key(*name)) {
            for name in forms.iter().flatten() {
                file.remove(*name);
            }
        }
    }
    file.extend(environment);
    file
}

fn environment() -> Result<BTreeMap<String, String>, Problems> {
    let mut vars = BTreeMap::new();
    let mut problems = Problems::default();
    for name in VARIABLES.iter().flat_map(|variable| [Some(variable.name), variable.file]).flatten() {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        match std::env::var(name) {
            Ok(value) => {
                vars.insert(name.to_owned(), value);
            }
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => problems.add(name, "must be valid UTF-8"),
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
