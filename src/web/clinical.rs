//! What a patient's record says, on its way from the trail to a page that nobody keeps.

use std::fmt;

use serde::Serialize;

/// Something clinical: what a patient's record says, or what was typed to be put into it.
///
/// It can be made into something else that is clinical ([`Clinical::map`]), and nothing else: it cannot be looked into, written as
/// JSON, or put into a [`Page`](super::Page). So it is shown by [`Pages::show_clinical`](super::Pages::show_clinical) and
/// [`Pages::refuse_clinical`](super::Pages::refuse_clinical) alone, which say `no-store`, as a page that is declared as one for that, a
/// [`ClinicalPage`]:
///
/// ```no_run
/// # use {actix_web::HttpResponse, serde::Serialize, telemedicine::{access::Viewer, state::Pages}};
/// # use telemedicine::web::{AppError, Clinical, ClinicalPage, Page};
/// # #[derive(Serialize)] struct Shown { allergies: String }
/// impl ClinicalPage for Shown {
///     const TEMPLATE: &'static str = "records/patient.html";
///     fn title(&self) -> String { "Maya Gurung".to_owned() }
/// }
/// # fn show(pages: &Pages, viewer: &Viewer, record: Clinical<String>) -> Result<HttpResponse, AppError> {
/// pages.show_clinical(viewer, &record.map(|allergies| Shown { allergies }))
/// # }
/// ```
///
/// As a page that may be kept it does not compile,
///
/// ```compile_fail
/// # use {actix_web::HttpResponse, serde::Serialize, telemedicine::{access::Viewer, state::Pages}};
/// # use telemedicine::web::{AppError, Clinical, ClinicalPage, Page};
/// # #[derive(Serialize)] struct Shown { allergies: String }
/// impl Page for Shown {
///     const TEMPLATE: &'static str = "records/patient.html";
///     fn title(&self) -> String { "Maya Gurung".to_owned() }
/// }
/// # fn show(pages: &Pages, viewer: &Viewer, record: Clinical<String>) -> Result<HttpResponse, AppError> {
/// pages.show_clinical(viewer, &record.map(|allergies| Shown { allergies }))
/// # }
/// ```
///
/// nor shown in the way of such pages,
///
/// ```compile_fail
/// # use {actix_web::HttpResponse, serde::Serialize, telemedicine::{access::Viewer, state::Pages}};
/// # use telemedicine::web::{AppError, Clinical, ClinicalPage, Page};
/// # #[derive(Serialize)] struct Shown { allergies: String }
/// impl ClinicalPage for Shown {
///     const TEMPLATE: &'static str = "records/patient.html";
///     fn title(&self) -> String { "Maya Gurung".to_owned() }
/// }
/// # fn show(pages: &Pages, viewer: &Viewer, record: Clinical<String>) -> Result<HttpResponse, AppError> {
/// pages.show(viewer, &record.map(|allergies| Shown { allergies }))
/// # }
/// ```
///
/// nor within one, which would have to be written as JSON,
///
/// ```compile_fail
/// # use serde::Serialize;
/// # use telemedicine::web::Clinical;
/// #[derive(Serialize)]
/// struct Dashboard { newest: Clinical<String> }
/// ```
///
/// (it does without the word:)
///
/// ```no_run
/// # use serde::Serialize;
/// # use telemedicine::web::Clinical;
/// #[derive(Serialize)]
/// struct Dashboard { newest: String }
/// ```
///
/// What the compiler cannot see, a closure that puts aside what it is shown, no cache keeps: a page for which a record is opened is refused
/// when it happens ([`record_opened`](crate::page_cache::record_opened)).
#[must_use = "what is opened is to be shown"]
pub struct Clinical<T>(T);

/// The data of a template that shows something clinical: a [`Page`](super::Page) in all, but one that is never kept.
pub trait ClinicalPage: Serialize {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// The page's title: the first words of `<title>`.
    fn title(&self) -> String;
}

impl<T> Clinical<T> {
    /// Takes `content` for clinical from here on.
    pub fn new(content: T) -> Self {
        Self(content)
    }

    /// What is made of it, which is as clinical.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Clinical<U> {
        Clinical(make(self.0))
    }

    /// For the rendering of pages that are not kept, alone.
    pub(super) fn shown(&self) -> &T {
        &self.0
    }

    /// For files that are handed out and not kept, alone.
    pub(super) fn into_shown(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Clinical<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clinical")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clinical_is_not_told_to_who_debugs() {
        let content = Clinical::new("Penicillin").map(|allergy| vec![allergy, "Latex"]);
        assert_eq!(format!("{content:?}"), "Clinical");
        assert_eq!(content.shown(), &["Penicillin", "Latex"]);
    }
}
