//! The page of a guest, and what the room of a visit shows of its guests.

mod guest;
mod mark;

pub(super) use guest::{GuestPage, standing_in_words};
pub(crate) use mark::{GuestMark, guest_marks};
