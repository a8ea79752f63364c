//! Lists in pages: `?page=`, from 1, and the words "n–m of N"; or "of more than 10,000", and no further.

use serde::Serialize;

use crate::{db::COUNTED, web::error::AppError};

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub number: u64,
    /// Rows a page, ≥ 1.
    pub size: u64,
}

impl Paging {
    /// Reads the `page` of a query string; nothing means the first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is not a positive number, or lies beyond what is counted: there is no such page.
    pub fn parse(page: Option<&str>, size: u64) -> Result<Self, AppError> {
        let number = match page {
            None | Some("") => 1,
            Some(text) => {
                text.parse().ok().filter(|number| (1..=1_000_000).contains(number)).ok_or(AppError::NotFound)?
            }
        };
        let paging = Self { number, size: size.max(1) };
        if paging.offset() < COUNTED { Ok(paging) } else { Err(AppError::NotFound) }
    }

    /// How many rows come before this page.
    pub fn offset(&self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }
}

/// One page of a list, and how long the whole list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paginated<T> {
    /// How many rows there are on all pages; one more than [`COUNTED`] where there are more.
    pub total: u64,
    /// Those of this page.
    pub rows: Vec<T>,
}

/// What the pagination component shows.
#[derive(Clone, Debug, Serialize)]
pub struct Pagination {
    /// Number of the first row on this page, 0 for an empty list.
    pub from: u64,
    /// Number of the last row on this page.
    pub to: u64,
    /// How many rows there are on all pages, as far as they are counted.
    pub total: u64,
    /// The same in words: "134", "more than 10,000".
    pub of: String,
    /// Whether this is the last page of a list that goes on.
    pub cut: bool,
    /// What is counted, in the plural.
    pub noun: &'static str,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
    /// The first, the last, and those around this one; gaps between.
    pub pages: Vec<PageLink>,
}

/// One page number.
#[derive(Clone, Debug, Serialize)]
pub struct PageLink {
    /// From 1.
    pub number: u64,
    /// Its address.
    pub href: String,
    /// Whether it is the page shown.
    pub current: bool,
    /// Whether this stands for left-out numbers instead.
    pub gap: bool,
}

/// So many in words, as far as they are counted: "134", "more than 10,000".
#[must_use]
pub fn how_many(total: u64) -> String {
    if total > COUNTED { "more than 10,000".to_owned() } else { total.to_string() }
}

impl Pagination {
    /// Describes page `paging` of `total` rows, of which no more than [`COUNTED`] are shown. `path` is the list's path; `query` the other
    /// parameters, kept in the links.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the list has no such page (its first page always exists).
    pub fn new(
        paging: Paging,
        total: u64,
        noun: &'static str,
        (path, query): (&str, &[(&str, &str)]),
    ) -> Result<Self, AppError> {
        let (has_more, of, total) = (total > COUNTED, how_many(total), total.min(COUNTED));
        let last = total.div_ceil(paging.size).max(1);
        if paging.number > last {
            return Err(AppError::NotFound);
        }
        let href = |number| address(path, query, number);
        Ok(Self {
            from: if total == 0 { 0 } else { paging.offset() + 1 },
            to: (paging.offset() + paging.size).min(if has_more { u64::MAX } else { total }),
            total,
            of,
            cut: has_more && paging.number == last,
            noun,
            previous: (paging.number > 1).then(|| href(paging.number - 1)),
            next: (paging.number < last).then(|| href(paging.number + 1)),
            pages: links(paging.number, last, href),
        })
    }
}

fn links(current: u64, last: u64, href: impl Fn(u64) -> String) -> Vec<PageLink> {
    let shown = |number: &u64| *number == 1 || *number == last || number.abs_diff(current) <= 2;
    let mut links: Vec<PageLink> = Vec::new();
    let mut before = 0;
    let around = current.saturating_sub(2).max(1)..=(current + 2).min(last);
    for number in std::iter::once(1).chain(around).chain(std::iter::once(last)).filter(shown) {
        if number <= before {
            continue;
        }
        if number > before + 1 {
            links.push(PageLink { number: before + 1, href: href(before + 1), current: false, gap: true });
        }
        links.push(PageLink { number, href: href(number), current: number == current, gap: false });
        before = number;
    }
    links
}

fn address(path: &str, query: &[(&str, &str)], number: u64) -> String {
    let mut serializer = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        serializer.append_pair(name, value);
    }
    if number > 1 {
        serializer.append_pair("page", &number.to_string());
    }
    let query = serializer.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pagination(number: u64, total: u64) -> Pagination {
        Pagination::new(
            Paging { number, size: 20 },
            total,
            "visits",
            ("/appointments", &[("status", "waiting"), ("q", "")]),
        )
        .unwrap_or_else(|_| panic!("page {number} of {total} rows exists"))
    }

    #[test]
    fn counts_from_one_to_the_true_total() {
        let page = pagination(7, 134);
        assert_eq!((page.from, page.to, page.total), (121, 134, 134));
        assert_eq!(page.next, None);
        assert_eq!(page.previous.as_deref(), Some("/appointments?status=waiting&page=6"));
    }

    #[test]
    fn what_is_too_much_to_be_counted_is_told_and_cut() {
        let (last, whole) = (pagination(500, COUNTED + 1), pagination(500, COUNTED));
        assert_eq!((last.to, last.of.as_str(), last.cut), (10_000, "more than 10,000", true));
        assert_eq!((whole.to, whole.of.as_str(), whole.cut), (10_000, "10000", false));
        assert_eq!((last.next, pagination(499, COUNTED + 1).cut), (None, false));
        assert!(Paging::parse(Some("500"), 20).is_ok());
        assert!(matches!(Paging::parse(Some("501"), 20), Err(AppError::NotFound)));
    }

    #[test]
    fn an_empty_list_has_one_page() {
        let page = pagination(1, 0);
        assert_eq!((page.from, page.to, page.pages.len()), (0, 0, 1));
    }

    #[test]
    fn a_page_beyond_the_last_is_not_found() {
        let beyond = Pagination::new(Paging { number: 8, size: 20 }, 134, "visits", ("/appointments", &[]));
        assert!(matches!(beyond, Err(AppError::NotFound)));
    }

    #[test]
    fn far_pages_hide_behind_gaps() {
        let shown: Vec<String> = pagination(10, 400)
            .pages
            .iter()
            .map(|link| if link.gap { "…".to_owned() } else { link.number.to_string() })
            .collect();
        assert_eq!(shown.join(" "), "1 … 8 9 10 11 12 … 20");
    }

    #[test]
    fn what_is_not_a_number_is_no_page() {
        for wrong in ["0", "-1", "x", "1.5", "99999999999999999999"] {
            assert!(matches!(Paging::parse(Some(wrong), 20), Err(AppError::NotFound)), "{wrong}");
        }
    }
}
