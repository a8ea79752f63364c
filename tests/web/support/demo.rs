//! The demo clinic, loaded by the command that ships.

use std::process::Command;

use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use telemedicine::integrations::Clock;

use super::{Client, Role, TestApp};

/// Everybody's password there.
const PASSWORD: &str = "demo-pass-2026";

/// One account of each role.
const ACCOUNTS: [(&str, Role); 4] = [
    ("super@demo.test", Role::SuperAdmin),
    ("admin1@demo.test", Role::HospitalAdmin),
    ("doctor1@demo.test", Role::Doctor),
    ("patient1@demo.test", Role::Patient),
];

/// Somebody of the demo, signed in.
pub(crate) struct Demo {
    pub(crate) client: Client,
    pub(crate) role: Role,
    pub(crate) user_id: i64,
}

impl Demo {
    /// Loads a demo of that size (the options of `telemedicine demo`) into the server's database,
    /// sets the server's clock to the demo's day, and signs one person of each role in.
    pub(crate) async fn load(app: &TestApp, options: &[&str]) -> Vec<Self> {
        let loaded = Command::new(env!("CARGO_BIN_EXE_telemedicine"))
            .arg("demo")
            .args(options)
            .env("DATABASE_URL", app.state.settings.database.url.expose())
            .env("ENVIRONMENT", "development")
            .env_remove("REDIS_URL")
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .output()
            .expect("the program runs");
        assert!(loaded.status.success(), "telemedicine demo: {}", String::from_utf8_lossy(&loaded.stderr));
        app.clock.set(Clock::system().now());
        let mut people = Vec::new();
        for (email, role) in ACCOUNTS {
            let found = user::Entity::find().filter(user::Column::Email.eq(email)).one(&app.db).await;
            let user_id = found.unwrap().expect("the demo has an account of each role").id;
            people.push(Self { client: app.sign_in_as(email, email, PASSWORD).await, role, user_id });
        }
        people
    }
}
