//! One file for each kind of person.

pub(super) mod doctors;
pub(super) mod patients;

use serde::Deserialize;

use crate::web::{AppError, Pages, Paging};

/// Query string of both lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListFilter {
    page: Option<String>,
    q: Option<String>,
}

impl ListFilter {
    fn paging(&self, pages: &Pages) -> Result<Paging, AppError> {
        Paging::parse(self.page.as_deref(), pages.state().settings.pages.page_size)
    }

    fn search(&self) -> Result<String, AppError> {
        crate::web::query::search(self.q.as_deref())
    }
}
