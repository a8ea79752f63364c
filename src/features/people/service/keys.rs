//! Making the keys that are missing: of everybody who was there before there were keys, and of whoever is written by a server that
//! knows none, or by hand.
//!
//! Not within the change of the schema that adds the columns: a database cannot make keys, what `plan` prints is exactly what `up` runs,
//! and nobody should wait for it. So they are made here, a few hundred at a time and each batch for itself; what was made stays made
//! when the server stops. Until somebody's key is made they are found by their name as the database reads it
//! ([`crate::db::key_holds`]), and stand at one end of lists.

use std::time::Duration;

use entity::{doctor, enums::Role, hospital, user};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::{
    background::Job,
    coherence::Topics,
    db::{DoctorTexts, HospitalTexts, PersonTexts, ReadConnection, UnitOfWork, Unrecorded},
    state::AppState,
};

/// So many rows of each table in a turn.
const BATCH: u64 = 200;
/// The pause between two turns while there are more.
const BREATH: Duration = Duration::from_millis(50);

const KEYS: Unrecorded = Unrecorded::of(&["user", "doctor", "hospital"], "a key says nothing that its text does not");
const NO_PAGE: Topics = Topics::exempt("what is without a key is no page");

/// Makes the keys that are missing.
pub struct KeyMaker {
    state: AppState,
}

impl KeyMaker {
    /// For the database of `state`.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { state: state.clone() }
    }

    /// Makes keys for some who have none: for how many, at most 200 of each kind.
    ///
    /// # Errors
    /// The database's; what was made until then stays made.
    pub async fn round(&self) -> Result<u64, DbErr> {
        Ok(self.hospitals().await? + self.doctors().await? + self.people().await?)
    }

    async fn people(&self) -> Result<u64, DbErr> {
        let without = user::Entity::find().filter(user::Column::NameKey.is_null());
        let without = without.order_by_asc(user::Column::Id).limit(BATCH);
        let reader = self.state.db.reader();
        let rows = reader.run(NO_PAGE, async |conn| without.clone().all(conn).await).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let work = async |uow: &UnitOfWork| {
            let mut made = 0;
            for row in &rows {
                let update = user::Entity::update_many()
                    .set(PersonTexts::of(row).keys())
                    .filter(user::Column::Id.eq(row.id))
                    // Whoever was changed meanwhile has a key by now, or comes next time.
                    .filter(user::Column::UpdatedAt.eq(row.updated_at))
                    .filter(user::Column::NameKey.is_null());
                made += uow.update_where(update, Topics::of_person(Some(row.id), row.role, row.hospital_id)).await?;
            }
            Ok::<_, DbErr>(made)
        };
        self.state.db.write_idempotent(KEYS, work).await
    }

    async fn doctors(&self) -> Result<u64, DbErr> {
        let without = doctor::Entity::find().find_also_related(user::Entity);
        let without = without.filter(doctor::Column::LicenseKey.is_null());
        let without = without.order_by_asc(doctor::Column::Id).limit(BATCH);
        let reader = self.state.db.reader();
        let rows = reader.run(NO_PAGE, async |conn| without.clone().all(conn).await).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let work = async |uow: &UnitOfWork| {
            let mut made = 0;
            for (row, person) in &rows {
                let mut keys = DoctorTexts::of(row).keys();
                if uow.read(async |conn| has_license(conn, &keys.license_key).await).await? {
                    keys.license_key = apart(("doctor", row.id), &keys.license_key);
                }
                let update = doctor::Entity::update_many()
                    .set(keys)
                    .filter(doctor::Column::Id.eq(row.id))
                    .filter(doctor::Column::UpdatedAt.eq(row.updated_at))
                    .filter(doctor::Column::LicenseKey.is_null());
                let hospital_id = person.as_ref().and_then(|person| person.hospital_id);
                let topics = Topics::of_person(Some(row.user_id), Role::Doctor, hospital_id);
                made += uow.update_where(update, topics).await?;
            }
            Ok::<_, DbErr>(made)
        };
        self.state.db.write_idempotent(KEYS, work).await
    }

    async fn hospitals(&self) -> Result<u64, DbErr> {
        let without = hospital::Entity::find().filter(hospital::Column::NameKey.is_null());
        let without = without.order_by_asc(hospital::Column::Id).limit(BATCH);
        let reader = self.state.db.reader();
        let rows = reader.run(NO_PAGE, async |conn| without.clone().all(conn).await).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let work = async |uow: &UnitOfWork| {
            let mut made = 0;
            for row in &rows {
                let mut keys = HospitalTexts { name: &row.name }.keys();
                if uow.read(async |conn| has_name(conn, &keys.name_key).await).await? {
                    keys.name_key = apart(("hospital", row.id), &keys.name_key);
                }
                let update = hospital::Entity::update_many()
                    .set(keys)
                    .filter(hospital::Column::Id.eq(row.id))
                    .filter(hospital::Column::UpdatedAt.eq(row.updated_at))
                    .filter(hospital::Column::NameKey.is_null());
                made += uow.update_where(update, Topics::of_hospital(Some(row.id))).await?;
            }
            Ok::<_, DbErr>(made)
        };
        self.state.db.write_idempotent(KEYS, work).await
    }
}

/// A key that is to be stored.
type Key = ActiveValue<Option<String>>;

fn text_of(key: &Key) -> &str {
    key.try_as_ref().and_then(Option::as_deref).unwrap_or_default()
}

async fn has_license(conn: &ReadConnection<'_>, key: &Key) -> Result<bool, DbErr> {
    let same = doctor::Entity::find().filter(doctor::Column::LicenseKey.eq(text_of(key)));
    Ok(same.one(conn).await?.is_some())
}

async fn has_name(conn: &ReadConnection<'_>, key: &Key) -> Result<bool, DbErr> {
    let same = hospital::Entity::find().filter(hospital::Column::NameKey.eq(text_of(key)));
    Ok(same.one(conn).await?.is_some())
}

/// What two of old have in common already cannot be taken from one of them: the second keeps it with its number behind it.
fn apart((what, id): (&str, i64), key: &Key) -> Key {
    log::warn!(id; "the name or number of a {what} is another's as well, but for how it is typed");
    Set(Some(format!("{}\t{id}", text_of(key))))
}

impl Job for KeyMaker {
    const NAME: &'static str = "search_keys";
    const EVERY: Duration = Duration::from_secs(60);
    const FIRST: Duration = Duration::ZERO;
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        let made = self.round().await?;
        if made > 0 {
            log::info!("keys by which people and hospitals are searched were made: {made}");
        }
        Ok(if made > 0 { BREATH } else { Self::EVERY })
    }
}
