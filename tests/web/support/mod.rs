//! What every test here stands on.
//!
//! # A test
//!
//! ```ignore
//! use crate::support::*;
//!
//! #[tokio::test]
//! async fn a_doctor_sees_who_is_waiting() {
//!     let app = TestApp::start().await;
//!     let hospital = hospital().create(&app).await;
//!     let doctor = doctor(&hospital).named("Asha", "Rai").create(&app).await;
//!     let patient = patient(&hospital).create(&app).await;
//!     let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(1)).status(AppointmentStatus::Waiting).create(&app).await;
//!
//!     let asha = app.sign_in(&doctor).await;
//!     let dashboard = asha.get("/dashboard").await.ok();
//!
//!     assert_eq!(dashboard.figure("waiting"), 1);
//!     assert!(dashboard.shows_appointment(visit.id));
//! }
//! ```
//!
//! - [`TestApp`] is the production server (`AppState::open`, `App::build`) on a port of its own, in
//!   threads of its own, with a database and a Redis prefix of its own: tests run in parallel and
//!   cannot meet. Its clock stands still at [`NOW`] until [`TestApp::clock`] is moved.
//! - **Factories** (`hospital()`, `doctor(&hospital)`, `patient(&hospital)`, `appointment()` …) write
//!   to the **database**, past every rule of the application but none of the schema's. Each of their
//!   texts is unique, and the record's `texts` lists them: to look for, or to look that they are
//!   *not* there. `.saying("<script>…")` puts something into every text.
//! - **Helpers** (`sign_in`, `get`, `post_form`, `submit`) go through **HTTP**.
//! - [`Page`] is an answer: `ok()`, `expect(404)`, `texts("h1")`, `figure("waiting")`, `location()` …
//! - [`Clinic`] is two hospitals with everybody and everything in them, for the suites that go over
//!   all pages.
//!
//! # The cache
//!
//! Every page that a server here serves from its cache is rendered again and compared (`CACHE_VERIFY`), so each test is a
//! test of the cache as well. What factories write behind the server's back is announced before the next request.
//!
//! # Backends
//!
//! With `TEST_DATABASE_URL` (a Postgres role that may create databases) each test gets a database
//! cloned from one that is migrated once for each state of the migrations; without it, a copy of a
//! migrated SQLite file. With `TEST_REDIS_URL` sessions and limits are in Redis, else in process.
//! `tests/run.sh` runs everything both ways. `RUST_LOG` says what a failed test shows of the log.
//!
//! # Passwords
//!
//! What argon2id costs is no setting. The factories store one hash of [`PASSWORD`] that was made with
//! the lowest cost: a hash names its own cost, so signing in is quick here without a weaker server.
#![allow(dead_code, unused_imports, reason = "a kit: not every test file uses every tool")]

mod acts;
mod app;
mod browser;
mod clinic;
mod database;
mod demo;
mod factories;
mod html;
mod inserts;
mod live;
mod locks;
mod logged;
mod page;
mod pair;
mod passkey;
mod raw;
mod raw_database;
mod redis_server;
mod relay;
mod rounds;
pub(crate) mod rules;
mod running;
mod schema;
mod second_factor;
mod stored_counts;

/// For what a test writes past every act of the application, and tells pages of.
pub(crate) const NO_ACT: telemedicine::db::Unrecorded = telemedicine::db::Unrecorded::of_everything("a test");

pub(crate) use acts::{Act, NEW_HOSPITAL, OF_THE_FORM, acts, sign_up};
pub(crate) use app::{Instance, NOW, TestApp};
pub(crate) use browser::{Client, FormFields, PATIENCE};
pub(crate) use clinic::{Clinic, House};
pub(crate) use database::{uses_postgres, variable};
pub(crate) use demo::Demo;
pub(crate) use entity::enums::{
    AppointmentStatus, BloodType, EventKind, Modality, NotificationKind, Role, SecondFactorRule,
};
pub(crate) use factories::{
    Appointment, Doctor, Document, Hospital, Note, Notification, PASSWORD, Patient, Person, answered, appointment,
    attachment, availability, call, doctor, document, gone_without, guest, hospital, hospital_admin, hour, message,
    note, notification, password_link, patient, session, super_admin, time_off, token_in, works_daily,
};
pub(crate) use inserts::{allow_inserts, stop_inserts};
pub(crate) use live::Live;
pub(crate) use locks::waiting;
pub(crate) use logged::logged;
pub(crate) use page::Page;
pub(crate) use pair::Pair;
pub(crate) use passkey::{Device, NAMED, asked, pages_with_a_passkey, with_a_passkey};
pub(crate) use raw::RawAnswer;
pub(crate) use redis_server::RedisServer;
pub(crate) use relay::relay;
pub(crate) use rounds::{VARIATIONS, Walker, all_pages, may_use, page_routes, route_of, walkers};
pub(crate) use schema::{everything, schema};
pub(crate) use second_factor::{App, first_step, pages_with_a_factor};
pub(crate) use stored_counts::assert_stored_counts;
