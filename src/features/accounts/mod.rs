//! People's accounts as far as they are their own: signing in, out and up, the profile, the password,
//! the sessions. Owns the table `user` (its columns of identity and access; `people` fills in the rest of a
//! doctor or patient); of `user_session` it ends rows through [`crate::session`].
//!
//! Owns `password_link` too: links by mail to choose a password. Calls `audit` and `mail`. Later features, and the commands, use what a person is made of:
//! [`Password`], [`EmailAddress`], the readers of the common fields, [`hash_password`].
//!
//! # What a stranger can learn
//! Signing in answers alike, in like time, whether the address is unknown, the password wrong or the
//! account shut. So does asking for a link by mail, which is written behind the answer. Signing up tells that an address is
//! taken, so that its owner is not left waiting for a mail; such tries are limited like failed sign-ins, so nobody can ask
//! for many addresses.

mod destination;
mod device;
mod email_text;
mod forms;
mod handlers;
mod hashing;
mod pages;
mod passwords;
mod pending;
mod person;
mod proof;
mod queries;
mod request_session;
mod second_factor;
mod service;
mod token;

pub(crate) use email_text::write as write_link;
pub use hashing::hash as hash_password;
pub use passwords::{MIN_CHARACTERS as MIN_PASSWORD_CHARACTERS, Owner as PasswordOwner, Password};
pub(crate) use person::parse_phone;
pub use person::{EmailAddress, parse_date_of_birth, read_email, read_names, read_phone};
pub(crate) use proof::{Provable, RecentlyProved};
pub use queries::{has_accounts, has_demo_accounts};
pub(crate) use service::links::{end_all as end_links, invite, invite_again, no_password, sweep_links};
pub(crate) use service::managed::{AccountDetails, insert_account, set_active, update_account};
pub(crate) use service::own_factor::reset_second_factor;
pub use service::super_admin::{CreateSuperAdminError, create_super_admin};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/sign-in", handlers::new_session);
    table.post("/sign-in", handlers::create_session);
    table.get("/sign-in/second-factor", handlers::second_step::new);
    table.post("/sign-in/second-factor", handlers::second_step::create);
    table.post("/sign-out", handlers::destroy_session);
    table.get("/sign-up", handlers::new_account);
    table.post("/sign-up", handlers::create_account);
    table.get("/password-reset", handlers::links::new_reset);
    table.post("/password-reset", handlers::links::create_reset);
    table.get("/password-links/{token}", handlers::links::show_link);
    table.post("/password-links/{token}", handlers::links::use_link);
    table.get("/profile", handlers::edit_profile);
    table.post("/profile", handlers::update_profile);
    table.post("/profile/password", handlers::update_password);
    table.get("/profile/proof", handlers::proof::new);
    table.post("/profile/proof", handlers::proof::create);
    table.get("/profile/second-factor", handlers::second_factor::show);
    table.post("/profile/second-factor/totp", handlers::second_factor::enable);
    table.post("/profile/second-factor/totp/removal", handlers::second_factor::disable);
    table.post("/profile/second-factor/recovery-codes", handlers::second_factor::renew_codes);
    table.get("/profile/sessions", handlers::list_sessions);
    table.post("/profile/sessions/revocation", handlers::revoke_other_sessions);
    table.post("/profile/sessions/{id}/revocation", handlers::revoke_session);
}
