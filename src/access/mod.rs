//! Who is asking, and what they may do.
//!
//! [`Viewer`] is the signed-in person as the database has them at this request; [`Permission`] names
//! an act and the roles it is for; [`Allowed`] in a handler's signature is both at once. A handler
//! without it is public, and has to say so in the route table.

pub mod navigation;
mod permission;
mod queries;
mod viewer;

pub use permission::{Access, Allowed, Guarded, Permission, SignedIn, Visitor};
pub use viewer::{HospitalOfViewer, Standing, Viewer, role_code, role_label};
