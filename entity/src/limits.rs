//! The longest text each column takes, in characters. The database refuses more; forms say so first.
//!
//! Optional text is null or at least one character long, never empty.

/// `hospital.name`
pub const HOSPITAL_NAME: usize = 120;
/// `hospital.address`
pub const ADDRESS: usize = 255;
/// Every phone number.
pub const PHONE: usize = 32;
/// Every e-mail address; the shortest has 3.
pub const EMAIL: usize = 254;
/// `hospital.time_zone`
pub const TIME_ZONE: usize = 64;
/// `user.first_name`, `user.last_name`
pub const PERSON_NAME: usize = 80;
/// `doctor.license_number`
pub const LICENSE_NUMBER: usize = 64;
/// `doctor.specialization`
pub const SPECIALIZATION: usize = 120;
/// `doctor.bio`
pub const BIO: usize = 2000;
/// `doctor.education`
pub const EDUCATION: usize = 1000;
/// `patient.allergies`
pub const ALLERGIES: usize = 2000;
/// `patient.medical_history`
pub const MEDICAL_HISTORY: usize = 5000;
/// `patient.emergency_contact_name`
pub const CONTACT_NAME: usize = 120;
/// `time_off.reason`
pub const TIME_OFF_REASON: usize = 255;
/// `appointment.symptoms`
pub const SYMPTOMS: usize = 2000;
/// `appointment.rejection_reason`, `.cancellation_reason`, `.overbook_reason`, `visit.skipped_reason`
pub const APPOINTMENT_REASON: usize = 500;
/// `appointment.booking_token`, `document.token`
pub const BOOKING_TOKEN: usize = 64;
/// `appointment_event.note`
pub const EVENT_NOTE: usize = 500;
/// `visit.location_now`
pub const LOCATION: usize = 255;
/// `visit.others_present`
pub const OTHERS_PRESENT: usize = 255;
/// `hospital.emergency_text`
pub const EMERGENCY_TEXT: usize = 1000;
/// `note.subjective`, `.objective`, `.assessment`, `.plan`, `.summary`, and the same of `note_revision`
pub const NOTE_TEXT: usize = 20_000;
/// `note.withheld_reason`, `note_addendum.reason`
pub const NOTE_REASON: usize = 500;
/// `note_addendum.text`
pub const ADDENDUM: usize = 10_000;
/// `message.body`
pub const MESSAGE: usize = 4000;
/// `message.token`
pub const MESSAGE_TOKEN: usize = 64;
/// `attachment.name`
pub const ATTACHMENT_NAME: usize = 120;
/// `visit_guest.name`
pub const GUEST_NAME: usize = 120;
/// `visit_guest.form_token`
pub const GUEST_TOKEN: usize = 64;
/// `call_peer.key`, `call_signal.from_key`, `.to_key`: exactly so many.
pub const PEER_KEY: usize = 32;
/// `call_signal.body`
pub const SIGNAL: usize = 16_384;
/// `document.body`
pub const DOCUMENT_BODY: usize = 10_000;
/// `document.revoked_reason`
pub const REVOKED_REASON: usize = 500;
/// `second_factor.removal_reason`
pub const REMOVAL_REASON: usize = 255;
/// `passkey.name`
pub const PASSKEY_NAME: usize = 60;
/// `user_session.ip`, `audit_entry.ip`
pub const IP: usize = 45;
/// `user_session.user_agent`
pub const USER_AGENT: usize = 255;
/// `audit_entry.actor_name`: both names and the space between.
pub const ACTOR_NAME: usize = 161;
/// `erasure.reason`
pub const ERASURE_REASON: usize = 500;
/// `mail.last_error`
pub const MAIL_ERROR: usize = 255;
