//! Links to addresses, and what waits for them.

use chrono::{DateTime, Utc};
use entity::{
    address_link::{self, Column},
    enums::AddressLinkPurpose,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, RelationTrait,
};

use super::{Credentials, LINK, NO_PAGE, whole_account};
use crate::db::Reader;

/// A link to an address, with the account it is about.
pub(in crate::features::accounts) struct LinkedAddress {
    pub(in crate::features::accounts) link: address_link::Model,
    pub(in crate::features::accounts) account: Credentials,
}

impl LinkedAddress {
    /// Whether it can be used at `now`, unless a later one took its place ([`waiting_change`]).
    pub(in crate::features::accounts) fn works(&self, now: DateTime<Utc>) -> bool {
        let is_open = self.link.ended_at.is_none() && now < self.link.expires_at && self.account.may_enter();
        match self.link.purpose {
            // Of an address that it is not any more.
            AddressLinkPurpose::Proof => is_open && self.link.address.eq_ignore_ascii_case(&self.account.email),
            AddressLinkPurpose::Change | AddressLinkPurpose::WayBack => is_open,
        }
    }
}

impl FromQueryResult for LinkedAddress {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let link = address_link::Model::from_query_result(row, &format!("{prefix}{LINK}"))?;
        Ok(Self { link, account: Credentials::from_query_result(row, prefix)? })
    }
}

/// The link with this id. One statement, whether there is one or not.
pub(in crate::features::accounts) async fn linked_address(
    reader: &Reader,
    id: i64,
) -> Result<Option<LinkedAddress>, DbErr> {
    let mut statement = whole_account().join_rev(JoinType::InnerJoin, address_link::Relation::User.def());
    for column in Column::iter() {
        statement = statement.column_as(column, format!("{LINK}{}", column.as_str()));
    }
    let statement = statement.filter(Column::Id.eq(id));
    reader.run(NO_PAGE, async |conn| statement.clone().into_model().one(conn).await).await
}

/// The change of address that a person has been asked to confirm, if one is open at `now`: the newest alone counts, so that asking again takes
/// the place of what was asked before.
pub(in crate::features::accounts) async fn waiting_change(
    reader: &Reader,
    user_id: i64,
    now: DateTime<Utc>,
) -> Result<Option<address_link::Model>, DbErr> {
    let newest = address_link::Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Purpose.eq(AddressLinkPurpose::Change))
        .filter(Column::EndedAt.is_null())
        .order_by_desc(Column::Id)
        .limit(1);
    let found = reader.run(NO_PAGE, async |conn| newest.clone().one(conn).await).await?;
    Ok(found.filter(|link| now < link.expires_at))
}
