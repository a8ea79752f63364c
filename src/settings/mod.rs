//! What the operator may choose: every setting, typed and checked before anything is opened.
//!
//! The only reader of the environment. One file per concern; each reads its variables through `reader::Reader`, which
//! notes every problem, so that one run of the server names them all. [`VARIABLES`] is the one list of variables with
//! their defaults and meanings. Anyone may use the types; only `main` calls [`Settings::load`].

mod cache;
mod database;
mod database_url;
mod diagnostics;
mod environment;
mod folder;
mod mail;
mod pages;
mod problems;
mod reader;
mod redis;
mod secret_key;
mod security;
mod server;
mod session;
mod sources;
mod variables;

use std::collections::BTreeMap;

pub use self::cache::Cache;
pub use self::database::Database;
pub use self::database_url::{Backend, DatabaseUrl};
pub use self::diagnostics::Diagnostics;
pub use self::environment::Environment;
pub use self::folder::make_private_folder;
pub use self::mail::{Delivery, Mail, SmtpUrl};
pub use self::pages::{Pages, StaticUrl};
pub use self::problems::{Problem, Problems};
pub use self::redis::Redis;
pub use self::secret_key::SecretKey;
pub use self::security::{Hsts, PasswordHashing, Security};
pub use self::server::Server;
pub use self::session::Session;
pub use self::variables::{VARIABLES, Variable};

use self::reader::Reader;

/// Everything the operator chose. Secrets inside do not show in `Debug`.
#[derive(Clone, Debug)]
pub struct Settings {
    pub environment: Environment,
    pub server: Server,
    pub secret_key: SecretKey,
    pub database: Database,
    /// `None`: sessions and cache live in this process.
    pub redis: Option<Redis>,
    pub mail: Mail,
    pub cache: Cache,
    pub session: Session,
    pub security: Security,
    pub pages: Pages,
    pub diagnostics: Diagnostics,
}

impl Settings {
    /// The settings of this process: its environment and, for variables that are not in it, the file `.env` of the
    /// working directory. In development a secret key that was not given is kept in `data/secret.key`.
    ///
    /// # Errors
    /// Every problem at once, each naming its variable.
    pub fn load() -> Result<Self, Problems> {
        let mut settings = Self::from_vars(&sources::variables()?)?;
        settings.secret_key.keep()?;
        Ok(settings)
    }

    /// The settings that these variables mean. Reads and writes nothing else: a secret key that was not given in
    /// development is random and lives as long as the value.
    ///
    /// # Errors
    /// Every problem at once, each naming its variable.
    pub fn from_vars(vars: &BTreeMap<String, String>) -> Result<Self, Problems> {
        let mut reader = Reader::new(vars);
        let environment = Environment::read(&mut reader);
        let server = Server::read(&mut reader, environment);
        let settings = Self {
            environment,
            mail: Mail::read(&mut reader, environment, &server),
            server,
            secret_key: SecretKey::read(&mut reader, environment),
            database: Database::read(&mut reader),
            redis: Redis::read(&mut reader),
            cache: Cache::read(&mut reader),
            session: Session::read(&mut reader),
            security: Security::read(&mut reader),
            pages: Pages::read(&mut reader, environment),
            diagnostics: Diagnostics::read(&mut reader, environment),
        };
        reader.finish(settings)
    }
}

#[cfg(test)]
mod tests;
