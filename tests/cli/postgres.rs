//! An empty database of a test's own on the Postgres server that the tests were given.

use std::{path::Path, process::Command};

use sea_orm::{ConnectionTrait as _, Database};

use crate::program::{Program, service};

/// The program on SQLite, and on Postgres where the tests were given one; the database is there as long as the value.
pub(crate) fn on_each_database() -> Vec<(Program, Option<Fresh>)> {
    let mut programs = vec![(Program::new(), None)];
    if let Some(server) = service("TEST_DATABASE_URL") {
        let fresh = Fresh::new(&server);
        fresh.migrate();
        programs.push((Program::new().var("DATABASE_URL", fresh.url()), Some(fresh)));
    }
    programs
}

/// Dropped with the value.
pub(crate) struct Fresh {
    server: String,
    name: String,
}

impl Fresh {
    pub(crate) fn new(server: &str) -> Self {
        let fresh = Self { server: server.to_owned(), name: format!("cli_{:016x}", rand::random::<u64>()) };
        run(server, &format!("CREATE DATABASE {}", fresh.name));
        fresh
    }

    /// A dump as operators make it; `false` after saying that there is no `pg_dump` that knows this server.
    pub(crate) fn dump(&self, file: &Path) -> bool {
        let dumped = Command::new("pg_dump").arg("--format=custom").arg("--file").arg(file).arg(self.url()).output();
        let reason = match dumped {
            Ok(output) if output.status.success() => return true,
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        let is_older = reason.contains("server version mismatch") || reason.contains("No such file");
        assert!(is_older, "pg_dump: {reason}");
        eprintln!("pg_dump: {reason}: the database is copied instead");
        false
    }

    /// An empty database in place of this one, and that dump put into it.
    pub(crate) fn restore(&self, file: &Path) {
        run(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        run(&self.server, &format!("CREATE DATABASE {}", self.name));
        let mut restore = Command::new("pg_restore");
        restore.args(["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", &self.url()]).arg(file);
        let output = restore.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Another database with what is in this one, to which nobody may be connected.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { server: self.server.clone(), name: format!("{}_copy", self.name) };
        run(&self.server, &format!("CREATE DATABASE {} TEMPLATE {}", copy.name, self.name));
        copy
    }

    /// What is in `other` instead of what is in this one.
    pub(crate) fn replace_by(&self, other: &Self) {
        run(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        run(&self.server, &format!("CREATE DATABASE {} TEMPLATE {}", self.name, other.name));
    }

    /// Makes the tables.
    pub(crate) fn migrate(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Database::connect(&self.url()).await.unwrap();
            migration::up(&connection).await.unwrap();
            connection.close().await.unwrap();
        });
    }

    pub(crate) fn url(&self) -> String {
        let mut url = url::Url::parse(&self.server).unwrap();
        url.set_path(&self.name);
        url.to_string()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        run(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// On a thread of its own, because the test may have a runtime around it.
fn run(server: &str, statement: &str) {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Database::connect(server).await.unwrap();
            connection.execute_unprepared(statement).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap());
}
