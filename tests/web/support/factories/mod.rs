//! Records written straight to the **database**: what a test needs to be there, past every rule of
//! the application but none of the schema's.

mod appointments;
mod attachments;
mod calls;
mod documents;
mod guests;
mod hospitals;
mod messages;
mod notes;
mod password;
mod people;
mod rooms;
mod texts;
mod traces;

pub(crate) use appointments::{Appointment, appointment};
pub(crate) use attachments::{Attachment, attachment};
pub(crate) use calls::call;
pub(crate) use documents::{Document, document};
pub(crate) use guests::{Guest, guest};
pub(crate) use hospitals::{Hospital, HospitalDraft, hospital};
pub(crate) use messages::{Message, message};
pub(crate) use notes::{Note, note};
pub(crate) use password::{CHEAPEST, PASSWORD};
pub(crate) use people::{Doctor, Patient, Person, doctor, hospital_admin, patient, super_admin};
pub(crate) use rooms::{answered, device_check, gone_without};
pub(crate) use traces::{
    Notification, address_link, availability, hour, notification, password_link, session, time_off, token_in,
    works_daily,
};
