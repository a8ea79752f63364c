//! One file for each kind of person.

mod adding;
pub(super) mod doctors;
pub(super) mod management;
pub(super) mod patients;
