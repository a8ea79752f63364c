//! That a patient was told of a visit by telephone.

use crate::web::{FormReader, FormView, forms::Fields};

/// The button that says so: `notification.id` of the last that was shown beside it.
///
/// # Errors
/// The form, which has no field that anybody types into.
pub(in super::super) fn telling(fields: Fields) -> Result<i64, Box<FormView>> {
    let reader = FormReader::new(fields);
    let up_to = reader.parsed("up_to", "What was told", |id| {
        id.parse::<i64>().map_err(|_error| "Look at the list again.".to_owned())
    });
    reader.finish(up_to)
}
