//! A telemedicine clinic in one server.
//!
//! A request walks one way: `settings → app → middleware → handler → service | queries → entity`, and
//! back out as `rows → page → template`.
//!
//! # The floors
//!
//! Each names only those before it; `tests/architecture.rs` keeps it so.
//!
//! - [`settings`]: what the operator may choose. [`time_zone`]: when the clocks of which zone show what. [`metrics`], [`telemetry`]: what they see of it. [`text`]: how text is compared.
//! - [`integrations`]: the outside world, the clock among it. [`redis`]: Redis, quick or not at all. [`background`]: what goes on without
//!   a request, started again when it ends.
//! - [`coherence`]: what pages depend on and writes change; topics, stamps, holds, the listener and its lease. It knows no HTTP.
//! - [`page_cache`]: cached pages, the middleware around a cached route, the fast path before all others.
//! - [`db`]: the two ways through the database, [`db::Reader::run`] and [`db::Database::write`]. Both name topics, or do not compile; and what is
//!   written has its line in the trail ([`db::Recorded`]).
//! - [`session`]: who is signed in. [`web`]: the HTTP kit. [`access`]: who asks, and what they may do.
//! - [`routing`]: every address, its method, and who may use it. [`live`]: pages that change by themselves. [`state`]: what every request can reach.
//! - [`features`]: the clinic, one folder a noun, each with its handlers, forms, permissions, queries, services and pages.
//! - [`app`]: the wiring and the order of the middleware. [`cli`]: the commands.
//!
//! # What happens in a request
//!
//! What each of these does is told in `docs/architecture.md`; the words are in `docs/glossary.md`, the reasons in `docs/decisions/`.
//!
//! **A hit**: the doctor's dashboard again, nothing has changed. [`page_cache::fast_path`] → [`session::Sessions::named`] and
//! [`session::Sessions::cached_user`], `PageStore::cached`, [`coherence::Store::vouches_for`], all from memory under the lease → `conditional::answer`. No
//! statement of the database, no question to Redis, no other middleware.
//!
//! **A miss**: something has changed. The fast path lets it through → the middleware in [`app::App::build`] → [`page_cache::cached`]:
//! `locate`, `PageStore::flight`, `PageStore::shared` → the session's middleware, [`session::DurableStore`] → [`access::Allowed`], made by `Viewer::of`
//! in one statement → `home::handlers::dashboard` → `queries`, each through [`db::Reader::run`], which has the stamps read before the
//! rows; [`web::Present`] for what the clock decides → a page, [`web::Pages::show`] → `Exchange::store`.
//!
//! **A booking**: `handlers::booking::create` with [`access::Allowed`] and [`web::Submitted`] → `forms::booking` → `service::booking::book`: `slot`
//! judges the time, `insert` opens [`db::Database::write`] → [`db::UnitOfWork::insert`] with its topics, the history, `notifications::notify`,
//! [`features::audit::record`] → the topics are held → COMMIT, in which the database refuses overlaps → new stamps → 303 with
//! [`web::see_other_saying`].
//!
//! **An approval**: `handlers::steps::approve` → `take` → `forms::step` → `service::take` in [`db::Database::write`]: `queries::appointment_state` through the
//! viewer, `may_take`, `compare_and_set` on state and version, `record` → held, COMMIT, new stamps → 303 back to the board. Behind the
//! answer [`features::mail::MailSender`] sends the mail that was queued.

pub mod settings;
pub mod time_zone;

pub mod metrics;
pub mod telemetry;
pub mod text;

pub mod integrations;
pub mod redis;

pub mod background;

pub mod coherence;
pub mod page_cache;

pub mod db;
pub mod session;

pub mod web;

pub mod access;
pub mod routing;

pub mod live;

pub mod state;

pub mod features;

pub mod app;
pub mod cli;
