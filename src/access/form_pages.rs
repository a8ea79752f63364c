//! Where the form of an act stands: the page to come back to when a form was sent and nobody is signed in.

use std::collections::HashMap;

use actix_web::{HttpRequest, http::header, web};
use url::Url;

/// For each address that takes a form, by its pattern as Actix has it: the page with the form.
#[derive(Clone, Debug, Default)]
pub struct FormPages(HashMap<String, FormPage>);

/// A page that stands above, or just below, the address that its form is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FormPage {
    /// So many segments of the address …
    segments: usize,
    /// … and this behind them.
    suffix: &'static str,
}

impl FormPages {
    /// Of acts (documented path, pattern) among the documented paths of `pages`: the form of something new, else that of a change, else the
    /// nearest page above.
    pub fn of<'a>(acts: impl Iterator<Item = (&'a str, &'a str)>, pages: &[&str]) -> Self {
        Self(acts.filter_map(|(act, pattern)| Some((pattern.to_owned(), page_of(act, pages)?))).collect())
    }

    /// The page with the form that `request` submits, with the query it had when the browser tells it; none when there is none.
    pub(super) fn page(request: &HttpRequest) -> Option<String> {
        let FormPage { segments, suffix } = *request
            .app_data::<web::Data<Self>>()
            .zip(request.match_pattern())
            .and_then(|(pages, pattern)| pages.0.get(&pattern))?;
        let above: Vec<&str> = request.path().split('/').take(segments + 1).collect();
        let path = above.join("/") + suffix;
        let came_from = request.headers().get(header::REFERER).and_then(|value| Url::parse(value.to_str().ok()?).ok());
        let query = came_from.filter(|url| url.path() == path).and_then(|url| url.query().map(str::to_owned));
        Some(query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")))
    }
}

fn page_of(act: &str, pages: &[&str]) -> Option<FormPage> {
    let segments: Vec<&str> = act.split('/').skip(1).collect();
    (1..=segments.len()).rev().find_map(|count| {
        let above: String = segments.iter().take(count).map(|segment| format!("/{segment}")).collect();
        let suffix =
            ["/new", "/edit", ""].into_iter().find(|suffix| pages.contains(&format!("{above}{suffix}").as_str()));
        suffix.map(|suffix| FormPage { segments: count, suffix })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_form_is_the_nearest() {
        let pages = ["/profile", "/visits", "/visits/new", "/visits/{id}", "/people/{id}/edit", "/people/{id}"];
        for (act, page) in [
            ("/profile/password", Some((1, ""))),
            ("/profile", Some((1, ""))),
            ("/visits", Some((1, "/new"))),
            ("/visits/{id}/proposal/refusal", Some((2, ""))),
            ("/people/{id}", Some((2, "/edit"))),
            ("/sign-out", None),
        ] {
            assert_eq!(page_of(act, &pages), page.map(|(segments, suffix)| FormPage { segments, suffix }), "{act}");
        }
    }
}
