//! Documents are issued, and revoked. Their patient is told of both, and reads what they say on their page.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    document::{self, Column},
    enums::{AuditAction, AuditSubject, NotificationKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    document::kind_words,
    forms::{NewDocument, Revocation},
    queries::{self, IssuedBefore, VisitOfDocument, VisitOfNews},
};
use crate::{
    access::{ActingViewer, Viewer},
    db::{ReadConnection, Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

const ANOTHERS: &str =
    "The form was opened for another patient, so nothing was issued. Open the documents of this visit anew.";
const ERASED: &str = "The patient's record was erased. Nothing about them is kept any more, so nothing was stored.";
const NOT_NOW: &str = "Documents are issued while the visit goes on, and after it took place. This one was not issued.";
const REVOKED: &str = "The document is revoked already. It is shown as it is now.";
const USED: &str = "This form has issued a document already, and another one than this, so nothing was issued. What you typed is in the fields: \
                    look at what was issued, then issue this one if it is to be issued as well.";

/// Issues a document in the visit `id`: `document.id`. Sent twice, the form issues one. Eight statements.
///
/// # Errors
/// Why nothing was issued; [`AppError::TooManyRequests`] after too many in an hour.
pub(super) async fn issue(state: &AppState, viewer: &Viewer, id: i64, new: &NewDocument) -> Result<i64, AppError> {
    // Each counts, whatever becomes of it.
    let _counted = state.kit.rate_limiter.attempt(&Key::document(viewer.user_id)).await?;
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| queries::visit_of_document(viewer, conn, id).await).await?;
            let visit = found.ok_or(AppError::NotFound)?;
            if new.patient_id.is_some_and(|patient| patient != visit.patient_id) {
                return Err(AppError::Conflict(ANOTHERS.to_owned()));
            }
            if visit.told.is_of_nobody() {
                return Err(AppError::Conflict(ERASED.to_owned()));
            }
            // Before it is looked how the visit stands: what was issued while it went on stays issued when it is over.
            let token = new.token.as_deref();
            if let Some(issued) = uow.read(async |conn| queries::issued_with(conn, viewer, token).await).await? {
                return again(id, new, &issued);
            }
            if !queries::has_begun(visit.status) {
                return Err(AppError::Conflict(NOT_NOW.to_owned()));
            }
            let number = uow.read(async |conn| next_number(conn, visit.hospital_id).await).await?;
            store(uow, acting, (visit, number), new).await
        })
        .await
}

/// What becomes of a form for the visit `id` that has issued a document before: sent twice it has done its work, another text is another document.
fn again(id: i64, new: &NewDocument, issued: &IssuedBefore) -> Result<Recorded<i64>, AppError> {
    if issued.appointment_id == id && issued.kind == new.kind && issued.body == new.body {
        return Ok(Recorded::unchanged(issued.id));
    }
    Err(AppError::Conflict(USED.to_owned()))
}

/// The number of the hospital's next document, once it is one's turn ([`queries::visit_of_document`]): none is given twice, and none is left out.
async fn next_number(conn: &ReadConnection<'_>, hospital_id: i64) -> Result<i32, DbErr> {
    Ok(queries::last_number(conn, hospital_id).await? + 1)
}

async fn store(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (visit, number): (VisitOfDocument, i32),
    new: &NewDocument,
) -> Result<Recorded<i64>, AppError> {
    let head = visit.head();
    let row = document::ActiveModel {
        id: NotSet,
        hospital_id: Set(visit.hospital_id),
        appointment_id: Set(visit.told.id),
        kind: Set(new.kind),
        number: Set(number),
        body: Set(new.body.clone()),
        token: Set(new.token.clone()),
        issued_at: Set(now),
        issued_by: Set(viewer.user_id),
        revoked_at: Set(None),
        revoked_by: Set(None),
        revoked_reason: Set(None),
        version: Set(0),
        hospital_name: Set(head.hospital_name),
        doctor_name: Set(head.doctor_name),
        doctor_field: Set(head.doctor_field),
        doctor_license: Set(head.doctor_license),
        patient_name: Set(head.patient_name),
        patient_born: Set(head.patient_born),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let issued = uow.insert(row, visit.told.topics()).await?;
    tell(uow, now, viewer, (NotificationKind::DocumentIssued, visit.told)).await?;
    let event = event(visit.told.id, ("issued", number)).word("kind", kind_words(new.kind).0);
    Ok(audit::record(uow, now, viewer, event).await?.with(issued.id))
}

/// The document `id` counts no more. Six statements.
///
/// # Errors
/// Why it does.
pub(super) async fn revoke(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    revocation: &Revocation,
) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| queries::standing(viewer, conn, id).await).await?;
            let standing = found.ok_or(AppError::NotFound)?;
            if standing.visit.is_of_nobody() {
                return Err(AppError::Conflict(ERASED.to_owned()));
            }
            if standing.revoked_at.is_some() || standing.version != revocation.version {
                return Err(AppError::Conflict(REVOKED.to_owned()));
            }
            let revoked = document::ActiveModel {
                revoked_at: Set(Some(now)),
                revoked_by: Set(Some(viewer.user_id)),
                revoked_reason: Set(Some(revocation.reason.clone())),
                version: Set(revocation.version + 1),
                updated_at: Set(now),
                ..Default::default()
            };
            let update = document::Entity::update_many()
                .set(revoked)
                .filter(Column::Id.eq(id))
                .filter(Column::Version.eq(revocation.version))
                .filter(Column::RevokedAt.is_null());
            if uow.update_where(update, standing.visit.topics()).await? == 0 {
                return Err(AppError::Conflict(REVOKED.to_owned()));
            }
            tell(uow, now, viewer, (NotificationKind::DocumentRevoked, standing.visit)).await?;
            let event = event(standing.visit.id, ("revoked", standing.number));
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
}

/// The patient hears of it; which document it is, and what it says, is on the page alone.
async fn tell(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    viewer: &Viewer,
    (kind, visit): (NotificationKind, VisitOfNews),
) -> Result<(), DbErr> {
    let news = News {
        kind,
        appointment_id: visit.id,
        version: visit.version,
        times: ToldTimes::of(viewer.zone(), Some(visit.starts_at), None),
        recipients: BTreeSet::from([visit.patient.user_id]),
        visit: None,
        by_mail: None,
    };
    notifications::notify(uow, now, &news).await
}

fn event(visit: i64, (what, number): (&'static str, i32)) -> AuditEvent {
    AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, visit)
        .word("document", what)
        .number("number", number.into())
}
