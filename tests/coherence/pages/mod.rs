//! Every kind of write and every moment, once each, in an order that does not change.
//!
//! Before each, all cached pages of everybody are warm: asked for once more, they come from the cache. Then one thing
//! happens, and they are asked for again. Each must be, byte for byte, what an instance without a cache renders; and those that
//! show what happened must differ from what they were, or nothing would be proved.
//!
//! No page is rendered twice for safety here (`CACHE_VERIFY=false`): what the cache serves is what is compared.

mod addresses;
mod calls;
mod clinic;
mod erasures;
mod factors;
mod future;
mod guests;
mod handing_over;
mod keys;
mod management;
mod messages;
mod moments;
mod notes;
mod rooms;
#[path = "../../web/attachments/scanner.rs"]
mod scanner;
mod schedules;
mod steps;
mod telling;
mod times;
mod wishes;
mod world;
mod writes;
mod zones;

use actix_web::http::Method;
use telemedicine::features;

/// How a visit stands, as all see it who may open it.
const STANDING: &str = "/appointments/{id}/standing";

/// What can be done through a form, all of it in [`addresses`], [`calls`], [`guests`], [`steps`], [`notes`], [`messages`], [`factors`], [`schedules`], [`telling`], [`management`] and [`writes`].
const WRITES: [&str; 96] = [
    "/address-links/{token}",
    "/admins",
    "/admins/{id}",
    "/admins/{id}/deactivation",
    "/admins/{id}/invitation",
    "/admins/{id}/reactivation",
    "/admins/{id}/second-factor/removal",
    "/admins/{id}/sessions/revocation",
    "/appointments",
    "/appointments/{id}/answers",
    "/appointments/{id}/approval",
    "/appointments/{id}/arrival",
    "/appointments/{id}/call",
    "/appointments/{id}/call/end",
    "/appointments/{id}/call/report",
    "/appointments/{id}/call/signals",
    "/appointments/{id}/cancellation",
    "/appointments/{id}/confirmation",
    "/appointments/{id}/correction",
    "/appointments/{id}/device-check",
    "/appointments/{id}/documents",
    "/appointments/{id}/guests",
    "/appointments/{id}/guests/{id}/admission",
    "/appointments/{id}/guests/{id}/removal",
    "/appointments/{id}/messages",
    "/appointments/{id}/messages/read",
    "/appointments/{id}/messages/{id}/retraction",
    "/appointments/{id}/modality",
    "/appointments/{id}/note",
    "/appointments/{id}/note/addenda",
    "/appointments/{id}/note/signature",
    "/appointments/{id}/opening",
    "/appointments/{id}/outcome",
    "/appointments/{id}/presence",
    "/appointments/{id}/proposal",
    "/appointments/{id}/proposal/acceptance",
    "/appointments/{id}/proposal/refusal",
    "/appointments/{id}/rejection",
    "/appointments/{id}/rescheduling",
    "/appointments/{id}/start",
    "/appointments/{id}/telling",
    "/doctors",
    "/doctors/{id}",
    "/doctors/{id}/availability",
    "/doctors/{id}/deactivation",
    "/doctors/{id}/delay",
    "/doctors/{id}/invitation",
    "/doctors/{id}/reactivation",
    "/doctors/{id}/second-factor/removal",
    "/doctors/{id}/sessions/revocation",
    "/doctors/{id}/time-off",
    "/doctors/{id}/time-off/{id}/removal",
    "/doctors/{id}/time-off/{id}/visits",
    "/documents/{id}/revocation",
    "/guest/{token}/call",
    "/guest/{token}/call/report",
    "/guest/{token}/call/signals",
    "/guest/{token}/presence",
    "/hospitals",
    "/hospitals/{id}",
    "/hospitals/{id}/deactivation",
    "/hospitals/{id}/reactivation",
    "/notifications/read",
    "/notifications/{id}/read",
    "/password-links/{token}",
    "/password-reset",
    "/patients",
    "/patients/{id}",
    "/patients/{id}/confirmation",
    "/patients/{id}/deactivation",
    "/patients/{id}/invitation",
    "/patients/{id}/reactivation",
    "/patients/{id}/second-factor/removal",
    "/patients/{id}/sessions/revocation",
    "/profile",
    "/profile/calendar",
    "/profile/calendar/removal",
    "/profile/email",
    "/profile/email/link",
    "/profile/email/withdrawal",
    "/profile/password",
    "/profile/proof",
    "/profile/proof/challenge",
    "/profile/second-factor/passkeys",
    "/profile/second-factor/passkeys/challenge",
    "/profile/second-factor/passkeys/{id}/removal",
    "/profile/second-factor/recovery-codes",
    "/profile/second-factor/totp",
    "/profile/second-factor/totp/removal",
    "/profile/sessions/revocation",
    "/profile/sessions/{id}/revocation",
    "/sign-in",
    "/sign-in/second-factor",
    "/sign-in/second-factor/challenge",
    "/sign-out",
    "/sign-up",
];

#[test]
fn every_kind_of_write_is_tried() {
    let table = features::routes();
    let posts = table.entries().iter().filter(|entry| entry.method == Method::POST);
    let mut paths: Vec<&str> = posts.map(|entry| entry.path).collect();
    paths.sort_unstable();
    assert_eq!(paths, WRITES, "a write that pages/steps.rs or pages/writes.rs should make, and WRITES should name");
}
