//! Guests of the calls of visits.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::{enums::GuestKind, visit_guest};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use sha2::Sha256;

use super::{super::TestApp, appointments::Appointment, people::Doctor, texts::Texts};

/// A guest in the database.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub(crate) id: i64,
    /// The last part of the address of their link.
    pub(crate) token: String,
    pub(crate) name: String,
}

/// An interpreter whom the doctor of `visit` has let in, and whose page is open; with `payload` in the name.
pub(crate) async fn guest(app: &TestApp, (visit, doctor): (&Appointment, &Doctor), payload: &str) -> Guest {
    let mut texts = Texts::new();
    texts.say(payload);
    let secret: [u8; 32] = rand::random();
    let name = texts.make("Guest", 120);
    let mut digest: Hmac<Sha256> = Hmac::new((&app.state.settings.secret_key.derive("links of guests")).into());
    digest.update(&secret);
    let row = visit_guest::ActiveModel {
        appointment_id: Set(visit.id),
        name: Set(Some(name.clone())),
        kind: Set(GuestKind::Interpreter),
        token_hash: Set(digest.finalize().into_bytes().to_vec()),
        form_token: Set(format!("factory-{}", texts.number())),
        invited_by: Set(doctor.user_id),
        expires_at: Set(app.in_hours(24 * 30)),
        here_since: Set(Some(app.now())),
        here_until: Set(Some(app.in_minutes(1))),
        admitted_at: Set(Some(app.now())),
        admitted_by: Set(Some(doctor.user_id)),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    let id = row.insert(&app.db).await.unwrap().id;
    Guest { id, token: format!("{id}-{}", BASE64_URL_SAFE_NO_PAD.encode(secret)), name }
}
