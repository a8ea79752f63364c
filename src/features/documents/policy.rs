//! Who may do what with documents. Everybody of a hospital may ask; whose document it is, is in the queries: of any other there is none, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Issue documents about a visit, and revoke them: its doctor.
#[derive(Debug)]
pub(super) struct IssueDocument;

impl Permission for IssueDocument {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Read a document: the doctor and the patient of its visit.
#[derive(Debug)]
pub(super) struct ReadDocument;

impl Permission for ReadDocument {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// See the list of one's own documents.
#[derive(Debug)]
pub(super) struct SeeOwnDocuments;

impl Permission for SeeOwnDocuments {
    const ROLES: &'static [Role] = &[Role::Patient];
}

/// Be told which documents were issued in a visit: its doctor.
#[derive(Debug)]
pub(super) struct FollowVisit;

impl Permission for FollowVisit {
    const ROLES: &'static [Role] = &[Role::Doctor];
}

/// Be told that a document counts no more: the doctor and the patient of its visit.
#[derive(Debug)]
pub(super) struct FollowDocument;

impl Permission for FollowDocument {
    const ROLES: &'static [Role] = &[Role::Doctor, Role::Patient];
}
