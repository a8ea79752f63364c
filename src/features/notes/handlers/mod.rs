//! `GET,POST /appointments/{id}/note`, what is done with a note, and the paper afterwards.

pub(super) mod reading;
mod sent;
pub(super) mod signing;
pub(super) mod writing;
