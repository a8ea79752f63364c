//! Who is to be erased, and what of theirs there still is.

use entity::{
    address_link, appointment, appointment_event, attachment, attachment_data, calendar_link, call, call_signal,
    device_check, document, enums::Role, erasure, mail, message, note, note_addendum, note_revision, notification,
    passkey, passkey_challenge, password_link, patient, recovery_code, second_factor, user, user_session, visit,
    visit_guest, visit_presence,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select, Statement, sea_query::SelectStatement,
};

use super::service::GONE;
use crate::{db::ReadConnection, features::audit};

/// Somebody who is to be erased.
#[derive(Clone, Copy, Debug, FromQueryResult, PartialEq, Eq)]
pub struct ErasedPerson {
    /// `patient.id`
    pub patient_id: i64,
    /// `user.id`
    pub user_id: i64,
    /// Where they are treated.
    pub hospital_id: i64,
}

/// How many rows of one kind there are that an erasure has something to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// What they are, in words.
    pub what: &'static str,
    /// How many.
    pub rows: u64,
}

/// The patient of this number.
pub(super) async fn person(conn: &ReadConnection<'_>, patient_id: i64) -> Result<Option<ErasedPerson>, DbErr> {
    let found = patient::Entity::find_by_id(patient_id)
        .select_only()
        .column_as(patient::Column::Id, "patient_id")
        .column(patient::Column::UserId)
        .column(user::Column::HospitalId)
        .join(JoinType::InnerJoin, patient::Relation::User.def())
        .filter(user::Column::Role.eq(Role::Patient));
    found.into_model().one(conn).await
}

/// Everything that is still there of them, kind by kind.
pub(super) async fn found(conn: &ReadConnection<'_>, person: ErasedPerson) -> Result<Vec<Remaining>, DbErr> {
    let unfinished = erasure::Entity::find()
        .filter(erasure::Column::UserId.eq(person.user_id))
        .filter(erasure::Column::FinishedAt.is_null());
    let mut all = of_account(conn, person.user_id).await?;
    all.extend([
        count(conn, "visit with a text", visits_with_texts(person)).await?,
        count(conn, "opening of a visit", openings_with_texts(person)).await?,
        count(conn, "presence in a room", presences(person)).await?,
        count(conn, "check of devices", device_checks(person)).await?,
        count(conn, "guest of a visit", guests(person)).await?,
        count(conn, "signal of a call", signals(person)).await?,
        count(conn, "note in the history of visits", notes(person)).await?,
        count(conn, "note of a visit", notes_with_texts(person)).await?,
        count(conn, "version of a note", revisions(person)).await?,
        count(conn, "addendum to a note", addenda(person)).await?,
        count(conn, "message about a visit", messages(person)).await?,
        count(conn, "attachment of a message", attachments(person)).await?,
        count(conn, "attached file", files(person)).await?,
        count(conn, "document", documents_with_texts(person)).await?,
        count(
            conn,
            "line of the trail with a name or an address",
            audit::personal_lines(person.user_id, person.patient_id),
        )
        .await?,
        count(conn, "erasure that was broken off", unfinished).await?,
    ]);
    Ok(all)
}

/// Who they are, how they come in, and what they are told.
async fn of_account(conn: &ReadConnection<'_>, user_id: i64) -> Result<Vec<Remaining>, DbErr> {
    let account = user::Entity::find_by_id(user_id).filter(user::Column::ErasedAt.is_null());
    Ok(vec![
        count(conn, "person and clinical record", account).await?,
        count(conn, "session", user_session::Entity::find().filter(user_session::Column::UserId.eq(user_id))).await?,
        count(conn, "link", password_link::Entity::find().filter(password_link::Column::UserId.eq(user_id))).await?,
        count(
            conn,
            "link to an address",
            address_link::Entity::find().filter(address_link::Column::UserId.eq(user_id)),
        )
        .await?,
        count(
            conn,
            "address of a calendar",
            calendar_link::Entity::find().filter(calendar_link::Column::UserId.eq(user_id)),
        )
        .await?,
        count(conn, "second factor", second_factor::Entity::find().filter(second_factor::Column::UserId.eq(user_id)))
            .await?,
        count(conn, "recovery code", recovery_code::Entity::find().filter(recovery_code::Column::UserId.eq(user_id)))
            .await?,
        count(conn, "passkey", passkey::Entity::find().filter(passkey::Column::UserId.eq(user_id))).await?,
        count(
            conn,
            "challenge to a passkey",
            passkey_challenge::Entity::find().filter(passkey_challenge::Column::UserId.eq(user_id)),
        )
        .await?,
        count(conn, "notification", notification::Entity::find().filter(notification::Column::RecipientId.eq(user_id)))
            .await?,
        count(conn, "mail", mail::Entity::find().filter(mail::Column::RecipientId.eq(user_id))).await?,
    ])
}

async fn count<E: EntityTrait>(
    conn: &ReadConnection<'_>,
    what: &'static str,
    rows: Select<E>,
) -> Result<Remaining, DbErr>
where
    E::Model: FromQueryResult + Send + Sync,
{
    Ok(Remaining { what, rows: rows.count(conn).await? })
}

/// Their visits about which somebody has typed something.
pub(super) fn visits_with_texts(person: ErasedPerson) -> Select<appointment::Entity> {
    use appointment::Column;
    let typed = |column: Column| column.ne(GONE);
    let texts = Condition::any()
        .add(Column::Symptoms.is_not_null())
        .add(Column::BookingToken.is_not_null())
        .add(typed(Column::RejectionReason))
        .add(typed(Column::CancellationReason))
        .add(typed(Column::OverbookReason));
    appointment::Entity::find().filter(Column::PatientId.eq(person.patient_id)).filter(texts)
}

/// The openings of their visits in which somebody has said something.
pub(super) fn openings_with_texts(person: ErasedPerson) -> Select<visit::Entity> {
    use visit::Column;
    let texts = Condition::any()
        .add(Column::LocationNow.is_not_null())
        .add(Column::CallBack.is_not_null())
        .add(Column::OthersPresent.is_not_null())
        .add(Column::SkippedReason.ne(GONE));
    let theirs = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(appointment::Column::PatientId.eq(person.patient_id));
    visit::Entity::find().filter(Column::AppointmentId.in_subquery(theirs.into_query())).filter(texts)
}

/// Guests of their visits who are still called something: family of theirs, perhaps.
pub(super) fn guests(person: ErasedPerson) -> Select<visit_guest::Entity> {
    visit_guest::Entity::find()
        .filter(visit_guest::Column::AppointmentId.in_subquery(visits(person)))
        .filter(visit_guest::Column::Name.is_not_null())
}

/// When they were in rooms.
fn presences(person: ErasedPerson) -> Select<visit_presence::Entity> {
    visit_presence::Entity::find().filter(visit_presence::Column::UserId.eq(person.user_id))
}

/// What they found when they tried camera and microphone.
fn device_checks(person: ErasedPerson) -> Select<device_check::Entity> {
    device_check::Entity::find().filter(device_check::Column::UserId.eq(person.user_id))
}

/// What was said by pages in the calls of their visits, with network addresses.
pub(super) fn signals(person: ErasedPerson) -> Select<call_signal::Entity> {
    let calls = call::Entity::find().select_only().column(call::Column::Id);
    let calls = calls.filter(call::Column::AppointmentId.in_subquery(visits(person)));
    call_signal::Entity::find().filter(call_signal::Column::CallId.in_subquery(calls.into_query()))
}

/// The documents of their visits that still say something.
pub(super) fn documents_with_texts(person: ErasedPerson) -> Select<document::Entity> {
    use document::Column;
    let texts = Condition::any()
        .add(Column::Body.ne(GONE))
        .add(Column::RevokedReason.ne(GONE))
        .add(Column::PatientName.is_not_null())
        .add(Column::PatientBorn.is_not_null());
    document::Entity::find().filter(Column::AppointmentId.in_subquery(visits(person))).filter(texts)
}

/// Steps of their visits at which somebody has typed something.
pub(super) fn notes(person: ErasedPerson) -> Select<appointment_event::Entity> {
    appointment_event::Entity::find()
        .filter(appointment_event::Column::AppointmentId.in_subquery(visits(person)))
        .filter(appointment_event::Column::Note.is_not_null())
}

/// Every text of a note.
pub(super) const NOTE_TEXTS: [note::Column; 6] = [
    note::Column::Subjective,
    note::Column::Objective,
    note::Column::Assessment,
    note::Column::Plan,
    note::Column::Summary,
    note::Column::WithheldReason,
];

/// Notes of their visits in which there is something.
pub(super) fn notes_with_texts(person: ErasedPerson) -> Select<note::Entity> {
    let texts = NOTE_TEXTS.into_iter().fold(Condition::any(), |texts, column| texts.add(column.ne(GONE)));
    note::Entity::find()
        .filter(note::Column::AppointmentId.in_subquery(visits(person)))
        .filter(texts.add(note::Column::Sha256.is_not_null()))
}

/// What those notes said before.
pub(super) fn revisions(person: ErasedPerson) -> Select<note_revision::Entity> {
    note_revision::Entity::find().filter(note_revision::Column::NoteId.in_subquery(note_ids(person)))
}

/// What stands beneath them.
pub(super) fn addenda(person: ErasedPerson) -> Select<note_addendum::Entity> {
    let texts = Condition::any().add(note_addendum::Column::Text.ne(GONE)).add(note_addendum::Column::Reason.ne(GONE));
    note_addendum::Entity::find().filter(note_addendum::Column::NoteId.in_subquery(note_ids(person))).filter(texts)
}

/// What was written about their visits, by whichever of the two.
pub(super) fn messages(person: ErasedPerson) -> Select<message::Entity> {
    message::Entity::find()
        .filter(message::Column::AppointmentId.in_subquery(visits(person)))
        .filter(message::Column::Body.ne(GONE))
}

/// What was attached to those messages, and still has its name.
pub(super) fn attachments(person: ErasedPerson) -> Select<attachment::Entity> {
    use attachment::Column;
    let texts = Condition::any().add(Column::Name.ne(GONE)).add(Column::Sha256.is_not_null());
    attachment::Entity::find().filter(Column::AppointmentId.in_subquery(visits(person))).filter(texts)
}

/// The files themselves.
pub(super) fn files(person: ErasedPerson) -> Select<attachment_data::Entity> {
    let theirs = attachment::Entity::find().filter(attachment::Column::AppointmentId.in_subquery(visits(person)));
    let theirs = theirs.select_only().column(attachment::Column::Id).into_query();
    attachment_data::Entity::find().filter(attachment_data::Column::AttachmentId.in_subquery(theirs))
}

fn note_ids(person: ErasedPerson) -> SelectStatement {
    let notes = note::Entity::find().filter(note::Column::AppointmentId.in_subquery(visits(person)));
    notes.select_only().column(note::Column::Id).into_query()
}

fn visits(person: ErasedPerson) -> SelectStatement {
    let visits = appointment::Entity::find().select_only().column(appointment::Column::Id);
    visits.filter(appointment::Column::PatientId.eq(person.patient_id)).into_query()
}

/// Whether the role of this connection may do what an erasure does: change lines of the trail, as the database lets the owner of the tables alone.
/// By hand, for no entity tells of rights. SQLite has none.
pub(super) async fn may_erase(conn: &ReadConnection<'_>) -> Result<bool, DbErr> {
    if conn.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let asked =
        "SELECT has_table_privilege('audit_entry', 'UPDATE') AND has_table_privilege('appointment_event', 'UPDATE')
      AND has_table_privilege('note_addendum', 'UPDATE')
      AND has_table_privilege('attachment', 'UPDATE') AND has_table_privilege('attachment_data', 'DELETE')
      AND has_table_privilege('audit_redaction', 'INSERT') AND has_table_privilege('erasure', 'INSERT, UPDATE') AS may";
    let row = conn.query_one_raw(Statement::from_string(DbBackend::Postgres, asked)).await?;
    row.map_or(Ok(false), |row| row.try_get("", "may"))
}
