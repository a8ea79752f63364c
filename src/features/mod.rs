//! The clinic, one folder a noun. A feature calls only those before it:
//! `audit → mail → notifications → accounts → hospitals → people → schedules → appointments → reports → home`.

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

use entity::{enums::MailKind, mail::Model};
use futures_util::future::{FutureExt as _, LocalBoxFuture};

use self::mail::{Postman, Recipient, Words, Writer};
use crate::{routes::RouteTable, state::AppState, web::AppError};

/// Every feature's routes.
pub(crate) fn routes(table: &mut RouteTable) {
    audit::routes(table);
    notifications::routes(table);
    accounts::routes(table);
    hospitals::routes(table);
    people::routes(table);
    schedules::routes(table);
    appointments::routes(table);
    reports::routes(table);
    home::routes(table);
}

/// Sends the mails of `state`, each written by the feature that knows what it is about.
#[must_use]
pub fn postman(state: &AppState) -> Postman {
    Postman::new(state, Box::new(ByKind))
}

struct ByKind;

impl Writer for ByKind {
    fn write<'a>(
        &'a self,
        state: &'a AppState,
        mail: &'a Model,
        recipient: &'a Recipient,
    ) -> LocalBoxFuture<'a, Result<Option<Words>, AppError>> {
        match mail.kind {
            MailKind::Notice | MailKind::Reminder => notifications::write(state, mail, recipient).boxed_local(),
            MailKind::PasswordLink => accounts::write_link(state, mail, recipient).boxed_local(),
        }
    }

    fn sweep<'a>(&'a self, state: &'a AppState) -> LocalBoxFuture<'a, Result<u64, AppError>> {
        accounts::sweep_links(state).boxed_local()
    }
}
