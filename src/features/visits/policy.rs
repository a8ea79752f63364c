//! Who may do what in the room of a visit. Whose visits are whose is in the queries: into any other room nobody comes, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Enter the room, and be seen there: the two who meet.
#[derive(Debug)]
pub(super) struct EnterRoom;

impl Permission for EnterRoom {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// See where a visit stands and who is there, without anything clinical.
#[derive(Debug)]
pub(super) struct SeeNow;

impl Permission for SeeNow {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Say where one is and how one is reached.
#[derive(Debug)]
pub(super) struct AnswerOpening;

impl Permission for AnswerOpening {
    const ROLES: &'static [Role] = &[Role::Patient];
}

/// Make sure that the visit can safely be held from afar.
#[derive(Debug)]
pub(super) struct CheckOpening;

impl Permission for CheckOpening {
    const ROLES: &'static [Role] = &[Role::Doctor];
}

/// Say that a doctor runs late.
#[derive(Debug)]
pub(super) struct RunLate;

impl Permission for RunLate {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}
