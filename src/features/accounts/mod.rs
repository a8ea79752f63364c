//! People's accounts as far as they are their own: signing in, out and up, the profile, the password,
//! the sessions. Owns the table `user` (its columns of identity and access; `people` fills in the rest of a
//! doctor or patient); of `user_session` it ends rows through [`crate::session`].
//!
//! Owns `password_link` too, links by mail to choose a password; `address_link`, links that prove who reads an address: another address counts
//! when its link was opened, and the old one has a way back for a week; and what somebody has beside the password: `second_factor` (an app),
//! `recovery_code`, `passkey`, `passkey_challenge`. Of `patient` it writes what patients say of themselves. Calls `audit` and `mail`. Later features,
//! and the commands, use what a person is made of: [`Password`], [`EmailAddress`], the readers of the common fields, [`hash_password`].
//!
//! # What a stranger can learn
//! Signing in answers alike, in like time, whether the address is unknown, the password wrong or the
//! account shut. So does asking for a link by mail, which is written behind the answer. Signing up tells that an address is
//! taken: whoever signs up is signed in at once, which with somebody's address cannot be, and no answer in its place would look the same. Such
//! tries are limited to a few in an hour, so nobody can ask for many addresses.

mod destination;
mod device;
mod device_cookie;
mod email_text;
mod forms;
mod handlers;
mod hashing;
mod pages;
mod passkey;
mod passkey_forms;
mod passwords;
mod pending;
mod person;
mod proof;
mod queries;
mod request_session;
mod second_factor;
mod service;
mod token;

pub(crate) use email_text::{write as write_link, write_address_link, write_security};
pub(crate) use hashing::{BREACHED, hash_chosen as hash_chosen_password};
pub use hashing::{HashingRules, PasswordNotHashed, hash as hash_password};
pub(crate) use pages::proof::LEFT_OUT;
pub use passwords::{MIN_CHARACTERS as MIN_PASSWORD_CHARACTERS, Owner as PasswordOwner, Password};
pub(crate) use person::parse_phone;
pub use person::{EmailAddress, read_email, read_names, read_phone};
pub(crate) use proof::{Provable, RecentlyProved};
pub(crate) use queries::is_proved;
pub use queries::{has_accounts, has_demo_accounts};
pub(crate) use second_factor::RemovalReason;
pub(crate) use service::address_links::sweep as sweep_address_links;
pub(crate) use service::addresses::{ask_other as ask_for_address, waits_for_link};
pub(crate) use service::facts::{BloodOption, RecordFacts, SaidParts, StatedFacts, blood_types, short_digest};
pub(crate) use service::links::{
    end_all as end_links, invite, invite_again, invite_at_new_address, no_password, nobodys_password, sweep_links,
};
pub(crate) use service::managed::{AccountDetails, insert_account, set_active, update_account};
pub use service::operator::{OperatorError, operator};
pub(crate) use service::own_factor::reset_second_factor;
pub(crate) use service::security::tell as tell_owner;
pub use service::super_admin::{CreateSuperAdminError, create_super_admin};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/sign-in", handlers::new_session);
    table.post("/sign-in", handlers::create_session);
    table.get("/sign-in/second-factor", handlers::second_step::new);
    table.post("/sign-in/second-factor", handlers::second_step::create);
    table.post("/sign-in/second-factor/challenge", handlers::passkeys::ask_at_sign_in);
    table.post("/sign-out", handlers::destroy_session);
    table.get("/sign-up", handlers::new_account);
    table.post("/sign-up", handlers::create_account);
    table.get("/password-reset", handlers::links::new_reset);
    table.post("/password-reset", handlers::links::create_reset);
    table.get("/password-links/{token}", handlers::links::show_link);
    table.post("/password-links/{token}", handlers::links::use_link);
    table.get("/profile", handlers::profile::edit);
    table.post("/profile", handlers::profile::update);
    table.post("/profile/password", handlers::profile::update_password);
    table.post("/profile/email", handlers::addresses::ask);
    table.post("/profile/email/withdrawal", handlers::addresses::withdraw);
    table.post("/profile/email/link", handlers::addresses::send_again);
    table.get("/address-links/{token}", handlers::addresses::show);
    table.post("/address-links/{token}", handlers::addresses::use_link);
    table.get("/profile/proof", handlers::proof::new);
    table.post("/profile/proof", handlers::proof::create);
    table.post("/profile/proof/challenge", handlers::passkeys::ask_once_more);
    table.get("/profile/second-factor", handlers::second_factor::show);
    table.post("/profile/second-factor/totp", handlers::second_factor::enable);
    table.post("/profile/second-factor/totp/removal", handlers::second_factor::disable);
    table.post("/profile/second-factor/recovery-codes", handlers::second_factor::renew_codes);
    table.post("/profile/second-factor/passkeys", handlers::passkeys::create);
    table.post("/profile/second-factor/passkeys/challenge", handlers::passkeys::ask_for_new);
    table.post("/profile/second-factor/passkeys/{id}/removal", handlers::passkeys::destroy);
    table.get("/profile/sessions", handlers::list_sessions);
    table.post("/profile/sessions/revocation", handlers::revoke_other_sessions);
    table.post("/profile/sessions/{id}/revocation", handlers::revoke_session);
}
