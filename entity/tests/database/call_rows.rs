//! Calls: rows with every column filled in, and what the database refuses of them.

use entity::enums::{CallEnd, CallPath, CallState, Modality, SignalKind};
use entity::{call, call_peer, call_signal};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, IntoActiveModel};

use crate::rows::{changed, made, proposed};
use crate::support::{at, clinic, insert, on_each, refused};
use crate::visit_rows;

const KEY: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn call(appointment: i64, user: i64) -> call::Model {
    call::Model {
        id: 0,
        appointment_id: appointment,
        modality: Modality::Video,
        state: CallState::Ended,
        started_by: user,
        started_at: at(0),
        connected_at: Some(at(1)),
        ended_at: Some(at(3)),
        end_reason: Some(CallEnd::HungUp),
        path: Some(CallPath::RelayTls),
        connected_seconds: 120,
        restarts: 2,
        loss: Some(3),
        rtt: Some(80),
        first_frame: Some(1_400),
        version: 2,
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn peer(call: i64, user: i64) -> call_peer::Model {
    call_peer::Model {
        id: 0,
        call_id: call,
        key: KEY.to_owned(),
        user_id: Some(user),
        guest_id: None,
        here_until: at(2),
        left_at: Some(at(2)),
        created_at: made(),
        updated_at: changed(),
    }
}

/// The same of a guest's.
pub(crate) fn guest_peer(call: i64, guest: i64) -> call_peer::Model {
    let key = KEY.chars().rev().collect();
    call_peer::Model { user_id: None, guest_id: Some(guest), key, ..peer(call, 0) }
}

pub(crate) fn signal(call: i64) -> call_signal::Model {
    call_signal::Model {
        id: 0,
        call_id: call,
        from_key: KEY.to_owned(),
        to_key: KEY.chars().rev().collect(),
        kind: SignalKind::Candidate,
        body: "\"नमस्ते\"".to_owned(),
        created_at: made(),
        updated_at: changed(),
    }
}

/// One that goes on.
fn open(appointment: i64, user: i64) -> call::Model {
    let connected_at = None;
    let connected_seconds = 0;
    let (state, ended_at, end_reason) = (CallState::Calling, None, None);
    call::Model { state, connected_at, connected_seconds, ended_at, end_reason, ..call(appointment, user) }
}

#[tokio::test]
async fn of_a_visit_one_call_goes_on_and_each_is_in_one_state() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = insert!(db, proposed(&clinic));
        insert!(db, call(visit, clinic.patient_user));
        insert!(db, call(visit, clinic.patient_user));
        let open_id = insert!(db, open(visit, clinic.patient_user));
        let second = open(visit, clinic.patient_user).into_active_model().reset_all();
        let second = call::ActiveModel { id: sea_orm::NotSet, ..second };
        let rule = match db.get_database_backend() {
            DbBackend::Sqlite => "call.appointment_id",
            _ => "call_open",
        };
        refused(second.insert(db).await, rule);
        for (set, rule) in [
            ("state = 'ended'", "call_end"),
            ("end_reason = 'lost'", "call_end"),
            ("connected_at = '2026-03-02T09:00:00+00:00'", "call_connection"),
            ("state = 'connected'", "call_connection"),
            ("connected_seconds = 5", "call_length"),
            ("loss = 101", "loss"),
            ("restarts = -1", "restarts"),
        ] {
            let wrong = format!("UPDATE call SET {set} WHERE id = {open_id}");
            refused(db.execute_unprepared(&wrong).await, rule);
        }
        insert!(db, peer(open_id, clinic.patient_user));
        let same = call_peer::ActiveModel {
            id: sea_orm::NotSet,
            ..peer(open_id, clinic.patient_user).into_active_model().reset_all()
        };
        refused(same.insert(db).await, "call_peer");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_one_persons_or_one_guests_and_whoever_let_a_guest_in_is_known() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let visit = insert!(db, proposed(&clinic));
        let call = insert!(db, call(visit, clinic.patient_user));
        let guest = insert!(db, visit_rows::guest(visit, clinic.patient_user));
        let own = insert!(db, peer(call, clinic.patient_user));
        let of_guest = insert!(db, guest_peer(call, guest));
        for (set, id) in [
            (format!("guest_id = {guest}"), own),
            ("user_id = NULL".to_owned(), own),
            ("guest_id = NULL".to_owned(), of_guest),
            (format!("user_id = {}", clinic.patient_user), of_guest),
        ] {
            let wrong = format!("UPDATE call_peer SET {set} WHERE id = {id}");
            refused(db.execute_unprepared(&wrong).await, "guest_id");
        }
        for (set, rule) in [
            ("here_until = NULL", "visit_guest_lease"),
            ("here_since = '2100-01-01T00:00:00+00:00'", "visit_guest_lease"),
            ("admitted_at = NULL", "visit_guest_admitted_by_somebody"),
            ("admitted_by = NULL", "visit_guest_admitted_by_somebody"),
            ("kind = 'plumber'", "kind"),
            ("name = ''", "name"),
        ] {
            let wrong = format!("UPDATE visit_guest SET {set} WHERE id = {guest}");
            refused(db.execute_unprepared(&wrong).await, rule);
        }
        let twice = visit_rows::guest(visit, clinic.patient_user).into_active_model().reset_all();
        let twice = entity::visit_guest::ActiveModel { id: sea_orm::NotSet, ..twice };
        refused(twice.insert(db).await, "form");
    })
    .await;
}
