//! People change what is said of themselves.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject},
    patient, user,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, UpdateMany, Value, sea_query::Expr};

use crate::{
    access::{Viewer, ViewerKind},
    coherence::{Topic, Topics},
    db::{ChangedRow, PersonTexts, Recorded, UnitOfWork},
    features::{
        accounts::{
            forms::ProfileChange,
            queries::{self, Profile},
        },
        audit::{self, AuditEvent},
        mail,
    },
    state::AppState,
    web::{AppError, Clinical},
};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum ProfileSaved {
    /// It is stored.
    Done,
    /// The profile is another than the one that the form was made from: nothing was stored.
    Stale,
}

/// A profile as its owner sees it, with the opening of a patient's own record noted in the trail.
///
/// # Errors
/// The database's: what cannot be recorded is not shown.
pub(in crate::features::accounts) async fn opened(
    state: &AppState,
    viewer: &Viewer,
    profile: &Profile,
) -> Result<Clinical<Profile>, AppError> {
    match profile.record(viewer) {
        Some(sealed) => sealed.open(state, viewer).await,
        None => Ok(Clinical::new(profile.clone())),
    }
}

/// Writes what differs from what is stored, and nothing else. Six statements at most. A form that was sent twice is no conflict: what it wants is
/// stored.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn update(
    state: &AppState,
    viewer: &Viewer,
    change: &ProfileChange,
) -> Result<ProfileSaved, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let current = uow.read(async |conn| queries::profile_held(viewer, conn).await).await?;
            let current = current.ok_or(AppError::NotFound)?;
            let columns = differences(&current, change);
            let said = change.facts.as_ref().map(|said| current.facts.saying(said, now));
            let said = said.filter(|(_, names)| !names.is_empty());
            if columns.is_empty() && said.is_none() {
                return Ok::<_, AppError>(Recorded::unchanged(ProfileSaved::Done));
            } else if change.version != current.version() {
                return Ok(Recorded::unchanged(ProfileSaved::Stale));
            }
            let update = ProfileUpdate { viewer, now, current: &current, change };
            let told = update.store_account(uow, &columns, said.is_some()).await?;
            let told = match said {
                Some(said) => Some(update.store_record(uow, said).await?),
                None => told,
            };
            Ok(told.map_or_else(|| Recorded::unchanged(ProfileSaved::Done), |told| told.with(ProfileSaved::Done)))
        })
        .await
}

/// Somebody's own profile, held, and what they change of it.
struct ProfileUpdate<'a> {
    viewer: &'a Viewer,
    now: DateTime<Utc>,
    current: &'a Profile,
    change: &'a ProfileChange,
}

impl ProfileUpdate<'_> {
    /// What belongs to the account. That something changed is noted of it in any case: by that whoever saves the form of staff over it learns of it,
    /// which is made of both.
    async fn store_account(
        &self,
        uow: &UnitOfWork,
        columns: &[Difference],
        with_record: bool,
    ) -> Result<Option<Recorded>, AppError> {
        let texts = texts_of(self.current, self.change);
        let update: UpdateMany<user::Entity> = user::Entity::update_many().set(texts.keys());
        let mut update = update.col_expr(user::Column::UpdatedAt, Expr::value(self.now));
        for (column, _, value) in columns {
            update = update.col_expr(*column, Expr::value(value.clone()));
        }
        let (id, topics) = (self.viewer.user_id, topics(self.viewer, columns, with_record));
        uow.update_where(update.filter(user::Column::Id.eq(id)), topics.clone()).await?;
        texts.keep_keys(uow, ChangedRow { id, topics }, self.current.texts()).await?;
        if columns.is_empty() {
            return Ok(None);
        }
        let names: Vec<&'static str> = columns.iter().map(|(_, name, _)| *name).collect();
        let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, id).changed(&names);
        Ok(Some(audit::record(uow, self.now, self.viewer, event).await?))
    }

    /// What stands in the record, as the patient's word.
    async fn store_record(
        &self,
        uow: &UnitOfWork,
        (row, names): (patient::ActiveModel, Vec<&'static str>),
    ) -> Result<Recorded, AppError> {
        let ViewerKind::Patient { patient_id, .. } = self.viewer.kind else { return Err(AppError::Forbidden) };
        let row = patient::ActiveModel { updated_at: Set(self.now), ..row };
        let update = patient::Entity::update_many().set(row).filter(patient::Column::Id.eq(patient_id));
        uow.update_where(update, whole(self.viewer)).await?;
        let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Patient, patient_id).changed(&names);
        Ok(audit::record(uow, self.now, self.viewer, event).await?)
    }
}

/// What the keys are made of, after the change.
fn texts_of<'a>(current: &'a Profile, change: &'a ProfileChange) -> PersonTexts<'a> {
    let ProfileChange { first_name, last_name, phone, .. } = change;
    PersonTexts { first_name, last_name, email: &current.email, phone: phone.as_deref() }
}

fn topics(viewer: &Viewer, columns: &[Difference], with_record: bool) -> Topics {
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    let shows = |column: &user::Column| !matches!(column, user::Column::MailChoice);
    let mut shown = columns.iter().map(|(column, ..)| column).filter(|column| shows(column)).peekable();
    if with_record {
        whole(viewer)
    } else if shown.peek().is_none() {
        // Their own profile alone tells which mail they want.
        Topic::Account(viewer.user_id).into()
    } else if shown.all(|column| matches!(column, user::Column::Phone)) {
        Topics::of_contact(viewer.user_id, viewer.role(), hospital_id)
    } else {
        whole(viewer)
    }
}

/// All that shows something of somebody.
fn whole(viewer: &Viewer) -> Topics {
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    Topics::of_person(Some(viewer.user_id), viewer.role(), hospital_id)
}

type Difference = (user::Column, &'static str, Value);

fn differences(current: &Profile, change: &ProfileChange) -> Vec<Difference> {
    let mut columns = Vec::new();
    let mut compare = |is_same: bool, difference: Difference| {
        if !is_same {
            columns.push(difference);
        }
    };
    compare(
        current.first_name == change.first_name,
        (user::Column::FirstName, "first_name", change.first_name.clone().into()),
    );
    compare(
        current.last_name == change.last_name,
        (user::Column::LastName, "last_name", change.last_name.clone().into()),
    );
    compare(current.phone == change.phone, (user::Column::Phone, "phone", change.phone.clone().into()));
    compare(
        current.date_of_birth == change.date_of_birth,
        (user::Column::DateOfBirth, "date_of_birth", change.date_of_birth.into()),
    );
    compare(
        current.mail_choice == change.mail_choice,
        (user::Column::MailChoice, "mail_choice", mail::choice_code(change.mail_choice).into()),
    );
    columns
}
