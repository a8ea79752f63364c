//! Taking back what was recorded of a visit last.

use entity::limits;

use super::version;
use crate::web::{FormReader, FormView, forms::Fields};

/// What was recorded last was a mistake.
#[derive(Clone, Debug)]
pub(in super::super) struct Correction {
    /// The version of the appointment that they saw.
    pub(in super::super) version: i32,
    /// Why; whoever recorded it a moment ago need not say so.
    pub(in super::super) reason: Option<String>,
    /// Whether the visit stands again although another has its time by now.
    pub(in super::super) overbooks: bool,
}

/// The form that takes it back. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn correction(fields: Fields) -> Result<(Correction, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = version(&reader);
    let reason = reader.multiline("reason", "Reason", limits::APPOINTMENT_REASON);
    let typed = reader.view();
    reader.finish(version.map(|version| (Correction { version, reason, overbooks: false }, typed)))
}
