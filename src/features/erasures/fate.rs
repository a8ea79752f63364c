//! What can become of a table when a patient is erased.

/// What becomes of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The person's rows are removed.
    RowsGo,
    /// The person's rows stay, without what is personal.
    Emptied {
        /// Columns that become null, or say that it was erased.
        columns: &'static [&'static str],
        /// All others.
        kept: &'static [&'static str],
        /// Why these stay.
        reason: &'static str,
    },
    /// No row of it is about a patient, or what is has no column that could say anything personal: why.
    Untouched(&'static str),
}
