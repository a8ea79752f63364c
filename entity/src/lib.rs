//! The clinic's tables as SeaORM entities: one file a table, relations typed, closed sets as [`enums`].
//!
//! An entity is what a row *is* and nothing more: no rules, no queries, no serde. Nothing here can
//! reach a template or a form, because nothing here can be serialised. `service.rs`, `queries.rs`,
//! `db`, `session` and the demo loader use it; the schema itself is made by the `migration` crate,
//! which does not know this one.
//!
//! Every table has an `i64` `id`, `created_at` and `updated_at`. Instants are UTC.

pub mod address_link;
pub mod appointment;
pub mod appointment_event;
pub mod attachment;
pub mod attachment_data;
pub mod audit_chain_head;
pub mod audit_entry;
pub mod audit_redaction;
pub mod audit_seal;
pub mod availability;
pub mod cache_instance;
pub mod cache_outbox;
pub mod calendar_link;
pub mod call;
pub mod call_peer;
pub mod call_signal;
pub mod care_relation;
pub mod device_check;
pub mod doctor;
pub mod doctor_delay;
pub mod doctor_tally;
pub mod document;
pub mod enums;
pub mod erasure;
pub mod hospital;
pub mod hospital_tally;
pub mod limits;
pub mod mail;
pub mod message;
pub mod message_read;
pub mod note;
pub mod note_addendum;
pub mod note_revision;
pub mod notification;
pub mod passkey;
pub mod passkey_challenge;
pub mod password_link;
pub mod patient;
pub mod recovery_code;
pub mod second_factor;
pub mod time_off;
pub mod user;
pub mod user_session;
pub mod visit;
pub mod visit_guest;
pub mod visit_presence;

pub use address_link::Entity as AddressLink;
pub use appointment::Entity as Appointment;
pub use appointment_event::Entity as AppointmentEvent;
pub use attachment::Entity as Attachment;
pub use attachment_data::Entity as AttachmentData;
pub use audit_chain_head::Entity as AuditChainHead;
pub use audit_entry::Entity as AuditEntry;
pub use audit_redaction::Entity as AuditRedaction;
pub use audit_seal::Entity as AuditSeal;
pub use availability::Entity as Availability;
pub use cache_outbox::Entity as CacheOutbox;
pub use calendar_link::Entity as CalendarLink;
pub use call::Entity as Call;
pub use call_peer::Entity as CallPeer;
pub use call_signal::Entity as CallSignal;
pub use care_relation::Entity as CareRelation;
pub use device_check::Entity as DeviceCheck;
pub use doctor::Entity as Doctor;
pub use doctor_delay::Entity as DoctorDelay;
pub use doctor_tally::Entity as DoctorTally;
pub use document::Entity as Document;
pub use erasure::Entity as Erasure;
pub use hospital::Entity as Hospital;
pub use hospital_tally::Entity as HospitalTally;
pub use mail::Entity as Mail;
pub use message::Entity as Message;
pub use message_read::Entity as MessageRead;
pub use note::Entity as Note;
pub use note_addendum::Entity as NoteAddendum;
pub use note_revision::Entity as NoteRevision;
pub use notification::Entity as Notification;
pub use passkey::Entity as Passkey;
pub use passkey_challenge::Entity as PasskeyChallenge;
pub use password_link::Entity as PasswordLink;
pub use patient::Entity as Patient;
pub use recovery_code::Entity as RecoveryCode;
pub use second_factor::Entity as SecondFactor;
pub use time_off::Entity as TimeOff;
pub use user::Entity as User;
pub use user_session::Entity as UserSession;
pub use visit::Entity as Visit;
pub use visit_guest::Entity as VisitGuest;
pub use visit_presence::Entity as VisitPresence;

/// Money.
pub use sea_orm::prelude::Decimal;
