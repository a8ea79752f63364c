//! Text, made the same however a keyboard, a system or another program wrote it. Knows no table and no page.
//!
//! What looks the same is written in many ways: `é` as one character or as two, an apostrophe that is straight or curved, digits of
//! another script, marks that nobody sees. Databases do not agree on any of it, nor on what a capital letter is: SQLite knows ASCII
//! alone, Postgres what its locale says. So text is compared, searched and put in order by keys that are made here, stored beside
//! the text, and compared as they are, character by character:
//!
//! - [`nfc`]: what is stored of what people type.
//! - [`plain`]: what is typed by sign, such as numbers, dates and addresses.
//! - [`search_key`], [`person_key`], [`contact_key`], [`number_key`]: what is searched, put in order and kept unique.
//! - [`folded`]: what passwords are compared by with what everybody knows.
//! - [`typed_date`]: a date as people write it.
//! - [`SearchText`]: what somebody searches for, by the same functions.
//!
//! And [`calendar`]: visits as text that programs with calendars read; [`doctor_name`]: doctors as they are called everywhere; [`given_address`]: whether somebody has an e-mail
//! address.
//!
//! The tables are those of Unicode as `icu_properties` and `icu_normalizer` carry them. When they change, so may keys; those that are
//! stored stay as they are until the text is written again.

mod date;
mod icalendar;
mod invisible;
mod key;
mod name;
mod no_address;
mod search;

pub use date::typed_date;
pub use icalendar::{CalendarEvent, CalendarMethod, InvitationParties, calendar};
pub use invisible::{is_deceptive, is_readable};
pub use key::{
    PHONE, address_key, contact_key, folded, nfc, nfkc, number_key, person_key, phone_digits, plain, search_key,
};
pub use name::doctor_name;
pub use no_address::{WITHOUT_ADDRESS, given_address, no_address};
pub use search::{Contact, SearchText, Term};
