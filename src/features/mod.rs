//! The clinic, one folder a noun. A feature calls only those before it:
//! `audit → mail → wall_times → notifications → accounts → hospitals → people → schedules → appointments → reports → home`.

pub mod accounts;
mod appointments;
pub mod audit;
mod home;
mod hospitals;
pub mod mail;
mod notifications;
mod people;
mod reports;
mod schedules;
pub mod wall_times;

use entity::{enums::MailKind, mail::Model};
use futures_util::future::{FutureExt as _, LocalBoxFuture};

use self::mail::{EmailText, MailSender, Recipient, Writer};
use crate::{routing::RouteTable, state::AppState, web::AppError};

/// Every route of the application: one line a feature.
#[must_use]
pub fn routes() -> RouteTable {
    let mut table = RouteTable::of_the_kit();
    audit::routes(&mut table);
    notifications::routes(&mut table);
    accounts::routes(&mut table);
    hospitals::routes(&mut table);
    people::routes(&mut table);
    schedules::routes(&mut table);
    appointments::routes(&mut table);
    reports::routes(&mut table);
    home::routes(&mut table);
    table
}

/// Sends the mails of `state`, each written by the feature that knows what it is about.
#[must_use]
pub fn mail_sender(state: &AppState) -> MailSender {
    MailSender::new(state, Box::new(ByKind))
}

struct ByKind;

impl Writer for ByKind {
    fn write<'a>(
        &'a self,
        state: &'a AppState,
        mail: &'a Model,
        recipient: &'a Recipient,
    ) -> LocalBoxFuture<'a, Result<Option<EmailText>, AppError>> {
        match mail.kind {
            MailKind::Notice | MailKind::Reminder => notifications::write(state, mail, recipient).boxed_local(),
            MailKind::PasswordLink => accounts::write_link(state, mail, recipient).boxed_local(),
        }
    }

    fn sweep<'a>(&'a self, state: &'a AppState) -> LocalBoxFuture<'a, Result<u64, AppError>> {
        accounts::sweep_links(state).boxed_local()
    }
}
