//! The changes, in the order in which they are applied.
//!
//! A change that was released is never edited: what it got wrong, a later one mends. Schema that
//! running servers still need goes away in three releases: expand, move, contract.

use crate::change::Change;

mod m0001_hospital;
mod m0002_user;
mod m0003_doctor;
mod m0004_patient;
mod m0005_availability;
mod m0006_time_off;
mod m0007_appointment;
mod m0008_appointment_overlap;
mod m0009_appointment_tenant;
mod m0010_appointment_event;
mod m0011_notification;
mod m0012_user_session;
mod m0013_audit_entry;
mod m0014_append_only;
mod m0015_appointment_indexes;
mod m0016_user_indexes;
mod m0017_cache_outbox;
mod m0022_audit_indexes;
mod m0023_audit_seal;
mod m0024_booking_token;
mod m0025_password_link;
mod m0026_mail;
mod m0027_cache_instance;
mod m0030_care_relation;
mod m0031_doctor_tally;
mod m0032_hospital_tally;
mod m0033_open_visit_indexes;
mod m0034_visit_indexes_replaced;
mod m0035_user_index_replaced;
mod m0036_text_keys;
mod m0037_text_key_indexes;
mod m0038_hours_over_midnight;
mod m0039_wall_times;
mod m0041_second_factor;
mod m0043_address_link;
mod m0048_audit_chain_head;
mod m0049_sweep_indexes;
mod m0050_instance_identity;
mod m0051_account_mail;
mod m0052_passkey;
mod m0053_account_mail_indexes;
mod m0054_trail_words;
mod m0055_trail_words_looked_at;
mod m0056_erasure;
mod m0058_followed_references;
mod m0059_tables_written_all_day;
mod m0070_told_times;
mod m0071_displaced;
mod m0072_modality;
mod m0073_history_words;
mod m0074_history_words_looked_at;
mod m0075_visit;
mod m0076_note;
mod m0077_note_rules;
mod m0078_visits_written_all_day;
mod m0079_browsers_forgotten;
mod m0080_factor_words;
mod m0081_factor_words_looked_at;
mod m0082_message;
mod m0083_message_rules;
mod m0084_message_mail;
mod m0086_calendar_link;
mod m0087_document;
mod m0088_document_rules;
mod m0090_old_presence;
mod m0093_told_words;
mod m0094_attachment;
mod m0095_attachment_rules;
mod m0096_document_heads;
mod m0097_calendar_word;
mod m0098_call;
mod m0099_old_drafts;
mod m0100_devices_in_room;
mod m0101_rare_visits;
mod m0102_device_check;
mod m0105_visit_guest;
mod m0106_old_versions;
mod m0107_correction_words;
mod m0108_correction_words_looked_at;
mod m0109_handed_over;
mod m0110_absence_word;
mod m0111_wish;
mod m0112_wish_looked_at;
mod m0113_wishes_found;
mod m0114_own_record;
mod m0115_mail_choice;
mod m0116_without_address;

/// Every change, oldest first.
pub(crate) const ALL: [Change; 87] = [
    m0001_hospital::CHANGE,
    m0002_user::CHANGE,
    m0003_doctor::CHANGE,
    m0004_patient::CHANGE,
    m0005_availability::CHANGE,
    m0006_time_off::CHANGE,
    m0007_appointment::CHANGE,
    m0008_appointment_overlap::CHANGE,
    m0009_appointment_tenant::CHANGE,
    m0010_appointment_event::CHANGE,
    m0011_notification::CHANGE,
    m0012_user_session::CHANGE,
    m0013_audit_entry::CHANGE,
    m0014_append_only::CHANGE,
    m0015_appointment_indexes::CHANGE,
    m0016_user_indexes::CHANGE,
    m0017_cache_outbox::CHANGE,
    m0022_audit_indexes::CHANGE,
    m0023_audit_seal::CHANGE,
    m0024_booking_token::CHANGE,
    m0025_password_link::CHANGE,
    m0026_mail::CHANGE,
    m0027_cache_instance::CHANGE,
    m0030_care_relation::CHANGE,
    m0031_doctor_tally::CHANGE,
    m0032_hospital_tally::CHANGE,
    m0033_open_visit_indexes::CHANGE,
    m0034_visit_indexes_replaced::CHANGE,
    m0035_user_index_replaced::CHANGE,
    m0036_text_keys::CHANGE,
    m0037_text_key_indexes::CHANGE,
    m0038_hours_over_midnight::CHANGE,
    m0039_wall_times::CHANGE,
    m0041_second_factor::CHANGE,
    m0043_address_link::CHANGE,
    m0048_audit_chain_head::CHANGE,
    m0049_sweep_indexes::CHANGE,
    m0050_instance_identity::CHANGE,
    m0051_account_mail::CHANGE,
    m0052_passkey::CHANGE,
    m0053_account_mail_indexes::CHANGE,
    m0054_trail_words::CHANGE,
    m0055_trail_words_looked_at::CHANGE,
    m0056_erasure::CHANGE,
    m0058_followed_references::CHANGE,
    m0059_tables_written_all_day::CHANGE,
    m0070_told_times::CHANGE,
    m0071_displaced::CHANGE,
    m0072_modality::CHANGE,
    m0073_history_words::CHANGE,
    m0074_history_words_looked_at::CHANGE,
    m0075_visit::CHANGE,
    m0076_note::CHANGE,
    m0077_note_rules::CHANGE,
    m0078_visits_written_all_day::CHANGE,
    m0079_browsers_forgotten::CHANGE,
    m0080_factor_words::CHANGE,
    m0081_factor_words_looked_at::CHANGE,
    m0082_message::CHANGE,
    m0083_message_rules::CHANGE,
    m0084_message_mail::CHANGE,
    m0086_calendar_link::CHANGE,
    m0087_document::CHANGE,
    m0088_document_rules::CHANGE,
    m0090_old_presence::CHANGE,
    m0093_told_words::CHANGE,
    m0094_attachment::CHANGE,
    m0095_attachment_rules::CHANGE,
    m0096_document_heads::CHANGE,
    m0097_calendar_word::CHANGE,
    m0098_call::CHANGE,
    m0099_old_drafts::CHANGE,
    m0100_devices_in_room::CHANGE,
    m0101_rare_visits::CHANGE,
    m0102_device_check::CHANGE,
    m0105_visit_guest::CHANGE,
    m0106_old_versions::CHANGE,
    m0107_correction_words::CHANGE,
    m0108_correction_words_looked_at::CHANGE,
    m0109_handed_over::CHANGE,
    m0110_absence_word::CHANGE,
    m0111_wish::CHANGE,
    m0112_wish_looked_at::CHANGE,
    m0113_wishes_found::CHANGE,
    m0114_own_record::CHANGE,
    m0115_mail_choice::CHANGE,
    m0116_without_address::CHANGE,
];
