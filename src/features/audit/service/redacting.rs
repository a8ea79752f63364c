//! Taking what is personal of somebody who is being erased out of the trail, so that the seals still tell.

use chrono::{DateTime, Utc};
use entity::{audit_entry, audit_redaction, enums::AuditSubject};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
    sea_query::Expr,
};
use serde_json::Value;

use crate::{coherence::Topics, db::UnitOfWork, features::audit::chain::ChainKey, settings::SecretKey};

/// Of whom something is taken out, and of how many lines at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Redaction {
    /// `user.id`
    pub(crate) user_id: i64,
    /// `patient.id`
    pub(crate) patient_id: i64,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Lines at a time.
    pub(crate) limit: u64,
}

/// The parts of a line's detail that hold addresses of the person it is about.
const ADDRESSES: [&str; 2] = ["from", "to"];

/// The lines that hold something personal of a patient: what they were called and where they sat, in their own; addresses, in those about them.
pub(crate) fn personal_lines(user_id: i64, patient_id: i64) -> Select<audit_entry::Entity> {
    use audit_entry::Column;
    let own = Condition::all()
        .add(Column::ActorId.eq(user_id))
        .add(Condition::any().add(Column::ActorName.ne(audit_entry::NO_NAME)).add(Column::Ip.is_not_null()));
    let about =
        |kind: AuditSubject, id: i64| Condition::all().add(Column::SubjectKind.eq(kind)).add(Column::SubjectId.eq(id));
    let with_address = Condition::all()
        .add(Condition::any().add(about(AuditSubject::User, user_id)).add(about(AuditSubject::Patient, patient_id)))
        // No column: the entities know nothing of what is within a document.
        .add(Expr::cust("CAST(audit_entry.detail AS text) LIKE '%@%'"));
    audit_entry::Entity::find().filter(Condition::any().add(own).add(with_address))
}

/// Takes it out of the first of these lines, and notes of each what was sealed of it and what is left: how many lines. The database refuses it but
/// while an erasure of that person is under way. Three statements, and one more for each line with addresses.
///
/// A line that is not sealed yet is noted as well: it may just be read by whoever seals it.
///
/// # Errors
/// The database's.
pub(crate) async fn redact(uow: &UnitOfWork, secret: &SecretKey, redaction: Redaction) -> Result<u64, DbErr> {
    let lines = personal_lines(redaction.user_id, redaction.patient_id)
        .order_by_asc(audit_entry::Column::Id)
        .limit(redaction.limit);
    let lines = uow.read(async |conn| lines.all(conn).await).await?;
    if lines.is_empty() {
        return Ok(0);
    }
    let left: Vec<audit_entry::Model> = lines.iter().map(|line| left_of(line, redaction.user_id)).collect();
    let key = ChainKey::new(secret);
    let notes = lines.iter().zip(&left).map(|(line, left)| note(&key, (line, left), redaction.at));
    uow.insert_many(notes, NO_PAGE).await?;
    let mut redacted = 0;
    let (same, other): (Vec<_>, Vec<_>) = lines.iter().zip(&left).partition(|(line, left)| line.detail == left.detail);
    for (_, left) in other {
        let row = audit_entry::ActiveModel {
            actor_name: Set(left.actor_name.clone()),
            ip: Set(left.ip.clone()),
            detail: Set(left.detail.clone()),
            ..Default::default()
        };
        let update = audit_entry::Entity::update_many().set(row).filter(audit_entry::Column::Id.eq(left.id));
        redacted += uow.update_where(update, NO_PAGE).await?;
    }
    if !same.is_empty() {
        let update = audit_entry::Entity::update_many()
            .col_expr(audit_entry::Column::ActorName, Expr::value(audit_entry::NO_NAME))
            .col_expr(audit_entry::Column::Ip, Expr::value(None::<String>))
            .filter(audit_entry::Column::Id.is_in(same.iter().map(|(line, _)| line.id)));
        redacted += uow.update_where(update, NO_PAGE).await?;
    }
    Ok(redacted)
}

const NO_PAGE: Topics = Topics::exempt("the page of the trail is not kept");

/// The line without what is personal of the person `user_id`. Of somebody else's line about them the name and the place are that one's.
fn left_of(line: &audit_entry::Model, user_id: i64) -> audit_entry::Model {
    let mut left = line.clone();
    if line.actor_id == user_id {
        audit_entry::NO_NAME.clone_into(&mut left.actor_name);
        left.ip = None;
    }
    let is_address = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|text| text.contains('@'));
    if ADDRESSES.iter().any(|name| is_address(line.detail.get(name)))
        && let Value::Object(parts) = &mut left.detail
    {
        // Both, as the database asks for it.
        parts.extend(ADDRESSES.map(|name| (name.to_owned(), Value::from(audit_entry::NO_NAME))));
    }
    left
}

fn note(
    key: &ChainKey,
    (line, left): (&audit_entry::Model, &audit_entry::Model),
    at: DateTime<Utc>,
) -> audit_redaction::ActiveModel {
    let (sealed, redacted) = (key.member(line), key.member(left));
    audit_redaction::ActiveModel {
        id: NotSet,
        entry_id: Set(line.id),
        sealed: Set(sealed.digest().to_vec()),
        redacted: Set(redacted.digest().to_vec()),
        digest: Set(key.redaction(line.id, sealed.digest(), redacted.digest())),
        created_at: Set(at),
        updated_at: Set(at),
    }
}
