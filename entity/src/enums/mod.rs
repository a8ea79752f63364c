//! Closed sets, stored as readable strings and kept closed by a CHECK in the database.
//!
//! A new value needs a migration that widens its CHECK; a test compares the two.

mod appointment_status;
mod attachment_state;
mod audit;
mod blood_type;
mod call;
mod device;
mod document_kind;
mod event_kind;
mod guest_kind;
mod identity_check;
mod mail;
mod mail_choice;
mod media_type;
mod modality;
mod note;
mod notification_kind;
mod role;
mod second_factor_rule;

pub use appointment_status::AppointmentStatus;
pub use attachment_state::AttachmentState;
pub use audit::{AuditAction, AuditSubject};
pub use blood_type::BloodType;
pub use call::{CallEnd, CallPath, CallState, SignalKind};
pub use device::{DeviceState, RelayReach};
pub use document_kind::DocumentKind;
pub use event_kind::EventKind;
pub use guest_kind::GuestKind;
pub use identity_check::IdentityCheck;
pub use mail::{AddressLinkPurpose, LinkPurpose, MailKind, MailStatus, SecurityEvent};
pub use mail_choice::MailChoice;
pub use media_type::MediaType;
pub use modality::Modality;
pub use note::{AddendumKind, NoteState, NoteTemplate};
pub use notification_kind::NotificationKind;
pub use role::Role;
pub use second_factor_rule::SecondFactorRule;
