//! One file for each kind of person.

pub(super) mod doctors;
pub(super) mod keeping;
pub(super) mod patients;
