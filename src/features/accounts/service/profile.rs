//! People change what is said of themselves.

use entity::{
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, Value, sea_query::Expr};

use crate::{
    access::Viewer,
    coherence::Topics,
    features::{
        accounts::{forms::ProfileChange, queries::Profile},
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// Writes what differs from `current`, and nothing else: what somebody else changed meanwhile stays.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn update(
    state: &AppState,
    viewer: &Viewer,
    current: &Profile,
    change: &ProfileChange,
) -> Result<(), AppError> {
    let columns = differences(current, change);
    if columns.is_empty() {
        return Ok(());
    }
    let names: Vec<&'static str> = columns.iter().map(|(_, name, _)| *name).collect();
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let mut update: UpdateMany<user::Entity> =
                user::Entity::update_many().col_expr(user::Column::UpdatedAt, Expr::value(now));
            for (column, _, value) in &columns {
                update = update.col_expr(*column, Expr::value(value.clone()));
            }
            let topics = topics(viewer, &columns);
            uow.update_where(update.filter(user::Column::Id.eq(viewer.user_id)), topics).await?;
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, viewer.user_id).changed(&names);
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
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
