//! What people do with their accounts. Each act is one unit of work with its line in the trail.

pub(super) mod address_links;
pub(super) mod addresses;
pub(super) mod entering;
pub(in crate::features::accounts) mod facts;
pub(super) mod links;
pub(super) mod managed;
pub(super) mod operator;
pub(super) mod own_factor;
pub(super) mod passkeys;
pub(super) mod password;
pub(super) mod profile;
pub(super) mod proof;
pub(super) mod second_factor;
pub(super) mod second_step;
pub(super) mod security;
pub(super) mod sessions;
pub(super) mod sign_in;
pub(super) mod sign_up;
pub(super) mod super_admin;
