//! The doctor invites somebody to the call of a visit.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, Modality},
    visit_guest,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        appointments::{guest_code, guest_links_end, guest_named},
        audit::{self, AuditEvent},
        guests::{
            forms::NewGuest,
            queries::{self, VisitToInvite},
            secret::GuestSecret,
        },
    },
    state::AppState,
    web::{AppError, LinkToken, rate_limit::Key},
};

/// So many may be invited at a time.
const MOST: usize = 4;

const OTHERS: &str = "This form was made for another patient. Nobody was invited.";
const NOT_NOW: &str = "Nobody can be invited to this visit now: it is over, or not agreed yet.";
const NOT_BY_VIDEO: &str = "This visit is not held by video, so there is no call to be invited to.";
const MANY: &str = "There are as many guests as a visit takes. Remove one, then invite another.";
const USED: &str =
    "This form has invited somebody already. Look below who there is; to invite another, send it once more.";

/// Somebody who was invited, and the link that is shown to whoever did, this once.
#[derive(Clone, Debug)]
pub(crate) struct InvitedGuest {
    /// Name and what they are.
    pub(crate) who: String,
    /// The whole address.
    pub(crate) link: String,
}

enum NotInvited {
    Refused(AppError),
    Database(DbErr),
}

impl From<DbErr> for NotInvited {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

fn refused(why: &str) -> NotInvited {
    NotInvited::Refused(AppError::Conflict(why.to_owned()))
}

/// Invites them to the visit `id`. The same form sent twice invites one, and has one link. Three statements.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not its doctor; [`AppError::Conflict`] when nobody can be invited to it now, when as many are as it takes, or
/// when the form is another patient's or has invited somebody else; [`AppError::TooManyRequests`] after too many in an hour.
pub(crate) async fn invite(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    new: &NewGuest,
) -> Result<InvitedGuest, AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::new_guest(viewer.user_id)).await?;
    let form_token = new.token.clone().unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
    let key = &state.settings.secret_key;
    let secret = GuestSecret::of_form(key, (id, viewer.user_id), &form_token);
    let form = Form { new, form_token: &form_token, token_hash: secret.digest(key) };
    let acting = viewer.acting(state.clock.now());
    let once = async || state.db.write(async |uow| write(uow, acting, id, &form).await).await;
    let invited = match once().await {
        // Twice at the same moment: now it is known whom the first has invited.
        Err(NotInvited::Database(error)) if is_taken(&error) => once().await,
        other => other,
    };
    let guest = invited.map_err(|why| match why {
        NotInvited::Refused(error) => error,
        // By a form of another visit, or for somebody who was removed.
        NotInvited::Database(error) if is_taken(&error) => AppError::Conflict(USED.to_owned()),
        NotInvited::Database(error) => error.into(),
    })?;
    let link = LinkToken { id: guest, secret: secret.0 }.text();
    Ok(InvitedGuest {
        who: guest_named(Some(&new.name), new.kind),
        link: format!("{}/guest/{link}", state.settings.server.origin()),
    })
}

fn is_taken(error: &DbErr) -> bool {
    violation(error).is_some_and(|it| it.kind == ViolationKind::Unique)
}

/// The form with what is kept of the link.
struct Form<'a> {
    new: &'a NewGuest,
    form_token: &'a str,
    token_hash: Vec<u8>,
}

async fn write(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    id: i64,
    form: &Form<'_>,
) -> Result<Recorded<i64>, NotInvited> {
    let visit = uow.read(async |conn| queries::visit_to_invite(viewer, conn, id).await).await?;
    let visit = visit.ok_or(NotInvited::Refused(AppError::NotFound))?;
    let made = |guest: &&visit_guest::Model| guest.invited_by == viewer.user_id && guest.form_token == form.form_token;
    if let Some(guest) = visit.guests.iter().find(made) {
        let is_same = guest.name.as_ref() == Some(&form.new.name) && guest.kind == form.new.kind;
        return if is_same { Ok(Recorded::unchanged(guest.id)) } else { Err(refused(USED)) };
    }
    if let Some(why) = refusal(&visit, form.new, now) {
        return Err(refused(why));
    }
    let row = visit_guest::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        name: Set(Some(form.new.name.clone())),
        kind: Set(form.new.kind),
        token_hash: Set(form.token_hash.clone()),
        form_token: Set(form.form_token.to_owned()),
        invited_by: Set(viewer.user_id),
        expires_at: Set(guest_links_end(visit.ends_at, now)),
        here_since: Set(None),
        here_until: Set(None),
        admitted_at: Set(None),
        admitted_by: Set(None),
        revoked_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let guest = uow.insert(row, Topic::Visit(id)).await?.id;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id)
        .word("guest", "invited")
        .word("kind", guest_code(form.new.kind))
        .number("guest_id", guest);
    Ok(audit::record(uow, now, viewer, event).await?.with(guest))
}

fn refusal(visit: &VisitToInvite, new: &NewGuest, now: DateTime<Utc>) -> Option<&'static str> {
    let invited = visit.guests.iter().filter(|guest| now < guest.expires_at).count();
    match new.patient_id {
        Some(patient) if patient != visit.patient_id => Some(OTHERS),
        _ if !visit.status.is_busy() => Some(NOT_NOW),
        _ if visit.modality != Modality::Video => Some(NOT_BY_VIDEO),
        _ if invited >= MOST => Some(MANY),
        _ => None,
    }
}
