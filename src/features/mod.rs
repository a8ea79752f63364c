//! The clinic, one folder a noun. A feature calls only those before it:
//! `audit → notifications → accounts → hospitals → people → schedules → appointments → reports → home`.

pub mod accounts;
mod appointments;
pub mod audit;
mod home;
mod hospitals;
mod notifications;
mod people;
mod reports;
mod schedules;

use crate::routes::RouteTable;

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
