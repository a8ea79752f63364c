//! What is sent with a confirmation.

use crate::web::{FormReader, FormView, forms::Fields};

/// What somebody saw of a record that they confirm.
pub(super) fn confirmation(fields: Fields) -> Result<String, Box<FormView>> {
    let reader = FormReader::new(fields);
    let seen = reader.required("seen", "What was seen", 64);
    reader.finish(Some(seen))
}
