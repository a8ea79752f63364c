//! What somebody had typed when they were signed out.

use serde::Serialize;

use crate::web::{Page, forms::Fields};

/// The form once more, to be sent when they have signed in: the browser keeps it, the server nothing. It carries the value that binds it to the
/// person who opened it (`web::form_owner`), so that nobody else sends it.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct KeptForm {
    action: String,
    fields: Fields,
}

impl KeptForm {
    /// The form that was sent to `action`, if anything was typed into it.
    pub(in crate::features::notes) fn of(action: &str, fields: Fields) -> Option<Self> {
        let hidden = ["person", "version", "patient_id", "template", "kind"];
        let typed = |(name, text): (&String, &String)| !hidden.contains(&name.as_str()) && !text.trim().is_empty();
        fields.iter().any(typed).then(|| Self { action: action.to_owned(), fields })
    }
}

impl Page for KeptForm {
    const TEMPLATE: &'static str = "notes/kept.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Sign in".to_owned()
    }
}
