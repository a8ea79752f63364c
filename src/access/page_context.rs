//! What every page depends on.

use crate::{access::Viewer, web::Present};

/// For whom a page is made, and when: what its structs decide by.
#[derive(Clone, Copy, Debug)]
pub struct PageContext<'a> {
    /// Who sees it.
    pub viewer: &'a Viewer,
    /// The present, which notes until when the page stays as it is.
    pub present: &'a Present,
}
