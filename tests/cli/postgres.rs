//! An empty database of a test's own on the Postgres server that the tests were given.

use sea_orm::{ConnectionTrait as _, Database};

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
