//! Something is said to the other one of the two who meet.

use chrono::{DateTime, Days, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, Role},
    message,
    message_read::{self, Column},
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, DbErr, EntityTrait, QueryFilter, Set,
    sea_query::{CaseStatement, Expr},
};

use super::{
    Unsent,
    attaching::{ForMessage, attach, taken},
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::{Topic, Topics},
    db::{Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        appointments::hold_visit,
        audit::{self, AuditEvent},
        mail::{self, QueuedMail},
        messages::{
            email_text::PATIENCE,
            forms::NewMessage,
            queries::{self, StateOfThread, ThreadForm},
        },
    },
    state::AppState,
    web::{AppError, SentFile, rate_limit::Key},
};

const ANOTHERS: &str =
    "The form was opened for another patient, so nothing was sent. Open the messages of this visit anew.";
const CLOSED: &str =
    "Messages about this visit are closed, so nothing was sent. Book another visit, or call the hospital.";
const NOBODY: &str =
    "The other's account is shut, or they have none, so nobody would read it and nothing was sent. Call the hospital.";
const USED: &str = "This form has sent a message already, and another one than this, so nothing was sent. What you typed is below: send it, if it is to \
                    be sent as well.";

/// Until when the patient of a visit that is over since `over_at` can write about it.
pub(in crate::features::messages) fn closes_at(over_at: DateTime<Utc>, days: i32) -> DateTime<Utc> {
    let days = Days::new(u64::try_from(days).unwrap_or_default());
    over_at.checked_add_days(days).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

enum NotSent {
    Refused(AppError),
    Database(DbErr),
}

impl From<DbErr> for NotSent {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Sends a message, with a file if one came. The same form sent twice sends one. Seven statements at most, and two more for a file, besides those of
/// [`taken`].
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not one of the two who meet; [`AppError::Conflict`] when there is nobody to write to, when the thread is
/// closed to them, or when the form is another patient's; [`AppError::TooManyRequests`] after too many in a minute; [`Unsent::File`] when the file is
/// none that can be sent.
pub(in crate::features::messages) async fn send(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    (message, file): (&NewMessage, Option<SentFile>),
) -> Result<(), Unsent> {
    // Each counts, whatever becomes of it.
    let _counted = state.kit.rate_limiter.attempt(&Key::message(viewer.user_id)).await.map_err(AppError::from)?;
    let token = message.token.clone().unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
    let form = ThreadForm { visit: id, token: &token };
    let file = match file {
        Some(file) => Some(taken(state, viewer, form, file).await?),
        None => None,
    };
    let acting = viewer.acting(state.clock.now());
    let what = (message, file.as_ref());
    let once = async || state.db.write(async |uow| write(uow, acting, form, what).await).await;
    let sent = match once().await {
        // Twice at the same moment, or the first words of both: now it is known that the other is there.
        Err(NotSent::Database(error)) if violation(&error).is_some_and(|it| it.kind == ViolationKind::Unique) => {
            once().await
        }
        sent => sent,
    };
    sent.map_err(|why| match why {
        NotSent::Refused(error) => error.into(),
        NotSent::Database(error) => error.into(),
    })
}

async fn write(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    form: ThreadForm<'_>,
    (message, file): (&NewMessage, Option<&ForMessage>),
) -> Result<Recorded, NotSent> {
    let (ActingViewer { viewer, now }, id) = (acting, form.visit);
    // Until the end both write one after the other, so that later messages have higher numbers and nobody has read one that is not there yet; of two at
    // one moment the later knows of the earlier. Who hands the visit over waits as well, and who waited for that writes to whoever has it.
    uow.read(async |conn| hold_visit(viewer, conn, id).await).await?;
    let thread = uow.read(async |conn| queries::state_of_thread(viewer, conn, form).await).await?;
    let thread = thread.ok_or(NotSent::Refused(AppError::NotFound))?;
    if is_sent(&thread, id, (message, file)) {
        return Ok(Recorded::unchanged(()));
    }
    if let Some(why) = refusal(&thread, acting, message) {
        return Err(NotSent::Refused(AppError::Conflict(why.to_owned())));
    }
    let both = [thread.doctor_user_id, thread.patient_user_id];
    let other = both.into_iter().find(|user| *user != viewer.user_id);
    let recipient = is_told(uow, viewer, (id, other)).await?;
    let topics = Topics::from(Topic::Thread(id)).and(both.map(Topic::Messages));
    let sent = uow.insert(row(acting, form, message), topics.clone()).await?;
    if thread.has_marks {
        uow.update_where(told(&sent), topics).await?;
    } else {
        uow.insert_many(first_marks(&sent, both), topics).await?;
    }
    let mails = recipient.map(|user| (user, QueuedMail::Messages { appointment_id: id, due_at: now + PATIENCE }));
    mail::queue(uow, now, mails).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id);
    let mut event = event.word("message", "sent").number("message_id", sent.id);
    if let Some(file) = file {
        event = event.number("attachment_id", attach(uow, now, &sent, file).await?);
    }
    Ok(audit::record(uow, now, viewer, event).await?)
}

/// Whether this form has sent the same already.
fn is_sent(thread: &StateOfThread, id: i64, (message, file): (&NewMessage, Option<&ForMessage>)) -> bool {
    thread.made_for == Some(id)
        && thread.made_body.as_ref() == Some(&message.body)
        && thread.made_sha256.as_ref() == file.map(|with_it| &with_it.file.sha256)
}

fn row(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    form: ThreadForm<'_>,
    message: &NewMessage,
) -> message::ActiveModel {
    message::ActiveModel {
        id: NotSet,
        appointment_id: Set(form.visit),
        sender_id: Set(viewer.user_id),
        body: Set(message.body.clone()),
        token: Set(form.token.to_owned()),
        retracted_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Who is told by mail of the message that is about to be sent. Of what comes after, nobody is told before they have read this.
async fn is_told(uow: &UnitOfWork, viewer: &Viewer, (id, recipient): (i64, Option<i64>)) -> Result<Option<i64>, DbErr> {
    let Some(recipient) = recipient else { return Ok(None) };
    let is_told = uow.read(async |conn| queries::is_to_be_told(viewer, conn, (id, recipient)).await).await?;
    Ok(Some(recipient).filter(|_| is_told))
}

fn refusal(thread: &StateOfThread, acting: ActingViewer<'_>, message: &NewMessage) -> Option<&'static str> {
    let is_patient = acting.viewer.role() == Role::Patient;
    let is_closed = |over_at| closes_at(over_at, thread.message_days) <= acting.now;
    let has_reader = if is_patient { thread.doctor_active } else { thread.patient_active };
    match message.patient_id {
        Some(patient) if patient != thread.patient_id => Some(ANOTHERS),
        _ if thread.made_for.is_some() => Some(USED),
        _ if is_patient && thread.over_at.is_some_and(is_closed) => Some(CLOSED),
        _ if !has_reader => Some(NOBODY),
        _ => None,
    }
}

/// The marks of a thread whose first words were `sent`: nobody has read anything, and the other one has something new.
fn first_marks(sent: &message::Model, both: [i64; 2]) -> impl Iterator<Item = message_read::ActiveModel> {
    both.into_iter().map(|user_id| message_read::ActiveModel {
        id: NotSet,
        appointment_id: Set(sent.appointment_id),
        user_id: Set(user_id),
        last_read_id: Set(0),
        read_at: Set(None),
        newest_id: Set(if user_id == sent.sender_id { 0 } else { sent.id }),
        latest_id: Set(sent.id),
        created_at: Set(sent.created_at),
        updated_at: Set(sent.created_at),
    })
}

/// The marks after the message `sent`: it is the latest to both, and new to the other.
fn told(sent: &message::Model) -> sea_orm::UpdateMany<message_read::Entity> {
    let newest =
        CaseStatement::new().case(Column::UserId.ne(sent.sender_id), sent.id).finally(Expr::col(Column::NewestId));
    message_read::Entity::update_many()
        .col_expr(Column::LatestId, Expr::value(sent.id))
        .col_expr(Column::NewestId, newest.into())
        .col_expr(Column::UpdatedAt, Expr::value(sent.created_at))
        .filter(Column::AppointmentId.eq(sent.appointment_id))
}
