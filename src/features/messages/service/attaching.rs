//! What comes with a message: looked at, and kept in the unit of work of the message.

use chrono::{DateTime, Utc};
use entity::{
    attachment, attachment_data,
    enums::{AuditAction, AuditSubject},
    message,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::Unsent;
use crate::{
    access::Viewer,
    coherence::Topics,
    db::UnitOfWork,
    features::{
        audit::{self, AuditEvent},
        messages::{
            attachments::{self, Attachable, OF_A_VISIT, Refused},
            queries::{self, RoomForFiles, ThreadForm},
        },
    },
    state::AppState,
    web::{AppError, SentFile},
};

/// What can be attached to a message, out of what was sent with `form`. What cannot is told in the trail.
///
/// # Errors
/// [`Unsent::File`] when it cannot; [`AppError::NotFound`] when the viewer is not one of the two who meet.
pub(super) async fn taken(
    state: &AppState,
    viewer: &Viewer,
    form: ThreadForm<'_>,
    file: SentFile,
) -> Result<ForMessage, Unsent> {
    let room = queries::room_for_files(viewer, &state.db.reader(), form).await?.ok_or(AppError::NotFound)?;
    let settings = &state.settings.attachments;
    let examined = match full(room, settings.hospital_bytes()) {
        Some(refused) => Err(refused),
        None => attachments::examine(settings, file).await,
    };
    match examined {
        Ok(file) => Ok(ForMessage { hospital_id: room.hospital_id, file }),
        Err(refused) => {
            let now = state.clock.now();
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, form.visit);
            let event = event.word("attachment", "refused").word("reason", refused.word());
            state.db.write(async |uow| audit::record(uow, now, viewer, event.clone()).await).await?;
            Err(Unsent::File(refused))
        }
    }
}

/// Two files at the same moment may both be the last: what is kept is bounded all the same. A form that is sent again adds nothing.
fn full(room: RoomForFiles, hospital_bytes: i64) -> Option<Refused> {
    if room.is_sent {
        return None;
    }
    if room.of_visit >= OF_A_VISIT {
        return Some(Refused::VisitFull);
    }
    (room.of_hospital >= hospital_bytes).then_some(Refused::HospitalFull)
}

/// What is attached to a message that is about to be written.
#[derive(Clone, Debug)]
pub(super) struct ForMessage {
    /// Whose share of the room it takes.
    hospital_id: i64,
    pub(super) file: Attachable,
}

const WITH_IT: Topics = Topics::exempt("the message that it comes with says what has changed");

/// Attaches `file` to the message `sent`: `attachment.id`. Two statements.
///
/// # Errors
/// The database's.
pub(super) async fn attach(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    sent: &message::Model,
    ForMessage { hospital_id, file }: &ForMessage,
) -> Result<i64, DbErr> {
    let row = attachment::ActiveModel {
        id: NotSet,
        hospital_id: Set(*hospital_id),
        appointment_id: Set(sent.appointment_id),
        message_id: Set(sent.id),
        uploader_id: Set(sent.sender_id),
        name: Set(file.name.clone()),
        media_type: Set(file.media_type),
        bytes: Set(i32::try_from(file.data.len()).unwrap_or(i32::MAX)),
        sha256: Set(Some(file.sha256.clone())),
        state: Set(file.state),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let id = uow.insert(row, WITH_IT).await?.id;
    let data = attachment_data::ActiveModel {
        id: NotSet,
        attachment_id: Set(id),
        data: Set(file.data.clone()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([data], WITH_IT).await?;
    Ok(id)
}
