//! What somebody had typed when they were signed out.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;

use super::{AppError, Kit, Page, Pages, forms::Fields};

/// What nobody has typed.
const HIDDEN: [&str; 6] = ["person", "version", "token", "patient_id", "template", "kind"];

/// The form once more, to be sent when they have signed in: the browser keeps it, the server nothing. It carries the value that binds it to the
/// person who opened it (`web::form_owner`), so that nobody else sends it.
#[derive(Debug, Serialize)]
pub struct KeptForm {
    action: String,
    fields: Fields,
}

impl KeptForm {
    /// What is answered to whoever sent `fields` and is signed out: 401 with the form, or `out` if nothing was typed into it.
    ///
    /// # Errors
    /// `out`; why the fields cannot be read.
    pub fn answer<S: AsRef<Kit>>(
        out: AppError,
        fields: Result<Fields, AppError>,
        pages: &Pages<S>,
    ) -> Result<HttpResponse, AppError> {
        let fields = fields?;
        let typed = |(name, text): (&String, &String)| !HIDDEN.contains(&name.as_str()) && !text.trim().is_empty();
        if !fields.iter().any(typed) {
            return Err(out);
        }
        let page = Self { action: pages.request().path().to_owned(), fields };
        pages.show_public(StatusCode::UNAUTHORIZED, &page)
    }
}

impl Page for KeptForm {
    const TEMPLATE: &'static str = "errors/kept.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Sign in".to_owned()
    }
}
