//! One struct for each template.

mod index;
mod show;

pub(super) use index::Index;
pub(super) use show::Show;
