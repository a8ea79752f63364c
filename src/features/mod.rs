//! The clinic, one folder a noun. A feature calls only those before it:
//! `audit → mail → wall_times → modalities → notifications → accounts → hospitals → people → schedules → appointments → records → calls → device_checks → guests → visits → notes → messages → documents → calendars → exports → erasures → reports → day_book → home`.

pub mod accounts;
mod appointments;
pub mod audit;
mod calendars;
mod calls;
mod day_book;
mod device_checks;
mod documents;
pub mod erasures;
pub mod exports;
mod guests;
mod home;
mod hospitals;
pub mod mail;
mod messages;
mod modalities;
mod notes;
mod notifications;
mod people;
mod records;
mod reports;
mod schedules;
mod visits;
pub mod wall_times;

pub use calls::CallKeeper;
pub use messages::FileChecker;
pub use people::KeyMaker;

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{enums::MailKind, mail::Model};
use futures_util::future::{FutureExt as _, LocalBoxFuture, TryFutureExt as _};

use self::mail::{MailSender, Recipient, Writer, Written};
use crate::{
    db::{Database, DbErr, SweepPart, Swept},
    integrations::Clock,
    live,
    routing::RouteTable,
    session,
    settings::RetentionSettings,
    state::AppState,
    web::AppError,
};

/// Every route of the application: one line a feature.
#[must_use]
pub fn routes() -> RouteTable {
    let mut table = RouteTable::of_the_kit();
    live::routes(&mut table);
    audit::routes(&mut table);
    notifications::routes(&mut table);
    accounts::routes(&mut table);
    hospitals::routes(&mut table);
    people::routes(&mut table);
    schedules::routes(&mut table);
    appointments::routes(&mut table);
    records::routes(&mut table);
    calls::routes(&mut table);
    device_checks::routes(&mut table);
    guests::routes(&mut table);
    visits::routes(&mut table);
    notes::routes(&mut table);
    messages::routes(&mut table);
    documents::routes(&mut table);
    calendars::routes(&mut table);
    exports::routes(&mut table);
    reports::routes(&mut table);
    day_book::routes(&mut table);
    home::routes(&mut table);
    table
}

/// Sends the mails of `state`, each written by the feature that knows what it is about.
#[must_use]
pub fn mail_sender(state: &AppState) -> MailSender {
    MailSender::new(state, Box::new(ByKind))
}

/// What is removed by the clock, each kind of rows by the part that owns them: when they have been over for as long as `retention` says.
#[must_use]
pub fn sweep_parts(db: &Database, clock: &Clock, retention: RetentionSettings) -> Vec<SweepPart> {
    let part = |name, kept: Duration, sweep: fn(Database, DateTime<Utc>) -> Sweeping| {
        let (db, clock) = (db.clone(), clock.clone());
        SweepPart { name, batch: Box::new(move || sweep(db.clone(), clock.now() - kept)) }
    };
    vec![
        part("sessions", retention.sessions, |db, before| {
            async move { session::sweep(&db, before).await }.boxed_local()
        }),
        part("mails", retention.mail, |db, before| async move { mail::sweep(&db, before).await }.boxed_local()),
        part("links", retention.links, |db, before| {
            async move { accounts::sweep_links(&db, before).await }.boxed_local()
        }),
        part("links to addresses", retention.links, |db, before| {
            async move { accounts::sweep_address_links(&db, before).await }.boxed_local()
        }),
        part("notifications", retention.notifications, |db, before| {
            async move { notifications::sweep(&db, before).await }.boxed_local()
        }),
        part("versions of notes", retention.note_versions, |db, before| {
            async move { notes::sweep(&db, before).await }.boxed_local()
        }),
        part("names of guests", ROOMS_KEPT, |db, before| async move { guests::sweep(&db, before).await }.boxed_local()),
        part("presence in rooms", ROOMS_KEPT, |db, before| {
            async move { visits::sweep_presence(&db, before).await }.boxed_local()
        }),
        part("delays", ROOMS_KEPT, |db, before| async move { visits::sweep_delays(&db, before).await }.boxed_local()),
    ]
}

/// Who was in a room, what guests were called, and how late a doctor ran, is asked about in the days after it, and never again.
const ROOMS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

type Sweeping = LocalBoxFuture<'static, Result<Swept, DbErr>>;

/// Makes the keys by which people and hospitals are searched where they are missing.
#[must_use]
pub fn key_maker(state: &AppState) -> KeyMaker {
    KeyMaker::new(state)
}

/// Asks the virus scanner about files that are kept apart, where there is one.
#[must_use]
pub fn file_checker(state: &AppState) -> FileChecker {
    FileChecker::new(state)
}

struct ByKind;

impl Writer for ByKind {
    fn write<'a>(
        &'a self,
        state: &'a AppState,
        mail: &'a Model,
        recipient: &'a Recipient,
    ) -> LocalBoxFuture<'a, Result<Written, AppError>> {
        match mail.kind {
            MailKind::Notice | MailKind::Reminder => notifications::write(state, mail, recipient).boxed_local(),
            MailKind::PasswordLink => accounts::write_link(state, mail, recipient).map_ok(Written::from).boxed_local(),
            MailKind::AddressLink => {
                accounts::write_address_link(state, mail, recipient).map_ok(Written::from).boxed_local()
            }
            MailKind::Messages => messages::write(state, mail, recipient).boxed_local(),
            MailKind::Security => accounts::write_security(state, mail, recipient).map_ok(Written::from).boxed_local(),
        }
    }
}
