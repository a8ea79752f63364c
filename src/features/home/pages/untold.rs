//! What the desk has to tell patients by telephone.

use entity::enums::Role;
use serde::Serialize;

use super::{
    super::{
        queries::UntoldNews,
        sections::{COUNTED, Section},
    },
    rows::{VisitRow, Visits, said},
};
use crate::{
    access::Viewer,
    features::{
        appointments::{ToldByPhone, told_by_phone},
        visits::Rooms,
    },
    web::Present,
};

/// The visits of which a patient without an e-mail address is to be told.
#[derive(Debug, Serialize)]
pub(super) struct Untold {
    rows: Vec<UntoldRow>,
    /// None: more than `more`.
    count: Option<i64>,
    more: u64,
}

#[derive(Debug, Serialize)]
struct UntoldRow {
    visit: VisitRow,
    /// What there is to say, as the patient's own page would.
    text: String,
    by_phone: Option<ToldByPhone>,
    /// The last that is shown: what comes later is not told by who has told this.
    up_to: i64,
}

impl Untold {
    /// What was `found` of the visits of `section`.
    pub(super) fn new(
        viewer: &Viewer,
        (present, rooms): (&Present, &Rooms),
        (found, section): (&[UntoldNews], &Section),
        visits: &Visits,
    ) -> Self {
        let row = |UntoldNews { news, visit }: &UntoldNews| {
            let visit = visits.get(&visit.id).filter(|row| section.shown.contains(&row.id))?;
            Some(UntoldRow {
                text: said(news, Some(visit), (viewer, Role::Patient)),
                by_phone: told_by_phone(viewer, visit),
                up_to: news.id,
                visit: VisitRow::new(viewer, (present, rooms), visit),
            })
        };
        let count = Some(section.count).filter(|_| !section.is_beyond_count());
        Self { rows: found.iter().filter_map(row).collect(), count, more: COUNTED }
    }
}
