//! Who is asking, and what they may do.
//!
//! [`Viewer`] is the signed-in person as the database has them at this request; [`Permission`] names
//! an act and the roles it is for; [`Allowed`] in a handler's signature is both at once. A handler
//! without it is public, and has to say so in the route table. It looks people up with what the [`Authenticator`] holds.

mod authenticator;
mod form_pages;
mod handing_back;
mod holder;
pub mod navigation;
mod page_context;
mod permission;
mod policy;
mod queries;
mod viewer;

pub use authenticator::Authenticator;
pub use form_pages::FormPages;
pub use handing_back::{HandingBack, OrHandedBack};
pub use holder::SessionHolder;
pub use page_context::PageContext;
pub use permission::{Access, Allowed, Anybody, Counted, Guarded, Permission, Proof, Visitor};
pub use policy::SignedIn;
pub use viewer::{ActingViewer, HospitalOfViewer, Viewer, ViewerKind, role_code, role_label};
