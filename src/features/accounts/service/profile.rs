//! People change what is said of themselves.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, UpdateMany, Value, sea_query::Expr};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ChangedRow, PersonTexts, Recorded, UnitOfWork},
    features::{
        accounts::{
            forms::ProfileChange,
            queries::{self, Profile},
        },
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum ProfileSaved {
    /// It is stored.
    Done,
    /// The profile is another than the one that the form was made from: nothing was stored.
    Stale,
}

/// How often a profile is read again that somebody else has changed between reading and writing.
const LOOKS: usize = 3;

/// Writes what differs from what is stored, and nothing else. Four statements at most, unless somebody changes the same profile at the same moment.
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
            for _ in 0..LOOKS {
                if let Some(saved) = save(uow, now, viewer, change).await? {
                    return Ok(saved);
                }
            }
            Ok::<_, AppError>(Recorded::unchanged(ProfileSaved::Stale))
        })
        .await
}

/// Nothing when somebody was quicker since the profile was read. What they have written may be what is wanted here: a form that was sent twice
/// is no conflict.
async fn save(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    viewer: &Viewer,
    change: &ProfileChange,
) -> Result<Option<Recorded<ProfileSaved>>, AppError> {
    let current = uow.read(async |conn| queries::profile_now(conn, viewer.user_id).await).await?;
    let current = current.ok_or(AppError::NotFound)?;
    let columns = differences(&current, change);
    if columns.is_empty() {
        return Ok(Some(Recorded::unchanged(ProfileSaved::Done)));
    } else if change.version.as_ref().is_some_and(|seen| *seen != current.version()) {
        return Ok(Some(Recorded::unchanged(ProfileSaved::Stale)));
    }
    let names: Vec<&'static str> = columns.iter().map(|(_, name, _)| *name).collect();
    let texts = texts_of(&current, change);
    let update: UpdateMany<user::Entity> = user::Entity::update_many().set(texts.keys());
    let mut update = update.col_expr(user::Column::UpdatedAt, Expr::value(now));
    for (column, _, value) in &columns {
        update = update.col_expr(*column, Expr::value(value.clone()));
    }
    let topics = topics(viewer, &columns);
    let unchanged = update.filter(user::Column::Id.eq(viewer.user_id)).filter(as_read(&current));
    if uow.update_where(unchanged, topics.clone()).await? == 0 {
        return Ok(None);
    }
    texts.keep_keys(uow, ChangedRow { id: viewer.user_id, topics }, current.texts()).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, viewer.user_id).changed(&names);
    Ok(Some(audit::record(uow, now, viewer, event).await?.with(ProfileSaved::Done)))
}

/// What the keys are made of, after the change.
fn texts_of<'a>(current: &'a Profile, change: &'a ProfileChange) -> PersonTexts<'a> {
    let ProfileChange { first_name, last_name, phone, .. } = change;
    PersonTexts { first_name, last_name, email: &current.email, phone: phone.as_deref() }
}

/// Whether the row is still as `current`.
fn as_read(current: &Profile) -> Condition {
    let optional = |column: user::Column, value: Option<Value>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    Condition::all()
        .add(user::Column::FirstName.eq(current.first_name.as_str()))
        .add(user::Column::LastName.eq(current.last_name.as_str()))
        .add(user::Column::Email.eq(current.email.as_str()))
        .add(optional(user::Column::Phone, current.phone.clone().map(Value::from)))
        .add(optional(user::Column::DateOfBirth, current.date_of_birth.map(Value::from)))
}

fn topics(viewer: &Viewer, columns: &[Difference]) -> Topics {
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    if columns.iter().all(|(column, ..)| matches!(column, user::Column::Phone)) {
        Topics::of_contact(viewer.user_id, viewer.role(), hospital_id)
    } else {
        Topics::of_person(Some(viewer.user_id), viewer.role(), hospital_id)
    }
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
    columns
}
