//! What the database refuses of the opening of a visit, of who is in its room, of a check of devices, and of a doctor's delay.

use entity::enums::IdentityCheck;
use entity::{device_check, doctor_delay, visit, visit_presence};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::support::{at, clinic, insert, on_each, refused};
use crate::visit_rows;

/// A row of the model, with what is to be refused in it; and by which rule.
macro_rules! refuses {
    ($db:expr, $model:expr, $rule:expr, $($column:ident: $value:expr),+) => {{
        let mut row = $model.into_active_model();
        row.id = sea_orm::ActiveValue::NotSet;
        $(row.$column = Set($value);)+
        refused(row.insert($db).await, $rule);
    }};
}

#[tokio::test]
async fn an_opening_is_checked_by_somebody_or_gone_without_for_a_reason() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let actor = clinic.patient_user;
        let id = clinic.visit(0, 30).insert(db).await.unwrap().id;
        let row = || -> visit::Model { visit_rows::opening(id, actor) };
        refuses!(db, row(), "visit_checked_by_somebody", checked_by: None);
        refuses!(db, row(), "visit_consent_has_version", consent_version: None);
        refuses!(db, row(), "visit_unknown_with_reason", skipped_reason: None);
        refuses!(db, row(), "visit_checked_or_skipped", identity: None, skipped_reason: None);
        refuses!(db, row(), "visit_checked_or_skipped", checked_at: None, checked_by: None);
        let known = visit::Model { identity: Some(IdentityCheck::Known), skipped_reason: None, ..row() };
        insert!(db, known);
        refuses!(db, row(), "visit", version: 5);
    })
    .await;
}

#[tokio::test]
async fn one_person_is_in_one_room_once_and_has_one_check_and_a_doctor_has_one_delay_a_day() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let id = clinic.visit(0, 30).insert(db).await.unwrap().id;
        let here = || -> visit_presence::Model { visit_rows::presence(id, clinic.patient_user) };
        refuses!(db, here(), "visit_presence_lease", here_until: at(0));
        insert!(db, here());
        refuses!(db, here(), "visit_presence", left_at: None);
        let checked = || -> device_check::Model { visit_rows::check(id, clinic.patient_user) };
        insert!(db, checked());
        refuses!(db, checked(), "device_check", network: None);
        let late = || -> doctor_delay::Model { visit_rows::delay(clinic.doctor) };
        refuses!(db, late(), "minutes", minutes: 121);
        insert!(db, late());
        refuses!(db, late(), "doctor_delay", minutes: 5);
    })
    .await;
}
