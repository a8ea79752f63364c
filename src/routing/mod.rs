//! The route table: every address, its method, and who may use it; and how it is handed to Actix.
//!
//! Access is read off each handler's signature ([`Guarded`](crate::access::Guarded)), so the table cannot disagree with the
//! code. The table of all features is [`features::routes`](crate::features::routes); `telemedicine routes` prints it, and the
//! access matrix test walks it.

mod serving;
mod table;

pub use table::{RouteEntry, RouteTable};
