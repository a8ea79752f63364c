//! Documents of visits.

use std::sync::atomic::{AtomicI32, Ordering};

use entity::{document, enums::DocumentKind};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{super::TestApp, appointments::Appointment, people::Doctor, texts::Texts};

/// A document in the database.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) id: i64,
    /// Every text of it.
    pub(crate) texts: Vec<String>,
}

impl Document {
    /// Its page.
    pub(crate) fn path(&self) -> String {
        format!("/documents/{}", self.id)
    }
}

/// No two have the same number; which it is, is for the application to say.
static NUMBER: AtomicI32 = AtomicI32::new(1_000);

/// A sick note that `doctor` has issued in `visit`; revoked for a reason, if it `is_revoked`.
pub(crate) async fn document(
    app: &TestApp,
    (visit, doctor): (&Appointment, &Doctor),
    is_revoked: bool,
    payload: &str,
) -> Document {
    let (now, mut texts) = (app.now(), Texts::new());
    texts.say(payload);
    let row = document::ActiveModel {
        hospital_id: Set(doctor.hospital_id.expect("a doctor's")),
        appointment_id: Set(visit.id),
        kind: Set(DocumentKind::SickNote),
        number: Set(NUMBER.fetch_add(1, Ordering::Relaxed)),
        body: Set(texts.make("Document", 10_000)),
        issued_at: Set(now),
        issued_by: Set(doctor.user_id),
        revoked_at: Set(is_revoked.then_some(now)),
        revoked_by: Set(is_revoked.then_some(doctor.user_id)),
        revoked_reason: Set(is_revoked.then(|| texts.make("Revoked", 500))),
        version: Set(i32::from(is_revoked)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = row.insert(&app.db).await.unwrap();
    Document { id: row.id, texts: texts.made }
}
