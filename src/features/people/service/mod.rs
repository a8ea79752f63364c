//! Keeping people: made, changed, shut out and let in again, each with its line in the trail.

mod record;

use entity::{
    enums::{AuditAction, AuditSubject, Role},
    user,
};
use sha2::{Digest as _, Sha256};

pub(super) use record::{AdminRecord, DoctorRecord, PatientRecord, Record, blood_types};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{DbErr, Reader, Recorded, ViolationKind, violation},
    features::{
        accounts::{self, Password},
        audit::{self, Accessed, Act},
    },
    state::AppState,
    web::{AppError, Clinical},
};

/// Why nothing was stored.
#[derive(Debug)]
pub(super) enum NotKept {
    /// A field cannot stay like that: its name, and the sentence beside it.
    Field(&'static str, &'static str),
    /// Somebody changed the person after the form was made.
    Stale,
    Failed(AppError),
}

impl From<AppError> for NotKept {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<DbErr> for NotKept {
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(broken) if broken.kind == ViolationKind::Unique && broken.constraint.contains("license") => {
                Self::Field("license_number", "Another doctor has this licence number.")
            }
            Some(broken) if broken.kind == ViolationKind::Unique => {
                Self::Field("email", "Somebody already has an account with this address.")
            }
            _ => Self::Failed(error.into()),
        }
    }
}

const NO_MAIL: &str = "This server sends no e-mail, so nobody can be invited by it. Type a first password.";

/// Somebody who is kept, as they stand. What is said of them is seen by [`opened`] alone.
#[derive(Clone, Debug)]
pub(super) struct Kept<R> {
    pub(super) id: i64,
    record: R,
    pub(super) account: user::Model,
}

impl<R: Record> Kept<R> {
    /// What a form carries to tell whether the person has been changed since. Signing in is no change.
    pub(super) fn version(&self) -> String {
        let digest = Sha256::digest(format!("{:?}", self.record.values()));
        digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether they have yet to come in for the first time.
    pub(super) fn may_be_invited(&self) -> bool {
        self.account.active && self.account.last_sign_in_at.is_none()
    }

    fn topics(&self) -> Topics {
        Topics::of_person(Some(self.account.id), R::ROLE, self.account.hospital_id)
    }
}

/// The person `id` of that kind, if they are the viewer's to keep: of their own hospital, or any administrator to the platform.
pub(super) async fn find<R: Record>(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Kept<R>, AppError> {
    let found = reader.run(Topics::exempt("a form"), async |conn| R::find(conn, id).await).await?;
    let kept = found.map(|(record, account)| Kept { id, record, account });
    kept.filter(|kept| is_kept_by(viewer, &kept.account, R::ROLE)).ok_or(AppError::NotFound)
}

/// What is stored of somebody, as the form shows it, with the opening of a clinical record noted in the trail, as on its page.
///
/// # Errors
/// The database's: what cannot be recorded is not shown.
pub(super) async fn opened<R: Record>(
    state: &AppState,
    viewer: &Viewer,
    kept: &Kept<R>,
) -> Result<Clinical<Vec<(&'static str, String)>>, AppError> {
    let values = kept.record.values();
    if R::ROLE == Role::Patient {
        return Accessed::new(AuditSubject::Patient, kept.id, values).open(state, viewer).await;
    }
    Ok(Clinical::new(values))
}

fn is_kept_by(viewer: &Viewer, account: &user::Model, role: Role) -> bool {
    let is_theirs = match viewer.hospital() {
        Some(hospital) => account.hospital_id == Some(hospital.id),
        None => role == Role::HospitalAdmin,
    };
    account.role == role && is_theirs
}

/// Makes an account with what belongs to it: the id. Whoever gets no password with it gets a link by mail to choose one. Five
/// statements at most.
///
/// # Errors
/// Why not.
pub(super) async fn create<R: Record>(
    state: &AppState,
    viewer: &Viewer,
    (record, password): (&R, Option<&Password>),
    hospital_id: i64,
) -> Result<i64, NotKept> {
    let hash = match password {
        Some(password) => accounts::hash_password(password, state.settings.security.password_hashing).await?,
        None if state.post.is_on() => accounts::no_password(state).await?,
        None => return Err(NotKept::Field("password", NO_MAIL)),
    };
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let account = (record.account(), hash.as_str());
            let user_id = accounts::insert_account(uow, now, account, (R::ROLE, hospital_id)).await?;
            let topics = Topics::of_person(None, R::ROLE, Some(hospital_id));
            let id = record.insert(uow, now, (user_id, topics)).await?;
            let act = Act::new(AuditAction::Created, R::SUBJECT, id).in_hospital(hospital_id);
            let act = if password.is_none() { act.word("password", "by invitation") } else { act };
            if password.is_none() {
                accounts::invite(uow, now, user_id).await?;
            }
            Ok(audit::record(uow, now, viewer, act).await?.with(id))
        })
        .await
}

/// Sends somebody who has never signed in another link to choose their password, unless they were sent one a moment ago: what is to be
/// said of it. Six statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to keep.
pub(super) async fn invite_again<R: Record>(state: &AppState, viewer: &Viewer, id: i64) -> Result<Invited, AppError> {
    let kept: Kept<R> = find(viewer, &state.db.reader(), id).await?;
    if !state.post.is_on() {
        return Ok(Invited::MailIsOff);
    } else if !kept.account.active {
        return Ok(Invited::IsShut);
    } else if !kept.may_be_invited() {
        return Ok(Invited::WasHere);
    }
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            if !accounts::invite_again(uow, now, kept.account.id).await? {
                return Ok(Recorded::unchanged(Invited::Sent));
            }
            let act = Act::new(AuditAction::Updated, R::SUBJECT, id).changed(&["invitation"]);
            Ok(audit::record(uow, now, viewer, in_hospital(act, &kept.account)).await?.with(Invited::Sent))
        })
        .await
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invited {
    /// A link is on its way.
    Sent,
    /// They have signed in before.
    WasHere,
    /// Their account is shut.
    IsShut,
    /// The server sends no mail.
    MailIsOff,
}

/// Changes somebody who is still as `version` says. Four statements.
///
/// # Errors
/// Why not.
pub(super) async fn update<R: Record>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    (record, version): (&R, &str),
) -> Result<(), NotKept> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| R::find(conn, id).await).await?;
            let kept = found.map(|(record, account)| Kept { id, record, account });
            let kept = kept.filter(|kept| is_kept_by(viewer, &kept.account, R::ROLE)).ok_or(AppError::NotFound)?;
            if kept.version() != version || !accounts::update_account(uow, now, &kept.account, record.account()).await?
            {
                return Err(NotKept::Stale);
            }
            record.update(uow, now, (id, kept.topics())).await?;
            let (old, new) = (kept.record.values(), record.values());
            let changed = old.iter().zip(&new).filter(|(old, new)| old != new).map(|(old, _)| old.0);
            let act = Act::new(AuditAction::Updated, R::SUBJECT, id).changed(&changed.collect::<Vec<_>>());
            Ok(audit::record(uow, now, viewer, in_hospital(act, &kept.account)).await?)
        })
        .await
}

/// Shuts somebody out, and signs them out everywhere at once; or lets them in again. Nothing of theirs is removed. Four
/// statements.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to keep.
pub(super) async fn set_active<R: Record>(
    state: &AppState,
    viewer: &Viewer,
    (id, active): (i64, bool),
) -> Result<(), AppError> {
    let now = state.clock.now();
    let reader = state.db.reader();
    let kept: Kept<R> = find(viewer, &reader, id).await?;
    state
        .db
        .write(async |uow| {
            if !accounts::set_active(uow, now, &kept.account, active).await? {
                return Ok(Recorded::unchanged(()));
            }
            if !active {
                accounts::end_links(uow, now, kept.account.id).await?;
                state.sessions.revoke_all(uow, kept.account.id, None).await?;
            }
            let action = if active { AuditAction::Activated } else { AuditAction::Deactivated };
            let act = in_hospital(Act::new(action, R::SUBJECT, id), &kept.account);
            Ok(audit::record(uow, now, viewer, act).await?)
        })
        .await
}

fn in_hospital(act: Act, account: &user::Model) -> Act {
    match account.hospital_id {
        Some(hospital_id) => act.in_hospital(hospital_id),
        None => act,
    }
}
