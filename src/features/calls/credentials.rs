//! With what a page asks the relays to carry its call: a name that says until when, and what proves that it was given out here.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Sha256;

use super::participant::PeerOwner;
use crate::{settings::CallSettings, web::AppError};

/// So long whoever tries the relays before a visit can use them; trying takes seconds, and clocks differ.
const TO_TRY: Duration = Duration::from_secs(300);
/// For so long at most a guest's can be used, who may be removed meanwhile. A call that goes on outlasts them.
const OF_GUEST: Duration = Duration::from_secs(600);

/// What `RTCPeerConnection` takes, and until when it can be used, for a page of `owner`. The name says nothing of them.
///
/// # Errors
/// The secret is not one that can be used.
pub(super) fn ice(settings: &CallSettings, now: DateTime<Utc>, owner: PeerOwner) -> Result<Value, AppError> {
    let lifetime = match owner {
        PeerOwner::User(_) => settings.turn_ttl,
        PeerOwner::Guest(_) => settings.turn_ttl.min(OF_GUEST),
    };
    until(settings, (now, now + lifetime), owner)
}

/// The same, for a device check of `user_id` (`user.id`): it can be asked for on any day before the visit, so it is of use for a short while.
///
/// # Errors
/// The same.
pub(crate) fn ice_to_try(settings: &CallSettings, now: DateTime<Utc>, user_id: i64) -> Result<Value, AppError> {
    until(settings, (now, now + settings.turn_ttl.min(TO_TRY)), PeerOwner::User(user_id))
}

fn until(
    settings: &CallSettings,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    owner: PeerOwner,
) -> Result<Value, AppError> {
    let servers = match &settings.turn_secret {
        Some(secret) if !settings.turn_urls.is_empty() => {
            let secret = secret.expose_secret();
            let username = format!("{}:{}", until.timestamp(), name(secret, owner, now)?);
            let credential = credential(secret, &username)?;
            let urls: Vec<&str> = settings.turn_urls.iter().map(|url| url.text()).collect();
            json!([{"urls": urls, "username": username, "credential": credential}])
        }
        _ => json!([]),
    };
    Ok(json!({
        "iceServers": servers,
        "policy": if settings.relay_only { "relay" } else { "all" },
        "expires_at": until.to_rfc3339_opts(SecondsFormat::Secs, true),
    }))
}

/// By what a relay knows one person again, whose allocations it counts (`user-quota`), for an hour; nobody else does.
fn name(secret: &str, owner: PeerOwner, now: DateTime<Utc>) -> Result<String, AppError> {
    let whose = match owner {
        PeerOwner::User(user) => format!("user {user}"),
        PeerOwner::Guest(guest) => format!("guest {guest}"),
    };
    let hour = now.timestamp().div_euclid(3_600);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(AppError::internal)?;
    mac.update(format!("the relays' name for {whose} in hour {hour}").as_bytes());
    let digest = mac.finalize().into_bytes();
    Ok(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

fn credential(secret: &str, username: &str) -> Result<String, AppError> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).map_err(AppError::internal)?;
    mac.update(username.as_bytes());
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As coturn's documentation of `use-auth-secret` has it: `openssl dgst -sha1 -hmac SECRET -binary | base64`.
    #[test]
    fn a_credential_is_what_the_relay_makes_of_the_same_name() {
        let made = credential("north-of-the-lake", "1900000000:abc").ok();
        assert_eq!(made.as_deref(), Some("Cg6/sf63d+eOyWJ7t5TBzvY9mzs="));
    }
}
