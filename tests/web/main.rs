//! The clinic as a browser meets it: the production server, a real database, HTTP.
//!
//! One file a feature, and the suites that go over the whole route table. How to write a test here
//! is told in [`support`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail on the spot, with the line"
)]
#![allow(clippy::too_many_lines, reason = "a journey is told in one piece, and a table stays a table")]

mod access_matrix;
mod accounts;
mod appointments;
/// The name puts it among the first: it takes minutes, and by itself it keeps one processor busy at most.
mod at_scale;
mod attachments;
mod audit;
mod background;
mod bad_requests;
mod bad_urls;
mod boards;
mod booking;
mod budgets;
mod cache_rules;
mod calendars;
mod calls;
mod catalog;
mod clearing;
mod clinic_day;
mod correcting;
mod day_book;
mod demo_clinic;
mod desks_board;
mod device_check;
mod doctors_day;
mod documents;
mod erasures;
mod exports;
mod faults;
mod figures;
mod guests;
mod harness;
mod hero;
mod hostile;
mod hostile_text;
mod instances;
mod journeys;
mod kept_forms;
mod live;
mod mail;
mod mail_choices;
mod management;
mod messages;
mod modality;
mod monitoring;
mod names;
mod namesakes;
mod notes;
mod notifications;
mod own_record;
mod page_rules;
mod patients_page;
#[path = "support/ports.rs"]
mod ports;
mod presence;
mod promises;
mod reading_news;
mod reports;
mod rescheduling;
mod schedules;
mod sent_twice;
mod sessions;
mod support;
mod sweeping;
mod template_samples;
mod time_zones;
mod times;
mod unfit_database;
mod visits;
mod walk_in;
mod wishes;
mod without_address;
mod without_doctor;
