//! The person: what they are called, how they are reached and come in, what is clinical. One transaction, with the line in the trail.

use chrono::{DateTime, Utc};
use entity::{
    address_link, calendar_link, call_signal, device_check,
    enums::{AuditAction, AuditSubject, MailChoice, Role},
    erasure, mail, notification, passkey, passkey_challenge, password_link, patient, recovery_code, second_factor,
    user, user_session, visit_presence,
};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set, sea_query::Expr,
};

use super::{ErasedPerson, FIRST_NAME, LAST_NAME, queries};
use crate::{
    coherence::{Topic, Topics},
    db::{ChangedRow, Database, PersonTexts, Recorded, UnitOfWork},
    features::audit::{self, Attribution, AuditEvent},
};

/// An address that is nobody's, and will never be: RFC 2606.
fn nobodys_address(user_id: i64) -> String {
    format!("erased-{user_id}@erased.invalid")
}

/// Empties the person's own rows and removes what hangs on them, and opens the erasure.
pub(super) async fn erase(
    db: &Database,
    by: Attribution<'_>,
    person: ErasedPerson,
    (reason, hash): (&str, &str),
) -> Result<(), DbErr> {
    db.write(async |uow| {
        open(uow, by, person, reason).await?;
        empty(uow, by.at, person, hash).await?;
        remove(uow, person).await?;
        record(uow, by, person).await
    })
    .await
}

/// From here to its end the database lets the trail be emptied of them.
async fn open(
    uow: &UnitOfWork,
    Attribution { actor, at: now }: Attribution<'_>,
    person: ErasedPerson,
    reason: &str,
) -> Result<(), DbErr> {
    let again = erasure::Entity::update_many()
        .col_expr(erasure::Column::FinishedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(erasure::Column::UpdatedAt, Expr::value(now))
        .filter(erasure::Column::UserId.eq(person.user_id));
    if uow.update_where(again, NOT_SHOWN).await? == 0 {
        let row = erasure::ActiveModel {
            id: NotSet,
            user_id: Set(person.user_id),
            requested_by: Set(actor.id),
            reason: Set(reason.to_owned()),
            finished_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        uow.insert_many([row], NOT_SHOWN).await?;
    }
    Ok(())
}

pub(super) const NOT_SHOWN: Topics = Topics::exempt("no page shows erasures");

async fn empty(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson, hash: &str) -> Result<(), DbErr> {
    let topics = || Topics::of_person(Some(person.user_id), Role::Patient, Some(person.hospital_id));
    let address = nobodys_address(person.user_id);
    let account = user::ActiveModel {
        email: Set(address.clone()),
        password_hash: Set(hash.to_owned()),
        first_name: Set(FIRST_NAME.to_owned()),
        last_name: Set(LAST_NAME.to_owned()),
        phone: Set(None),
        date_of_birth: Set(None),
        active: Set(false),
        last_sign_in_at: Set(None),
        address_unproved_since: Set(None),
        browsers_forgotten_at: Set(None),
        mail_choice: Set(MailChoice::default()),
        erased_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    let account = user::Entity::update_many().set(account).filter(user::Column::Id.eq(person.user_id));
    uow.update_where(account, topics()).await?;
    let texts = PersonTexts { first_name: FIRST_NAME, last_name: LAST_NAME, email: &address, phone: None };
    texts.write_keys(uow, ChangedRow { id: person.user_id, topics: topics() }).await?;
    let record = patient::ActiveModel {
        blood_type: Set(None),
        allergies: Set(None),
        medical_history: Set(None),
        emergency_contact_name: Set(None),
        emergency_contact_phone: Set(None),
        blood_type_said_at: Set(None),
        blood_type_before: Set(None),
        allergies_said_at: Set(None),
        allergies_before: Set(None),
        emergency_contact_said_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    let record = patient::Entity::update_many().set(record).filter(patient::Column::Id.eq(person.patient_id));
    uow.update_where(record, topics()).await.map(drop)
}

/// A mail names its link, so it goes first. What has been read of a session anywhere is not believed any more.
async fn remove(uow: &UnitOfWork, person: ErasedPerson) -> Result<(), DbErr> {
    let user_id = person.user_id;
    let own = Topic::Account(user_id);
    uow.delete_where(mail::Entity::delete_many().filter(mail::Column::RecipientId.eq(user_id)), own).await?;
    let links = password_link::Entity::delete_many().filter(password_link::Column::UserId.eq(user_id));
    uow.delete_where(links, own).await?;
    let links = address_link::Entity::delete_many().filter(address_link::Column::UserId.eq(user_id));
    uow.delete_where(links, own).await?;
    let links = calendar_link::Entity::delete_many().filter(calendar_link::Column::UserId.eq(user_id));
    uow.delete_where(links, own).await?;
    let news = notification::Entity::delete_many().filter(notification::Column::RecipientId.eq(user_id));
    uow.delete_where(news, Topic::Inbox(user_id)).await?;
    let factor = second_factor::Entity::delete_many().filter(second_factor::Column::UserId.eq(user_id));
    uow.delete_where(factor, own).await?;
    let codes = recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id));
    uow.delete_where(codes, own).await?;
    let passkeys = passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user_id));
    uow.delete_where(passkeys, own).await?;
    let challenges = passkey_challenge::Entity::delete_many().filter(passkey_challenge::Column::UserId.eq(user_id));
    uow.delete_where(challenges, own).await?;
    let presences = visit_presence::Entity::delete_many().filter(visit_presence::Column::UserId.eq(user_id));
    uow.delete_where(presences, own).await?;
    let checks = device_check::Entity::delete_many().filter(device_check::Column::UserId.eq(user_id));
    uow.delete_where(checks, own).await?;
    let said = queries::signals(person).select_only().column(call_signal::Column::Id).into_query();
    let said = call_signal::Entity::delete_many().filter(call_signal::Column::Id.in_subquery(said));
    uow.delete_where(said, own).await?;
    let sessions = user_session::Entity::delete_many().filter(user_session::Column::UserId.eq(user_id));
    uow.delete_where(sessions, own).await.map(drop)
}

async fn record(
    uow: &UnitOfWork,
    Attribution { actor, at: now }: Attribution<'_>,
    person: ErasedPerson,
) -> Result<Recorded, DbErr> {
    let event = AuditEvent::new(AuditAction::Erased, AuditSubject::Patient, person.patient_id);
    let event = event.in_hospital(person.hospital_id).number("user_id", person.user_id);
    audit::record(uow, now, actor.clone(), event).await
}
