//! One struct for each template.

mod now;
mod room;

pub(super) use now::{Now, NowPage};
pub(super) use room::Room;
