//! What is done with messages: they are sent, read and taken back.

mod reading;
mod sending;
mod taking_back;

pub(super) use reading::mark_read;
pub(super) use sending::{closes_at, send};
pub(super) use taking_back::take_back;
