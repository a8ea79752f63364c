//! Who may take what away.

use entity::enums::Role;

use crate::access::Permission;

/// Take everything away that is stored about oneself as a patient.
#[derive(Debug)]
pub(super) struct TakeOwnRecord;

impl Permission for TakeOwnRecord {
    const ROLES: &'static [Role] = &[Role::Patient];
}
