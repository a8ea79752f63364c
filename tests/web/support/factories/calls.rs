//! Calls that are over.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    call,
    enums::{CallEnd, CallPath, CallState, Modality},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{super::TestApp, appointments::Appointment, people::Doctor};

/// A call that `doctor` began when the visit did, and that nobody answered.
pub(crate) fn call(visit: &Appointment, doctor: &Doctor) -> CallDraft {
    CallDraft {
        appointment_id: visit.id,
        started_by: doctor.user_id,
        started_at: visit.starts_at,
        seconds: None,
        path: None,
        end: CallEnd::NotAnswered,
        restarts: 0,
        loss: None,
        first_frame: None,
    }
}

#[must_use]
pub(crate) struct CallDraft {
    appointment_id: i64,
    started_by: i64,
    started_at: DateTime<Utc>,
    seconds: Option<i32>,
    path: Option<CallPath>,
    end: CallEnd,
    restarts: i32,
    loss: Option<i32>,
    first_frame: Option<i32>,
}

impl CallDraft {
    /// Begun so many minutes later.
    pub(crate) fn later(mut self, minutes: i64) -> Self {
        self.started_at += TimeDelta::minutes(minutes);
        self
    }

    /// In which the two saw each other for so many seconds, that way, after so many milliseconds; somebody hung up.
    pub(crate) fn connected(mut self, seconds: i32, path: Option<CallPath>, first_frame: Option<i32>) -> Self {
        (self.seconds, self.path, self.first_frame) = (Some(seconds), path, first_frame);
        self.ended(CallEnd::HungUp)
    }

    /// Which looked for another way so often, and lost so many per cent.
    pub(crate) fn troubled(mut self, restarts: i32, loss: Option<i32>) -> Self {
        (self.restarts, self.loss) = (restarts, loss);
        self
    }

    pub(crate) fn ended(mut self, end: CallEnd) -> Self {
        self.end = end;
        self
    }

    pub(crate) async fn create(self, app: &TestApp) -> call::Model {
        let connected_at = self.seconds.map(|_| self.started_at + TimeDelta::seconds(10));
        let seconds = self.seconds.unwrap_or_default();
        let ended_at = self.started_at + TimeDelta::seconds(10 + i64::from(seconds));
        let row = call::ActiveModel {
            appointment_id: Set(self.appointment_id),
            modality: Set(Modality::Video),
            state: Set(CallState::Ended),
            started_by: Set(self.started_by),
            started_at: Set(self.started_at),
            connected_at: Set(connected_at),
            ended_at: Set(Some(ended_at)),
            end_reason: Set(Some(self.end)),
            path: Set(self.path),
            connected_seconds: Set(seconds),
            restarts: Set(self.restarts),
            loss: Set(self.loss),
            first_frame: Set(self.first_frame),
            version: Set(2),
            created_at: Set(self.started_at),
            updated_at: Set(ended_at),
            ..Default::default()
        };
        row.insert(&app.db).await.unwrap()
    }
}
