//! Managing people: made, changed, shut out and let in again, each with its line in the trail.

mod address;
mod admin;
mod already;
mod entrance;
mod keys;
mod not_saved;
mod record;
mod visits;

use entity::{
    enums::{AuditAction, AuditSubject, Role},
    user,
};

pub(super) use address::AddressOutcome;
use address::TypedAddress;
pub(super) use admin::AdminRecord;
use already::made_meanwhile;
pub(super) use already::{Already, Namesake, already};
pub(super) use entrance::{end_sessions, remove_factor, set_active};
pub use keys::KeyMaker;
pub(super) use not_saved::PersonNotSaved;
pub(super) use record::{DoctorRecord, PatientRecord, PersonRecord};
pub(super) use visits::visits_to_come;

use record::RecordTarget;

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{Reader, Recorded},
    features::{
        accounts::{self, AccountDetails, Password, StatedFacts},
        audit::{self, Accessed, AuditEvent},
    },
    state::AppState,
    text::given_address,
    web::{AppError, Clinical},
};

const NO_MAIL: &str = "This server sends no e-mail, so nobody can be invited by it. Type a first password.";

/// Somebody who is managed, as they stand. What is said of them is seen by [`opened`] alone.
#[derive(Clone, Debug)]
pub(super) struct StoredPerson<R> {
    pub(super) id: i64,
    record: R,
    pub(super) account: user::Model,
}

impl<R: PersonRecord> StoredPerson<R> {
    /// What a form carries to tell whether the person has been changed since. Signing in is no change.
    pub(super) fn version(&self) -> String {
        let befores = self.stated().map(StatedFacts::befores).unwrap_or_default();
        accounts::short_digest(&format!("{:?}", (self.record.values(), befores)))
    }

    /// Whose word it is what their record says, if they have one.
    pub(super) fn stated(&self) -> Option<&StatedFacts> {
        self.record.stated()
    }

    /// Their address, if they have one.
    pub(super) fn email(&self) -> Option<&str> {
        given_address(&self.account.email)
    }

    /// Whether they have yet to come in for the first time, and can be written to.
    pub(super) fn may_be_invited(&self) -> bool {
        self.account.active && self.account.last_sign_in_at.is_none() && self.email().is_some()
    }

    fn topics(&self) -> Topics {
        Topics::of_person(Some(self.account.id), R::ROLE, self.account.hospital_id)
    }
}

/// The person `id` of that kind, if they are the viewer's to manage: of their own hospital, or any administrator to the platform.
pub(super) async fn find<R: PersonRecord>(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<StoredPerson<R>, AppError> {
    let found = reader.run(Topics::exempt("a form"), async |conn| R::find(conn, id).await).await?;
    let person = found.map(|(record, account)| StoredPerson { id, record, account });
    person.filter(|person| is_managed_by(viewer, &person.account, R::ROLE)).ok_or(AppError::NotFound)
}

/// What is stored of somebody, as the form shows it, with the opening of a clinical record noted in the trail, as on its page.
///
/// # Errors
/// The database's: what cannot be recorded is not shown.
pub(super) async fn opened<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    person: &StoredPerson<R>,
) -> Result<Clinical<Vec<(&'static str, String)>>, AppError> {
    let values = person.record.values();
    if R::ROLE == Role::Patient {
        return Accessed::new(AuditSubject::Patient, person.id, values).open(state, viewer).await;
    }
    Ok(Clinical::new(values))
}

fn is_managed_by(viewer: &Viewer, account: &user::Model, role: Role) -> bool {
    let is_theirs = match viewer.hospital() {
        Some(hospital) => account.hospital_id == Some(hospital.id),
        None => role == Role::HospitalAdmin,
    };
    // Nobody changes who was erased, or lets them in again.
    account.role == role && is_theirs && account.erased_at.is_none()
}

/// Makes an account with what belongs to it: the id. Whoever gets no password with it gets a link by mail to choose one, if they have an address. Five
/// statements at most.
///
/// # Errors
/// Why not.
pub(super) async fn create<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    (record, password): (&R, Option<&Password>),
    hospital_id: i64,
) -> Result<i64, PersonNotSaved> {
    let may_be_invited = record.account().email.is_some();
    let hash = match password {
        Some(password) => accounts::hash_chosen_password(state, viewer.network(), password).await?,
        None if state.outgoing_mail.is_on() || !may_be_invited => {
            accounts::no_password(state, viewer.network()).await?
        }
        None => return Err(PersonNotSaved::Field("password", NO_MAIL)),
    };
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            if let Some(id) = made_meanwhile(uow, record, (hospital_id, now)).await? {
                return Ok(Recorded::unchanged(id));
            }
            let account = (record.account(), hash.as_str());
            let user_id = accounts::insert_account(uow, now, account, (R::ROLE, hospital_id)).await?;
            let topics = Topics::of_person(None, R::ROLE, Some(hospital_id));
            let id = record.insert(uow, RecordTarget { id: user_id, now, topics }).await?;
            let event = AuditEvent::new(AuditAction::Created, R::SUBJECT, id).in_hospital(hospital_id);
            let event = match password {
                Some(_) => event,
                None if may_be_invited => {
                    accounts::invite(uow, now, user_id).await?;
                    event.word("password", "by invitation")
                }
                None => event.word("address", "none"),
            };
            Ok(audit::record(uow, now, viewer, event).await?.with(id))
        })
        .await
}

/// Sends somebody who has never signed in another link to choose their password, unless they were sent one a moment ago: what is to be
/// said of it. Six statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to manage.
pub(super) async fn invite_again<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
) -> Result<Invited, AppError> {
    let person: StoredPerson<R> = find(viewer, &state.db.reader(), id).await?;
    if !state.outgoing_mail.is_on() {
        return Ok(Invited::MailIsOff);
    } else if person.email().is_none() {
        return Ok(Invited::NoAddress);
    } else if !person.account.active {
        return Ok(Invited::IsShut);
    } else if !person.may_be_invited() {
        return Ok(Invited::WasHere);
    }
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            if !accounts::invite_again(uow, now, person.account.id).await? {
                return Ok(Recorded::unchanged(Invited::Sent));
            }
            let event = AuditEvent::new(AuditAction::Updated, R::SUBJECT, id).changed(&["invitation"]);
            Ok(audit::record(uow, now, viewer, in_hospital(event, &person.account)).await?.with(Invited::Sent))
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
    /// They have no address.
    NoAddress,
    /// Their account is shut.
    IsShut,
    /// The server sends no mail.
    MailIsOff,
}

/// Changes somebody who is still as `version` says; what becomes of their address. A form that was sent twice is no conflict: what it wants is stored.
///
/// # Errors
/// Why not.
pub(super) async fn update<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    sent: (&R, &str),
) -> Result<AddressOutcome, PersonNotSaved> {
    let saved = change(state, viewer, id, sent).await;
    if matches!(saved, Err(PersonNotSaved::Stale)) {
        let stored: StoredPerson<R> = find(viewer, &state.db.reader(), id).await?;
        if stored.record.values() == sent.0.values() {
            return Ok(AddressOutcome::Same);
        }
    }
    saved
}

/// Seven statements, and one for the account and one for the record where no more than case, accents or signs of a text change.
async fn change<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    (record, version): (&R, &str),
) -> Result<AddressOutcome, PersonNotSaved> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| R::find(conn, id).await).await?;
            let person = found.map(|(record, account)| StoredPerson { id, record, account });
            let person =
                person.filter(|person| is_managed_by(viewer, &person.account, R::ROLE)).ok_or(AppError::NotFound)?;
            let account = &person.account;
            let address = TypedAddress::new(state, account, record.account().email.as_deref())?;
            let stored = match address.outcome {
                AddressOutcome::Waits => {
                    &AccountDetails { email: Some(account.email.clone()), ..record.account().clone() }
                }
                _ => record.account(),
            };
            if person.version() != version || !accounts::update_account(uow, now, account, stored).await? {
                return Err(PersonNotSaved::Stale);
            }
            let outcome = address.follow(state, uow, viewer.acting(now)).await?;
            record.update(uow, &person.record, RecordTarget { id, now, topics: person.topics() }).await?;
            let (old, new) = (person.record.values(), record.values());
            let changed = old.iter().zip(&new).filter(|(old, new)| old != new).map(|(old, _)| old.0);
            let event = AuditEvent::new(AuditAction::Updated, R::SUBJECT, id).changed(&changed.collect::<Vec<_>>());
            let event = address.told(event);
            Ok(audit::record(uow, now, viewer, in_hospital(event, account)).await?.with(outcome))
        })
        .await
}

fn in_hospital(event: AuditEvent, account: &user::Model) -> AuditEvent {
    match account.hospital_id {
        Some(hospital_id) => event.in_hospital(hospital_id),
        None => event,
    }
}
