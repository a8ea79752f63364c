//! What the command reads from the environment, or else from the file `.env` as the server does: `MIGRATION_DATABASE_URL` or
//! else `DATABASE_URL`, each of which may stand in a file that `…_FILE` names, and `ENVIRONMENT`.
//!
//! `DATABASE_URL` is what the servers connect with. Where that is a role that cannot alter the schema, the owner's address is
//! the other one, which no server is given.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use migration::ServerRole;
use percent_encoding::percent_decode_str;
use url::Url;

/// The embedded database, relative to the folder in which the command runs.
const DEFAULT_URL: &str = "sqlite://data/telemedicine.db?mode=rwc";

/// The servers' address.
const SERVERS: &str = "DATABASE_URL";
/// That of the owner of the tables, if the servers are somebody else.
const OWNERS: &str = "MIGRATION_DATABASE_URL";

/// The settings of one run.
pub(crate) struct Settings {
    /// Where it works.
    pub(crate) target: Target,
    /// Whether data is only thrown away after saying which.
    pub(crate) production: bool,
    /// What the servers connect with, where that is another role than the target's.
    servers: Option<String>,
}

/// A database and how to speak of it without its password.
pub(crate) struct Target {
    /// The variable that names it.
    pub(crate) variable: &'static str,
    /// With the password: for connecting, never for printing.
    pub(crate) url: String,
    /// What `--confirm` must repeat.
    pub(crate) name: String,
    /// Where it is, for people.
    pub(crate) place: String,
    /// The file of a SQLite database; none for Postgres or a database in memory.
    pub(crate) file: Option<PathBuf>,
}

impl Settings {
    /// Reads the environment and `.env`. On failure: every problem, one line each, without any value.
    pub(crate) fn load() -> Result<Self, Vec<String>> {
        let file = file(Path::new(".env")).map_err(|problem| vec![problem])?;
        // Set but empty means "not set", and hides the file's value.
        let hidden = |name: &str| {
            let address = name.strip_suffix("_FILE").unwrap_or(name);
            [SERVERS, OWNERS].contains(&address)
                && (environment(address).is_some() || environment(&format!("{address}_FILE")).is_some())
        };
        Self::from_vars(|name| {
            let written = || file.get(name).filter(|_| !hidden(name)).cloned();
            environment(name).or_else(written).filter(|value| !value.is_empty())
        })
    }

    fn from_vars(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let addresses = addresses(&variable);
        let production = match variable("ENVIRONMENT").as_deref() {
            None | Some("development") => Ok(false),
            Some("production") => Ok(true),
            Some(_) => Err("ENVIRONMENT must be development or production".to_owned()),
        };
        match (addresses, production) {
            (Ok((target, servers)), Ok(production)) => Ok(Self { target, production, servers }),
            (addresses, production) => Err(addresses.err().into_iter().chain(production.err()).collect()),
        }
    }

    /// As whom the servers connect, with the password that they have.
    ///
    /// # Errors
    /// That one of the two addresses is missing, or that the servers' names no user or no password.
    pub(crate) fn server_role(&self) -> Result<ServerRole, String> {
        let servers = self.servers.as_deref().ok_or_else(|| {
            format!("name a role with --role, or set {OWNERS} to the owner's address beside the servers' in {SERVERS}")
        })?;
        let parsed = Url::parse(servers).map_err(|cause| format!("{SERVERS} is not a valid address: {cause}"))?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match (decoded(parsed.username()), parsed.password().map(decoded).unwrap_or_default()) {
            (name, _) if name.is_empty() => Err(format!("{SERVERS} names no user")),
            (name, password) if password.is_empty() => {
                Err(format!("{SERVERS} has no password for {name}; one that it has already is kept with --role {name}"))
            }
            (name, password) => Ok(ServerRole { name, password: Some(password) }),
        }
    }
}

/// What to work on, and what the servers connect with if that is something else.
fn addresses(variable: &impl Fn(&str) -> Option<String>) -> Result<(Target, Option<String>), String> {
    let servers = address(variable, SERVERS)?;
    match address(variable, OWNERS)? {
        Some(owners) => Ok((Target::parse(owners, OWNERS)?, servers)),
        None => Ok((Target::parse(servers.unwrap_or_else(|| DEFAULT_URL.to_owned()), SERVERS)?, None)),
    }
}

/// An address, from wherever it stands. The environment hides the file `.env` in either form, as for the server.
fn address(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Result<Option<String>, String> {
    let file = format!("{name}_FILE");
    match (variable(name), variable(&file)) {
        (Some(_), Some(_)) => Err(format!("{file} and {name} are both set: take one of them away")),
        (None, Some(path)) => match std::fs::read_to_string(path.trim()) {
            Ok(text) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
            Ok(_) => Err(format!("{file} names {path}, which is empty")),
            Err(error) => Err(format!("{file} names {path}, which cannot be read: {error}")),
        },
        (given, None) => Ok(given),
    }
}

impl Target {
    fn parse(url: String, variable: &'static str) -> Result<Self, String> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Self::sqlite(url, variable)),
            Some("postgres" | "postgresql") => Self::postgres(url, variable),
            _ => Err(format!("{variable} must begin with postgres:// or sqlite://")),
        }
    }

    fn sqlite(url: String, variable: &'static str) -> Self {
        let rest = url.strip_prefix("sqlite:").unwrap_or_default();
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let path = path.split('?').next().unwrap_or_default().to_owned();
        // The file is made when it is missing; without this the driver refuses.
        let is_said = url.contains("mode=") || url.contains(":memory:");
        let url = match (is_said, url.contains('?')) {
            (true, _) => url,
            (false, true) => format!("{url}&mode=rwc"),
            (false, false) => format!("{url}?mode=rwc"),
        };
        let in_memory = path.is_empty() || path == ":memory:" || url.contains("mode=memory");
        let file = (!in_memory).then(|| PathBuf::from(&path));
        let name = file.as_deref().and_then(|file| file.file_name());
        let name = name.map_or(":memory:".to_owned(), |name| name.to_string_lossy().into_owned());
        Self { variable, url, name, place: path, file }
    }

    fn postgres(url: String, variable: &'static str) -> Result<Self, String> {
        let parsed = Url::parse(&url).map_err(|cause| format!("{variable} is not a valid address: {cause}"))?;
        let host = parsed.host_str().filter(|host| !host.is_empty());
        let host = host.unwrap_or("localhost");
        let port = parsed.port().unwrap_or(5432);
        let name = match parsed.path().trim_start_matches('/') {
            "" => return Err(format!("{variable} does not name a database")),
            name => name.to_owned(),
        };
        Ok(Self { variable, place: format!("{host}:{port}/{name}"), name, file: None, url })
    }
}

#[expect(clippy::disallowed_methods, reason = "this module is the only one of the command that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The variables of a file of settings; none if there is no such file. Its lines may hold secrets: none is repeated.
fn file(path: &Path) -> Result<HashMap<String, String>, String> {
    if !path.is_file() {
        return Ok(HashMap::new());
    }
    dotenvy::from_path_iter(path).and_then(Iterator::collect).map_err(|error| match error {
        dotenvy::Error::Io(cause) => format!("{} cannot be read: {cause}", path.display()),
        _ => format!("{} has a line that is not NAME=value", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Settings, Target, file};

    fn from(vars: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        Settings::from_vars(|name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn target(url: &str) -> Option<Target> {
        from(&[("DATABASE_URL", url)]).ok().map(|settings| settings.target)
    }

    #[test]
    fn without_settings_it_is_the_embedded_database_in_development() {
        let settings = from(&[]).ok();
        let seen = settings.map(|all| (all.production, all.target.name, all.target.place));
        let expected = (false, "telemedicine.db".to_owned(), "data/telemedicine.db".to_owned());
        assert_eq!(seen, Some(expected));
    }

    #[test]
    fn a_postgres_address_is_spoken_of_without_its_password() {
        let target = target("postgres://app:hunter2@db.example:6543/clinic?sslmode=require");
        let seen = target.map(|target| (target.name, target.place));
        let expected = ("clinic".to_owned(), "db.example:6543/clinic".to_owned());
        assert_eq!(seen, Some(expected));
    }

    #[test]
    fn every_problem_is_told_at_once_and_no_value_is_repeated() {
        let vars = [("DATABASE_URL", "mysql://app:hunter2@db/clinic"), ("ENVIRONMENT", "staging")];
        let problems = from(&vars).err().unwrap_or_default();
        assert_eq!(problems.len(), 2);
        assert!(!problems.concat().contains("hunter2"));
    }

    #[test]
    fn the_address_may_stand_in_a_file_but_not_in_two_places() -> Result<(), std::io::Error> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("url");
        let name = path.to_string_lossy().into_owned();
        assert!(
            from(&[("DATABASE_URL_FILE", &name)]).is_err_and(|problems| problems.concat().contains("cannot be read"))
        );
        std::fs::write(&path, "\n")?;
        assert!(from(&[("DATABASE_URL_FILE", &name)]).is_err_and(|problems| problems.concat().contains("is empty")));
        std::fs::write(&path, "postgres://app:hunter2@db/clinic\n")?;
        let settings = from(&[("DATABASE_URL_FILE", &name)]).ok();
        assert_eq!(settings.map(|all| all.target.place), Some("db:5432/clinic".to_owned()));
        let both = [("DATABASE_URL_FILE", name.as_str()), ("DATABASE_URL", "postgres://app:hunter2@db/clinic")];
        assert!(from(&both).is_err_and(|problems| problems.concat().contains("both set")));
        Ok(())
    }

    #[test]
    fn the_owner_has_an_address_of_its_own_where_the_servers_are_another_role() {
        let servers = ("DATABASE_URL", "postgres://clinic%5Fapp:hunter%32@db/clinic");
        let both = from(&[servers, ("MIGRATION_DATABASE_URL", "postgres://owner:x@db/clinic")]).ok();
        let seen = both.as_ref().map(|all| (all.target.variable, all.target.url.as_str()));
        assert_eq!(seen, Some(("MIGRATION_DATABASE_URL", "postgres://owner:x@db/clinic")));
        let role = both.and_then(|all| all.server_role().ok()).map(|role| (role.name, role.password));
        assert_eq!(role, Some(("clinic_app".to_owned(), Some("hunter2".to_owned()))));
        for (url, says) in [("postgres://clinic_app:@db/clinic", "no password"), ("postgres://db/clinic", "no user")] {
            let settings = from(&[("DATABASE_URL", url), ("MIGRATION_DATABASE_URL", "postgres://owner:x@db/clinic")]);
            assert!(settings.is_ok_and(|all| all.server_role().is_err_and(|problem| problem.contains(says))), "{url}");
        }
        let alone = from(&[servers]).ok().map(|all| all.server_role().err().unwrap_or_default());
        assert!(alone.is_some_and(|problem| problem.contains("--role") && !problem.contains("hunter")));
    }

    #[test]
    fn a_database_in_memory_has_no_file() {
        assert!(target("sqlite::memory:").is_some_and(|target| target.file.is_none()));
    }
    #[test]
    fn a_missing_file_of_a_database_is_made() {
        let url = |text: &str| target(text).map(|target| target.url).unwrap_or_default();
        assert_eq!(url("sqlite:data/c.db"), "sqlite:data/c.db?mode=rwc");
        assert_eq!(url("sqlite://c.db?cache=shared"), "sqlite://c.db?cache=shared&mode=rwc");
        assert_eq!(url("sqlite://c.db?mode=ro"), "sqlite://c.db?mode=ro");
        assert_eq!(url("sqlite::memory:"), "sqlite::memory:");
    }

    #[test]
    fn the_servers_file_of_settings_counts_and_does_not_show() -> Result<(), std::io::Error> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(".env");
        assert_eq!(file(&path), Ok(std::collections::HashMap::new()));
        std::fs::write(&path, "# where\nDATABASE_URL=sqlite:x.db\n")?;
        let read = file(&path).unwrap_or_default();
        assert_eq!(read.get("DATABASE_URL").map(String::as_str), Some("sqlite:x.db"));
        std::fs::write(&path, "DATABASE_URL=postgres://hunter2 hunter2\n")?;
        assert!(file(&path).is_err_and(|problem| !problem.contains("hunter2")));
        Ok(())
    }
}
