//! What somebody had typed when they were signed out.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;

use super::{AppError, Kit, Page, Pages, Typed, form_owner, forms::Fields};

/// The form once more, to be sent when they have signed in: the browser keeps it, the server nothing. It carries the value that binds it to the
/// person who opened it (`web::form_owner`), so that nobody else sends it; a form that carries none is not handed back.
#[derive(Debug, Serialize)]
pub struct KeptForm {
    action: String,
    fields: Fields,
    /// Asked for once more: no page holds a password.
    asked: Vec<Asked>,
    /// Whether a file came with it. The browser does not keep that.
    had_file: bool,
}

#[derive(Debug, Serialize)]
struct Asked {
    name: String,
    label: String,
}

impl KeptForm {
    /// What whoever is signed out sent to `action`; none if nobody typed anything into it, or nobody knows whose it was.
    pub fn of(action: &str, Typed { mut fields, had_file }: Typed) -> Option<Self> {
        form_owner::hand_back(&mut fields)?;
        let secrets = form_owner::take_secrets(&mut fields);
        if !fields.iter().any(|(name, text)| form_owner::is_typed(name, text)) {
            return None;
        }
        let passwords = secrets.into_iter().filter(|name| name.contains("password"));
        let asked = passwords.map(|name| Asked { label: form_owner::in_words(&name), name }).collect();
        Some(Self { action: action.to_owned(), fields, asked, had_file })
    }

    /// The page with it: 401.
    ///
    /// # Errors
    /// That it cannot be made.
    pub fn show<S: AsRef<Kit>>(&self, pages: &Pages<S>) -> Result<HttpResponse, AppError> {
        pages.show_public(StatusCode::UNAUTHORIZED, self)
    }
}

impl Page for KeptForm {
    const TEMPLATE: &'static str = "errors/kept.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Sign in".to_owned()
    }
}
