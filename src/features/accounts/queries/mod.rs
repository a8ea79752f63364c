//! Reading accounts. What a person sees of their own starts from the viewer; the queries without one are
//! those of people who are not signed in yet.

mod passkeys;

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{
    enums::{LinkPurpose, Role, SecondFactorRule},
    hospital, password_link, second_factor, user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, FromQueryResult, IdenStatic, Iterable, JoinType,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, RelationTrait, Select,
    sea_query::{Expr, Func},
};

mod addresses;
mod profile;

pub(super) use addresses::{LinkedAddress, linked_address, waiting_change};
pub(super) use profile::{MAIL, Profile, account, profile, profile_held};

use super::{device_cookie::KnownFor, passwords::Owner};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{ReadConnection, Reader},
    features::audit::Actor,
    settings::Environment,
    state::AppState,
    text::{address_key, given_address},
    time_zone::Tz,
    web::AppError,
};

/// An account that can be signed in to, as long as the person is active: whether their hospital is in the directory is asked of newcomers alone.
#[derive(Clone, FromQueryResult)]
pub(super) struct Credentials {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) hospital_id: Option<i64>,
    pub(super) phone: Option<String>,
    pub(super) password_hash: String,
    /// Before this one.
    pub(super) last_sign_in_at: Option<DateTime<Utc>>,
    browsers_forgotten_at: Option<DateTime<Utc>>,
    active: bool,
    hospital_name: Option<String>,
    factor_enabled_at: Option<DateTime<Utc>>,
    has_passkey: bool,
    factor_rule: Option<SecondFactorRule>,
}

impl Credentials {
    pub(super) fn may_enter(&self) -> bool {
        self.active
    }

    /// Whether they are asked for more than the password.
    pub(super) fn has_factor(&self) -> bool {
        self.factor_enabled_at.is_some() || self.has_passkey
    }

    /// Whether they must have a second factor: by the rule of their hospital, or because they administer something with real people in it.
    pub(super) fn must_have_factor(&self, environment: Environment) -> bool {
        let administers = matches!(self.role, Role::SuperAdmin | Role::HospitalAdmin);
        let is_staff = self.role != Role::Patient;
        let is_ruled = self.factor_rule == Some(SecondFactorRule::Everybody)
            || self.factor_rule == Some(SecondFactorRule::Staff) && is_staff;
        is_ruled || administers && environment.is_production()
    }

    /// Whether the password is the first of two steps: they have a second factor, or must have one.
    pub(super) fn is_asked_for_more(&self, environment: Environment) -> bool {
        self.has_factor() || self.must_have_factor(environment)
    }

    /// They as browsers are known for them.
    pub(super) fn known_for(&self) -> KnownFor<'_> {
        KnownFor { email: &self.email, forgotten_at: self.browsers_forgotten_at }
    }

    /// What their password must not be made of.
    pub(super) fn password_owner(&self) -> Owner<'_> {
        Owner {
            first_name: &self.first_name,
            last_name: &self.last_name,
            email: &self.email,
            hospital: self.hospital_name.as_deref().unwrap_or_default(),
        }
    }

    /// They as the trail names them, acting from that address.
    pub(super) fn actor(&self, from: IpAddr) -> Actor {
        Actor { id: self.id, role: self.role, hospital_id: self.hospital_id, address: Some(from) }
    }
}

/// The account with this address, in whatever case, shut or not.
pub(super) async fn credentials_by_email(reader: &Reader, email: &str) -> Result<Option<Credentials>, DbErr> {
    credentials(reader, Condition::all().add(has_address(email))).await
}

/// The account with this id, shut or not.
pub(super) async fn credentials_by_id(reader: &Reader, user_id: i64) -> Result<Option<Credentials>, DbErr> {
    credentials(reader, Condition::all().add(user::Column::Id.eq(user_id))).await
}

/// The same in a unit of work, for an account that it has made.
pub(super) async fn credentials_now(conn: &ReadConnection<'_>, user_id: i64) -> Result<Option<Credentials>, DbErr> {
    whole_account().filter(user::Column::Id.eq(user_id)).into_model().one(conn).await
}

/// A link by which somebody chooses a password, with their account.
pub(super) struct LinkedAccount {
    pub(super) link: password_link::Model,
    pub(super) account: Credentials,
}

impl LinkedAccount {
    /// Whether it can be used at `now`.
    pub(super) fn works(&self, now: DateTime<Utc>) -> bool {
        self.link.ended_at.is_none() && now < self.link.expires_at && self.account.may_enter()
    }

    /// What it is for, as the trail says it.
    pub(super) fn purpose_word(&self) -> &'static str {
        match self.link.purpose {
            LinkPurpose::Invitation => "invitation",
            LinkPurpose::Reset => "reset",
        }
    }
}

impl FromQueryResult for LinkedAccount {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let link = password_link::Model::from_query_result(row, &format!("{prefix}{LINK}"))?;
        Ok(Self { link, account: Credentials::from_query_result(row, prefix)? })
    }
}

/// What the columns of a link begin with where an account stands beside it.
const LINK: &str = "link_";

/// The link with this id. One statement, whether there is one or not: its number is told to whoever asks.
pub(super) async fn linked(reader: &Reader, id: i64) -> Result<Option<LinkedAccount>, DbErr> {
    let mut statement = whole_account().join_rev(JoinType::InnerJoin, password_link::Relation::User.def());
    for column in password_link::Column::iter() {
        statement = statement.column_as(column, format!("{LINK}{}", column.as_str()));
    }
    let statement = statement.filter(password_link::Column::Id.eq(id));
    reader.run(NO_PAGE, async |conn| statement.clone().into_model().one(conn).await).await
}

/// Whether the person was sent an invitation after the instant `after` that still works.
pub(super) async fn is_invited(conn: &ReadConnection<'_>, user_id: i64, after: DateTime<Utc>) -> Result<bool, DbErr> {
    let open = password_link::Entity::find()
        .filter(password_link::Column::UserId.eq(user_id))
        .filter(password_link::Column::Purpose.eq(LinkPurpose::Invitation))
        .filter(password_link::Column::EndedAt.is_null())
        .filter(password_link::Column::CreatedAt.gt(after));
    Ok(open.one(conn).await?.is_some())
}

/// No page that is kept shows links.
pub(super) const NO_PAGE: Topics = Topics::exempt("no page that is kept shows links");

/// Whether somebody has this address, as it stands in a unit of work.
pub(super) async fn is_taken(conn: &ReadConnection<'_>, email: &str) -> Result<bool, DbErr> {
    let found = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(has_address(email))
        .into_tuple::<i64>()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Whether somebody has shown that the viewer's address is theirs. One statement.
pub(crate) async fn is_proved(viewer: &Viewer, reader: &Reader) -> Result<bool, AppError> {
    Ok(profile(viewer, reader).await?.address_unproved_since.is_none())
}

/// Of nobody, where the address is none at which somebody can be written to.
fn has_address(email: &str) -> Expr {
    let key = address_key(email);
    Expr::expr(Func::lower(Expr::col((user::Entity, user::Column::Email)))).eq(given_address(&key).unwrap_or_default())
}

async fn credentials(reader: &Reader, which: Condition) -> Result<Option<Credentials>, DbErr> {
    let statement = whole_account().filter(which);
    let topics = Topics::exempt("a sign-in is no page");
    reader.run(topics, async |conn| statement.clone().into_model().one(conn).await).await
}

/// Accounts with the columns of [`Credentials`].
fn whole_account() -> Select<user::Entity> {
    user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::FirstName, user::Column::LastName, user::Column::Role])
        .columns([user::Column::HospitalId, user::Column::PasswordHash, user::Column::Active, user::Column::Email])
        .columns([user::Column::Phone, user::Column::LastSignInAt, user::Column::BrowsersForgottenAt])
        .column_as(hospital::Column::Name, "hospital_name")
        .column_as(hospital::Column::SecondFactor, "factor_rule")
        .column_as(second_factor::Column::EnabledAt, "factor_enabled_at")
        .column_as(passkeys::has_any(), "has_passkey")
        .join(JoinType::LeftJoin, user::Relation::Hospital.def())
        .join(JoinType::LeftJoin, user::Relation::SecondFactor.def())
}

/// A hospital that takes patients.
#[derive(Clone, Debug)]
pub(super) struct HospitalChoice {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) zone: Tz,
}

/// The active hospitals by name.
pub(super) async fn active_hospitals(reader: &Reader) -> Result<Vec<HospitalChoice>, AppError> {
    let statement = hospital::Entity::find()
        .select_only()
        .columns([hospital::Column::Id, hospital::Column::Name, hospital::Column::TimeZone])
        .filter(hospital::Column::Active.eq(true))
        .order_by_asc(hospital::Column::NameKey)
        .order_by_asc(hospital::Column::Id);
    let rows: Vec<(i64, String, String)> =
        reader.run(Topic::Hospitals, async |conn| statement.clone().into_tuple().all(conn).await).await?;
    let choice = |(id, name, zone): (i64, String, String)| {
        let zone = zone.parse().map_err(|error| AppError::Internal(format!("hospital {id}: {error}")))?;
        Ok(HospitalChoice { id, name, zone })
    };
    rows.into_iter().map(choice).collect()
}

/// One of the viewer's own sessions.
#[derive(Clone, Debug)]
pub(super) struct OwnSession {
    pub(super) id: i64,
    pub(super) user_agent: String,
    pub(super) address: String,
    pub(super) since: DateTime<Utc>,
    pub(super) last_seen: DateTime<Utc>,
    pub(super) is_this_one: bool,
}

/// The viewer's live sessions: this one first, then the most recently used.
pub(super) async fn sessions(viewer: &Viewer, state: &AppState, reader: &Reader) -> Result<Vec<OwnSession>, DbErr> {
    let rows = state.sessions.list(reader, viewer.user_id).await?;
    let mut sessions: Vec<OwnSession> = rows
        .into_iter()
        .map(|row| OwnSession {
            id: row.id,
            user_agent: row.user_agent,
            address: row.ip,
            since: row.created_at,
            last_seen: row.last_seen_at,
            is_this_one: row.id == viewer.session_id,
        })
        .collect();
    sessions.sort_by_key(|session| !session.is_this_one);
    Ok(sessions)
}

/// Whether the demonstration's accounts are in this database. For the commands, which then say how to sign in.
///
/// # Errors
/// The database's.
pub async fn has_demo_accounts(reader: &Reader) -> Result<bool, DbErr> {
    Ok(credentials_by_email(reader, "super@demo.test").await?.is_some())
}

/// Whether anybody has an account.
///
/// # Errors
/// The database's.
pub async fn has_accounts(reader: &Reader) -> Result<bool, DbErr> {
    let any = user::Entity::find().select_only().column(user::Column::Id);
    let topics = Topics::exempt("a question of the commands");
    let any = reader.run(topics, async |conn| any.clone().into_tuple::<i64>().one(conn).await);
    Ok(any.await?.is_some())
}
