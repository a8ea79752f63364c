//! One struct for each template.

mod now;
mod thread;
mod threads;

pub(super) use now::ThreadNow;
pub(super) use thread::Thread;
pub(super) use threads::Threads;
