//! What was said at the beginning of visits, and found before them.

use entity::{
    device_check,
    enums::{DeviceState, IdentityCheck, RelayReach},
    visit,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{
    super::TestApp,
    appointments::Appointment,
    people::{Doctor, Person},
    texts::Texts,
};

/// What the patient of `appointment` said; with `payload` in every text. The texts.
pub(crate) async fn answered(app: &TestApp, appointment: &Appointment, payload: &str) -> Vec<String> {
    let mut texts = Texts::new();
    texts.say(payload);
    said(app, appointment, &mut texts).insert(&app.db).await.unwrap();
    texts.made
}

/// The same, and that the doctor went without it.
pub(crate) async fn gone_without(
    app: &TestApp,
    (appointment, doctor): (&Appointment, &Doctor),
    payload: &str,
) -> Vec<String> {
    let mut texts = Texts::new();
    texts.say(payload);
    let row = said(app, appointment, &mut texts);
    let row = visit::ActiveModel {
        identity: Set(Some(IdentityCheck::NotPossible)),
        checked_by: Set(Some(doctor.user_id)),
        checked_at: Set(Some(app.now())),
        skipped_reason: Set(Some(texts.make("Skipped", 500))),
        ..row
    };
    row.insert(&app.db).await.unwrap();
    texts.made
}

/// That `person` has no camera, and reaches the relay by TCP, for `appointment`.
pub(crate) async fn device_check(app: &TestApp, appointment: &Appointment, person: &Person) {
    let row = device_check::ActiveModel {
        appointment_id: Set(appointment.id),
        user_id: Set(person.user_id),
        camera: Set(DeviceState::Absent),
        microphone: Set(DeviceState::Ok),
        network: Set(Some(RelayReach::Tcp)),
        checked_at: Set(app.now()),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    row.insert(&app.db).await.unwrap();
}

fn said(app: &TestApp, appointment: &Appointment, texts: &mut Texts) -> visit::ActiveModel {
    visit::ActiveModel {
        appointment_id: Set(appointment.id),
        location_now: Set(Some(texts.make("Location", 255))),
        call_back: Set(Some(texts.phone())),
        others_present: Set(Some(texts.make("Others", 255))),
        consented_at: Set(Some(app.now())),
        consent_version: Set(Some(1)),
        version: Set(0),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    }
}
